"""Long work: a generator of values that stops at a cancel token."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from umx_gui.errors import Cancelled


class CancelToken:
    """Set by one thread, checked by another between two steps of its work."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether the work was asked to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if the work was asked to stop."""
        if self._event.is_set():
            raise Cancelled


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: `fraction` in 0..1, the stage in a word, seconds left where they can be told."""

    fraction: float
    stage: str
    remaining_s: float | None = None


@dataclass(frozen=True, slots=True)
class SlowedDown:
    """Memory ran out and the work goes on: in smaller blocks, or on the CPU where `device` says so."""

    device: str


class ProgressMeter:
    """Turns done/total into `Progress`, with a steady estimate of the time left."""

    def __init__(self, total: float) -> None:
        self._total = max(total, 1e-9)
        self._start = time.monotonic()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the work began."""
        return time.monotonic() - self._start

    def at(self, done: float, stage: str) -> Progress:
        """Progress after `done` of the total, in the units of the total."""
        fraction = min(max(done / self._total, 0.0), 1.0)
        elapsed = self.elapsed_s
        remaining = elapsed * (1 - fraction) / fraction if fraction > 0.02 and elapsed > 0.2 else None
        return Progress(fraction, stage, remaining)
