"""The file of the queue: read as written, and whatever else is in it never keeps the window closed."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from umx_gui.app.queue.file import Kept, QueueFile, encoded
from umx_gui.app.queue.job import JobSettings, JobState, QueueJob
from umx_gui.messages import Message


def some_jobs() -> list[QueueJob]:
    first = QueueJob(
        1,
        Path("/music/a ü.wav"),
        JobSettings("tiny", "/out", "flac", targets=("vocals",), groups=("a b=x,y",), project="reaper"),
        123,
    )
    first.state, first.error = JobState.FAILED, Message("It failed", "because", "try again")
    second = QueueJob(2, Path("/music/b.mp3"), JobSettings("umxhq", niter=2, softmask=True), 9)
    second.state, second.output, second.owns = JobState.RUNNING, "/out/b_umxhq", True
    third = QueueJob(3, Path("/music/c.mp3"), JobSettings())
    third.state, third.files = JobState.DONE, ("/out/c/vocals.wav",)
    return [first, second, third]


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = QueueFile(tmp_path)
    assert file.load() == Kept()
    finished = {"abc": [["/out/c/vocals.wav", 10, 20]]}
    file.write(encoded(some_jobs(), finished, True))
    kept = file.load()
    assert kept.told is None
    assert (kept.paused, kept.interrupted, kept.finished) == (True, True, finished)
    for job, wrote in zip(kept.jobs, some_jobs(), strict=True):
        assert (job.path, job.settings, job.size_bytes, job.error) == (
            wrote.path,
            wrote.settings,
            wrote.size_bytes,
            wrote.error,
        )
        assert (job.output, job.owns, job.files) == (wrote.output, wrote.owns, wrote.files)
    assert [job.state.value for job in kept.jobs] == ["failed", "waiting", "done"]


def test_only_one_has_the_lock(tmp_path: Path) -> None:
    first, second = QueueFile(tmp_path), QueueFile(tmp_path)
    assert first.lock()
    assert first.lock()
    assert not second.lock()
    first.close()
    assert second.lock()
    second.close()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"version": 2, "jobs": []}',
        b'{"version": 1, "jobs": {}}',
        b"\xff\xfe",
        b"[" * 99999,
    ],
)
def test_what_is_no_queue_is_moved_aside(content: bytes, tmp_path: Path) -> None:
    file = QueueFile(tmp_path)
    file.path.write_bytes(content)
    kept = file.load()
    assert kept.jobs == []
    assert kept.told is not None
    assert kept.told.title == "The queue could not be read"
    assert not file.path.exists()
    assert (tmp_path / "queue.json.bad-1").read_bytes() == content


def test_a_folder_or_a_giant_in_its_place_is_moved_aside(tmp_path: Path) -> None:
    file = QueueFile(tmp_path)
    file.path.mkdir()
    assert file.load().told is not None
    assert (tmp_path / "queue.json.bad-1").is_dir()
    with file.path.open("wb") as giant:
        giant.truncate(1 << 30)
    assert file.load().told is not None
    assert (tmp_path / "queue.json.bad-2").stat().st_size == 1 << 30


@pytest.mark.parametrize(
    "damage",
    [
        {"song": "relative.wav"},
        {"song": "http://localhost/a.wav"},
        {"song": "/a\0b"},
        {"song": "/\ud800"},
        {"song": 5},
        {"state": "flying"},
        {"niter": "2"},
        {"niter": True},
        {"targets": "vocals"},
        {"targets": [1]},
        {"error": ["one"]},
        {"folder": None},
    ],
    ids=repr,
)
def test_a_job_that_is_none_is_left_out(damage: dict[str, object], tmp_path: Path) -> None:
    file = QueueFile(tmp_path)
    content = json.loads(encoded(some_jobs(), {}, False))
    content["jobs"][0].update(damage)
    file.path.write_text(json.dumps(content))
    kept = file.load()
    assert [job.path.name for job in kept.jobs] == ["b.mp3", "c.mp3"]
    assert kept.told is not None
    assert kept.told.title.startswith("1 song")


def test_a_hundred_mutations_are_read_or_refused(tmp_path: Path) -> None:
    whole = encoded(some_jobs(), {"abc": [["/x", 1, 2]]}, False)
    rng = random.Random(5)
    for _ in range(100):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 8)):
            at = rng.randrange(len(data))
            match rng.randrange(3):
                case 0:
                    data[at] = rng.randrange(256)
                case 1:
                    del data[at : at + rng.randrange(1, 30)]
                case _:
                    data[at:at] = rng.choice([b'"', b"{", b"]", b"9" * 400, b"null", b"-1e999"])
        file = QueueFile(tmp_path)
        file.path.write_bytes(bytes(data))
        kept = file.load()
        assert all(job.path.is_absolute() for job in kept.jobs)
        encoded(kept.jobs, kept.finished, kept.paused)
