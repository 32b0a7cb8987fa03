"""What the session says of itself in few values: its state, and the numbers of the status bar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QObject, Signal

from umx_gui.engine.work import Progress

EXACT_DB = -120.0
"""Below this (a sixteenth of a 16-bit step) the sum of the stems is called exact."""


class SessionState(Enum):
    """What the session is busy with. An export can run beside each of them (`Session.exporting`)."""

    EMPTY = "empty"  # no song
    OPENING = "opening"  # a file is being decoded; the song shows and plays as it comes
    READY = "ready"  # a song is open and nothing runs
    SEPARATING = "separating"
    RENDERING = "rendering"  # stems are made anew with other settings of the filter, without the networks


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


class StatusBoard(QObject):
    """Holds the one `Status`, and says when it becomes another one."""

    changed = Signal(object)  # Status
    progress = Signal(object)  # Progress | None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.status = Status()

    def note(self, **changes: object) -> None:
        """Change some fields."""
        status = replace(self.status, **changes)  # type: ignore[arg-type]
        if status != self.status:
            self.status = status
            self.changed.emit(status)

    def begin(self, stage: str, **changes: object) -> None:
        """Something starts; nothing is known of it yet."""
        self.note(stage=stage, fraction=None, remaining_s=None, speed=None, **changes)

    def show(self, progress: Progress) -> None:
        """Something is going on."""
        self.note(stage=progress.stage, fraction=progress.fraction, remaining_s=progress.remaining_s)
        self.progress.emit(progress)

    def idle(self) -> None:
        """Nothing is going on any more; the speed of what was stays."""
        if self.status.stage:
            self.note(stage="", fraction=None, remaining_s=None)
            self.progress.emit(None)
