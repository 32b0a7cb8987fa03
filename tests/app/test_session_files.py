"""A session is saved, opened again as it was, kept all the time, and found again when the program died."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from app_sounds import MakeSession, open_and_wait, sound, write
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.saving.jobs import Opening
from umx_gui.app.session import Session, SessionState
from umx_gui.engine.sessions.autosave import Autosave, Leftover, autosave_folder, kept
from umx_gui.engine.sessions.document import Kind, ModelRef, Stretch, StripRef, View
from umx_gui.engine.sessions.recipe import Recipe
from umx_gui.engine.sessions.session_file import read_session, write_session
from umx_gui.playback.mix import Strip


def work_on(session: Session) -> None:
    """Change something in every part."""
    mix = session.transport.mix
    mix.set_gain_db("drums", -6.5)
    mix.set_pan("bass", 0.25)
    mix.set_solo("vocals", True)
    mix.set_mute("other", True)
    mix.set_master_gain_db(-3.0)
    session.desk.set(niter=2, emphasis_db=(("drums", 3.0),))
    session.desk.choose_slot("B")
    session.desk.set(softmask=True)
    session.transport.set_loop((11_025, 66_150))
    session.transport.seek(44_100)
    session.files.set_view(View("spectrogram", {"bass": "mask"}, 100.0, 90_000.0, 2.0, {"colours": "sea"}))
    session.files.set_stretches((Stretch(5, 500, Recipe("", 3), ModelRef("voice"), {"name": "bridge"}),))


def save(session: Session, path: Path, qtbot: QtBot) -> Path:
    """Save, and wait until it is on the disk with the prints of the stems."""
    session.files.save(path)
    qtbot.waitUntil(lambda: session.files.path == path and bool(read_session(path).stems))
    return path


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.state is SessionState.READY)


def open_session(session: Session, path: Path, qtbot: QtBot) -> None:
    session.files.opening.open(path)
    qtbot.waitUntil(lambda: session.files.path == path)
    settle(session, qtbot)


def state(session: Session) -> tuple[object, ...]:
    t, mix = session.transport, session.transport.mix
    strips = tuple(mix.strip(target) for target in mix.targets)
    return (strips, mix.master_gain_db, t.loop, t.position, session.desk.state, session.files.stretches)


@pytest.fixture
def session(make_session: MakeSession) -> Session:
    """A session that measures no loudness, for which it would have to load much that is not needed here."""
    return make_session(match_loudness=False)


@pytest.fixture
def saved(make_session: MakeSession, song_file: Path, tmp_path: Path, qtbot: QtBot) -> Path:
    """A session of a song that was worked on, saved and closed."""
    session = make_session(match_loudness=False)
    open_and_wait(session, song_file, qtbot)
    work_on(session)
    settle(session, qtbot)
    path = save(session, tmp_path / "work.umx", qtbot)
    assert session.files.unsaved is False
    return path


def test_everything_comes_back(make_session: MakeSession, saved: Path, qtbot: QtBot, told: Told) -> None:
    document = read_session(saved)
    assert document.kind is Kind.SESSION
    assert document.strips["drums"] == StripRef(-6.5)
    assert document.model.name == "tiny"
    assert len(document.model.sha256) == 64
    assert [stem.target for stem in document.stems] == ["vocals", "drums", "bass", "other"]
    session = make_session(model="voice", niter=0, match_loudness=False)
    views: list[View] = []
    session.files.view_wanted.connect(views.append)
    open_session(session, saved, qtbot)
    assert session.model_name == "tiny"
    assert session.song is not None
    assert session.song.recipe == document.recipe == Recipe("tiny", 2, False, True, 300, (("drums", 3.0),))
    assert session.transport.mix.strip("vocals") == Strip(solo=True)
    assert (session.transport.loop, session.transport.position) == ((11_025, 66_150), 44_100)
    assert views == [document.view]
    assert session.files.stretches == document.stretches
    assert not session.files.unsaved
    assert not session.history.can_undo
    assert session.settings.recent_files == [str(saved)]
    again = saved.with_name("again.umx")
    session.files.save(again)
    qtbot.waitUntil(again.exists)
    assert replace(read_session(again), versions={}) == replace(document, versions={})
    session.desk.choose_slot("A")
    assert session.desk.tuning.niter == 2


def test_what_is_done_afterwards_is_unsaved_and_what_is_undone_is_not(
    make_session: MakeSession, saved: Path, qtbot: QtBot
) -> None:
    session = make_session(match_loudness=False)
    open_session(session, saved, qtbot)
    news: list[bool] = []
    session.files.changed.connect(lambda: news.append(session.files.unsaved))
    session.transport.seek(9)
    session.files.set_view(replace(View("spectrogram", {"bass": "mask"}), start=5.0, stop=900.0))
    session.transport.mix.set_master_gain_db(-9.0)
    assert not session.files.unsaved, "how it is looked at and listened to is nobody's work"
    session.transport.mix.set_mute("vocals", True)
    assert news == [True]
    session.history.undo()
    assert news == [True, False]
    session.transport.set_loop(None)
    session.files.save()
    qtbot.waitUntil(lambda: not session.files.unsaved)
    assert read_session(saved).loop is None


def test_another_song_begins_a_session_of_its_own(
    make_session: MakeSession, saved: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    session = make_session(match_loudness=False)
    open_session(session, saved, qtbot)
    session.transport.set_loop((500, 40_000))
    open_and_wait(session, write(tmp_path / "b.wav", sound(2.0, seed=3)), qtbot)
    assert session.files.path is None
    assert session.files.stretches == ()
    assert not session.files.unsaved
    session.files.save()
    qtbot.waitUntil(lambda: bool(kept()))
    (left,) = kept()
    assert (left.document.autosave_of, left.document.loop) == (str(saved), (500, 40_000))
    found: list[Leftover] = []
    session.files.later_found.connect(found.append)
    open_session(session, saved, qtbot)
    qtbot.waitUntil(lambda: found == [left])  # what was not saved is offered
    session.files.opening.take_up(left)
    qtbot.waitUntil(lambda: session.transport.loop == (500, 40_000))
    settle(session, qtbot)
    assert session.files.path == saved
    assert session.files.unsaved
    session.files.save()
    qtbot.waitUntil(lambda: not session.files.unsaved)
    open_session(session, saved, qtbot)
    assert found == [left], "it is saved now"


def test_every_change_is_kept_within_a_second(session: Session, song_file: Path, qtbot: QtBot) -> None:
    open_and_wait(session, song_file, qtbot)
    session.transport.mix.set_pan("drums", -0.5)

    def pans() -> list[float]:
        found = [read_session(path) for path in autosave_folder().glob("*.umx")]
        return [document.strips["drums"].pan for document in found if "drums" in document.strips]

    qtbot.waitUntil(lambda: pans() == [-0.5])
    assert session.close(patience_s=30.0)
    assert list(autosave_folder().glob("*.umx")) == []
    assert [left.document.strips["drums"].pan for left in kept()] == [-0.5]


def test_a_song_that_was_only_listened_to_leaves_nothing(session: Session, song_file: Path, qtbot: QtBot) -> None:
    open_and_wait(session, song_file, qtbot)
    qtbot.waitUntil(lambda: bool(list(autosave_folder().glob("*.umx"))))
    session.close()
    assert kept() == []
    assert [path.name for path in autosave_folder().iterdir() if path.is_file()] == []


def test_saving_is_not_lost_by_closing_at_once(session: Session, song_file: Path, tmp_path: Path, qtbot: QtBot) -> None:
    open_and_wait(session, song_file, qtbot)
    qtbot.waitUntil(lambda: session.files.document is not None)
    session.transport.set_loop((5000, 50_000))
    session.files.save(tmp_path / "quick.umx")
    session.close()
    assert read_session(tmp_path / "quick.umx").loop == (5000, 50_000)
    assert kept() == []


def test_what_a_dead_window_left_is_offered_and_taken_up(
    make_session: MakeSession, song_file: Path, saved: Path, qtbot: QtBot
) -> None:
    document = replace(read_session(saved), loop=(7000, 70_000), autosave_of="")
    dead = Autosave(token="dead")
    dead.write(document)
    dead._release()  # as the system does when a process dies
    session = make_session(match_loudness=False)
    found: list[Leftover] = []
    session.files.opening.left_behind.connect(found.append)
    session.files.opening.look_for_leftovers()
    qtbot.waitUntil(lambda: bool(found))
    assert found[0].document == document
    session.files.opening.take_up(found[0])
    qtbot.waitUntil(lambda: session.transport.loop == (7000, 70_000))
    settle(session, qtbot)
    assert session.files.path is None
    assert session.files.unsaved
    assert [left.path for left in kept()] == [found[0].path], "nothing is deleted unasked"
    assert state(session)[0][0] == Strip(solo=True)  # type: ignore[index]


def test_a_song_that_moved_is_found(
    make_session: MakeSession, saved: Path, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    (tmp_path / "deep").mkdir()
    moved = Path(shutil.move(song_file, tmp_path / "deep" / song_file.name))
    session = make_session(match_loudness=False)
    open_session(session, saved, qtbot)
    assert session.song is not None
    assert session.song.path == moved
    session.files.save()
    qtbot.waitUntil(lambda: read_session(saved).song.path == str(moved))
    assert read_session(saved).song.relative == f"deep/{song_file.name}"


def test_a_song_that_is_nowhere_is_asked_for(
    make_session: MakeSession, saved: Path, song_file: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "else").mkdir()
    renamed = Path(shutil.move(song_file, tmp_path / "else" / "renamed.wav"))
    other = write(tmp_path / "else" / "other.wav", sound(2.0, seed=9))
    session = make_session(match_loudness=False)
    missing: list[Opening] = []
    others: list[Path] = []
    session.files.opening.song_missing.connect(missing.append)
    session.files.opening.other_song.connect(lambda _, path: others.append(path))
    session.files.opening.open(saved)
    qtbot.waitUntil(lambda: bool(missing))
    assert session.song is None
    session.files.opening.choose_song(missing[0], other)
    qtbot.waitUntil(lambda: others == [other])
    assert session.song is None
    session.files.opening.choose_song(missing[0], renamed)
    qtbot.waitUntil(lambda: session.files.path == saved)
    settle(session, qtbot)
    assert session.transport.loop == (11_025, 66_150)
    session.files.opening.choose_song(missing[0], other, anyway=True)
    qtbot.waitUntil(lambda: session.song is not None and session.song.path == other)
    settle(session, qtbot)
    assert session.transport.mix.strip("drums").gain_db == -6.5
    assert session.files.unsaved


def change(saved: Path, edit: Callable[[dict[str, object]], object]) -> bytes:
    content = json.loads(saved.read_text())
    edit(content)
    saved.write_text(json.dumps(content))
    return saved.read_bytes()


@pytest.mark.parametrize("path", ["http://127.0.0.1:9/a.wav", "concat:/a.wav|/b.wav", "/nowhere/a.wav", "/dev/zero"])
def test_only_a_file_of_this_computer_is_opened(
    make_session: MakeSession, saved: Path, song_file: Path, path: str, qtbot: QtBot
) -> None:
    song_file.unlink()
    change(saved, lambda content: content["song"].update(path=path, relative=path))  # type: ignore[attr-defined]
    session = make_session(match_loudness=False)
    missing: list[Opening] = []
    session.files.opening.song_missing.connect(missing.append)
    session.files.opening.open(saved)
    qtbot.waitUntil(lambda: bool(missing))
    assert session.song is None
    assert session.state is SessionState.EMPTY


def test_a_mangled_session_is_one_sentence_and_stays(
    make_session: MakeSession, saved: Path, song_file: Path, qtbot: QtBot, told: Told
) -> None:
    session = make_session(match_loudness=False)
    song = open_and_wait(session, song_file, qtbot)
    told.messages.clear()
    before = change(saved, lambda content: content.update(strips="loud"))
    session.files.opening.open(saved)
    qtbot.waitUntil(lambda: bool(told.messages))
    assert told.only().title == "The session “work.umx” cannot be opened"
    assert saved.read_bytes() == before
    assert session.song is song


def test_another_model_of_the_name_is_told(make_session: MakeSession, saved: Path, qtbot: QtBot, told: Told) -> None:
    told.messages.clear()
    change(saved, lambda content: content["model"].update(sha256="00" * 32))  # type: ignore[attr-defined]
    session = make_session(match_loudness=False)
    open_session(session, saved, qtbot)
    assert told.titles == ["The model “tiny” is another one here"]
    change(saved, lambda content: content["model"].update(name="gone"))  # type: ignore[attr-defined]
    session.files.opening.open(saved)
    qtbot.waitUntil(lambda: told.titles[1:] == ["There is no model called “gone”"])
    settle(session, qtbot)
    assert session.song is not None
    assert session.song.separated, "with the model that is there"


def test_a_folder_that_cannot_be_written_is_told(
    session: Session, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    open_and_wait(session, song_file, qtbot)
    session.files.save(tmp_path / "nowhere" / "a.umx")
    qtbot.waitUntil(lambda: bool(told.messages))
    assert told.only().title.startswith("Nothing can be written to")
    assert session.files.path is None


def test_a_receipt_opens_as_a_session_without_a_file(make_session: MakeSession, saved: Path, qtbot: QtBot) -> None:
    receipt = saved.with_name("a.receipt.umx")
    write_session(receipt, replace(read_session(saved), kind=Kind.RECEIPT))
    before = receipt.read_bytes()
    session = make_session(match_loudness=False)
    session.files.opening.open(receipt)
    qtbot.waitUntil(lambda: session.song is not None and session.song.separated)
    settle(session, qtbot)
    assert session.files.path is None
    session.files.save()
    assert receipt.read_bytes() == before
