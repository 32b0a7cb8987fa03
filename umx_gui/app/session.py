"""The session: one open song, what is being done to it, and the news of it. Views show this object, and steer it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from umx_gui.app.settings import Settings
from umx_gui.app.song import Song
from umx_gui.app.transport import Transport
from umx_gui.engine.export import ExportOptions
from umx_gui.engine.registry import ModelRegistry


class SessionState(Enum):
    """What the session is busy with. An export can run beside each of them (`Session.exporting`)."""

    EMPTY = "empty"  # no song
    OPENING = "opening"  # a file is being decoded; the song shows and plays as it comes
    READY = "ready"  # a song is open and nothing runs
    SEPARATING = "separating"


@dataclass(frozen=True, slots=True)
class Status:
    """The numbers of the status bar, each None where it is not known (yet)."""

    stage: str = ""  # a word: "opening", "loading the model", "separating", "exporting", or what the engine says
    fraction: float | None = None
    remaining_s: float | None = None
    speed: float | None = None  # seconds of song per second of work
    device: str = ""  # "CPU (2 threads)"
    sum_db: float | None = None  # sum of stems against the mixture in dB, once all is separated; -inf: bit-exact

    @property
    def sum_check(self) -> str:
        """The sum check in words: "", "exact" (below -120 dB) or "-63 dB"."""
        if self.sum_db is None:
            return ""
        return "exact" if self.sum_db <= -120.0 else f"{self.sum_db:.0f} dB"


class Session(QObject):
    """One open song. Every method returns at once; what comes of it is signalled, failures through `told`."""

    opened = Signal(object)  # Song: draw everything anew. Also when its length turns out otherwise than declared
    closed = Signal()  # no song is open any more
    mixture_filled = Signal(int, int)  # [start, stop) of the mixture is decoded, heard and in peaks["mixture"]
    stems_reset = Signal()  # the song has new, empty stems: other targets perhaps
    stems_filled = Signal(int, int, bool)  # [start, stop) of all stems is there; True: final, False: a draft
    tiles_filled = Signal(str, int, int)  # [start, stop) of tiles[key] can be drawn
    progress = Signal(object)  # Progress | None: of opening or separating; None: nothing runs
    export_progress = Signal(object)  # Progress | None
    exported = Signal(object)  # list[Path]: an export is done
    stem_file_ready = Signal(str, object)  # key, Path: see stem_file()
    status_changed = Signal(object)  # Status
    state_changed = Signal(object)  # SessionState
    told = Signal(object)  # Message
    models_changed = Signal()  # the registry, the chosen model, the devices or the chosen device
    settings_changed = Signal()  # recent files and the like

    song: Song | None
    state: SessionState
    status: Status
    exporting: bool
    transport: Transport
    settings: Settings
    registry: ModelRegistry
    model_name: str
    device: str
    devices: tuple[str, ...]  # ("auto", "cpu") and what PyTorch finds, known once it was loaded

    def open(self, path: Path) -> None:
        """Open a file and, if `settings.auto_separate`, separate it. The open song stays until the first sound of the
        new one is there, and comes back if the new one fails."""

    def separate(self, restart: bool = False) -> None:
        """Separate the open song with the chosen model on the chosen device; goes on where a cancelled separation
        with the same model stopped, unless `restart`."""

    def cancel(self) -> None:
        """Stop opening or separating; what is separated stays and can be heard."""

    def set_model(self, name: str) -> None:
        """Choose a model for the next separation (views ask whether to separate again)."""

    def set_device(self, device: str) -> None:
        """Choose "auto", "cpu", "cuda" or "mps" for the next separation."""

    def export(self, folder: Path, options: ExportOptions, targets: tuple[str, ...] = ()) -> None:
        """Write these stems (all of them if none is named) into a folder; a song that is not wholly separated is
        refused with a message."""

    def cancel_export(self) -> None:
        """Stop the export; nothing half-written stays."""

    def want_tiles(self, key: str, start: int, stop: int) -> None:
        """A view shows the spectrogram of [start, stop): compute what is missing there, now and as stems fill."""

    def stem_file(self, key: str) -> Path | None:
        """A WAV file of the mixture or of a final stem to be dragged out; None while it is being written, which ends
        with `stem_file_ready`."""

    def close(self) -> None:
        """Stop everything within 2 s, save the settings; the session cannot be used afterwards."""
