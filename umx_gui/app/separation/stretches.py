"""Stretches of the open song that are separated by themselves: made, listed, switched, undone, saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from umx_gui.app.history import Part
from umx_gui.app.open_song.song import Song
from umx_gui.app.separation.recipe import Recipe
from umx_gui.app.separation.shelf import ModelShelf
from umx_gui.app.separation.splicer import Splicer
from umx_gui.app.separation.takes import OWN, Edit, Take, from_document, make_take, to_document, with_take
from umx_gui.app.worker import Worker
from umx_gui.engine.audio import FloatArray, Stems
from umx_gui.engine.sessions.document import ModelRef
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import Cancelled, UmxError
from umx_gui.messages import Message, describe
from umx_gui.words import tr

if TYPE_CHECKING:
    from umx_gui.app.session import Session


@dataclass(eq=False)
class _Job:
    song: Song
    start: int
    stop: int
    take: Take
    remade: bool  # it is listed already, and only its stems are missing
    token: CancelToken = field(default_factory=CancelToken)


class Stretches(QObject):
    """The stretches of the open song. Every method returns at once; failures are told."""

    changed = Signal()  # the stretches, or which of their takes counts
    progress = Signal(object)  # Progress | None: of the stretch that is being separated
    told = Signal(object)  # Message

    def __init__(self, worker: Worker, splicing: Worker, session: Session) -> None:
        super().__init__(session)
        self._worker = worker  # not the separator's: a stretch does not wait for the song
        self._splicer = Splicer(splicing, self)
        self._splicer.spliced.connect(self._spliced)
        self._splicer.failed.connect(self._failed)
        self._splicer.settled.connect(self.changed)
        self._registry = session.registry
        self._shelf = ModelShelf(session.registry)
        self._jobs: list[_Job] = []
        self._late: list[_Job] = []  # made while the stems were exported, or before the song was read
        self.told.connect(session.told)
        session.history.add(Part("stretches", lambda: self.edits, self._restore, _words))
        self.changed.connect(session.history.note)
        self.changed.connect(session.files.print_stems)
        session.files.view_wanted.connect(lambda _: self._take_up())
        session.exports.progress.connect(self._settle)
        session.exports.file_ready.connect(self._settle)
        session.opened.connect(self._opened)

    @property
    def _session(self) -> Session:
        # Asked for each time, as in `Refilter`: a reference kept here would leave the session to the collector.
        return cast("Session", self.parent())

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The stretches of the open song, later ones over earlier ones."""
        song = self._session.song
        return cast("tuple[Edit, ...]", song.edits) if song is not None else ()

    @property
    def running(self) -> tuple[int, int] | None:
        """The stretch that is being separated."""
        return (self._jobs[0].start, self._jobs[0].stop) if self._jobs else None

    @property
    def settled(self) -> bool:
        """Whether all takes that count are made and heard."""
        song, takes = self._session.song, [edit.take for edit in self.edits]
        there = not self._late and all(take is None or take.stems is not None for take in takes)
        return there and (song is None or song.splices.settled)

    def at(self, start: int, stop: int) -> Edit | None:
        """The edit of exactly this stretch."""
        return next((edit for edit in self.edits if (edit.start, edit.stop) == (start, stop)), None)

    def over(self, sample: int) -> Edit | None:
        """The uppermost edit that has this sample in it."""
        return next((edit for edit in reversed(self.edits) if edit.start <= sample < edit.stop), None)

    def separate(self, start: int, stop: int, recipe: Recipe | None = None) -> None:
        """Separate [start, stop) of the open song alone; with the chosen model and the desk's settings if none are
        given. It takes its place when it is done."""
        session = self._session
        song = session.song
        recipe = recipe or session.desk.tuning.recipe(session.model_name)
        if song is None or not recipe.model:
            return
        start, stop = max(start, 0), min(stop, song.n_samples)
        if not song.complete:
            self.told.emit(Message(tr("The song is still being read"), "", tr("Wait a moment")))
        elif start < stop and not session.exports.holds(song):
            self._submit(_Job(song, start, stop, Take(recipe, ModelRef(recipe.model)), remade=False))

    def choose(self, edit: Edit, chosen: int) -> None:
        """Let another take of a stretch count; OWN: what the song's own separation has there."""
        if edit in self.edits and chosen != edit.chosen:
            self._set(tuple(e.choosing(chosen) if e == edit else e for e in self.edits))

    def remove(self, edit: Edit) -> None:
        """Forget a stretch with all its takes."""
        self._set(tuple(e for e in self.edits if e != edit))

    def cancel(self) -> None:
        """Stop; nothing of what was being separated is used."""
        jobs, self._jobs = self._jobs, []
        for job in jobs:
            job.token.cancel()
        self.progress.emit(None)

    def _submit(self, job: _Job) -> None:
        self._jobs.append(job)
        self.progress.emit(Progress(0.0, "loading the model"))
        work = partial(
            make_take, job.song, job.start, job.stop, job.take, self._session.device, self._registry, self._shelf
        )
        self._worker.submit(work, on_value=partial(self._take, job), on_done=partial(self._done, job), token=job.token)

    def _take(self, job: _Job, value: object) -> None:
        if isinstance(value, Progress):
            self.progress.emit(value)
        elif isinstance(value, ModelRef):
            job.take.model = value
        elif isinstance(value, Stems):
            job.take.stems = value

    def _done(self, job: _Job, error: Exception | None) -> None:
        if job in self._jobs:
            self._jobs.remove(job)
        if error is None:
            self._late.append(job)
            self._settle()
        elif not isinstance(error, Cancelled):
            self.told.emit(describe(error))
        if not self._jobs:
            self.progress.emit(None)

    def _settle(self, *_: object) -> None:
        """Let what is made take its place, if nobody reads the stems."""
        song = self._session.song
        self._late = [job for job in self._late if job.song is song]
        if song is None or not self._late or self._session.exports.reads(song):
            return
        late, self._late = self._late, []
        edits = self.edits
        for job in late:
            edits = edits if job.remade else with_take(edits, job.start, job.stop, job.take)
        self._set(edits, anyway=True)

    def _set(self, edits: tuple[Edit, ...], anyway: bool = False) -> bool:
        """Let these stretches be the song's; False: the stems cannot change now, or there is no room."""
        session, song = self._session, self._session.song
        if song is None or (edits == self.edits and not anyway) or session.exports.holds(song):
            return False
        wanted = [(edit.start, edit.take.stems) for edit in edits if edit.take is not None and edit.take.stems]
        try:
            if wanted and song.stems is None:
                self._make_stems(song, edits, wanted[0][1])
            song.splices.want(song, wanted)
        except UmxError as e:
            self.told.emit(describe(e))
            return False
        changed, song.edits = edits != song.edits, edits
        if changed:  # what was only made again stands in the file as it was
            session.files.set_stretches(to_document(edits))
        self._splicer.follow(song)
        self._make_missing(song)
        session.history.seal()  # each is a step of its own
        self.changed.emit()
        return True

    def _spliced(self, song: Song, touched: Sequence[tuple[int, int]]) -> None:
        for start, stop in touched:
            self._session._stems_filled(song, start, stop, True)
        self._session._noted(song, {"sum_db": song.sum_db})

    def _failed(self, _: Song, error: Exception) -> None:
        self.told.emit(describe(error))

    def _make_stems(self, song: Song, edits: tuple[Edit, ...], stems: Stems) -> None:
        """A song that has not been separated gets stems, of which only stretches are there."""
        recipe = next(edit.take.recipe for edit in edits if edit.take is not None and edit.take.stems is stems)
        shape = (len(stems.targets), song.n_channels, song.n_samples)
        region, samples = song.scratch.reserve((shape[0] + 1, *shape[1:]))
        song.stems_room = cast(FloatArray, samples)
        region = replace(region, shape=shape)
        song.reset_stems(Stems(stems.targets, song.stems_room[: shape[0]], song.sample_rate), region, recipe)
        self._session._stems_reset(song)

    def _make_missing(self, song: Song) -> None:
        """Separate what counts and is not there: takes of a session's file."""
        busy = [job.take for job in self._jobs]
        for edit in cast("tuple[Edit, ...]", song.edits):
            take = edit.take
            if take is not None and take.stems is None and take not in busy and song.complete:
                self._submit(_Job(song, edit.start, edit.stop, take, remade=True))

    def _restore(self, edits: tuple[Edit, ...]) -> None:
        self._set(edits)

    def _take_up(self) -> None:
        """A session was opened: its stretches are made again."""
        song = self._session.song
        if song is not None and not song.edits:
            song.edits = from_document(self._session.files.stretches, song.n_samples)
            self._session.history.clear()
            self._make_missing(song)
            self.changed.emit()

    def _opened(self, song: Song) -> None:
        """Another song: what was being made was for the one before."""
        for job in [job for job in self._jobs if job.song is not song]:
            self._jobs.remove(job)
            job.token.cancel()
        if not self._jobs:
            self.progress.emit(None)
        self.changed.emit()


def _words(old: tuple[Edit, ...], new: tuple[Edit, ...]) -> str:
    if sum(len(edit.takes) for edit in new) > sum(len(edit.takes) for edit in old):
        return tr("separating a stretch")
    return tr("removing a stretch") if len(new) < len(old) else tr("version of a stretch")


__all__ = ["OWN", "Edit", "Stretches", "Take"]
