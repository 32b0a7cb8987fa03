"""How long the songs of the queue still take, judged by what those before them took for their size."""

from __future__ import annotations

from collections.abc import Sequence

from umx_gui.app.queue.job import ENDED, JobState, QueueJob
from umx_gui.messages import Message
from umx_gui.words import tr, trn

LEFT = (JobState.WAITING, JobState.RUNNING)


class QueueTimes:
    """What was learnt of the time that songs take."""

    def __init__(self) -> None:
        self._pace: dict[str, float] = {}  # seconds of work for a byte, by suffix

    def learn(self, job: QueueJob) -> None:
        """A job is done."""
        if job.size_bytes and job.work_s > 0:
            self._pace[job.path.suffix.casefold()] = job.work_s / job.size_bytes

    def left(self, job: QueueJob) -> float | None:
        """How long a job still takes in seconds; None while nobody can tell, or if it ended."""
        if (remaining := job.remaining_s) is not None:
            return remaining
        if job.state not in LEFT or not self._pace:
            return None
        pace = self._pace.get(job.path.suffix.casefold()) or sum(self._pace.values()) / len(self._pace)
        return job.size_bytes * pace * (1 - job.fraction)

    def total(self, jobs: Sequence[QueueJob]) -> float | None:
        """How long all of them still take; those nobody knows of, as long as the others."""
        times = [self.left(job) for job in jobs if job.state in LEFT]
        known = [t for t in times if t is not None]
        return sum(known) + (len(times) - len(known)) * sum(known) / len(known) if known else None


def finished_words(jobs: Sequence[QueueJob]) -> Message:
    """What is said when nothing is left to do."""
    n_failed = sum(job.state is JobState.FAILED for job in jobs)
    n_done = sum(job.state in ENDED for job in jobs)
    title = trn("The queue is done: {n} song separated", "The queue is done: {n} songs separated", n_done)
    return Message(title, tr("{n} failed", n=n_failed), tr("The queue says why")) if n_failed else Message(title)


def interrupted_words(jobs: Sequence[QueueJob]) -> Message:
    """What is said after the program ended without having been closed."""
    n = sum(job.state in LEFT for job in jobs)
    left = trn("{n} song waits", "{n} songs wait", n)
    return Message(tr("The queue was interrupted"), left, tr("Open the queue (Ctrl+J) to resume it"))
