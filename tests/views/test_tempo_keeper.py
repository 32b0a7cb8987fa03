"""The tempo and the first beat are kept in the session's file, and each song has its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile as sf
from pytestqt.qtbot import QtBot
from view_songs import tone

from umx_gui.app.session import Session, SessionState
from umx_gui.views.main_window import MainWindow


@pytest.fixture
def songs(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "one.wav", tmp_path / "two.wav"]
    for path, hz in zip(paths, (330.0, 440.0), strict=True):
        sf.write(path, tone(hz, 1.0).T, 44100)
    return paths


def open_and_wait(window: MainWindow, path: Path, song: Path, qtbot: QtBot) -> None:
    session = window.session
    window.open_files((path,))
    qtbot.waitUntil(lambda: session.song is not None and session.song.path == song)
    qtbot.waitUntil(lambda: session.state is SessionState.READY)
    qtbot.waitUntil(lambda: session.files.document is not None)


def test_it_comes_back_with_the_session(
    window: MainWindow, session: Session, songs: list[Path], tmp_path: Path, qtbot: QtBot
) -> None:
    tempo, file = window.lanes.tempo, tmp_path / "one.umx"
    open_and_wait(window, songs[0], songs[0], qtbot)
    assert (tempo.bpm, tempo.beats, tempo.offset_s) == (120.0, 4, 0.0)
    tempo.set(97.5, 3, 0.25)
    session.files.save(file)
    qtbot.waitUntil(lambda: session.files.path == file)
    assert json.loads(file.read_text())["view"]["tempo"] == {"bpm": 97.5, "beats": 3, "offset_s": 0.25}
    open_and_wait(window, songs[1], songs[1], qtbot)
    assert (tempo.bpm, tempo.beats, tempo.offset_s) == (120.0, 4, 0.0)
    open_and_wait(window, file, songs[0], qtbot)
    assert (tempo.bpm, tempo.beats, tempo.offset_s) == (97.5, 3, 0.25)


@pytest.mark.parametrize("kept", ["fast", {"bpm": "nan", "beats": True, "offset_s": 1e300}, {"bpm": None}, [1]])
def test_what_is_no_tempo_is_left_out(
    window: MainWindow, session: Session, songs: list[Path], tmp_path: Path, qtbot: QtBot, kept: object
) -> None:
    tempo, file = window.lanes.tempo, tmp_path / "one.umx"
    open_and_wait(window, songs[0], songs[0], qtbot)
    session.files.save(file)
    qtbot.waitUntil(lambda: session.files.path == file)
    content = json.loads(file.read_text())
    content["view"]["tempo"] = kept
    open_and_wait(window, songs[1], songs[1], qtbot)
    file.write_text(json.dumps(content))
    open_and_wait(window, file, songs[0], qtbot)
    assert (tempo.bpm, tempo.beats, tempo.offset_s) == (120.0, 4, 0.0)
