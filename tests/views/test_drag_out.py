"""A stem is dragged out of the window as a file, by its name."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from told import Told
from view_songs import RATE, four_stems, make_song, reserve_stems, show, show_separated

from umx_gui.app.session import Session
from umx_gui.engine.work import CancelToken
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
    qtbot.waitUntil(lambda: len(dragged) == 1)
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
    let_go = threading.Event()

    def waits(_: CancelToken) -> Iterator[object]:
        let_go.wait(60)
        yield None

    # The thread that writes the file has something else to do until then.
    session._workers[2].submit(waits, on_value=lambda _: None, on_done=lambda _: None)  # type: ignore[arg-type]
    with qtbot.waitSignal(session.stem_file_ready):
        pull(handle, qtbot)
        qtbot.mouseRelease(handle, LEFT, pos=QPoint(60, 20))
        let_go.set()
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


def test_the_button_takes_what_is_heard_and_offers_groups(
    window: MainWindow, session: Session, dragged: list[Path], qtbot: QtBot
) -> None:
    stems = four_stems()
    show_separated(session, stems, name="My Song.flac")
    session.transport.mix.set_mute("drums", True)
    button = window.transport.take_out
    pull(button, qtbot)
    qtbot.waitUntil(lambda: len(dragged) == 1)
    samples, _ = sf.read(dragged[0], always_2d=True)
    assert dragged[0].name == "My Song - mix.wav"
    assert np.abs(samples.T - stems[[0, 2, 3]].sum(axis=0)).max() < 1e-5
    session.transport.mix.set_mute("drums", False)
    pull(button, qtbot)
    qtbot.waitUntil(lambda: len(dragged) == 2)
    assert dragged[1] != dragged[0]
    button.fill()
    assert [a.text() for a in button.menu.actions() if a.text()] == [
        "What I hear", "Accompaniment", "No drums", "Only the loop",
    ]  # fmt: skip


def test_the_button_takes_a_group_or_only_the_loop(
    window: MainWindow, session: Session, dragged: list[Path], qtbot: QtBot
) -> None:
    stems = four_stems()
    show_separated(session, stems, name="My Song.flac")
    button = window.transport.take_out
    session.transport.set_loop((RATE // 2, RATE))
    button.fill()
    actions = {action.text(): action for action in button.menu.actions()}
    actions["Accompaniment"].trigger()
    assert button.text() == "Accompaniment"
    assert button.accessibleName() == "Drag out accompaniment"
    actions["Only the loop"].trigger()
    pull(button, qtbot)
    qtbot.waitUntil(lambda: len(dragged) == 1)
    samples, _ = sf.read(dragged[0], always_2d=True)
    assert dragged[0].name == "My Song - accompaniment.wav"
    assert np.abs(samples.T - stems[1:, :, RATE // 2 : RATE].sum(axis=0)).max() < 1e-5
    show_separated(session, stems[:2], name="Other.flac")
    assert button.text() == "What I hear"  # two stems have no such group


def test_the_button_takes_only_the_selection(
    window: MainWindow, session: Session, dragged: list[Path], qtbot: QtBot
) -> None:
    stems = four_stems()
    show_separated(session, stems)
    session.transport.set_loop((1000, 5000))
    window.lanes.selection.set(7000, 9000)
    button = window.transport.take_out
    button.fill()
    next(action for action in button.menu.actions() if action.text() == "Only the selection").trigger()
    pull(button, qtbot)
    qtbot.waitUntil(lambda: len(dragged) == 1)
    assert np.abs(sf.read(dragged[0], always_2d=True)[0].T - stems[:, :, 7000:9000].sum(axis=0)).max() < 1e-5


@pytest.mark.parametrize("selected", [False, True])
def test_with_shift_a_name_takes_only_the_selection_or_the_loop(
    window: MainWindow, session: Session, dragged: list[Path], qtbot: QtBot, selected: bool
) -> None:
    stems = four_stems()
    show_separated(session, stems)
    session.transport.set_loop((1000, 5000))
    if selected:
        window.lanes.selection.set(7000, 9000)
    start, stop = (7000, 9000) if selected else (1000, 5000)
    handle = window.lanes.strip("bass").name
    shift = Qt.KeyboardModifier.ShiftModifier
    for kind, at in (("press", 4), ("move", 30), ("move", 60)):
        place, where = QPointF(at, 8), QPointF(handle.mapToGlobal(QPoint(at, 8)))
        type_ = QEvent.Type.MouseButtonPress if kind == "press" else QEvent.Type.MouseMove
        button = LEFT if kind == "press" else Qt.MouseButton.NoButton
        QApplication.sendEvent(handle, QMouseEvent(type_, place, where, button, LEFT, shift))
    qtbot.waitUntil(lambda: len(dragged) == 1)
    assert np.abs(sf.read(dragged[0], always_2d=True)[0].T - stems[2, :, start:stop]).max() < 2e-7
