"""Everything by keyboard, and the same by mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot
from view_songs import RATE, four_stems, show_separated

from umx_gui.app.open_song.song import Song
from umx_gui.app.session import Session
from umx_gui.views.main_window import MainWindow

SHIFT, CTRL, NONE = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.NoModifier,
)


@pytest.fixture
def song(window: MainWindow, session: Session) -> Song:
    window.activateWindow()
    return show_separated(session, four_stems(20.0))


def turn_wheel(widget: QWidget, at: QPoint, notches: float, held: Qt.KeyboardModifier) -> None:
    """Turn the wheel over a widget."""
    place = QPointF(at)
    event = QWheelEvent(
        place,
        widget.mapToGlobal(place),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        held,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_space_plays_and_pauses(window: MainWindow, song: Song, session: Session, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert session.transport.playing
    assert window.transport.play.icon_name == "pause"
    qtbot.waitUntil(lambda: session.transport.position > 0)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert not session.transport.playing
    assert window.transport.play.icon_name == "play"


def test_space_presses_the_button_that_has_the_keyboard(
    window: MainWindow, song: Song, session: Session, qtbot: QtBot
) -> None:
    mute = window.lanes.strip("bass").mute  # type: ignore[attr-defined]
    mute.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(mute, Qt.Key.Key_Space)
    assert session.transport.mix.strip("bass").mute
    assert not session.transport.playing


def test_a_click_leaves_the_keyboard_to_the_song(
    window: MainWindow, song: Song, session: Session, qtbot: QtBot
) -> None:
    qtbot.mouseClick(window.lanes.strip("bass").mute, Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Space)
    assert session.transport.playing
    session.transport.pause()


def test_home_end_and_arrows_move_the_playhead(window: MainWindow, song: Song, session: Session, qtbot: QtBot) -> None:
    transport = session.transport
    qtbot.keyClick(window, Qt.Key.Key_End)
    assert transport.position == song.n_samples
    qtbot.keyClick(window, Qt.Key.Key_Left)
    assert transport.position == song.n_samples - 5 * RATE
    qtbot.keyClick(window, Qt.Key.Key_Home)
    assert transport.position == 0
    qtbot.keyClick(window, Qt.Key.Key_Right)
    assert transport.position == 5 * RATE
    qtbot.keyClick(window, Qt.Key.Key_Right, SHIFT)
    assert transport.position == song.n_samples


def test_arrows_belong_to_a_slider_that_has_the_keyboard(
    window: MainWindow, song: Song, session: Session, qtbot: QtBot
) -> None:
    volume = window.lanes.strip("vocals").volume  # type: ignore[attr-defined]
    volume.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(volume, Qt.Key.Key_Right)
    assert session.transport.position == 0
    assert session.transport.mix.strip("vocals").gain_db == 0.5


def test_digits_solo_and_with_shift_mute(window: MainWindow, song: Song, session: Session, qtbot: QtBot) -> None:
    mix = session.transport.mix
    for at, key in enumerate((Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)):
        qtbot.keyClick(window, key)
        assert [mix.strip(t).solo for t in mix.targets] == [i == at for i in range(4)]
        qtbot.keyClick(window, key)
        qtbot.keyClick(window, key, SHIFT)
        assert [mix.strip(t).mute for t in mix.targets] == [i == at for i in range(4)]
        qtbot.keyClick(window, key, SHIFT)
    qtbot.keyClick(window, Qt.Key.Key_5)
    assert not mix.any_solo


def test_the_loop_by_keys(window: MainWindow, song: Song, session: Session, qtbot: QtBot) -> None:
    transport = session.transport
    window.timeline.set_view(RATE, 3 * RATE)
    qtbot.keyClick(window, Qt.Key.Key_L)
    assert transport.loop == (RATE, 3 * RATE)
    assert window.transport.loop.isChecked()
    qtbot.keyClick(window, Qt.Key.Key_L)
    assert transport.loop is None
    transport.seek(4 * RATE)
    qtbot.keyClick(window, Qt.Key.Key_BracketLeft)
    assert transport.loop == (4 * RATE, song.n_samples)
    transport.seek(9 * RATE)
    qtbot.keyClick(window, Qt.Key.Key_BracketRight)
    assert transport.loop == (4 * RATE, 9 * RATE)


def test_zoom_and_pages_by_keys(window: MainWindow, song: Song, session: Session, qtbot: QtBot) -> None:
    timeline = window.timeline
    qtbot.keyClick(window, Qt.Key.Key_Equal, CTRL)
    assert timeline.visible == pytest.approx(song.n_samples / 1.6)
    qtbot.keyClick(window, Qt.Key.Key_PageDown)
    assert timeline.stop == song.n_samples
    qtbot.keyClick(window, Qt.Key.Key_Minus, CTRL)
    qtbot.keyClick(window, Qt.Key.Key_0, CTRL)
    assert timeline.whole


def test_letters(window: MainWindow, song: Song, session: Session, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_A)
    assert session.transport.mix.original
    qtbot.keyClick(window, Qt.Key.Key_A)
    assert not session.transport.mix.original
    qtbot.keyClick(window, Qt.Key.Key_W)
    assert window.modes.everywhere == "spectrogram"
    qtbot.keyClick(window, Qt.Key.Key_Up)
    assert session.transport.mix.master_gain_db == 1.0


@pytest.mark.parametrize("key", [Qt.Key.Key_Question, Qt.Key.Key_F1])
def test_the_keys_are_explained(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, key: Qt.Key) -> None:
    shown: list[QDialog] = []
    monkeypatch.setattr(QDialog, "exec", lambda dialog: shown.append(dialog) or 0)
    qtbot.keyClick(window, key)
    assert [dialog.windowTitle() for dialog in shown] == ["Keyboard and mouse"]


def test_ctrl_wheel_zooms_at_the_pointer(window: MainWindow, song: Song) -> None:
    lane = window.lanes.lane("drums")
    at = QPoint(lane.width() // 3, 20)
    sample = window.timeline.sample_at(at.x(), lane.width())
    turn_wheel(lane, at, 3, CTRL)
    assert window.timeline.visible < song.n_samples / 1.9
    assert window.timeline.sample_at(at.x(), lane.width()) == pytest.approx(sample, abs=2)
    before = window.timeline.start
    turn_wheel(lane, at, -1, SHIFT)
    assert window.timeline.start > before


def test_a_click_seeks_and_a_drag_loops(window: MainWindow, song: Song, session: Session, qtbot: QtBot) -> None:
    lane, left = window.lanes.lane("vocals"), Qt.MouseButton.LeftButton
    qtbot.mouseClick(lane, left, pos=QPoint(lane.width() // 2, 10))
    assert session.transport.position == pytest.approx(song.n_samples / 2, rel=0.01)
    assert session.transport.loop is None
    ruler = window.lanes.ruler
    qtbot.mousePress(ruler, left, pos=QPoint(300, 10))
    qtbot.mouseMove(ruler, QPoint(100, 10))
    qtbot.mouseRelease(ruler, left, pos=QPoint(100, 10))
    loop = session.transport.loop
    assert loop is not None
    assert loop[0] == pytest.approx(window.timeline.sample_at(100, ruler.width()), abs=2)
    assert loop[1] == pytest.approx(window.timeline.sample_at(300, ruler.width()), abs=2)


def test_the_overview_moves_and_zooms(window: MainWindow, song: Song, qtbot: QtBot) -> None:
    overview, left = window.lanes.overview, Qt.MouseButton.LeftButton
    window.timeline.set_view(0, song.n_samples / 4)
    qtbot.mouseClick(overview, left, pos=QPoint(overview.width() // 2, 20))
    middle = (window.timeline.start + window.timeline.stop) / 2
    assert middle == pytest.approx(song.n_samples / 2, rel=0.01)
    assert window.timeline.visible == pytest.approx(song.n_samples / 4)
    edge = round(window.timeline.stop / song.n_samples * overview.width())
    qtbot.mousePress(overview, left, pos=QPoint(edge, 20))
    qtbot.mouseMove(overview, QPoint(edge + 100, 20))
    qtbot.mouseRelease(overview, left, pos=QPoint(edge + 100, 20))
    assert window.timeline.visible > song.n_samples / 4
    qtbot.mouseDClick(overview, left, pos=QPoint(10, 20))
    assert window.timeline.whole


def test_while_it_plays_the_page_turns(window: MainWindow, song: Song, session: Session, qtbot: QtBot) -> None:
    window.timeline.set_view(0, RATE // 2)
    session.transport.play()
    qtbot.waitUntil(lambda: window.timeline.start > 0)
    session.transport.pause()
    assert window.timeline.start < session.transport.position < window.timeline.stop


def test_who_scrolls_away_while_it_plays_is_left_in_peace(
    window: MainWindow, song: Song, session: Session, qtbot: QtBot
) -> None:
    window.timeline.set_view(0, RATE)
    session.transport.play()
    qtbot.waitUntil(lambda: session.transport.position > 0)
    window.timeline.set_view(10 * RATE, 11 * RATE)
    place = session.transport.position
    qtbot.waitUntil(lambda: session.transport.position > place + RATE // 5)
    session.transport.pause()
    assert window.timeline.start == 10 * RATE


def test_without_a_song_keys_do_nothing(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_Space, Qt.Key.Key_L, Qt.Key.Key_1, Qt.Key.Key_End, Qt.Key.Key_E):
        qtbot.keyClick(window, key, CTRL if key == Qt.Key.Key_E else NONE)
    assert session.transport.position == 0
    assert not session.transport.playing
