"""Autosaves of the open session in a worker: soon after each change, and put away when another song takes its place."""

from __future__ import annotations

import logging
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from umx_gui.app.saving import jobs
from umx_gui.app.worker import Worker
from umx_gui.engine.sessions.autosave import Autosave
from umx_gui.engine.sessions.document import SessionDocument
from umx_gui.errors import Cancelled, UmxError
from umx_gui.messages import Message, describe
from umx_gui.words import tr

SOON_MS, LATER_MS = 1000, 5000
_log = logging.getLogger(__name__)


class Autosaving(QObject):
    """Says when the session is due to be kept, and keeps it. What fails is told once."""

    due = Signal()
    told = Signal(object)  # Message

    def __init__(self, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._where = Autosave()
        self._failed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.due)

    def soon(self, delay_ms: int = SOON_MS) -> None:
        """Something changed: within this time it is kept, however often it changes meanwhile."""
        if not self._timer.isActive() or self._timer.remainingTime() > delay_ms:
            self._timer.start(delay_ms)

    def write(self, document: SessionDocument) -> None:
        """Keep this."""
        self._worker.submit(partial(jobs.autosave, self._where, document), on_value=lambda _: None, on_done=self._ended)

    def retire(self, document: SessionDocument | None) -> None:
        """Another song is open: put away what was done to the one before (None: nothing that is in no file)."""
        self._worker.submit(partial(jobs.retire, self._where, document), on_value=lambda _: None, on_done=self._ended)
        self._where = Autosave()

    def close(self, document: SessionDocument | None) -> None:
        """The window closes, and no worker runs any more: put away, now."""
        self._timer.stop()
        try:
            jobs.put_away(self._where, document)
        except OSError as e:
            _log.warning("session not kept: %s", e)

    def _ended(self, error: Exception | None) -> None:
        if error is None or isinstance(error, Cancelled):
            return
        _log.warning("not autosaved: %s", error)
        if not self._failed:
            self._failed = True
            message = describe(error)
            reason = message.reason if isinstance(error, UmxError) else tr("its folder cannot be written")
            self.told.emit(Message(tr("The session is not kept by itself"), reason, tr("Save it yourself")))
