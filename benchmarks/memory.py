"""Measures the memory of a whole separation, file to file, by the length of the song.

    python benchmarks/memory.py [--minutes 0.5 10 60] [--model NAME_OR_FOLDER]

Printed are what the command and its decoding child take once the model is loaded and the song's first samples have been
read, their peaks (VmHWM) from then until the command says that it is done, and the difference, all in one run. What
comes after is left out: at the exit the libraries of torch for graphics cards touch 100 to 200 MB of their own files,
which has been counted for the model before. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
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
    """A process and its descendants.

    A child that has not yet become another program shows its parent's memory as its own, and is left out.
    """
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            if command_of(int(child)) not in (b"", command_of(pid)):
                found += tree(int(child))
    return found


def command_of(pid: int) -> bytes:
    """A process's arguments, nothing for one that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def kb_of(pid: int, field: str) -> int:
    """A field of a process's status in kB, 0 for one that is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(field)), 0)


def peak_of(pid: int) -> int:
    """VmHWM in kB, 0 for a process that is gone."""
    return kb_of(pid, "VmHWM")


def reset_peak(pid: int | None = None) -> float:
    """Let a process's peak begin anew, by default this one's; returns its memory in MB.

    A kernel that cannot leaves the old peak.
    """
    with suppress(OSError):
        Path(f"/proc/{pid or 'self'}/clear_refs").write_text("5")
    return peak_of(pid or os.getpid()) / 1000


def growth(model: str | None, lengths_s: list[float]) -> dict[float, float]:
    """By how many MB a separation from file to files goes beyond the loaded model, by the length of the song."""
    found = {}
    for seconds in lengths_s:
        _, loaded_mb, peak_mb = measure(seconds, model)
        found[seconds] = peak_mb - loaded_mb
    return found


def measure(seconds: float, model: str | None) -> tuple[float, float, float]:
    """For a song of this length: seconds taken, and MB with the model loaded and at most."""
    with tempfile.TemporaryDirectory(dir=ON_DISK) as folder:
        song = Path(folder) / "song.wav"
        make_song(song, round(seconds * RATE))
        command = [sys.executable, "-m", "umx_gui", "separate", str(song), "--outdir", folder, "--json-progress"]
        command += ["--model", model] if model else []
        start, watched = time.perf_counter(), Watched()
        # With the filter's loops compiled and loaded before the song, as a part of the model.
        ours = os.environ | {"UMX_COMPILED": "wait"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ours) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if json.loads(line)["event"] == "done":
                    watched.stop()
                elif watched.loaded_mb == 0:
                    watched.start(process.pid)
            watched.stop()
        if process.returncode:
            sys.exit(f"the command failed with {process.returncode}")
    return time.perf_counter() - start, watched.loaded_mb, watched.peak_mb


class Watched:
    """The memory of a process and its descendants from `start` to `stop`, looked at twenty times a second."""

    def __init__(self) -> None:
        self.loaded_mb = 0.0
        self._peaks: dict[int, int] = {}
        self._pid = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on)

    @property
    def peak_mb(self) -> float:
        """The sum of all processes' peaks."""
        return sum(self._peaks.values()) / 1000

    def start(self, pid: int) -> None:
        """Begin: what there is now is what was loaded."""
        self._pid = pid
        self.loaded_mb = sum(kb_of(each, "VmRSS") for each in tree(pid)) / 1000
        for each in tree(pid):
            reset_peak(each)
        self._thread.start()

    def stop(self) -> None:
        """Look a last time, and end."""
        if not self._over.is_set():
            self._over.set()
            if self._pid:
                self._thread.join()
                self._look()

    def _look_on(self) -> None:
        while not self._over.wait(0.05):
            self._look()

    def _look(self) -> None:
        for pid in tree(self._pid):
            self._peaks[pid] = max(self._peaks.get(pid, 0), kb_of(pid, "VmHWM"))


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, nargs="+", default=[0.5, 10.0, 60.0])
    parser.add_argument("--model", help="an installed model or a folder; default: the bundled one")
    args = parser.parse_args()
    print(f"{'song':>9} {'time':>8} {'loaded':>8} {'peak':>8} {'above':>8}", flush=True)
    for minutes in args.minutes:
        taken_s, loaded, peak = measure(60 * minutes, args.model)
        print(f"{minutes:6.1f}min {taken_s:7.1f}s {loaded:5.0f} MB {peak:5.0f} MB {peak - loaded:5.0f} MB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
