"""Prints of the stems in a session's file: made once the session is saved and its stems are all there, and settled."""

from __future__ import annotations

from functools import partial
from typing import cast

from PySide6.QtCore import QObject, Signal

from umx_gui.app.open_song.song import Song
from umx_gui.app.saving import jobs
from umx_gui.app.saving.jobs import Written
from umx_gui.app.worker import Worker
from umx_gui.engine.sessions.document import SessionDocument
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled
from umx_gui.messages import describe


def made_by(document: SessionDocument) -> object:
    """What the stems depend on: the recipe, and the stretches that are made in other ways."""
    return document.recipe, document.stretches


class Printing(QObject):
    """Prints one session at a time, the one that was saved last. The file is left alone if it changed meanwhile."""

    printed = Signal(object, object, str)  # what its stems are made by, StemPrint of each, and with which arithmetic
    waits = Signal()  # again, for the stems changed while they were read
    told = Signal(object)  # Message

    def __init__(self, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._last: Written | None = None
        self._waiting = False
        self._token = CancelToken()

    def want(self, written: Written | None) -> None:
        """A session is on the disk without prints; None: no session is to be printed any more."""
        self._token.cancel()
        self._last, self._waiting = written, written is not None

    def stems_change(self) -> None:
        """What is being read is not the stems any more."""
        self._token.cancel()

    def stems_settled(self, song: Song, by: object) -> None:
        """A song's stems are all there, made by this: print them, if they are what was saved."""
        written = self._last
        if written is None or not self._waiting or song.stems is None or made_by(written.document) != by:
            return
        self._waiting, self._token = False, CancelToken()
        work = partial(jobs.add_prints, written, song.stems, song.filter_kind)
        take = partial(self._take, by, song.filter_kind)
        self._worker.submit(work, on_value=take, on_done=partial(self._ended, written), token=self._token)

    def _take(self, by: object, filter_kind: str, value: object) -> None:
        self.printed.emit(by, cast("tuple[object, ...]", value), filter_kind)

    def _ended(self, written: Written, error: Exception | None) -> None:
        if isinstance(error, Cancelled):
            if self._last is written:
                self._waiting = True
                self.waits.emit()
        elif error is not None:
            self.told.emit(describe(error))
