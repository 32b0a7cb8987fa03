"""A stem is dragged out of the window as a file, by its name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from told import Told
from view_songs import RATE, four_stems, make_song, reserve_stems, show, show_separated

from umx_gui.app.session import Session
from umx_gui.views.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dragged(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files of the drags that were started; the mouse is held all the time."""
    files: list[Path] = []

    def execute(drag: QDrag, action: Qt.DropAction) -> Qt.DropAction:
        files.extend(Path(url.toLocalFile()) for url in drag.mimeData().urls())
        return action

    monkeypatch.setattr(QDrag, "exec", execute)
    monkeypatch.setattr(QApplication, "mouseButtons", lambda: LEFT)
    return files


def pull(handle: QWidget, qtbot: QtBot) -> None:
    qtbot.mousePress(handle, LEFT, pos=QPoint(4, 4))
    qtbot.mouseMove(handle, QPoint(30, 10))
    qtbot.mouseMove(handle, QPoint(60, 20))


def test_a_stem_goes_along_as_a_wave_file(
    window: MainWindow, session: Session, dragged: list[Path], qtbot: QtBot
) -> None:
    stems = four_stems()
    show_separated(session, stems, name="My Song.flac")
    pull(window.lanes.strip("drums").name, qtbot)
    qtbot.waitUntil(lambda: len(dragged) == 1, timeout=5000)
    samples, rate = sf.read(dragged[0], always_2d=True)
    assert dragged[0].name == "My Song - drums.wav"
    assert rate == RATE
    assert np.abs(samples.T - stems[1]).max() < 2e-4
    pull(window.lanes.strip("drums").name, qtbot)
    assert dragged == [dragged[0]] * 2


def test_a_click_on_a_name_drags_nothing(
    window: MainWindow, session: Session, dragged: list[Path], qtbot: QtBot
) -> None:
    show_separated(session, four_stems())
    qtbot.mouseClick(window.lanes.strip("bass").name, LEFT)
    qtbot.wait(30)
    assert dragged == []


def test_letting_go_before_the_file_is_there_drags_nothing(
    window: MainWindow, session: Session, dragged: list[Path], qtbot: QtBot
) -> None:
    show_separated(session, four_stems())
    handle = window.lanes.strip("bass").name
    with qtbot.waitSignal(session.stem_file_ready, timeout=5000):
        pull(handle, qtbot)
        qtbot.mouseRelease(handle, LEFT, pos=QPoint(60, 20))
    assert dragged == []


def test_a_stem_that_is_not_there_yet_is_explained(
    window: MainWindow, session: Session, dragged: list[Path], told: Told, qtbot: QtBot
) -> None:
    song = make_song(four_stems())
    reserve_stems(song)
    show(session, song)
    pull(window.lanes.strip("bass").name, qtbot)
    assert dragged == []
    assert window.notice.isVisible()
    assert len(told.messages) == 1
