"""Which song is shown while a file opens: the old one until the new one sounds, and again if the new one fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from umx_gui.app.open_song.opening import Begun, Decoded, Ended, open_song, warm_up
from umx_gui.app.open_song.song import Song
from umx_gui.app.worker import Worker
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import Cancelled


@dataclass(eq=False)
class _Job:
    path: Path
    previous: Song | None
    token: CancelToken = field(default_factory=CancelToken)
    song: Song | None = None


class Opener(QObject):
    """Opens one file at a time; another one takes its place."""

    shown = Signal(object)  # Song to be shown from now on
    restored = Signal(object)  # Song | None: the one that was shown before is to be shown again
    filled = Signal(object, int, int)  # Song, [start, stop) of its mixture is there
    progress = Signal(object)  # Progress
    opened = Signal(object, object)  # Song, its path: whole
    failed = Signal(object)  # the error
    told = Signal(object)  # Message

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._job: _Job | None = None

    @property
    def running(self) -> bool:
        """Whether a file is being opened."""
        return self._job is not None

    def warm_up(self) -> None:
        """Start the process that decodes before the first file waits for it."""
        self._worker.submit(warm_up, on_value=lambda _: None, on_done=lambda _: None)

    def open(self, path: Path, previous: Song | None) -> None:
        """Open a file; `previous` is what comes back if it fails."""
        job = self._job = _Job(path, previous)
        self._worker.submit(
            partial(open_song, path),
            on_value=partial(self._take, job),
            on_done=partial(self._done, job),
            token=job.token,
        )

    def abandon(self) -> None:
        """Stop, and show again what was shown before."""
        job, self._job = self._job, None
        if job is not None:
            job.token.cancel()
            if job.song is not None:
                self.restored.emit(job.previous)

    def _take(self, job: _Job, value: object) -> None:
        match value:
            case Begun():
                job.song = value.song
                self.shown.emit(value.song)
            case Decoded() if job.song is not None:
                self._there(job.song, value.start, value.stop)
            case Ended():
                if value.song is not job.song:
                    job.song = value.song
                    self.shown.emit(value.song)
                    self._there(value.song, 0, value.song.n_samples)
                value.song.complete = True
                for message in value.messages:
                    self.told.emit(message)
            case Progress():
                self.progress.emit(value)

    def _there(self, song: Song, start: int, stop: int) -> None:
        song.mixture_there(stop)
        self.filled.emit(song, start, stop)

    def _done(self, job: _Job, error: Exception | None) -> None:
        if job is not self._job:
            return
        if error is None:
            self._job = None
            self.opened.emit(job.song, job.path)
            return
        self.abandon()
        if not isinstance(error, Cancelled):
            self.failed.emit(error)
