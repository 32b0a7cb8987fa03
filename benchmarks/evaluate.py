"""Times our BSS Eval beside museval on the same stems, and says how far the two are apart.

    python benchmarks/evaluate.py [--seconds 30] [--stems DIR] [--json FILE]

The song has four stereo stems; the estimates hold something of everything. `--stems` takes vocals, drums, bass and
other from a folder of 16-bit files instead of made ones. Both run in this process, one after the other, with one BLAS
thread each unless OPENBLAS_NUM_THREADS says otherwise; both are version 4 with 512 taps and windows of 1 s.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

# Read when numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import scipy.signal
import soundfile as sf
from museval import metrics

from umx_gui.engine.scoring.bsseval import METRICS, bss_eval

TARGETS = ("vocals", "drums", "bass", "other")
RATE = 44100


def made_stems(seconds: float) -> dict[str, np.ndarray]:
    """Noises of four colours [C, T], swelling, as 16 bits store them: the condition of music, not of white noise."""
    rng = np.random.default_rng(0)
    n = round(seconds * RATE)
    stems = {}
    for index, (name, edge_hz) in enumerate(zip(TARGETS, (9000, 15000, 1500, 12000), strict=True)):
        noise = scipy.signal.lfilter(*scipy.signal.butter(2, edge_hz, fs=RATE), rng.standard_normal((2, n)))
        wave = 0.1 * noise * (0.6 + 0.4 * np.sin(np.arange(n) / (9000 + 2111 * index)))
        stems[name] = (np.round(wave * 32768) / 32768).astype(np.float32)
    return stems


def read_stems(folder: Path, seconds: float) -> dict[str, np.ndarray]:
    """The four stems of a folder, from its middle."""
    stems = {}
    for name in TARGETS:
        path = next(p for p in sorted(folder.iterdir()) if p.stem == name)
        info = sf.info(path)
        start = max((info.frames - round(seconds * info.samplerate)) // 2, 0)
        stems[name] = sf.read(path, round(seconds * info.samplerate), start, dtype="float32", always_2d=True)[0].T
    return stems


def estimates_of(stems: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Each stem with a part of the mixture, coloured, and with noise."""
    rng = np.random.default_rng(1)
    mixture = sum(stems.values())
    return {
        name: (
            scipy.signal.lfilter([0.7, 0.2, 0.1], 1, samples)
            + 0.1 * mixture
            + 0.05 * np.abs(samples) * rng.standard_normal(samples.shape)
        ).astype(np.float32)
        for name, samples in stems.items()
    }


def measure(stems: dict[str, np.ndarray], estimates: dict[str, np.ndarray]) -> dict[str, object]:
    """Seconds of both, their ratio, and by metric the largest difference of any window in dB."""
    start = time.perf_counter()
    ours = bss_eval(stems, estimates, RATE, RATE)
    ours_s = time.perf_counter() - start
    stacked = [np.stack([signals[name].T for name in stems]) for signals in (stems, estimates)]
    start = time.perf_counter()
    theirs = np.stack(metrics.bss_eval(*stacked, window=RATE, hop=RATE)[:4])
    museval_s = time.perf_counter() - start
    mine = np.stack([ours.frames[name] for name in stems], axis=1)
    if not np.array_equal(np.isnan(mine), np.isnan(theirs)):
        raise SystemExit("the two leave out different windows")
    apart = np.nanmax(np.abs(mine - theirs), axis=(1, 2))
    return {
        "windows": mine.shape[2],
        "museval_s": museval_s,
        "ours_s": ours_s,
        "ratio": museval_s / ours_s,
        "apart_db": dict(zip(METRICS, map(float, apart), strict=True)),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--stems", type=Path, help="a folder with the four stems, at 44.1 kHz")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    args = parser.parse_args()
    stems = read_stems(args.stems, args.seconds) if args.stems else made_stems(args.seconds)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    about = f"{os.cpu_count()} cores{load}, {os.environ['OPENBLAS_NUM_THREADS']} BLAS threads, numpy {np.__version__}"
    print(f"{platform.machine()}, {about}; {args.seconds:g} s, four stereo stems")
    row = measure(stems, estimates_of(stems))
    print(f"museval {row['museval_s']:.2f} s, umx-gui {row['ours_s']:.2f} s: {row['ratio']:.1f} times as fast")
    print("largest difference of any window, dB: " + ", ".join(f"{k} {v:.1e}" for k, v in row["apart_db"].items()))
    if args.json:
        args.json.write_text(json.dumps({"machine": about, "seconds": args.seconds, **row}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
