"""Measures the memory of a whole separation, file to file, by the length of the song.

    python benchmarks/memory.py [--minutes 0.5 10 60] [--model NAME_OR_FOLDER]

Printed are the peaks (VmHWM) of the command and of its decoding child together, and how much that is above the same
command with a song of one sample, which loads the model and does nothing. Linux only.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import soundfile

RATE = 44_100
# What lies in memory, as /tmp may, would count.
ON_DISK = "/var/tmp"


def make_song(path: Path, n_samples: int) -> None:
    """Noise in stereo, 16 bit, written second by second."""
    rng = np.random.default_rng(0)
    with soundfile.SoundFile(path, "w", RATE, 2, "PCM_16") as file:
        for at in range(0, n_samples, RATE):
            file.write(0.1 * rng.standard_normal((min(RATE, n_samples - at), 2)))


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += tree(int(child))
    return found


def peak_of(pid: int) -> int:
    """VmHWM in kB, 0 for a process that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def reset_peak() -> float:
    """Let this process's peak begin anew; returns its memory in MB. (A kernel that cannot leaves the old peak.)"""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return peak_of(os.getpid()) / 1000


def growth(model: str | None, lengths_s: list[float]) -> dict[float, float]:
    """By how many MB a separation from file to files goes beyond the loaded model, by the length of the song."""
    chosen = ["--model", model] if model else []
    found = {}
    with tempfile.TemporaryDirectory(dir=ON_DISK) as folder:
        song, out = Path(folder) / "song.wav", Path(folder) / "out"
        make_song(song, 1)
        # The first may be the one that compiles the filter.
        base = [measure(song, out, chosen)[1] for _ in range(2)][-1]
        for seconds in lengths_s:
            make_song(song, round(seconds * RATE))
            found[seconds] = measure(song, out, chosen)[1] - base
    return found


def measure(song: Path, outdir: Path, model: list[str]) -> tuple[float, float]:
    """Seconds taken and the sum of the peaks in MB."""
    command = [sys.executable, "-m", "umx_gui", "separate", str(song), "--outdir", str(outdir), "--overwrite", *model]
    start, peaks = time.perf_counter(), {}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            for pid in tree(process.pid):
                peaks[pid] = max(peaks.get(pid, 0), peak_of(pid))
            time.sleep(0.05)
    if process.returncode:
        sys.exit(f"the command failed with {process.returncode}")
    return time.perf_counter() - start, sum(peaks.values()) / 1000


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, nargs="+", default=[0.5, 10.0, 60.0])
    parser.add_argument("--model", help="an installed model or a folder; default: the bundled one")
    args = parser.parse_args()
    model = ["--model", args.model] if args.model else []
    with tempfile.TemporaryDirectory(dir=ON_DISK) as folder:
        song = Path(folder) / "song.wav"
        make_song(song, 1)
        # The first may be the one that compiles the filter.
        base = [measure(song, Path(folder) / "out", model)[1] for _ in range(2)][-1]
        print(f"model loaded: {base:.0f} MB\n{'song':>9} {'time':>8} {'peak':>8} {'above':>8}")
        for minutes in args.minutes:
            make_song(song, round(60 * minutes * RATE))
            taken_s, peak = measure(song, Path(folder) / "out", model)
            print(f"{minutes:6.1f}min {taken_s:7.1f}s {peak:5.0f} MB {peak - base:5.0f} MB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
