"""One way back for strips, loop and filter desk; a drag is one step, and each step says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_sounds import MakeSession, open_and_wait
from pytestqt.qtbot import QtBot

from umx_gui.app import history as module
from umx_gui.app.history import History, Part
from umx_gui.app.session import Session
from umx_gui.playback.mix import Strip


@pytest.fixture
def opened(make_session: MakeSession, song_file: Path, qtbot: QtBot) -> Session:
    session = make_session(inline=True)
    open_and_wait(session, song_file, qtbot)
    return session


def test_everything_is_on_one_stack(opened: Session) -> None:
    history, mix, transport = opened.history, opened.transport.mix, opened.transport
    assert not history.can_undo
    assert not history.can_redo
    steps: list[tuple[str, object]] = []
    for change in (
        lambda: mix.set_gain_db("drums", -6.0),
        lambda: transport.set_loop((1000, 50_000)),
        lambda: opened.desk.set(niter=2),
        lambda: mix.toggle_mute("vocals"),
        lambda: mix.set_pan("other_keys", 0.5),
        lambda: transport.set_loop(None),
    ):
        change()
        steps.append((history.undo_words, (mix.strips, transport.loop, opened.desk.state)))
    words = [w for w, _ in steps]
    assert words == ["volume of Drums", "loop", "EM iterations", "mute of Vocals", "pan of Other keys", "loop"]
    for word, _ in reversed(steps):
        assert history.undo_words == word
        history.undo()
        assert history.redo_words == word
    assert (mix.strips, transport.loop, opened.desk.tuning.niter) == ({}, None, 1)
    assert not history.can_undo
    for word, state in steps:
        assert history.redo_words == word
        history.redo()
        assert (mix.strips, transport.loop, opened.desk.state) == state
    assert not history.can_redo


def test_a_drag_is_one_step_and_what_comes_later_is_another(
    opened: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    history, mix = opened.history, opened.transport.mix
    for at in range(20):
        mix.set_gain_db("bass", -at / 10)
        opened.transport.set_loop((0, 40_000 + at)) if at == 19 else None
    history.undo()
    assert mix.strip("bass").gain_db == -1.9
    history.undo()
    assert mix.strip("bass") == Strip()
    assert not history.can_undo
    monkeypatch.setattr(module, "_ONE_STEP_S", 0.0)
    mix.set_gain_db("bass", -1.0)
    mix.set_gain_db("bass", -2.0)
    history.undo()
    assert mix.strip("bass").gain_db == -1.0


def test_there_and_back_again_is_no_step(opened: Session) -> None:
    mix = opened.transport.mix
    mix.set_pan("drums", 0.3)
    mix.set_pan("drums", 0.0)
    assert not opened.history.can_undo


def test_a_new_change_ends_what_could_be_redone(opened: Session) -> None:
    mix = opened.transport.mix
    mix.set_mute("drums", True)
    opened.history.undo()
    mix.set_mute("bass", True)
    assert not opened.history.can_redo
    opened.history.undo()
    assert not mix.any_solo
    assert mix.strips == {}


def test_several_strips_at_once(opened: Session) -> None:
    mix = opened.transport.mix
    mix.set_solo("drums", True)
    mix.set_solo("bass", True, exclusive=True)
    assert opened.history.undo_words == "solo"
    mix.set_gain_db("bass", 3.0)
    mix.reset()
    assert opened.history.undo_words == "mixer"
    opened.history.undo()
    assert mix.strip("bass") == Strip(3.0, 0.0, True, False)


def test_resetting_the_mixer_ends_the_original_and_undoing_that_brings_it_back(opened: Session) -> None:
    history, mix = opened.history, opened.transport.mix
    mix.set_gain_db("bass", 3.0)
    history.seal()
    mix.set_original(True)
    mix.reset()
    assert (mix.strips, mix.original) == ({}, False)
    history.undo()
    assert (mix.strip("bass").gain_db, mix.original) == (3.0, True)
    history.redo()
    assert (mix.strips, mix.original) == ({}, False)
    history.undo()
    mix.set_original(False)
    history.undo()
    assert mix.strips == {}
    assert not mix.original, "it changed beside no step that was undone"
    assert not history.can_undo


def test_another_song_ends_it(opened: Session, song_file: Path, qtbot: QtBot) -> None:
    opened.transport.mix.set_mute("drums", True)
    opened.transport.set_loop((0, 40_000))
    open_and_wait(opened, song_file, qtbot)
    assert not opened.history.can_undo
    assert opened.transport.mix.strip("drums").mute, "strips go on from song to song"


def test_the_master_volume_and_the_original_are_no_steps(opened: Session) -> None:
    opened.transport.mix.set_master_gain_db(-3.0)
    opened.transport.mix.set_original(True)
    assert not opened.history.can_undo


def test_a_part_may_join_and_only_so_many_steps_are_kept(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ONE_STEP_S", 0.0)
    history, value = History(), [0]
    history.add(Part("number", lambda: value[0], lambda new: value.__setitem__(0, new), lambda old, new: "number"))
    for number in range(1, 501):
        value[0] = number
        history.note()
    for _ in range(600):
        history.undo()
    assert value[0] == 300
