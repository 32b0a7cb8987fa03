"""The open song is scored against references beside everything else; other models add rows."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from app_sounds import MakeSession, open_and_wait, sound, write
from pytestqt.qtbot import QtBot
from sound_server import SoundServer
from told import Told

from umx_gui.app.separation.recipe import Recipe
from umx_gui.app.session import Session, SessionState
from umx_gui.app.settings import Settings
from umx_gui.app.sound.transport import Transport
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.scoring.bsseval import bss_eval
from umx_gui.engine.scoring.metrics import sdr_db, si_sdr_db
from umx_gui.engine.songs.references import Found, find_references
from umx_gui.engine.storage.scratch import map_region
from umx_gui.playback.mix import render

RATE = 44100
STEMS = ("vocals", "drums", "bass", "other")


@pytest.fixture
def track(tmp_path: Path) -> Path:
    """A folder with four stems and their mixture, three seconds."""
    folder = tmp_path / "A track"
    folder.mkdir()
    stems = [0.3 * sound(3.0, seed=seed) for seed in range(4)]
    for name, stem in zip(STEMS, stems, strict=True):
        write(folder / f"{name}.wav", stem, subtype="FLOAT")
    write(folder / "mixture.wav", sum(stems), subtype="FLOAT")  # type: ignore[arg-type]
    return folder


def found_in(folder: Path) -> Found:
    found = find_references([folder])
    assert found is not None
    return found


def scored(session: Session, qtbot: QtBot, n_rows: int) -> None:
    def done() -> bool:
        rows = session.scores.rows
        return len(rows) == n_rows and all(s.bss_sdr_db is not None for s in rows[-1].scores.values())

    qtbot.waitUntil(done, timeout=60_000)
    qtbot.waitUntil(lambda: not session.scores.running)


def test_scores_are_the_engines_and_rows_add_up(session: Session, track: Path, qtbot: QtBot, told: Told) -> None:
    song = open_and_wait(session, track / "mixture.wav", qtbot)
    session.scores.take(found_in(track))
    scored(session, qtbot, 1)
    assert session.scores.references_name == "A track"
    assert song.stems is not None
    refs = {n: sf.read(track / f"{n}.wav", dtype="float32", always_2d=True)[0].T.copy() for n in STEMS}
    stems = {n: np.array(song.stems[n]) for n in STEMS}
    bss = bss_eval(refs, stems, RATE, RATE)
    for name, s in session.scores.now.items():
        assert s.sdr_db == pytest.approx(sdr_db(refs[name], stems[name]))
        assert s.si_sdr_db == pytest.approx(si_sdr_db(refs[name], stems[name]))
        assert s.bss_sdr_db == pytest.approx(np.nanmedian(bss.frames[name][0]))
        assert s.seconds_db.shape == (3,)
    session.set_model("voice")
    session.separate(restart=True)
    scored(session, qtbot, 2)
    assert [row.way for row in session.scores.rows] == ["tiny", "voice"]
    assert set(session.scores.now) == {"vocals", "residual"}
    lines = session.scores.csv().splitlines()
    assert lines[0] == "way,stem,SDR whole track (dB),SI-SDR (dB),BSSEval v4 SDR (dB)"
    assert len(lines) == 1 + 4 + 2
    assert lines[5].startswith("voice,vocals,")
    assert told.nothing()


def test_a_stretch_of_its_own_is_another_row(session: Session, track: Path, qtbot: QtBot) -> None:
    open_and_wait(session, track / "mixture.wav", qtbot)
    session.scores.take(found_in(track))
    scored(session, qtbot, 1)
    session.stretches.separate(RATE, 2 * RATE, Recipe("tiny", niter=3))
    scored(session, qtbot, 2)
    before, after = (row.scores["vocals"] for row in session.scores.rows)
    assert session.scores.rows[1].way == "tiny; at 1.0 s tiny: 3 EM iterations"
    assert before.seconds_db[0] == after.seconds_db[0]
    assert before.seconds_db[1] != after.seconds_db[1]
    session.history.undo()
    assert session.scores.now["vocals"] is before, "what is known is not computed again"


def test_what_does_not_fit_is_told_in_a_sentence(
    session: Session, track: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    song = write(tmp_path / "short.wav", sound(2.0))
    open_and_wait(session, song, qtbot)
    session.scores.take(found_in(track))
    scored(session, qtbot, 1)
    assert told.titles == ["The references do not quite fit the song"]
    assert told.messages[0].reason == "they are longer than the song by up to 1 s, and were cut"


def test_scoring_is_stopped_and_unreadable_references_are_told(
    make_session: MakeSession, track: Path, qtbot: QtBot, told: Told
) -> None:
    session = make_session()
    open_and_wait(session, track / "mixture.wav", qtbot)
    session.scores.take(found_in(track))
    qtbot.waitUntil(lambda: session.scores.running)
    session.scores.cancel()
    assert not session.scores.running
    qtbot.waitUntil(lambda: not session._workers[6].busy)
    assert session.scores.rows == ()
    (track / "bass.wav").write_bytes(b"nothing")
    session.scores.take(found_in(track))
    qtbot.waitUntil(lambda: bool(told.messages))
    assert "bass.wav" in told.titles[0]
    assert session.scores.references_name == ""


def test_references_lie_beside_the_stems_they_are_of(session: Session, track: Path, qtbot: QtBot, told: Told) -> None:
    song = open_and_wait(session, track / "mixture.wav", qtbot)
    switch = session.scores.switch
    switch.set_on(True)
    assert (switch.available, switch.on) == (False, False), "there are none yet"
    session.scores.take(found_in(track))
    qtbot.waitUntil(lambda: switch.available, timeout=60_000)
    refs = {n: sf.read(track / f"{n}.wav", dtype="float32", always_2d=True)[0].T for n in STEMS}
    four = song.references
    assert four is not None
    assert song.stems is not None
    heard = map_region(song.scratch.fileno(), four.region)
    for row, name in enumerate(song.stems.targets):
        np.testing.assert_array_equal(heard[row], refs[name])
    song.tiles["bass:error"].update(0, song.n_samples)
    assert song.tiles["bass:error"].level_db(RATE, 110.0) > -60

    scored(session, qtbot, 1)
    switch.set_on(True)
    session.transport.mix.set_original(True)
    assert not switch.on, "there is one thing to be heard"
    switch.set_on(True)
    assert not session.transport.mix.original
    assert not session.history.can_undo, "what is heard is no step by itself"
    session.transport.mix.set_mute("drums", True)
    session.history.seal()
    session.transport.mix.reset()
    assert not switch.on, "the stems are heard, as they are"
    session.history.undo()
    assert (switch.on, session.transport.mix.strip("drums").mute) == (True, True), "one step, of both"
    session.history.redo()
    assert (switch.on, session.transport.mix.strips) == (False, {})
    switch.set_on(True)
    session.set_model("voice")
    session.separate(restart=True)
    qtbot.waitUntil(lambda: song.targets == ("vocals", "residual"))
    assert (song.references, switch.on) == (None, False), "the stems are others"
    scored(session, qtbot, 2)
    two = song.references
    assert two is not None
    assert two.stems.targets == ("vocals", "residual")
    rest = refs["drums"] + refs["bass"] + refs["other"]
    np.testing.assert_allclose(two.stems["residual"], rest, atol=1e-6)
    session.set_model("tiny")
    session.separate(restart=True)
    qtbot.waitUntil(lambda: song.references is not None and song.references is not two)
    assert song.references is four, "they were laid out before"
    assert told.nothing()


def test_references_go_with_their_song(session: Session, track: Path, tmp_path: Path, qtbot: QtBot) -> None:
    song = open_and_wait(session, track / "mixture.wav", qtbot)
    session.scores.take(found_in(track))
    scored(session, qtbot, 1)
    (tmp_path / "broken.wav").write_bytes(b"nothing")
    session.open(tmp_path / "broken.wav")
    qtbot.waitUntil(lambda: session.state is SessionState.READY)
    assert session.song is song
    assert session.scores.rows, "it is still open"
    kept = weakref.ref(song.references)
    assert kept() is not None
    open_and_wait(session, write(tmp_path / "other.wav", sound(1.0)), qtbot)
    del song
    assert session.scores.rows == ()
    qtbot.waitUntil(lambda: gc.collect() >= 0 and kept() is None)


@pytest.mark.sound
@pytest.mark.usefixtures("sound")
def test_references_are_heard_at_the_same_sample_through_the_same_strips(
    sound_server: SoundServer, tiny_models: Path, track: Path, qtbot: QtBot
) -> None:
    session = Session(Settings(model="tiny"), ModelRegistry(tiny_models), Transport())
    song = open_and_wait(session, track / "mixture.wav", qtbot)
    transport, switch = session.transport, session.scores.switch
    session.scores.take(found_in(track))
    scored(session, qtbot, 1)
    transport.mix.set_mute("drums", True)
    switch.set_on(True)
    with sound_server.record() as heard:
        transport.play()
        qtbot.waitUntil(lambda: transport.position > RATE)
        switch.set_on(False)
        qtbot.waitUntil(lambda: not transport.playing)
    assert song.references is not None
    assert song.stems is not None
    mix, late = transport.mix.mix, 5 * RATE // 2
    truth = render(song.references.stems.samples[..., :RATE], mix).T
    estimate = render(song.stems.samples[..., late:], mix).T
    assert heard.find(estimate) - heard.find(truth) == late, "no sample was lost or repeated between"
    assert session.close(patience_s=30.0)
