"""The one separation that runs, and the one writer of stems: blocks are copied here, in the window's thread."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from umx_gui.app.open_song.song import Song
from umx_gui.app.separation.separating import (
    Kept,
    ModelShelf,
    Order,
    Prepared,
    Separated,
    Speed,
    device_words,
    separate_song,
    warm_up,
)
from umx_gui.app.worker import Worker
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.work import CancelToken, Progress, SlowedDown
from umx_gui.errors import Cancelled
from umx_gui.messages import heard_as_mono, slowed_down


@dataclass(eq=False)
class _Job:
    song: Song
    order: Order
    device: str
    rendering: bool  # the networks have run already
    token: CancelToken = field(default_factory=CancelToken)


class Separation(QObject):
    """Separates one song at a time. Every signal names its song, which need not be the one that is shown."""

    stems_reset = Signal(object)  # Song: it has new stems, nothing of them is there
    superseded = Signal(object)  # Song: what is there of its stems is a draft now
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
        self._last: Song | None = None  # the one of which states are kept

    @property
    def song(self) -> Song | None:
        """The song that is being separated."""
        return self._job.song if self._job is not None else None

    def warm_up(self, name: str) -> None:
        """Load torch and a model now; what is wrong with it is told when it is used."""
        self._worker.submit(partial(warm_up, name, self._shelf), on_value=lambda _: None, on_done=lambda _: None)

    @property
    def rendering(self) -> bool:
        """Whether what runs is only the filter, with other settings than before."""
        return self._job is not None and self._job.rendering

    def start(self, song: Song, order: Order, device: str, restart: bool = False) -> None:
        """Separate a song, instead of what runs now; from the start, and with the networks, if `restart`.

        Without it, a song that is done is separated from the start; a part that is there stays.
        """
        self.stop()
        if restart:
            song.kept = None
        if restart or song.separated:
            song.recipe = None
        rendering = isinstance(song.kept, Kept) and song.kept.serves(order.recipe, device)
        job = self._job = _Job(song, order, device, rendering)
        if rendering:
            self.noted.emit(song, {"speed": None})  # it was the networks'
        self._worker.submit(
            partial(separate_song, song, order, device, self._shelf),
            on_value=lambda value: song.splices.when_free(partial(self._take, job, value)),
            on_done=lambda error: song.splices.when_free(partial(self._done, job, error)),
            token=job.token,
        )

    def retune(self, song: Song, order: Order) -> bool:
        """Let a song's stems be made with other settings of the filter, by the job that runs or by a new one.

        The model stays the song's. False where the song has nothing to be rendered from.
        """
        job = self._job
        if job is not None and job.song is song:
            order.recipe = replace(order.recipe, model=job.order.recipe.model)
            job.order.listening_at, job.order.seen = order.listening_at, order.seen
            job.order.recipe = order.recipe
            return True
        kept = song.kept
        if job is not None or not isinstance(kept, Kept) or not kept.analysis.ready:
            return False
        order.recipe = replace(order.recipe, model=kept.model)
        if song.recipe != order.recipe or not song.separated:
            self.start(song, order, kept.device)
        return True

    def stop(self) -> None:
        """Stop; what is separated stays."""
        job, self._job = self._job, None
        if job is not None:
            job.token.cancel()

    def forget(self) -> None:
        """Stop, and keep nothing of the song: another one is open."""
        self.stop()
        if self._last is not None:
            self._last.kept = None
        self._last = None

    def _take(self, job: _Job, value: object) -> None:
        song = job.song
        if job.token.cancelled:
            return  # it waited for the stems to be free
        match value:
            case Prepared():
                if value.devices != self.devices:
                    self.devices = value.devices
                    self.devices_changed.emit()
                self._prepare(song, value)
                self.noted.emit(song, {"device": value.device})
            case Separated():
                song.put(value.block, value.mixture_power, value.residue_power)
                if value.block.final and isinstance(song.kept, Kept):
                    song.filter_kind = song.kept.analysis.filter_kind
                self.filled.emit(song, value.block.start, value.block.stop, value.block.final)
            case Speed():
                self.noted.emit(song, {"speed": value.ratio})
            case SlowedDown():
                self.told.emit(slowed_down(value.device))
                self.noted.emit(song, {"device": device_words(value.device.split(":")[0])})
            case Progress():
                self.progress.emit(song, value)

    def _prepare(self, song: Song, prepared: Prepared) -> None:
        """Make room for other stems, or show that those which are there are to be replaced."""
        if song.kept is None and prepared.kept.separator.model.spec.n_channels == 1 < song.n_channels:
            self.told.emit(heard_as_mono())
        song.kept, self._last = prepared.kept, song
        if prepared.resumes:
            return
        before, stems = song.targets, (prepared.stems, prepared.region, prepared.recipe)
        if not prepared.supersedes:
            song.reset_stems(*stems)
        else:
            song.supersede_stems(*stems)
        if before != song.targets or not prepared.supersedes:
            self.stems_reset.emit(song)
        self.superseded.emit(song)

    def _done(self, job: _Job, error: Exception | None) -> None:
        if job is not self._job:
            return
        self._job = None
        if error is None and job.song.recipe != job.order.recipe and self.retune(job.song, job.order):
            return  # changed just as the last block was made
        self.noted.emit(job.song, {"sum_db": job.song.sum_db})
        self.ended.emit()
        if error is not None and not isinstance(error, Cancelled):
            self.failed.emit(error)
