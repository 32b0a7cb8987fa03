"""The queue: songs that are separated one after another, in a thread of its own, whatever is open in the window.

The open song comes first: while it is separated, the queue waits between two steps of its own work. What is in the
queue survives the window, see `queue_file`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from umx_gui.app.queue.defaults import choose_folder, default_settings
from umx_gui.app.queue.file import Finished, QueueFile
from umx_gui.app.queue.finder import Found, find_songs, found_words
from umx_gui.app.queue.job import ENDED, JobSettings, JobState, QueueJob
from umx_gui.app.queue.keeper import QueueKeeper
from umx_gui.app.queue.run import Ended, Gate, Order, Runner, record
from umx_gui.app.queue.times import LEFT, QueueTimes, finished_words, interrupted_words
from umx_gui.app.settings import config_dir
from umx_gui.app.worker import Worker
from umx_gui.engine.songs.stages import SHARES, whole
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import Cancelled
from umx_gui.messages import describe

if TYPE_CHECKING:
    from umx_gui.app.session import Session

_LONGEST_STEP_S = 5.0  # what took longer between two steps was a pause


@dataclass(eq=False, slots=True)
class _Run:
    job: QueueJob
    token: CancelToken
    told_at: float


class Queue(QObject):
    """The jobs of a session, in the order in which they run. Every method returns at once."""

    changed = Signal()  # which jobs there are, their order or settings, or whether the queue is paused
    job_changed = Signal(object)  # QueueJob: how far it is
    told = Signal(object)  # Message

    def __init__(self, session: Session, inline: bool = False, file: QueueFile | None = None) -> None:
        super().__init__(session)
        self.jobs: list[QueueJob] = []
        self.paused = False
        self.held = False
        self._finished: Finished = {}
        self._last_number = 0
        self._loaded = False  # whether the runner may hold a model
        self._run: _Run | None = None
        self._times = QueueTimes()
        self._gate = Gate()
        self._runner = Runner(session.registry, self._gate, session.settings)
        self._worker, self._helper = Worker("queue", inline, self), Worker("queue keeper", inline, self)
        self._keeper = QueueKeeper(file or QueueFile(config_dir()), self._helper, self)
        self._keeper.told.connect(self.told)
        self._keeper.due.connect(self._save)
        self.changed.connect(self._keeper.save_soon)
        session.state_changed.connect(self._follow)

    @property
    def _session(self) -> Session:
        return cast("Session", self.parent())

    @property
    def workers(self) -> tuple[Worker, Worker]:
        """The threads, to be stopped with the session's."""
        return self._worker, self._helper

    @property
    def running(self) -> QueueJob | None:
        """The job that is being done (or waits in the middle of it)."""
        return self._run.job if self._run is not None else None

    @property
    def n_left(self) -> int:
        """How many songs are still to be separated."""
        return sum(job.state in LEFT for job in self.jobs)

    @property
    def remaining_s(self) -> float | None:
        """How long all of it still takes; None while nobody can tell."""
        return self._times.total(self.jobs)

    def time_left(self, job: QueueJob) -> float | None:
        """How long a job still takes."""
        return self._times.left(job)

    def start(self) -> None:
        """Take up what was left the last time, once the window is seen. After a crash the user says when to go on."""
        kept = self._keeper.load()
        if kept is None:
            return
        self.jobs = kept.jobs + self.jobs
        for job in kept.jobs:
            job.disown()
        self._finished = {**kept.finished, **self._finished}
        self._number_anew()
        self.paused = self.paused or kept.paused or kept.interrupted
        if kept.told is not None:
            self.told.emit(kept.told)
        if kept.interrupted:
            self.told.emit(interrupted_words(self.jobs))
        if self.jobs or self.paused:
            self.changed.emit()
            self._pump()

    def settings(self) -> JobSettings:
        """What a job is given at first: the settings of the window and of the last export."""
        return default_settings(self._session)

    def add(self, paths: Iterable[Path], settings: JobSettings | None = None) -> None:
        """Add songs, and the songs in folders; what was found is told."""
        paths, settings = tuple(paths), settings or self.settings()
        found: list[Found] = []
        self._helper.submit(
            partial(find_songs, paths),
            on_value=lambda value: self._take_found(cast(Found, value), settings, found),
            on_done=lambda error: self._found_all(paths, found, error),
        )

    def remove(self, jobs: Sequence[QueueJob]) -> None:
        """Take jobs out; one that runs is stopped, and nothing half-written stays."""
        gone = set(jobs)
        if self._run is not None and self._run.job in gone:
            self._stop()
        self.jobs = [job for job in self.jobs if job not in gone]
        self._news()

    def clear_done(self) -> None:
        """Take out what is done; that it was done is remembered."""
        self.remove([job for job in self.jobs if job.state in ENDED])

    def retry(self, jobs: Sequence[QueueJob]) -> None:
        """Do jobs again that failed, were skipped, or are done."""
        for job in jobs:
            if job in self.jobs and job.state not in LEFT:
                job.force = job.state in ENDED
                job.reset()
        self._news()

    def move(self, jobs: Sequence[QueueJob], to: int) -> None:
        """Put jobs, in their present order, before the one that is at `to` now (or behind all)."""
        moved = [job for job in self.jobs if job in set(jobs)]
        before = [job for job in self.jobs[:to] if job not in set(jobs)]
        behind = [job for job in self.jobs[to:] if job not in set(jobs)]
        if moved and (order := [*before, *moved, *behind]) != self.jobs:
            self.jobs = order
            self.changed.emit()

    def set_settings(self, jobs: Sequence[QueueJob], settings: dict[str, object]) -> None:
        """Change some fields of the JobSettings of jobs that do not run; one that ended will be done anew on retry."""
        for job in jobs:
            new = replace(job.settings, **settings)  # type: ignore[arg-type]
            if job.state is JobState.RUNNING or new == job.settings:
                continue
            if (new.folder, new.model) != (job.settings.folder, job.settings.model):
                job.output, job.owns = "", False
            job.settings = new
            if job.state is JobState.FAILED:
                job.reset()
        self._news()

    def pause(self) -> None:
        """Stop after the present step; what is done of a song is kept meanwhile."""
        self._set_paused(True)

    def resume(self) -> None:
        """Go on."""
        self._set_paused(False)

    def halt(self) -> None:
        """Stop; what ran waits again. Before the threads are stopped."""
        self._stop()

    def close(self) -> None:
        """Write the queue for the next time. After the threads were stopped."""
        self._keeper.close(self.jobs, self._finished, self.paused)

    # What happens

    def _take_found(self, value: Found, settings: JobSettings, found: list[Found]) -> None:
        found.append(value)
        waiting = {(job.path, job.settings) for job in self.jobs if job.state in LEFT}
        for path, size in value.songs:
            if (path, settings) not in waiting:
                self.jobs.append(QueueJob(0, path, settings, size))
        self._number_anew()
        self._news()

    def _found_all(self, paths: tuple[Path, ...], found: list[Found], error: Exception | None) -> None:
        if error is None:
            self.told.emit(found_words(paths, found))
        elif not isinstance(error, Cancelled):
            self.told.emit(describe(error))

    def _number_anew(self) -> None:
        for job in self.jobs:
            if not job.number:
                self._last_number += 1
                job.number = self._last_number
        self._last_number = max([self._last_number, *(job.number for job in self.jobs)])

    def _set_paused(self, paused: bool) -> None:
        if paused != self.paused:
            self.paused = paused
            self._news()

    def _follow(self, *_: object) -> None:
        held = self._session.state.value in ("separating", "rendering")
        if held != self.held:
            self.held = held
            self._gate.set_open(not (self.paused or held))
            self.changed.emit()

    def _news(self) -> None:
        self._gate.set_open(not (self.paused or self.held))
        self.changed.emit()
        self._pump()

    def _save(self) -> None:
        self._keeper.save(self.jobs, self._finished, self.paused)

    def _pump(self) -> None:
        """Begin the next job, if none runs."""
        if self._run is not None or self.paused:
            return
        job = next((job for job in self.jobs if job.state is JobState.WAITING), None)
        if job is None:
            if not self._loaded:
                return
            self._loaded = False
            self._worker.submit(self._runner.release, on_value=lambda _: None, on_done=lambda _: None)
            return
        run = self._run = _Run(job, CancelToken(), time.monotonic())
        job.reset()
        job.state = JobState.RUNNING
        choose_folder(job, self.jobs)
        # On the disk first: whatever ends the program from here on, the next one knows whose the folder is.
        self._keeper.save(self.jobs, self._finished, self.paused, partial(self._begin, run))
        self.changed.emit()

    def _begin(self, run: _Run) -> None:
        if run is not self._run:
            return
        job, self._loaded = run.job, True
        order = Order(job.path, job.settings, Path(job.output), job.owns, job.force, self._session.device)
        self._worker.submit(
            partial(self._runner.run, order, self._finished),
            on_value=partial(self._take, run),
            on_done=partial(self._done, run),
            token=run.token,
        )

    def _take(self, run: _Run, value: object) -> None:
        if run is not self._run:
            return
        job, now = run.job, time.monotonic()
        if isinstance(value, Ended):
            job.state = JobState.SKIPPED if value.skipped else JobState.DONE
            job.files = tuple(str(entry[0]) for entry in value.entries)
            job.owns = job.owns and not value.skipped
            record(self._finished, value)
            if job.state is JobState.DONE:
                self._times.learn(job)
        elif isinstance(value, Progress) and value.stage in SHARES:
            job.work_s += min(now - run.told_at, _LONGEST_STEP_S)
            job.fraction = max(job.fraction, whole(value.stage, value.fraction))
            self.job_changed.emit(job)
        run.told_at = now

    def _done(self, run: _Run, error: Exception | None) -> None:
        if run is not self._run:
            return
        job, self._run = run.job, None
        job.force = False
        if error is not None:
            job.state = JobState.WAITING if isinstance(error, Cancelled) else JobState.FAILED
            job.error = None if isinstance(error, Cancelled) else describe(error)
            job.disown()
        self._news()
        if not self.n_left:
            self.told.emit(finished_words(self.jobs))

    def _stop(self) -> None:
        run, self._run = self._run, None
        if run is not None:
            run.token.cancel()
            if run.job.state is JobState.RUNNING:  # and not done already, with the end of its work still on its way
                run.job.state = JobState.WAITING
