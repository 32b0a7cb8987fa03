"""The filter desk: other settings are heard without the networks, equal to separating anew, and can be undone."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from app_sounds import MakeSession, open_and_wait, sound, write
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.open_song.song import Song
from umx_gui.app.separation.desk import DEFAULT, Tuning
from umx_gui.app.separation.recipe import separator_options
from umx_gui.app.session import Session, SessionState
from umx_gui.app.settings import Settings
from umx_gui.app.sound.transport import Transport
from umx_gui.engine.audio import Audio, Fill, FloatArray
from umx_gui.engine.models.model import load_model
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.separation.inference.passes import Codes
from umx_gui.engine.separation.separator import Separator
from umx_gui.playback.null_device import NullDevice


@pytest.fixture
def network_runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time that networks begin to run through a whole song."""
    runs: list[int] = []
    compute = Codes.compute

    def counted(self: Codes, *args: object) -> Iterator[float]:
        runs.append(1)
        return compute(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Codes, "compute", counted)
    return runs


def anew(session: Session, song: Song) -> FloatArray:
    """The stems that a separation from the start with the desk's settings makes."""
    model = load_model(session.registry.find("tiny"))
    options = separator_options(session.desk.tuning.recipe("tiny"), model.targets, "auto")
    return Separator(model, options).separate_all(Audio(np.array(song.mixture), song.sample_rate)).samples


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.state is SessionState.READY, timeout=60_000)


@pytest.mark.parametrize("rate", [44100, 48000])
def test_each_setting_is_rendered_as_if_separated_anew(
    session: Session, tmp_path: Path, qtbot: QtBot, told: Told, network_runs: list[int], rate: int
) -> None:
    song = open_and_wait(session, write(tmp_path / "a.wav", sound(3.0, rate=rate), rate), qtbot)
    changes: list[dict[str, object]] = [
        {"niter": 0},
        {"niter": 2, "softmask": True},
        {"window": 60},
        {"residual": True},
        {"window": 0, "emphasis_db": (("vocals", 6.0),)},
        {"residual": False, "niter": 3},
    ]
    for change in changes if rate == 44100 else changes[3:4]:
        before = None if song.stems is None else np.array(song.stems.samples[0])
        session.desk.set(**change)
        settle(session, qtbot)
        assert song.separated
        assert song.stems is not None
        expected = anew(session, song)
        np.testing.assert_array_equal(song.stems.samples, expected)
        assert not np.array_equal(song.stems.samples[0], before)
        assert session.status.sum_check == "exact"
        assert session.status.speed is None, "that of the networks does not count here"
        assert session.transport.mix.targets == song.targets
        assert set(song.peaks) == {"mixture", *song.targets}
        n_runs = len(network_runs)
        network_runs.clear()
        assert n_runs == (2 if change is changes[0] or rate == 48000 else 1), "opening, and what is compared with"
    assert told.nothing()


