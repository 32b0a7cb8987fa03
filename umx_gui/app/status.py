"""What the session says of itself in few values: its state, and the numbers of the status bar."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

EXACT_DB = -120.0
"""Below this (a sixteenth of a 16-bit step) the sum of the stems is called exact."""


class SessionState(Enum):
    """What the session is busy with. An export can run beside each of them (`Session.exporting`)."""

    EMPTY = "empty"  # no song
    OPENING = "opening"  # a file is being decoded; the song shows and plays as it comes
    READY = "ready"  # a song is open and nothing runs
    SEPARATING = "separating"


@dataclass(frozen=True, slots=True)
class Status:
    """The numbers of the status bar, each None where it is not known (yet)."""

    stage: str = ""  # a word: "opening", "loading the model", or what the engine says
    fraction: float | None = None
    remaining_s: float | None = None
    speed: float | None = None  # seconds of song per second of work
    device: str = ""  # "CPU (2 threads)"
    sum_db: float | None = None  # sum of stems against the mixture in dB, once all is separated; -inf: bit-exact

    @property
    def sum_check(self) -> str:
        """The sum check in words: "", "exact" (below EXACT_DB) or "-63 dB"."""
        if self.sum_db is None:
            return ""
        return "exact" if self.sum_db <= EXACT_DB else f"{self.sum_db:.0f} dB"
