"""The queue on disk: one JSON file, old or new and never half, and a lock that says which window works on it."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from umx_gui.app.queue.job import JobState, QueueJob, from_dict, to_dict
from umx_gui.engine.storage.files import read_small, try_lock, write_whole
from umx_gui.messages import Message
from umx_gui.words import tr, trn

VERSION = 1
MAX_FINISHED = 2000
_MAX_BYTES = 64 << 20
_log = logging.getLogger(__name__)

Finished = dict[str, list[list[object]]]  # by fingerprint: [path, size, mtime in ns] of each file


@dataclass(slots=True)
class Kept:
    """What the file says: the jobs, what was finished at any time, and whether the queue was paused.

    interrupted: the program ended while a song was being separated, without having been closed.
    """

    jobs: list[QueueJob] = field(default_factory=list)
    finished: Finished = field(default_factory=dict)
    paused: bool = False
    interrupted: bool = False
    told: Message | None = None


class QueueFile:
    """`queue.json` in a folder. Only the process that holds `lock` writes it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "queue.json"
        self._lock: int | None = None

    def lock(self) -> bool:
        """Take the queue for this process, for as long as it lives; False where another one has it."""
        if self._lock is not None:
            return True
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(self.path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as e:
            _log.warning("the queue cannot be locked: %s", e)
            return False
        if not try_lock(fd, unsupported=True):
            os.close(fd)
            return False
        self._lock = fd
        return True

    def close(self) -> None:
        """Leave the queue to others."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def load(self) -> Kept:
        """What was there when it was last written. A file that cannot be used is moved aside, never deleted."""
        try:
            if not os.path.lexists(self.path):
                return Kept()
            return _parsed(json.loads(read_small(self.path, _MAX_BYTES).decode()))
        except (OSError, ValueError, RecursionError, MemoryError) as e:
            _log.warning("the queue cannot be read: %s", e)
            return Kept(told=_told(_aside(self.path)))

    def write(self, data: bytes) -> None:
        """Write what `encoded` made. Raises OutputNotWritableError and DiskFullError."""
        write_whole(self.path, data)


def encoded(jobs: Sequence[QueueJob], finished: Finished, paused: bool) -> bytes:
    """The queue as the content of its file."""
    kept = dict(list(finished.items())[-MAX_FINISHED:])
    content = {"version": VERSION, "paused": paused, "jobs": [to_dict(job) for job in jobs], "finished": kept}
    return json.dumps(content, indent=0).encode()


def _parsed(content: object) -> Kept:
    """Raises ValueError for what is no queue; a single job that is none is left out, and told of."""
    if not isinstance(content, dict) or content.get("version") != VERSION or not isinstance(content.get("jobs"), list):
        raise ValueError("not a queue")
    kept, n_bad = Kept(paused=content.get("paused") is True), 0
    for number, item in enumerate(content["jobs"], 1):
        try:
            job = from_dict(item, number)
        except ValueError as e:
            _log.warning("a job of the queue cannot be used: %s", e)
            n_bad += 1
            continue
        if job.state is JobState.RUNNING:
            job.state, kept.interrupted = JobState.WAITING, True
        kept.jobs.append(job)
    finished = content.get("finished")
    if isinstance(finished, dict):
        kept.finished = {k: v for k, v in finished.items() if isinstance(v, list) and all(map(_is_file, v))}
    if n_bad:
        lost = trn("{n} song of the queue was lost", "{n} songs of the queue were lost", n_bad)
        kept.told = Message(lost, tr("what was written of it is damaged"), tr("Add it again"))
    return kept


def _is_file(entry: object) -> bool:
    return (
        isinstance(entry, list)
        and len(entry) == 3
        and isinstance(entry[0], str)
        and all(type(number) is int for number in entry[1:])
    )


def _aside(path: Path) -> Path | None:
    """Move what cannot be used to a free name beside it."""
    for number in range(1, 1000):
        other = path.with_name(f"{path.name}.bad-{number}")
        if os.path.lexists(other):
            continue
        try:
            path.rename(other)
        except OSError as e:
            _log.warning("the queue cannot be moved aside: %s", e)
            return None
        return other
    return None


def _told(kept_as: Path | None) -> Message:
    kept = tr("the file is kept as “{name}”", name=kept_as.name) if kept_as is not None else tr("the file is damaged")
    return Message(tr("The queue could not be read"), kept, tr("It starts empty"))
