"""What a session says: its signals, in one list for those who listen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class SessionNews(QObject):
    """The signals of a `Session`."""

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
