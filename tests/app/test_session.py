"""Dropping a song: it is heard at once, its stems come by themselves, and nothing is lost on the way."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from app_sounds import MakeSession, open_and_wait, sound, write
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.open_song import opening
from umx_gui.app.open_song.song import MIXTURE, Song
from umx_gui.app.session import Session, SessionState
from umx_gui.app.settings import load_settings
from umx_gui.engine.audio import Audio, Fill
from umx_gui.engine.models.model import load_model
from umx_gui.engine.separation.separator import Separator
from umx_gui.engine.work import Progress
from umx_gui.errors import AudioChangedError

TARGETS = ("vocals", "drums", "bass", "other")
LONG_S = 40.0


@pytest.fixture(scope="module")
def long_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Long enough that there is time to do something else meanwhile."""
    return write(tmp_path_factory.mktemp("long") / "long.wav", sound(LONG_S))


@pytest.mark.parametrize("inline", [True, False], ids=["inline", "threads"])
def test_a_dropped_song_is_separated_by_itself(
    make_session: MakeSession, song_file: Path, qtbot: QtBot, told: Told, inline: bool
) -> None:
    session = make_session(inline=inline)
    song = open_and_wait(session, song_file, qtbot)
    assert told.nothing()
    assert song.targets == TARGETS
    assert song.stems is not None
    model = load_model(session.registry.find("tiny"))
    expected = Separator(model).separate_all(Audio(np.array(song.mixture), song.sample_rate))
    np.testing.assert_array_equal(song.stems.samples, expected.samples)
    np.testing.assert_allclose(song.stems.samples.sum(axis=0), song.mixture, atol=1e-6)
    assert session.status.sum_check == "exact"
    assert session.status.device.startswith("CPU (")
    assert session.status.speed is not None
    assert set(song.fill) == {Fill.FINAL}
    assert session.transport.mix.targets == TARGETS


def test_news_names_every_stretch(session: Session, song_file: Path, qtbot: QtBot) -> None:
    mixture: list[tuple[int, int]] = []
    stems: list[tuple[int, int, bool]] = []
    states: list[SessionState] = []
    progress: list[Progress | None] = []
    session.mixture_filled.connect(lambda a, b: mixture.append((a, b)))
    session.stems_filled.connect(lambda a, b, final: stems.append((a, b, final)))
    session.state_changed.connect(states.append)
    session.progress.connect(progress.append)
    song = open_and_wait(session, song_file, qtbot)
    assert mixture[0][0] == 0
    assert mixture[-1][1] == song.n_samples
    final = [(a, b) for a, b, is_final in stems if is_final]
    assert final[0][0] == 0
    assert final[-1][1] == song.n_samples
    assert all(b == c for (_, b), (c, _) in pairwise(final))
    assert not stems[0][2], "drafts come first"
    assert states == [SessionState.OPENING, SessionState.SEPARATING, SessionState.READY]
    assert progress[-1] is None
    assert {p.stage for p in progress if p} >= {"opening", "loading the model"}


def test_the_mixture_plays_before_any_stem_is_there(make_session: MakeSession, song_file: Path, qtbot: QtBot) -> None:
    session = make_session(auto_separate=False)
    song = open_and_wait(session, song_file, qtbot)
    assert song.stems is None
    session.transport.play()
    qtbot.waitUntil(lambda: session.transport.position > 4000)
    assert session.transport.playing


