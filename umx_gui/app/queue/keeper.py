"""Keeps the queue on the disk as it changes, in another thread than the window's."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from umx_gui.app.queue.file import Finished, Kept, QueueFile, encoded
from umx_gui.app.queue.job import QueueJob
from umx_gui.app.worker import Worker
from umx_gui.engine.work import CancelToken
from umx_gui.errors import UmxError
from umx_gui.messages import Message, describe
from umx_gui.words import tr

_SOON_MS = 200
_log = logging.getLogger(__name__)


class QueueKeeper(QObject):
    """Reads the queue once, and writes it soon after each change; not where another window has it."""

    told = Signal(object)  # Message
    due = Signal()  # the queue is to be written now

    def __init__(self, file: QueueFile, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._file, self._worker = file, worker
        self._ours = False
        self._failed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SOON_MS)
        self._timer.timeout.connect(self.due)

    def load(self) -> Kept | None:
        """What was kept; None where another window works on it, whose the file then stays."""
        if not self._file.lock():
            self.told.emit(
                Message(tr("Another window works on the queue"), tr("what is queued here goes with this window"))
            )
            return None
        self._ours = True
        return self._file.load()

    def save_soon(self) -> None:
        """Let the queue be written in a moment: `due` is signalled."""
        if self._ours and not self._timer.isActive():
            self._timer.start()

    def save(
        self, jobs: Sequence[QueueJob], finished: Finished, paused: bool, then: Callable[[], None] | None = None
    ) -> None:
        """Write the queue as it is now, then call."""
        self._timer.stop()
        if self._ours:
            data = encoded(jobs, finished, paused)
            self._worker.submit(
                partial(_write, self._file, data), on_value=lambda _: None, on_done=partial(self._written, then)
            )
        elif then is not None:
            then()

    def close(self, jobs: Sequence[QueueJob], finished: Finished, paused: bool) -> None:
        """Write the queue before this returns, and leave it to the next window. The worker must have been stopped."""
        self._timer.stop()
        if self._ours and (jobs or finished or self._file.path.exists()):
            try:
                self._file.write(encoded(jobs, finished, paused))
            except (OSError, UmxError) as e:
                _log.warning("the queue was not saved: %s", e)
        self._ours = False
        self._file.close()

    def _written(self, then: Callable[[], None] | None, error: Exception | None) -> None:
        if error is not None and not self._failed:
            self.told.emit(describe(error))
        self._failed = error is not None
        if then is not None:
            then()


def _write(file: QueueFile, data: bytes, cancel: CancelToken) -> Generator[None, None, None]:
    file.write(data)
    yield None
