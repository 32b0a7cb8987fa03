"""Times separation side by side with the reference, openunmix, on the same weights and the same song, in one run.

    python benchmarks/separate.py [--seconds 30 180 600] [--repeat 3] [--model NAME_OR_FOLDER] [--busy 2] [--fast]

Without --model the networks have the umxhq architecture and random weights: speed and agreement need no others. Each
repetition runs both, one after the other, so that a machine whose speed drifts slows both. Printed are the medians,
their ratio, and how well the stems agree (SDR of ours against the reference's, whole song, all stems). The reference
runs as its users run it; `--no-exact-sum` numbers are compared, since the reference has no exact sum.

`first` is the time until the first stems of a stream, `again` that of rendering the whole song with two EM iterations
from kept states. `--busy N` keeps N other processes computing meanwhile.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("GOMP_SPINCOUNT", "1000")

import numpy as np
import openunmix.model
import torch

from umx_gui.engine import Audio, Block, Separator, SeparatorOptions, load_model
from umx_gui.engine.models.model import Model, ModelSpec
from umx_gui.engine.models.network import NetworkShape, OpenUnmix

TARGETS = ("vocals", "drums", "bass", "other")


def random_umxhq() -> Model:
    """The umxhq architecture with random weights whose masks spread over 0..1 and whose LSTM has real memory."""
    torch.manual_seed(0)
    networks = {}
    for target in TARGETS:
        network = OpenUnmix(NetworkShape()).eval().requires_grad_(False)
        network.output_mean.uniform_(0.1, 0.5)
        for name, p in network.lstm.named_parameters():
            if "weight_hh" in name:
                p.mul_(2)
            elif "bias_ih" in name:
                quarter = p.shape[0] // 4
                p[quarter : 2 * quarter] += 1
        networks[target] = network
    return Model("umxhq-shaped", ModelSpec(), networks)


def test_song(seconds: float, sample_rate: int) -> Audio:
    """Chords, a beat and noise in stereo: something in every bin, loud and soft."""
    rng = np.random.default_rng(0)
    t = np.arange(round(seconds * sample_rate), dtype=np.float32) / sample_rate
    beat = np.exp(-((2 * t) % 1) * 9)
    noise = rng.standard_normal((2, t.size), dtype=np.float32) * beat * 0.15
    tones = sum(np.sin(2 * np.pi * f * t * (1 + np.floor(t / 4) % 3 / 4)) for f in (55, 220, 330, 415)) * 0.06
    return Audio((noise + tones * np.array([[1.0], [0.8]], np.float32)).astype(np.float32), sample_rate)


def as_openunmix(model: Model) -> openunmix.model.Separator:
    """The reference's separator with the model's weights."""
    references = {}
    for target, network in model.networks.items():
        s = network.shape
        reference = openunmix.model.OpenUnmix(
            nb_bins=s.n_bins,
            nb_channels=s.n_channels,
            hidden_size=s.hidden_size,
            nb_layers=s.n_layers,
            unidirectional=s.unidirectional,
            max_bin=s.max_bin,
        )
        reference.load_state_dict(network.state_dict())
        references[target] = reference
    spec = model.spec
    separator = openunmix.model.Separator(
        references,
        niter=1,
        wiener_win_len=300,
        sample_rate=spec.sample_rate,
        n_fft=spec.n_fft,
        n_hop=spec.hop,
        nb_channels=spec.n_channels,
    )
    separator.freeze()
    return separator


def run_reference(separator: openunmix.model.Separator, song: Audio) -> tuple[float, np.ndarray]:
    """Seconds taken, and the stems [J, C, T]."""
    start = time.perf_counter()
    with torch.no_grad():
        stems = separator(torch.from_numpy(song.samples)[None])[0].numpy()
    return time.perf_counter() - start, stems


def run_ours(separator: Separator, song: Audio, out: np.ndarray) -> tuple[float, float, float]:
    """Seconds until a stream's first stems, of the whole exact result, which goes to `out`, and of rendering again."""
    start = time.perf_counter()
    stream = separator.stream(song)
    next(item for item in stream if isinstance(item, Block))
    first_s = time.perf_counter() - start
    stream.close()
    start = time.perf_counter()
    analysis = separator.analysis(song)
    for item in separator.finish(analysis):
        if isinstance(item, Block):
            out[:, :, item.start : item.stop] = item.samples
    whole_s = time.perf_counter() - start
    start = time.perf_counter()
    for _ in separator.render(analysis, replace(separator.options, n_iter=2)):
        pass
    return first_s, whole_s, time.perf_counter() - start


