"""How much memory a process and all its children use together, while they run."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

_PERIOD_S = 0.2


def children(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in path.read_text().split():
                found += children(int(child))
        except OSError:
            continue
    return found


def resident_mb(pid: int) -> float:
    """The resident memory of a process and its descendants in MB; what two of them share counts twice."""
    total_kb = 0
    for one in children(pid):
        try:
            lines = Path(f"/proc/{one}/status").read_text().splitlines()
        except OSError:
            continue
        total_kb += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return total_kb / 1024


class Watched:
    """A process that is watched from its start: `samples` are (seconds, MB), `peak_mb` the most there was."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.samples: list[tuple[float, float]] = []
        self._process = process
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @property
    def peak_mb(self) -> float:
        """The most memory that was seen."""
        return max(mb for _, mb in self.samples)

    def wait(self) -> None:
        """Until the process has ended."""
        self._thread.join()

    def _watch(self) -> None:
        while self._process.poll() is None:
            self.samples.append((time.monotonic() - self._began, resident_mb(self._process.pid)))
            time.sleep(_PERIOD_S)
