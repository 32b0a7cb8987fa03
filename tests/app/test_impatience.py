"""A user who changes their mind all the time: whatever was stopped half way, what comes next is right."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from app_sounds import open_and_wait, sound, write
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.open_song.song import Song
from umx_gui.app.session import Session, SessionState
from umx_gui.engine.audio import Audio
from umx_gui.engine.models.model import load_model
from umx_gui.engine.separation.separator import Separator


def test_opening_and_cancelling_at_random_times(
    session: Session, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told, rng: np.random.Generator
) -> None:
    files = [
        song_file,
        write(tmp_path / "b.flac", sound(8.0, seed=2), 48000),
        write(tmp_path / "c.mp3", sound(8.0), subtype=None),
    ]
    for _ in range(25):
        match rng.integers(5):
            case 0 | 1:
                session.open(files[rng.integers(3)])
            case 2:
                session.cancel()
            case 3:
                session.separate(restart=bool(rng.integers(2)))
            case 4:
                session.transport.toggle()
        qtbot.wait(int(rng.integers(0, 200)))
    song = open_and_wait(session, files[1], qtbot)
    assert told.nothing()
    assert song.stems is not None
    model = load_model(session.registry.find("tiny"))
    expected = Separator(model).separate_all(Audio(np.array(song.mixture), song.sample_rate))
    np.testing.assert_array_equal(song.stems.samples, expected.samples)
    assert session.status.sum_check == "exact"
    qtbot.waitUntil(lambda: not any("umx-separate" in t.name for t in threading.enumerate()))


def test_cancelling_while_a_file_opens_brings_the_old_song_back(
    session: Session, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    song = open_and_wait(session, song_file, qtbot)
    other = write(tmp_path / "b.wav", sound(30.0))
    session.open(other)
    session.cancel()  # before anything of it is there
    assert session.song is song
    assert session.state is SessionState.READY
    shown: list[Song] = []

    def cancel_at_once(opened: Song) -> None:
        shown.append(opened)
        if opened is not song:
            assert session.state is SessionState.OPENING
            session.cancel()

    session.opened.connect(cancel_at_once)
    session.open(other)
    qtbot.waitUntil(lambda: len(shown) == 2)
    qtbot.wait(100)
    assert [s is song for s in shown] == [False, True]
    assert session.song is song
    assert session.state is SessionState.READY
    assert session.transport.n_samples == song.n_samples
    assert told.nothing()


def test_cancelling_the_very_first_file_leaves_no_song(
    session: Session, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    closed: list[bool] = []
    session.closed.connect(lambda: closed.append(True))
    session.opened.connect(lambda _: session.cancel())
    session.open(write(tmp_path / "b.wav", sound(30.0)))
    qtbot.waitUntil(lambda: bool(closed))
    assert session.song is None
    assert session.state is SessionState.EMPTY
    assert closed == [True]
    session.transport.play()
    assert not session.transport.playing
    assert told.nothing()