def test_what_is_listened_to_comes_first_and_the_rest_silently(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    song = open_and_wait(session, write(tmp_path / "a.wav", sound(9.0)), qtbot)
    filled: list[tuple[int, int, bool]] = []
    states: list[SessionState] = []
    resets: list[int] = []
    session.stems_filled.connect(lambda a, b, final: filled.append((a, b, final)))
    session.state_changed.connect(states.append)
    session.stems_reset.connect(lambda: resets.append(1))
    at = 8 * 44100
    session.transport.seek(at)
    session.desk.set(niter=2)
    settle(session, qtbot)
    assert filled[0] == (0, song.n_samples, False), "all that was final is a draft now"
    first = filled[1]
    assert first[0] <= at < first[1]
    assert not first[2]
    assert next(f for f in filled if f[2])[0] == 0
    assert states == [SessionState.RENDERING, SessionState.READY]
    assert resets == []
    assert song.coverage.runs() == [(0, song.n_samples, Fill.FINAL)]
    assert song.fill.all(), "there were stems to be heard at any time"


def test_a_change_meanwhile_starts_the_rendering_over(
    session: Session, tmp_path: Path, qtbot: QtBot, network_runs: list[int]
) -> None:
    song = open_and_wait(session, write(tmp_path / "a.wav", sound(9.0)), qtbot)
    session.desk.set(niter=3)
    session.desk.set(softmask=True)
    qtbot.waitUntil(lambda: song.coverage.fraction(Fill.FINAL) < 1, timeout=60_000)
    session.desk.set(niter=0)
    settle(session, qtbot)
    assert song.stems is not None
    assert song.recipe == session.desk.tuning.recipe("tiny")
    assert len(network_runs) == 1
    np.testing.assert_array_equal(song.stems.samples, anew(session, song))


def test_a_change_while_the_networks_run_does_not_stop_them(
    session: Session, tmp_path: Path, qtbot: QtBot, network_runs: list[int]
) -> None:
    song = open_and_wait(session, write(tmp_path / "a.wav", sound(9.0)), qtbot, SessionState.SEPARATING)
    session.desk.set(niter=2, residual=True)
    settle(session, qtbot)
    assert song.stems is not None
    assert song.targets[-1] == "residual"
    assert len(network_runs) == 1
    np.testing.assert_array_equal(song.stems.samples, anew(session, song))


def test_a_stopped_rendering_goes_on(session: Session, tmp_path: Path, qtbot: QtBot, network_runs: list[int]) -> None:
    song = open_and_wait(session, write(tmp_path / "a.wav", sound(9.0)), qtbot)
    stopped: list[tuple[object, ...]] = []
    # At its first part, and not when a busy machine comes to look at what is there.
    session.stems_filled.connect(lambda *part: session.cancel() if part[2] and not stopped else None)
    session.stems_filled.connect(lambda *part: stopped.append(part) if part[2] else None)
    session.desk.set(niter=3)
    qtbot.waitUntil(lambda: bool(stopped), timeout=60_000)
    settle(session, qtbot)
    assert 0 < song.n_final < song.n_samples
    assert not song.separated
    session.separate()
    settle(session, qtbot)
    assert song.separated
    assert song.stems is not None
    assert len(network_runs) == 1
    np.testing.assert_array_equal(song.stems.samples, anew(session, song))


def test_another_song_lets_go_of_what_was_kept_but_not_of_the_networks(
    session: Session, song_file: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    kept = open_and_wait(session, song_file, qtbot).kept
    analysis, folded = weakref.ref(kept.analysis), session._separation._shelf._separator  # type: ignore[attr-defined]
    del kept
    open_and_wait(session, write(tmp_path / "b.wav", sound(2.0, seed=2)), qtbot)
    qtbot.waitUntil(lambda: gc.collect() >= 0 and analysis() is None)  # a thread may just be done with it
    assert session._separation._shelf._separator is folded


def test_separating_again_runs_the_networks(
    make_session: MakeSession, song_file: Path, qtbot: QtBot, network_runs: list[int]
) -> None:
    session = make_session(inline=True)
    open_and_wait(session, song_file, qtbot)
    session.separate(restart=True)
    assert len(network_runs) == 2


def test_the_way_back_and_two_snapshots(make_session: MakeSession) -> None:
    session = make_session(niter=2)
    settings, desk, history = session.settings, session.desk, session.history
    assert desk.tuning == Tuning(niter=2)
    assert not history.can_undo
    for db in (1.0, 2.0, 99.0):
        desk.set_emphasis_db("drums", db)
    assert desk.emphasis_db("drums") == 12.0
    assert history.undo_words == "emphasis of Drums"
    desk.set(softmask=True)
    history.undo()
    assert desk.tuning == Tuning(niter=2, emphasis_db=(("drums", 12.0),))
    history.undo()
    assert desk.tuning == Tuning(niter=2), "a slider's way is one step"
    assert not history.can_undo
    history.redo()
    history.redo()
    assert desk.tuning.softmask
    assert not history.can_redo
    desk.choose_slot("B")
    assert desk.tuning.softmask, "B begins as a copy of A"
    desk.reset()
    assert desk.tuning == DEFAULT
    assert desk.is_default
    desk.choose_slot("A")
    assert desk.tuning.softmask
    desk.choose_slot("B")
    assert desk.tuning == DEFAULT
    history.undo()
    assert desk.slot == "A"
    assert settings.softmask
    for _ in range(3):
        history.undo()
    assert history.undo_words == "soft mask"


def test_a_closed_session_goes_at_once_in_the_thread_of_its_window(qtbot: QtBot, tiny_models: Path) -> None:
    """Left to the collector it would go in whatever thread that runs in, with its timers: a crash now and then."""
    gc.collect()
    gc.disable()
    try:
        session = Session(Settings(model="tiny"), ModelRegistry(tiny_models), Transport(NullDevice))
        alive = weakref.ref(session)
        assert session.close(patience_s=30.0)
        del session
        assert alive() is None
    finally:
        gc.enable()


def test_a_group_moves_together_keeps_what_lies_between_and_is_one_step(make_session: MakeSession) -> None:
    session = make_session()
    desk, rest = session.desk, ("drums", "bass", "other")
    desk.set_emphasis_db("bass", 4.0)
    assert desk.group_db(rest) == 1.5, "the mean of 0, 4 and 0, in steps of half a dB"
    desk.set_group_db(rest, 3.5)
    assert desk.tuning.emphasis_db == (("bass", 6.0), ("drums", 2.0), ("other", 2.0))
    assert session.history.undo_words == "emphasis of a group"
    desk.set_group_db(rest, 12.0)
    assert desk.tuning.emphasis_db == (("bass", 12.0), ("drums", 8.0), ("other", 8.0)), "as far as all can go"
    assert desk.emphasis_db("vocals") == 0.0
    desk.set_group_db(rest, -12.0)
    assert dict(desk.tuning.emphasis_db) == {"bass": -8.0, "drums": -12.0, "other": -12.0}
    session.history.undo()
    assert desk.tuning.emphasis_db == (("bass", 4.0),), "what was dragged in one go is undone in one"
    session.history.redo()
    assert desk.group_db(rest) == -10.5


def test_a_group_is_rendered_from_what_is_kept_and_saved_with_the_session(
    make_session: MakeSession, song_file: Path, tmp_path: Path, qtbot: QtBot, network_runs: list[int]
) -> None:
    session = make_session()
    song = open_and_wait(session, song_file, qtbot)
    before = np.array(song.samples("drums"))
    session.desk.set_group_db(("drums", "bass", "other"), 6.0)
    settle(session, qtbot)
    assert len(network_runs) == 1, "the networks ran for the song, and not again"
    np.testing.assert_array_equal(song.stems.samples, anew(session, song))  # type: ignore[union-attr]
    assert np.square(song.samples("drums")).sum() > 1.02 * np.square(before).sum()
    session.files.save(tmp_path / "a.umx")
    qtbot.waitUntil(lambda: session.files.path is not None and not session.files.unsaved)
    other = make_session()
    other.files.opening.open(tmp_path / "a.umx")
    qtbot.waitUntil(lambda: other.desk.group_db(("drums", "bass", "other")) == 6.0, timeout=60_000)
    qtbot.waitUntil(lambda: other.state is SessionState.READY, timeout=60_000)