def agreement_db(reference: np.ndarray, ours: np.ndarray) -> float:
    """SDR of ours against the reference's stems in dB."""
    error = float(np.sum((reference.astype(np.float64) - ours) ** 2))
    return 10 * float(np.log10(np.sum(reference.astype(np.float64) ** 2) / max(error, 1e-300)))


def measure(model: Model, seconds: float, repeat: int, fast: bool) -> dict[str, float]:
    """The medians for one length."""
    song = test_song(seconds, model.spec.sample_rate)
    reference = as_openunmix(model)
    ours = Separator(model, SeparatorOptions(exact_sum=False, fast=fast))
    out = np.zeros((len(model.targets), *song.samples.shape), np.float32)
    rows = []
    for _ in range(repeat):
        reference_s, stems = run_reference(reference, song)
        first_s, ours_s, again_s = run_ours(ours, song, out)
        rows.append((reference_s, ours_s, reference_s / ours_s, first_s, again_s))
        agreement = agreement_db(stems, out)
        del stems
    reference_s, ours_s, ratio, first_s, again_s = (statistics.median(column) for column in zip(*rows, strict=True))
    return {
        "seconds": seconds,
        "openunmix_s": reference_s,
        "ours_s": ours_s,
        "ratio": ratio,
        "times_real_time": seconds / ours_s,
        "first_stems_s": first_s,
        "again_s": again_s,
        "agreement_db": agreement,
    }


def machine() -> str:
    """The processor, the cores this process may use, and the versions that matter."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":")[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        name = names[0] if names else name
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{name}, {cores} cores{load}, Python {platform.python_version()}, torch {torch.__version__}"


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, nargs="+", default=[30.0])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument(
        "--model", help="an installed model or a folder; default: the umxhq architecture, random weights"
    )
    parser.add_argument(
        "--fast", action="store_true", help="our labelled fast mode (bfloat16) instead of the exact one"
    )
    parser.add_argument("--busy", type=int, default=0, metavar="N", help="keep N other processes computing meanwhile")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    args = parser.parse_args()
    model = load_model(args.model) if args.model else random_umxhq()
    mode = (", fast mode" if args.fast else "") + (f", {args.busy} other busy processes" if args.busy else "")
    print(f"{machine()}\nmodel {model.name}{mode}, median of {args.repeat}\n")
    heads = ("song", "openunmix", "umx-gui", "ratio", "speed", "first", "again", "agreement")
    print(" ".join(f"{head:>9}" for head in heads))
    rows = []
    others = [subprocess.Popen([sys.executable, "-c", "while True: sum(range(9999))"]) for _ in range(args.busy)]
    atexit.register(lambda: [other.kill() for other in others])
    for seconds in args.seconds:
        row = measure(model, seconds, args.repeat, args.fast)
        rows.append(row)
        cells = (
            f"{row['seconds']:.0f} s",
            f"{row['openunmix_s']:.2f} s",
            f"{row['ours_s']:.2f} s",
            f"{row['ratio']:.1f}x",
            f"{row['times_real_time']:.0f}x",
            f"{row['first_stems_s']:.2f} s",
            f"{row['again_s']:.2f} s",
            f"{row['agreement_db']:.0f} dB",
        )
        print(" ".join(f"{cell:>9}" for cell in cells), flush=True)
    if args.json:
        args.json.write_text(json.dumps({"machine": machine(), "model": model.name, "rows": rows}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
