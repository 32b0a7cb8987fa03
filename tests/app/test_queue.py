"""The queue: songs separated one after another, in the order and the way asked for, whatever else is going on."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile as sf
from app_sounds import MakeSession, open_and_wait, sound, write
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.queue.job import JobSettings, JobState, QueueJob
from umx_gui.app.queue.queue import Queue
from umx_gui.app.queue.run import Ended, Gate
from umx_gui.app.session import Session, SessionState
from umx_gui.cli import main
from umx_gui.engine.work import CancelToken

TARGETS = ("vocals", "drums", "bass", "other")


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    """A folder with two songs, one more in a folder inside, and what is no song."""
    folder = tmp_path / "songs"
    (folder / "more").mkdir(parents=True)
    write(folder / "a.wav", sound(1.0, seed=1))
    write(folder / "b.flac", sound(1.5, seed=2))
    write(folder / "more" / "c.wav", sound(0.5, seed=3))
    (folder / "notes.txt").write_text("no song")
    return folder


@pytest.fixture
def settings(session: Session, tmp_path: Path) -> JobSettings:
    return replace(session.queue.settings(), folder=str(tmp_path / "out"))


def wait(session: Session, qtbot: QtBot) -> None:
    """Until all is done, and told: a song is done a moment before its work has ended."""
    qtbot.waitUntil(lambda: session.queue.n_left == 0 and session.queue.running is None)


def add(session: Session, qtbot: QtBot, paths: list[Path], settings: JobSettings) -> list[QueueJob]:
    """Add songs, and wait until they are found."""
    n = len(session.queue.jobs)
    session.queue.add(paths, settings)
    qtbot.waitUntil(lambda: len(session.queue.jobs) > n)
    qtbot.waitUntil(lambda: not session.queue.workers[1].busy)
    return session.queue.jobs[n:]


def states(session: Session) -> list[str]:
    return [job.state.value for job in session.queue.jobs]


def test_a_folder_is_separated_song_by_song(
    session: Session, qtbot: QtBot, songs: Path, settings: JobSettings, told: Told, tmp_path: Path
) -> None:
    session.queue.add([songs], settings)
    qtbot.waitUntil(lambda: bool(session.queue.jobs))
    wait(session, qtbot)
    assert [job.path.name for job in session.queue.jobs] == ["a.wav", "b.flac", "c.wav"]
    assert states(session) == ["done"] * 3
    assert told.titles == ["3 songs were added to the queue", "The queue is done: 3 songs separated"]
    for name, n in (("a", 44100), ("b", 66150), ("c", 22050)):
        folder = tmp_path / "out" / f"{name}_tiny"
        assert sorted(p.name for p in folder.iterdir()) == sorted(f"{t}.wav" for t in TARGETS)
        assert {sf.info(p).frames for p in folder.iterdir()} == {n}


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        ({}, ""),
        (
            {"format": "flac", "bit_depth": "16", "niter": 2, "window": 100},
            "--format flac --bit-depth 16 --niter 2 --wiener-win-len 100",
        ),
        (
            {"targets": ("vocals", "bass"), "softmask": True, "exact_sum": False},
            "--targets vocals bass --softmask --no-exact-sum",
        ),
        ({"residual": True, "niter": 0}, "--residual --niter 0"),
    ],
)
def test_the_files_are_those_of_the_terminal_bit_for_bit(
    session: Session,
    qtbot: QtBot,
    songs: Path,
    settings: JobSettings,
    tiny_models: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, object],
    options: str,
) -> None:
    monkeypatch.setenv("UMX_MODELS_DIR", str(tiny_models))
    add(session, qtbot, [songs / "b.flac"], replace(settings, **changes))  # type: ignore[arg-type]
    wait(session, qtbot)
    assert states(session) == ["done"]
    arguments = ["separate", str(songs / "b.flac"), "--model", "tiny", "--outdir", str(tmp_path / "terminal")]
    assert main([*arguments, *options.split()]) == 0
    ours, theirs = tmp_path / "out" / "b_tiny", tmp_path / "terminal" / "b_tiny"
    names = sorted(p.name for p in theirs.iterdir())
    assert names == sorted(p.name for p in ours.iterdir())
    assert names
    for name in names:
        assert (ours / name).read_bytes() == (theirs / name).read_bytes()


def test_an_error_is_said_in_its_row_and_the_queue_goes_on(
    session: Session, qtbot: QtBot, songs: Path, settings: JobSettings, told: Told
) -> None:
    (songs / "broken.wav").write_bytes(b"RIFF????WAVE" + b"x" * 100)
    add(session, qtbot, [songs / "missing.wav", songs / "broken.wav", songs / "a.wav"], settings)
    wait(session, qtbot)
    assert states(session) == ["failed", "failed", "done"]
    first, second, _ = session.queue.jobs
    assert first.error is not None
    assert "missing.wav" in first.error.one_line()
    assert second.error is not None
    assert "broken.wav" in second.error.one_line()
    assert told.messages[-1].reason == "2 failed"
    # Once it can be read, it is done on request.
    write(songs / "missing.wav", sound(0.5))
    session.queue.retry([first])
    wait(session, qtbot)
    assert states(session) == ["done", "failed", "done"]


def test_what_is_there_already_is_never_written_over_unasked(
    session: Session, qtbot: QtBot, songs: Path, settings: JobSettings, tmp_path: Path
) -> None:
    mine = tmp_path / "out" / "a_tiny" / "vocals.wav"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    (job,) = add(session, qtbot, [songs / "a.wav"], settings)
    wait(session, qtbot)
    assert job.state is JobState.FAILED
    assert mine.read_text() == "mine"
    session.queue.set_settings([job], {"overwrite": True})
    wait(session, qtbot)
    assert job.state is JobState.DONE
    assert sf.info(mine).frames == 44100


def test_what_was_done_is_skipped_until_its_files_change(
    session: Session, qtbot: QtBot, songs: Path, settings: JobSettings, tmp_path: Path
) -> None:
    add(session, qtbot, [songs / "a.wav"], settings)
    wait(session, qtbot)
    session.queue.clear_done()
    assert session.queue.jobs == []
    vocals = tmp_path / "out" / "a_tiny" / "vocals.wav"
    before = vocals.stat().st_mtime_ns
    (job,) = add(session, qtbot, [songs / "a.wav"], settings)
    wait(session, qtbot)
    assert job.state is JobState.SKIPPED
    assert vocals.stat().st_mtime_ns == before
    # Asked for once more it is done anew, and so it is where a file is missing, or other settings are wanted.
    session.queue.retry([job])
    wait(session, qtbot)
    assert job.state is JobState.DONE
    assert vocals.stat().st_mtime_ns > before
    session.queue.clear_done()
    vocals.unlink()
    (job,) = add(session, qtbot, [songs / "a.wav"], settings)
    wait(session, qtbot)
    assert job.state is JobState.DONE
    session.queue.clear_done()
    (job,) = add(session, qtbot, [songs / "a.wav"], replace(settings, format="flac"))
    wait(session, qtbot)
    assert job.state is JobState.DONE
    assert (vocals.parent / "vocals.flac").exists()


def test_songs_of_one_name_get_folders_of_their_own(
    session: Session, qtbot: QtBot, songs: Path, settings: JobSettings, tmp_path: Path
) -> None:
    write(songs / "more" / "a.wav", sound(0.5, seed=9))
    add(session, qtbot, [songs / "a.wav", songs / "more" / "a.wav"], settings)
    wait(session, qtbot)
    assert states(session) == ["done", "done"]
    assert sf.info(tmp_path / "out" / "a_tiny" / "vocals.wav").frames == 44100
    assert sf.info(tmp_path / "out" / "a_tiny_2" / "vocals.wav").frames == 22050


def test_paused_it_begins_nothing_and_jobs_can_be_ordered_changed_and_removed(
    session: Session, qtbot: QtBot, songs: Path, settings: JobSettings, tmp_path: Path
) -> None:
    queue = session.queue
    queue.pause()
    a, b, c = add(session, qtbot, [songs], settings)
    qtbot.wait(200)
    assert states(session) == ["waiting"] * 3
    queue.move([c], 0)
    assert queue.jobs == [c, a, b]
    queue.move([c, a], 3)
    assert queue.jobs == [b, c, a]
    queue.remove([b])
    queue.set_settings([c], {"template": "{song} {target}", "targets": ("vocals",)})
    queue.resume()
    order: list[QueueJob] = []
    queue.job_changed.connect(lambda job: order.append(job) if job not in order else None)
    wait(session, qtbot)
    assert order == [c, a]
    assert [p.name for p in (tmp_path / "out" / "c_tiny").iterdir()] == ["c vocals.wav"]
    assert not (tmp_path / "out" / "b_tiny").exists()


def test_pausing_in_the_middle_keeps_what_is_done(
    session: Session, qtbot: QtBot, settings: JobSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, at_gate, passed = session.queue, threading.Event(), Gate.wait

    def noted(gate: Gate, cancel: CancelToken) -> None:
        if not gate._opened.is_set():
            at_gate.set()
        passed(gate, cancel)

    monkeypatch.setattr(Gate, "wait", noted)
    (job,) = add(session, qtbot, [write(tmp_path / "long.wav", sound(60.0))], settings)
    qtbot.waitUntil(lambda: job.fraction > 0.2)
    queue.pause()
    qtbot.waitUntil(at_gate.is_set)
    qtbot.wait(100)  # what was on its way arrives
    before = job.fraction
    qtbot.wait(400)
    assert job.state is JobState.RUNNING
    assert job.fraction == before < 1
    queue.resume()
    wait(session, qtbot)
    assert job.state is JobState.DONE


def test_a_running_job_that_is_removed_leaves_nothing(
    session: Session, qtbot: QtBot, settings: JobSettings, tmp_path: Path
) -> None:
    (job,) = add(session, qtbot, [write(tmp_path / "long.wav", sound(60.0))], settings)
    qtbot.waitUntil(lambda: job.fraction > 0.1)
    session.queue.remove([job])
    qtbot.waitUntil(lambda: not session.queue.workers[0].busy)
    assert session.queue.jobs == []
    assert not (tmp_path / "out").exists()


def test_a_song_is_opened_and_separated_meanwhile_and_comes_first(
    session: Session, qtbot: QtBot, settings: JobSettings, song_file: Path, tmp_path: Path
) -> None:
    (job,) = add(session, qtbot, [write(tmp_path / "long.wav", sound(90.0))], settings)
    qtbot.waitUntil(lambda: job.fraction > 0.05)
    seen: list[tuple[SessionState, bool, JobState]] = []

    def note(state: SessionState) -> None:
        seen.append((state, session.queue.held, job.state))
        # Reading the song takes its time on a busy machine: the queue must not be done before it comes to the point.
        if state is SessionState.OPENING:
            session.queue.pause()
        elif state is SessionState.SEPARATING:
            session.queue.resume()

    session.state_changed.connect(note)
    song = open_and_wait(session, song_file, qtbot)
    assert song.separated
    assert seen == [
        (SessionState.OPENING, False, JobState.RUNNING),
        (SessionState.SEPARATING, True, JobState.RUNNING),
        (SessionState.READY, False, JobState.RUNNING),  # the song that came later was done first
    ]
    wait(session, qtbot)
    assert job.state is JobState.DONE


def test_times_left_are_told(session: Session, qtbot: QtBot, settings: JobSettings, tmp_path: Path) -> None:
    queue = session.queue
    queue.pause()
    jobs = add(session, qtbot, [write(tmp_path / f"{n}.wav", sound(20.0, seed=n)) for n in range(3)], settings)
    assert queue.remaining_s is None
    # What is left is told by the one song that is done: no second one may be done meanwhile.
    queue.changed.connect(lambda: queue.pause() if jobs[0].state is JobState.DONE else None)
    queue.resume()
    qtbot.waitUntil(lambda: jobs[0].state is JobState.DONE and queue.paused)
    left = queue.time_left(jobs[2])
    assert left is not None
    assert left == pytest.approx(jobs[0].work_s, rel=0.05)
    total = queue.remaining_s
    assert total is not None
    assert total >= left
    assert queue.time_left(jobs[0]) is None


def test_it_survives_a_restart(
    make_session: MakeSession, qtbot: QtBot, songs: Path, tmp_path: Path, told: Told
) -> None:
    first = make_session()
    first.start()
    settings = replace(first.queue.settings(), folder=str(tmp_path / "out"), format="flac")
    (done,) = add(first, qtbot, [songs / "a.wav"], settings)
    wait(first, qtbot)
    first.queue.pause()
    add(first, qtbot, [songs / "b.flac"], replace(settings, targets=("bass",)))
    assert first.close(patience_s=30.0)
    second = make_session()
    second.start()
    assert second.queue.paused
    assert [(job.path, job.state.value) for job in second.queue.jobs] == [
        (songs / "a.wav", "done"),
        (songs / "b.flac", "waiting"),
    ]
    assert second.queue.jobs[0].files == done.files
    assert second.queue.jobs[1].settings == replace(settings, targets=("bass",))
    assert len({job.number for job in second.queue.jobs}) == 2
    second.queue.resume()
    wait(second, qtbot)
    assert [p.name for p in (tmp_path / "out" / "b_tiny").iterdir()] == ["bass.flac"]


def test_what_ran_when_the_window_closed_waits_again(
    make_session: MakeSession, qtbot: QtBot, tmp_path: Path, told: Told
) -> None:
    first = make_session()
    first.start()
    settings = replace(first.queue.settings(), folder=str(tmp_path / "out"))
    (job,) = add(first, qtbot, [write(tmp_path / "long.wav", sound(60.0))], settings)
    qtbot.waitUntil(lambda: job.fraction > 0.1)
    assert first.close(patience_s=30.0)
    assert not (tmp_path / "out").exists()
    second = make_session()
    second.start()
    qtbot.waitUntil(lambda: second.queue.running is not None)
    assert "The queue was interrupted" not in told.titles
    wait(second, qtbot)
    assert states(second) == ["done"]


def test_what_is_done_stays_done_if_the_window_closes_just_then(
    session: Session, qtbot: QtBot, songs: Path, settings: JobSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are there, and the end of the work is still on its way."""
    take = Queue._take

    def close_then(queue: Queue, run: object, value: object) -> None:
        take(queue, run, value)  # type: ignore[arg-type]
        if isinstance(value, Ended):
            queue.halt()

    monkeypatch.setattr(Queue, "_take", close_then)
    (job,) = add(session, qtbot, [songs / "a.wav"], settings)
    wait(session, qtbot)
    assert job.state is JobState.DONE


