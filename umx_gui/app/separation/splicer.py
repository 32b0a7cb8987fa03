"""Stretches take their place in the stems beside the window's thread, one song's at a time."""

from __future__ import annotations

from functools import partial
from typing import cast

from PySide6.QtCore import QObject, Signal

from umx_gui.app.open_song.song import Song
from umx_gui.app.open_song.splicing import Spliced, splice
from umx_gui.app.worker import Worker


class Splicer(QObject):
    """Follows `song.splices.wanted`; what is wanted while it works comes in the next round."""

    spliced = Signal(object, object)  # Song, the stretches [start, stop) of its stems that changed
    settled = Signal()  # nothing more is to be written
    failed = Signal(object, object)  # Song, the error

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker

    def follow(self, song: Song) -> None:
        """Bring the song's stems to what is wanted, if they are not."""
        if song.stems is None or song.splices.lent or song.splices.settled:
            return
        song.splices.lend()
        found: list[object] = []
        self._worker.submit(partial(splice, song), on_value=found.append, on_done=partial(self._done, song, found))

    def _done(self, song: Song, found: list[object], error: Exception | None) -> None:
        if error is None:
            done = cast(Spliced, found[-1])
            song.take_splices(done)
            self.spliced.emit(song, done.touched)
        else:
            song.splices.wanted = list(song.splices.all)
            self.failed.emit(song, error)
        song.splices.give_back()
        self.follow(song)
        if song.splices.settled:
            self.settled.emit()
