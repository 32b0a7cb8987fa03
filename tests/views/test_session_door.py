"""Sessions in the real window: saved by key, the title says so, and nothing asks where nothing has to be asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from view_songs import tone

from umx_gui.app.session import Session, SessionState
from umx_gui.engine.sessions.autosave import Autosave, kept
from umx_gui.engine.sessions.session_file import read_session, write_session
from umx_gui.views.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def song_file(tmp_path: Path) -> Path:
    sf.write(tmp_path / "Song [*] & Co.wav", tone(330.0, 2.0).T, 44100)
    return tmp_path / "Song [*] & Co.wav"


def ready(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.state is SessionState.READY)


@pytest.fixture
def opened(window: MainWindow, session: Session, song_file: Path, qtbot: QtBot) -> MainWindow:
    window.activateWindow()
    window.open_files((song_file,))
    ready(session, qtbot)
    return window


def save_as(window: MainWindow, path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Press Ctrl+S; where a dialog opens, this is the file that is typed."""
    asked: list[str] = []

    def typed(parent: object, title: str, start: str, *_: object, **__: object) -> tuple[str, str]:
        asked.append(start)
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", typed)
    qtbot.keyClick(window, Qt.Key.Key_S, CTRL)
    files = window.session.files
    qtbot.waitUntil(lambda: files.path is not None and not files.unsaved)
    return asked