def test_a_song_that_cannot_be_opened_changes_nothing(
    make_session: MakeSession, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    session = make_session(auto_separate=False)
    song = open_and_wait(session, song_file, qtbot)
    session.transport.seek(5000)
    shown: list[object] = []
    session.opened.connect(shown.append)
    (tmp_path / "text.mp3").write_text("no song")
    session.open(tmp_path / "text.mp3")
    qtbot.waitUntil(lambda: bool(told.messages))
    assert told.only().title == "“text.mp3” cannot be opened"
    assert session.song is song
    assert session.state is SessionState.READY
    assert session.transport.position == 5000
    assert shown == []


def test_a_song_that_breaks_off_brings_the_old_one_back(
    make_session: MakeSession,
    song_file: Path,
    tmp_path: Path,
    qtbot: QtBot,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The file vanishes half way: what was open before is open again, where it was."""
    session = make_session(auto_separate=False)
    song = open_and_wait(session, song_file, qtbot)
    session.transport.set_loop((1000, 50_000))
    session.transport.seek(5000)
    whole = opening.AudioFile.blocks

    def broken(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        blocks = whole(self, *args, **kwargs)
        yield next(blocks)
        raise AudioChangedError(self.path)

    monkeypatch.setattr(opening.AudioFile, "blocks", broken)
    shown: list[Song] = []
    session.opened.connect(shown.append)
    session.open(write(tmp_path / "other.wav", sound(5.0)))
    qtbot.waitUntil(lambda: bool(told.messages))
    assert told.only().title == "“other.wav” changed while it was read"
    assert session.song is song
    assert [s is song for s in shown] == [False, True]
    assert (session.transport.position, session.transport.loop) == (5000, (1000, 50_000))


def test_opening_another_song_ends_the_separation(
    session: Session, long_file: Path, song_file: Path, qtbot: QtBot, told: Told
) -> None:
    first = open_and_wait(session, long_file, qtbot, SessionState.SEPARATING)
    qtbot.waitUntil(lambda: first.coverage.fraction(Fill.DRAFT) > 0)
    second = open_and_wait(session, song_file, qtbot)
    assert second.separated
    assert not first.separated
    assert told.nothing()


def test_cancelling_keeps_what_is_done_and_goes_on_from_there(
    session: Session, long_file: Path, qtbot: QtBot, told: Told
) -> None:
    song = open_and_wait(session, long_file, qtbot, SessionState.SEPARATING)
    qtbot.waitUntil(lambda: song.n_final > 0)
    begun = time.process_time()  # not the clock: other programs may have the machine
    session.cancel()
    assert session.state is SessionState.READY
    kept = song.n_final
    assert song.stems is not None
    before = song.stems.samples[:, :, :kept].copy()
    qtbot.waitUntil(lambda: not session._workers[0].busy)
    assert time.process_time() - begun < 0.5, "all of it would be one second and more"
    assert 0 < kept == song.n_final < song.n_samples, "late blocks are dropped"
    assert session.status.sum_check == "exact", "that of the part that is there"
    assert not song.separated

    final: list[int] = []
    session.stems_filled.connect(lambda a, _, is_final: final.append(a) if is_final else None)
    session.separate()
    qtbot.waitUntil(lambda: song.separated)
    assert final[0] == kept
    np.testing.assert_array_equal(song.stems.samples[:, :, :kept], before)
    qtbot.waitUntil(lambda: session.state is SessionState.READY)
    assert session.status.sum_check == "exact"
    assert told.nothing()


def test_another_model_starts_over_with_its_own_targets(
    session: Session, song_file: Path, qtbot: QtBot, told: Told
) -> None:
    song = open_and_wait(session, song_file, qtbot)
    session.transport.mix.set_mute("vocals", True)
    resets: list[tuple[str, ...]] = []
    session.stems_reset.connect(lambda: resets.append(song.targets))
    session.set_model("voice")
    assert song.targets == TARGETS, "only on request"
    session.separate()
    qtbot.waitUntil(lambda: session.state is SessionState.READY)
    assert resets == [("vocals", "residual")]
    assert song.separated
    assert set(song.peaks) == {MIXTURE, "vocals", "residual"}
    assert session.transport.mix.targets == ("vocals", "residual")
    assert session.transport.mix.strip("vocals").mute
    assert told.nothing()


def test_a_model_that_is_not_there_is_told(
    make_session: MakeSession, song_file: Path, qtbot: QtBot, told: Told
) -> None:
    session = make_session(model="gone")
    song = open_and_wait(session, song_file, qtbot)
    assert told.only().title == "There is no model called “gone”"
    assert song.stems is None
    assert session.status.stage == ""


def test_a_device_that_is_not_there_is_told(
    make_session: MakeSession, song_file: Path, qtbot: QtBot, told: Told
) -> None:
    session = make_session(device="mps")
    open_and_wait(session, song_file, qtbot)
    assert told.only().title == "The device “mps” is not available"
    session.set_device("cpu")
    session.separate()
    qtbot.waitUntil(lambda: session.song is not None and session.song.separated)
    assert session.devices[0] == "auto"
    assert "cpu" in session.devices


@pytest.mark.parametrize("what", ["opening", "separating", "idle"])
def test_closing_costs_little(make_session: MakeSession, long_file: Path, qtbot: QtBot, told: Told, what: str) -> None:
    """Of work: how long that takes on a machine that others use as well, nobody knows."""
    session = make_session(auto_separate=what == "separating")
    if what == "separating":
        open_and_wait(session, long_file, qtbot, SessionState.SEPARATING)
        qtbot.wait(100)
    elif what == "opening":
        session.open(long_file)
    begun = time.process_time()
    assert session.close(patience_s=30.0)
    assert time.process_time() - begun < 0.5
    qtbot.wait(50)
    assert told.nothing()


def test_settings_remember_files_model_and_volume(make_session: MakeSession, song_file: Path, qtbot: QtBot) -> None:
    session = make_session(auto_separate=False)
    open_and_wait(session, song_file, qtbot)
    session.set_model("voice")
    session.transport.mix.set_master_gain_db(-6)
    session.close()
    settings, _ = load_settings()
    assert settings.recent_files == [str(song_file)]
    assert (settings.model, settings.volume_db) == ("voice", -6.0)


def test_a_damaged_settings_file_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Told, qapp: object
) -> None:
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path))
    (tmp_path / "settings.json").write_text("{")
    session = Session(inline=True)
    told.listen(session.told)
    session.start()
    session.start()
    assert told.only().title == "Some settings could not be read"
    assert session.close()


def test_spectrograms_are_drawn_where_one_looks(session: Session, song_file: Path, qtbot: QtBot) -> None:
    drawn: list[tuple[str, int, int]] = []
    session.tiles_filled.connect(lambda *news: drawn.append(news))
    song = open_and_wait(session, song_file, qtbot)
    assert drawn == [], "nobody looks yet"
    session.want_tiles("vocals", 0, 50_000)
    qtbot.waitUntil(lambda: drawn == [("vocals", 0, 50_000)])
    assert song.tiles["vocals"].query(0, 40_000, 10).max() > 0
    session.want_tiles("vocals", 0, song.n_samples)
    qtbot.waitUntil(lambda: drawn[-1] == ("vocals", 50_000, song.n_samples))
    session.separate(restart=True)
    qtbot.waitUntil(lambda: session.state is SessionState.READY)
    session.want_tiles("vocals", 0, song.n_samples)
    qtbot.waitUntil(lambda: drawn[-1][2] == song.n_samples)
