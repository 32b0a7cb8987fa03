"""The one separation that runs, and the one writer of stems: blocks are copied here, in the window's thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QObject, Signal

from umx_gui.app.separating import (
    ModelShelf,
    Prepared,
    Recipe,
    Separated,
    Speed,
    device_words,
    separate_song,
    warm_up,
)
from umx_gui.app.song import Song
from umx_gui.app.worker import Worker
from umx_gui.engine.registry import ModelRegistry
from umx_gui.engine.work import CancelToken, Progress, SlowedDown
from umx_gui.errors import Cancelled
from umx_gui.messages import slowed_down


@dataclass(eq=False)
class _Job:
    song: Song
    recipe: Recipe
    token: CancelToken = field(default_factory=CancelToken)


class Separation(QObject):
    """Separates one song at a time. Every signal names its song, which need not be the one that is shown."""

    stems_reset = Signal(object)  # Song: it has new stems, nothing of them is there
    filled = Signal(object, int, int, bool)  # Song, [start, stop), final
    progress = Signal(object, object)  # Song, Progress
    noted = Signal(object, object)  # Song, dict of fields of `Status`
    ended = Signal()
    failed = Signal(object)  # the error
    told = Signal(object)  # Message
    devices_changed = Signal()

    def __init__(self, worker: Worker, registry: ModelRegistry, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.devices: tuple[str, ...] = ("auto", "cpu")
        self._worker = worker
        self._shelf = ModelShelf(registry)
        self._job: _Job | None = None

    @property
    def song(self) -> Song | None:
        """The song that is being separated."""
        return self._job.song if self._job is not None else None

    def warm_up(self, name: str) -> None:
        """Load torch and a model now; what is wrong with it is told when it is used."""
        self._worker.submit(partial(warm_up, name, self._shelf), on_value=lambda _: None, on_done=lambda _: None)

    def start(self, song: Song, recipe: Recipe, device: str, listening_at: int, restart: bool = False) -> None:
        """Separate a song, instead of what runs now; from the start if it is done already.

        The first drafts are of what follows the sample `listening_at`.
        """
        self.stop()
        if restart or song.separated:
            song.recipe = None
        job = self._job = _Job(song, recipe)
        self._worker.submit(
            partial(separate_song, song, recipe, device, listening_at, self._shelf),
            on_value=partial(self._take, job),
            on_done=partial(self._done, job),
            token=job.token,
        )

    def stop(self) -> None:
        """Stop; what is separated stays."""
        job, self._job = self._job, None
        if job is not None:
            job.token.cancel()

    def _take(self, job: _Job, value: object) -> None:
        song = job.song
        match value:
            case Prepared():
                if value.devices != self.devices:
                    self.devices = value.devices
                    self.devices_changed.emit()
                if not value.resumes:
                    song.reset_stems(value.stems, value.region, job.recipe)
                    self.stems_reset.emit(song)
                self.noted.emit(song, {"device": value.device})
            case Separated():
                song.put(value.block, value.mixture_power, value.residue_power)
                self.filled.emit(song, value.block.start, value.block.stop, value.block.final)
            case Speed():
                self.noted.emit(song, {"speed": value.ratio})
            case SlowedDown():
                self.told.emit(slowed_down(value.device))
                self.noted.emit(song, {"device": device_words(value.device.split(":")[0])})
            case Progress():
                self.progress.emit(song, value)

    def _done(self, job: _Job, error: Exception | None) -> None:
        if job is not self._job:
            return
        self._job = None
        self.noted.emit(job.song, {"sum_db": job.song.sum_db})
        self.ended.emit()
        if error is not None and not isinstance(error, Cancelled):
            self.failed.emit(error)