def test_after_a_crash_it_waits_for_the_user(
    make_session: MakeSession, qtbot: QtBot, songs: Path, tmp_path: Path, told: Told
) -> None:
    """A song that brings the program down must not do so again at each start."""
    folder = Path(os.environ["UMX_CONFIG_DIR"])
    folder.mkdir()
    job = {"song": str(songs / "a.wav"), "state": "running", "model": "tiny", "folder": str(tmp_path / "out")}
    out = tmp_path / "out" / "a_tiny"
    out.mkdir(parents=True)
    (out / "vocals.wav").write_text("of the run that crashed")
    (folder / "queue.json").write_text(json.dumps({"version": 1, "jobs": [{**job, "output": str(out), "owns": True}]}))
    session = make_session()
    session.start()
    assert told.titles == ["The queue was interrupted"]
    assert session.queue.paused
    assert states(session) == ["waiting"]
    session.queue.resume()
    wait(session, qtbot)
    assert states(session) == ["done"]  # in its own folder
    assert sf.info(out / "vocals.wav").frames == 44100


def test_two_windows_do_not_share_a_queue(
    make_session: MakeSession, qtbot: QtBot, songs: Path, tmp_path: Path, told: Told
) -> None:
    first, second = make_session(), make_session()
    first.start()
    second.start()
    assert told.titles == ["Another window works on the queue"]
    file = Path(os.environ["UMX_CONFIG_DIR"]) / "queue.json"
    settings = replace(second.queue.settings(), folder=str(tmp_path / "out"))
    add(second, qtbot, [songs / "a.wav"], settings)
    wait(second, qtbot)
    assert states(second) == ["done"]
    assert second.close(patience_s=30.0)
    assert not file.exists()
    assert first.queue.jobs == []


def test_a_folder_that_comes_to_be_there_after_a_failure_is_not_ours(
    session: Session, qtbot: QtBot, songs: Path, settings: JobSettings, tmp_path: Path
) -> None:
    (job,) = add(session, qtbot, [songs / "later.wav"], settings)
    wait(session, qtbot)
    mine = tmp_path / "out" / "later_tiny" / "bass.wav"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    write(songs / "later.wav", sound(0.5))
    session.queue.retry([job])
    wait(session, qtbot)
    assert job.state is JobState.FAILED
    assert mine.read_text() == "mine"