def test_saved_by_key_and_the_title_says_what_is_not(
    opened: MainWindow, session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opened.windowTitle() == "Song [*][*] & Co – umx-gui"
    assert not opened.isWindowModified()
    session.transport.mix.set_mute("drums", True)
    assert not opened.isWindowModified(), "there is no file that it could differ from"
    asked = save_as(opened, tmp_path / "night mix", qtbot, monkeypatch)
    assert asked == [str(tmp_path / "Song [_] & Co.umx")]
    assert opened.windowTitle() == "night mix[*] – umx-gui"
    assert not opened.isWindowModified()
    session.transport.mix.set_pan("bass", 0.5)
    assert opened.isWindowModified()
    qtbot.keyClick(opened, Qt.Key.Key_Z, CTRL)
    assert not opened.isWindowModified()
    qtbot.keyClick(opened, Qt.Key.Key_Z, CTRL | SHIFT)
    assert opened.isWindowModified()
    assert save_as(opened, tmp_path / "elsewhere.umx", qtbot, monkeypatch) == [], "it has a file"
    assert read_session(tmp_path / "night mix.umx").strips["bass"].pan == 0.5
    assert session.settings.recent_files[0] == str(tmp_path / "night mix.umx")


def test_a_dropped_session_looks_as_it_did(
    opened: MainWindow, session: Session, tmp_path: Path, song_file: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.modes.set_all("spectrogram")
    opened.modes.set_one("bass", "waveform")
    opened.timeline.set_view(20_000, 50_000)
    opened.timeline.set_gain(3.0)
    session.transport.set_loop((11_000, 66_000))
    path = tmp_path / "looks.umx"
    save_as(opened, path, qtbot, monkeypatch)
    opened.modes.set_all("waveform")
    opened.timeline.fit()
    session.transport.set_loop(None)
    session.transport.mix.set_solo("vocals", True)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    no_button = Qt.MouseButton.NoButton
    drop = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, no_button, Qt.KeyboardModifier.NoModifier)
    opened.dropEvent(drop)
    qtbot.waitUntil(lambda: session.transport.loop == (11_000, 66_000))
    ready(session, qtbot)
    assert (opened.modes.everywhere, opened.modes.of("bass")) == ("spectrogram", "waveform")
    assert (opened.timeline.start, opened.timeline.stop, opened.timeline.gain) == (20_000, 50_000, 3.0)
    assert not session.transport.mix.any_solo
    assert opened.windowTitle() == "looks[*] – umx-gui"
    assert not opened.isWindowModified()
    qtbot.waitUntil(lambda: bool(kept()))  # by another thread than the one that separates
    (left,) = kept()
    assert left.document.strips["vocals"].solo
    qtbot.waitUntil(lambda: opened.notice.title.text() == "This session has changes that were never saved")
    qtbot.mouseClick(opened.notice.act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.transport.mix.any_solo)
    ready(session, qtbot)
    assert opened.isWindowModified()


def test_what_a_dead_window_left_is_offered_once(
    opened: MainWindow, session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_as(opened, tmp_path / "a.umx", qtbot, monkeypatch)
    document = replace(read_session(tmp_path / "a.umx"), loop=(500, 50_000))
    dead = Autosave(token="dead")
    dead.write(document)
    dead._release()
    opened.sessions.start()
    qtbot.waitUntil(lambda: opened.notice.title.text() == "umx-gui did not end as it should")
    assert "“Song [*] & Co.wav” was open, and is kept as it was a moment ago" in opened.notice.reason.text()
    assert opened.notice.act.text() == "Take it up"
    qtbot.mouseClick(opened.notice.act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.transport.loop == (500, 50_000))
    ready(session, qtbot)
    opened.sessions.earlier.aboutToShow.emit()
    qtbot.waitUntil(lambda: "a moment ago" in opened.sessions.earlier.actions()[0].text())
    assert opened.sessions.earlier.actions()[0].text().startswith("Song [*] && Co.wav")


def test_a_song_that_is_gone_is_asked_for(
    opened: MainWindow,
    session: Session,
    song_file: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "a.umx"
    save_as(opened, path, qtbot, monkeypatch)
    # Saving writes twice: at once, and with prints of the stems. The second would undo what is done to the file here.
    qtbot.waitUntil(lambda: bool(read_session(path).stems))
    document = read_session(path)
    write_session(path, replace(document, song=replace(document.song, sha256="ab" * 32)))
    other = tmp_path / "other.wav"
    sf.write(other, np.zeros((44100, 2)), 44100)
    chosen: list[str] = []

    def choose(parent: object, title: str, folder: str, *_: object, **__: object) -> tuple[str, str]:
        chosen.append(title)
        return str(other), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    opened.open_files((path,))
    qtbot.waitUntil(lambda: opened.notice.title.text() == f"The song “{song_file.name}” was not found")
    qtbot.mouseClick(opened.notice.act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: opened.notice.title.text().startswith("“other.wav” is not the song"))
    assert chosen == [f"Where is “{song_file.name}”?"]
    qtbot.mouseClick(opened.notice.act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.song is not None and session.song.path == other)
    ready(session, qtbot)
    assert opened.isWindowModified(), "the session is of another song now"


def test_receipts_are_written_unless_they_are_not_wanted(window: MainWindow, session: Session) -> None:
    assert session.settings.export_receipt
    assert window.sessions.receipts.isChecked()
    window.sessions.receipts.trigger()
    assert not session.settings.export_receipt


def test_undo_says_what_it_undoes(opened: MainWindow, session: Session, qtbot: QtBot) -> None:
    actions = opened.actions_
    assert not actions.undo.isEnabled()
    session.transport.set_loop((5000, 50_000))
    assert actions.undo.text() == "Undo: loop"
    qtbot.keyClick(opened, Qt.Key.Key_Z, CTRL)
    assert session.transport.loop is None
    assert (actions.undo.text(), actions.redo.text()) == ("Undo", "Redo: loop")
    strip = opened.lanes.strip("drums")
    qtbot.mouseClick(strip.mute, Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]
    assert actions.undo.text() == "Undo: mute of Drums"
    assert not actions.redo.isEnabled()
    slider = strip.volume  # type: ignore[attr-defined]
    at = QPoint(slider.width() // 2, slider.height() // 2)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=at)
    for step in range(1, 9):
        qtbot.mouseMove(slider, at - QPoint(4 * step, 0))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=at - QPoint(32, 0))
    assert session.transport.mix.strip("drums").gain_db < 0
    assert actions.undo.text() == "Undo: volume of Drums"
    qtbot.keyClick(opened, Qt.Key.Key_Z, CTRL)
    assert session.transport.mix.strip("drums").gain_db == 0
    assert actions.undo.text() == "Undo: mute of Drums"
