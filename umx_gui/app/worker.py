"""The thread in which generators run, and the way their values come back to the window's thread.

One `Worker` runs one job at a time, in order. A job is a generator function that takes a `CancelToken`; each value it
yields is handed to `on_value` in the thread the worker was made in, and its end to `on_done`. What is yielded after a
cancel, or was still on its way then, is dropped.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal

from umx_gui.engine.faults import expected
from umx_gui.engine.storage.heap import return_free_memory
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import Cancelled, UmxError

JobId = int
Work = Callable[[CancelToken], Generator[object, None, None]]

_PROGRESS_GAP_S = 0.05
_IN_FLIGHT = 16  # values not yet taken by the window: a decoder faster than the window must wait, not fill the memory
PATIENT, AWAITED, PROMPT = 10, 8, 1
"""How nice a thread is: what takes minutes; the open song's stems; and what is to be seen at once, which goes first."""
_STOP_S = 2.0
_TURN_S = 0.004

_log = logging.getLogger(__name__)
_stragglers: list[Worker] = []  # threads that did not stop in time; destroying a running QThread would abort


@dataclass(frozen=True, slots=True)
class _Job:
    job_id: JobId
    work: Work
    token: CancelToken
    on_value: Callable[[object], None]
    on_done: Callable[[Exception | None], None]


@dataclass(frozen=True, slots=True)
class _News:
    """One message out of the thread: a value, or the end of the job."""

    job_id: JobId
    value: object = None
    done: bool = False
    error: Exception | None = None


class Worker(QThread):
    """A niced thread that starts with its first job. `inline=True` runs each job within `submit`, for tests.

    niceness: PATIENT, AWAITED or PROMPT.
    """

    _news = Signal(object)

    def __init__(
        self, name: str = "worker", inline: bool = False, parent: QObject | None = None, niceness: int = PATIENT
    ) -> None:
        super().__init__(parent)
        self._niceness = niceness
        self.setObjectName(name)
        self._inline = inline
        self._jobs: dict[JobId, _Job] = {}  # only touched in the window's thread
        self._last_id = 0
        self._queue: deque[_Job] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._in_flight = threading.BoundedSemaphore(_IN_FLIGHT)
        self._came: deque[_News] = deque()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._deliver_some)
        self._news.connect(self._take_in, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether some job is not done yet."""
        return bool(self._jobs)

    def submit(
        self,
        work: Work,
        *,
        on_value: Callable[[object], None],
        on_done: Callable[[Exception | None], None],
        token: CancelToken | None = None,
    ) -> JobId:
        """Queue a job. `on_done` is called once, with None, `Cancelled` or the error. After `stop` nothing runs.

        Cancelling the `token` is the same as `cancel(job_id)`.
        """
        self._last_id += 1
        job = _Job(self._last_id, work, token or CancelToken(), on_value, on_done)
        if self._stopping:
            return job.job_id
        self._jobs[job.job_id] = job
        if self._inline:
            self._iterate(job, self._deliver)
            return job.job_id
        with self._wake:
            self._queue.append(job)
            self._wake.notify()
        if not self.isRunning():
            self.start(QThread.Priority.LowPriority)
        return job.job_id

    def cancel(self, job_id: JobId) -> None:
        """Stop a job at its next step, or before it starts; no value of it is delivered any more."""
        if (job := self._jobs.get(job_id)) is not None:
            job.token.cancel()

    def stop(self, timeout_s: float = _STOP_S) -> bool:
        """Cancel everything and end the thread; no callback comes afterwards. False where it did not end in time:
        then leave with `os._exit`, for the thread is inside a call that cannot be stopped."""
        self._ask_to_stop()
        if self.wait(max(round(timeout_s * 1000), 1)):
            return True
        _log.warning("thread %s did not stop within %.1f s", self.objectName(), timeout_s)
        self.setParent(None)
        _stragglers.append(self)
        return False

    def _ask_to_stop(self) -> None:
        self._stopping = True
        for job in self._jobs.values():
            job.token.cancel()
        self._jobs.clear()
        with self._wake:
            self._queue.clear()
            self._wake.notify()

    def run(self) -> None:
        """The thread: take jobs until stopped."""
        _be_nice(self._niceness)
        while (job := self._next()) is not None:
            self._iterate(job, self._send)
            if job.token.cancelled:
                return_free_memory()

    def _next(self) -> _Job | None:
        with self._wake:
            while not self._queue and not self._stopping:
                self._wake.wait()
            return None if self._stopping else self._queue.popleft()

    def _iterate(self, job: _Job, send: Callable[[_News], None]) -> None:
        """Run one job to its end. This is a door: whatever goes wrong inside becomes the job's outcome."""
        error: Exception | None = None
        last_progress = -1.0
        try:
            job.token.check()
            with closing(job.work(job.token)) as values:
                for value in values:
                    job.token.check()
                    if isinstance(value, Progress):
                        now = time.monotonic()
                        if now - last_progress < _PROGRESS_GAP_S:
                            continue
                        last_progress = now
                    send(_News(job.job_id, value))
        except Cancelled:
            error = Cancelled()
        except UmxError as e:
            _log.info("job %d of %s: %s", job.job_id, self.objectName(), e)
            error = _bare(e)
        except Exception as e:  # noqa: BLE001
            _log.exception("job %d of %s failed", job.job_id, self.objectName())
            error = _bare(expected(e))
        send(_News(job.job_id, done=True, error=error))

    def _send(self, news: _News) -> None:
        """Hand news to the window's thread, which must keep up; a stopped worker says nothing."""
        while not self._in_flight.acquire(timeout=0.05):
            if self._stopping:
                return
        self._news.emit(news)

    def _take_in(self, news: _News) -> None:
        self._came.append(news)
        if not self._pause.isActive():
            self._deliver_some()

    def _deliver_some(self) -> None:
        """Deliver what came, in order, for a moment; then the window may draw a frame before it goes on."""
        end = time.perf_counter() + _TURN_S
        while self._came:
            self._deliver(self._came.popleft())
            if time.perf_counter() >= end:
                self._pause.start(0)
                return

    def _deliver(self, news: _News) -> None:
        if not self._inline:
            self._in_flight.release()
        job = self._jobs.get(news.job_id)
        if job is None:
            return
        if news.done:
            del self._jobs[news.job_id]
            job.on_done(Cancelled() if news.error is None and job.token.cancelled else news.error)
        elif not job.token.cancelled:
            job.on_value(news.value)


def cancel_all(workers: tuple[Worker, ...]) -> None:
    """Let several workers stop what they do, and begin nothing more, without waiting for them."""
    for worker in workers:
        worker._ask_to_stop()


def stop_all(workers: tuple[Worker, ...], timeout_s: float = _STOP_S) -> bool:
    """Stop several workers at once, within one time limit; False where some did not end."""
    cancel_all(workers)
    end = time.monotonic() + timeout_s
    ended = [worker.stop(max(end - time.monotonic(), 0.0)) for worker in workers]
    return all(ended)


def _bare(error: Exception) -> Exception:
    """The error without its traceback, which would keep every array of the job alive."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _be_nice(niceness: int) -> None:
    """Let the window and the sound go first. Threads and processes that are started from here inherit it.

    Where the whole program was started nicer than that, it stays so: only root could take that back.
    """
    if sys.platform == "linux" and os.getpriority(os.PRIO_PROCESS, 0) < niceness:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
