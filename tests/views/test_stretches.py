"""Selecting in the window, and what is done with what is selected: by mouse, by keys, seen in bar and marks."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from view_songs import RATE, four_stems, make_song, show, show_separated

from umx_gui.app.open_song.song import Song
from umx_gui.app.separation.takes import OWN
from umx_gui.app.session import Session
from umx_gui.engine.exact_sum import null_db
from umx_gui.views.main_window import MainWindow

SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def song(window: MainWindow, session: Session) -> Song:
    """A separated song of eight seconds."""
    return show_separated(session, four_stems(8.0))


def drag(
    window: MainWindow, key: str, from_share: float, to_share: float, modifier: Qt.KeyboardModifier = SHIFT
) -> None:
    lane = window.lanes.lane(key)
    a, b = (QPoint(round(share * lane.width()), 20) for share in (from_share, to_share))
    QTest.mousePress(lane, LEFT, modifier, a)
    QTest.mouseMove(lane, (a + b) / 2)
    QTest.mouseMove(lane, b)
    QTest.mouseRelease(lane, LEFT, modifier, b)


def accent(window: MainWindow, x_share: float) -> int:
    """How much of the accent's blue there is at the top of the first lane."""
    overlay = window.lanes.overlay
    image = window.lanes.grab().toImage()
    color = image.pixelColor(overlay.mapTo(window.lanes, QPoint(round(x_share * overlay.width()), 1)))
    return color.blue() - color.red()


def test_shift_and_drag_selects_and_nothing_else(window: MainWindow, session: Session, song: Song) -> None:
    selection, transport = window.stretches.selection, session.transport
    assert not window.stretches.bar.isVisible()
    drag(window, "drums", 0.5, 0.25)
    assert selection.stretch is not None
    assert selection.stretch == pytest.approx((2 * RATE, 4 * RATE), abs=RATE // 50)
    assert (transport.loop, transport.position) == (None, 0)
    assert window.stretches.bar.isVisible()
    assert window.stretches.bar.words.text.startswith("0:02.0")
    drag(window, "vocals", 0.6, 0.8, Qt.KeyboardModifier.NoModifier)
    assert transport.loop is not None, "without Shift it is the loop"
    before = selection.stretch
    lane = window.lanes.lane("vocals")
    QTest.mouseClick(lane, LEFT, SHIFT, QPoint(round(0.75 * lane.width()), 10))
    assert selection.stretch == (before[0], pytest.approx(6 * RATE, abs=RATE // 50))
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert selection.stretch is None
    assert not window.stretches.bar.isVisible()


def test_keys_select_loop_and_zoom(window: MainWindow, session: Session, song: Song) -> None:
    transport, selection = session.transport, window.stretches.selection
    transport.seek(2 * RATE)
    QTest.keyClick(window, Qt.Key.Key_I)
    transport.seek(3 * RATE)
    QTest.keyClick(window, Qt.Key.Key_O)
    assert selection.stretch == (2 * RATE, 3 * RATE)
    QTest.keyClick(window, Qt.Key.Key_L, SHIFT)
    assert transport.loop == (2 * RATE, 3 * RATE)
    QTest.keyClick(window, Qt.Key.Key_Z, SHIFT)
    assert window.timeline.start == pytest.approx(1.98 * RATE)
    assert window.timeline.stop == pytest.approx(3.02 * RATE)
    transport.seek(RATE)
    QTest.keyClick(window, Qt.Key.Key_O)
    assert selection.stretch == (0, RATE), "an end before the start begins at the song's"


def test_what_is_selected_is_separated_switched_and_undone(
    window: MainWindow, session: Session, song: Song, qtbot: QtBot
) -> None:
    assert song.stems is not None
    own = np.array(song.stems.samples)
    window.stretches.selection.set(2 * RATE, 4 * RATE)
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | SHIFT)
    bar = window.stretches.bar
    assert bar.cancel.isVisible()
    assert not window.stretches.separate.isEnabled()
    qtbot.waitUntil(lambda: bool(session.stretches.edits), timeout=60_000)
    qtbot.waitUntil(lambda: not bar.cancel.isVisible())
    qtbot.waitUntil(lambda: session.stretches.settled)
    assert null_db(song.stems.samples, song.mixture) < -120
    assert (song.stems.samples != own).any()
    assert bar.versions.text() == "tiny"
    bar.fill_versions()
    assert [a.text() for a in bar.versions.menu.actions() if a.text()] == [
        "tiny",
        "As the rest of the song",
        "Remove this stretch",
    ]
    bar.versions.menu.actions()[2].trigger()
    assert session.stretches.edits[0].chosen == OWN
    qtbot.waitUntil(lambda: session.stretches.settled)
    np.testing.assert_array_equal(song.stems.samples, own)
    assert window.actions_.undo.text() == "Undo: version of a stretch"
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.stretches.edits[0].chosen == 0
    window.stretches.selection.clear()
    lane = window.lanes.lane("bass")
    QTest.mouseDClick(lane, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(round(0.4 * lane.width()), 10))
    assert window.stretches.selection.stretch == (2 * RATE, 4 * RATE), "a double click selects a marked stretch"


def test_another_way_is_chosen_in_a_panel(window: MainWindow, session: Session, song: Song, qtbot: QtBot) -> None:
    window.stretches.selection.set(RATE, 3 * RATE)
    window.stretches.another.trigger()
    way = window.stretches.way
    assert way.isVisible()
    assert {"tiny", "voice"} <= {way.model.itemText(i) for i in range(way.model.count())}
    assert way.model.value == "tiny"
    QTest.keyClick(way.model, Qt.Key.Key_Escape)
    assert not way.isVisible()
    assert window.stretches.selection.stretch == (RATE, 3 * RATE), "Escape closed the panel, and nothing else"
    window.stretches.another.trigger()
    way.model.choose("voice")
    way.iterations.choose("2")
    way.softmask.setChecked(True)
    way.residual.setChecked(True)
    qtbot.mouseClick(way.go, LEFT)
    assert not way.isVisible()
    qtbot.waitUntil(lambda: bool(session.stretches.edits), timeout=60_000)
    assert session.stretches.edits[0].take is not None
    recipe = session.stretches.edits[0].take.recipe
    assert (recipe.model, recipe.niter, recipe.softmask, recipe.residual) == ("voice", 2, True, True)
    assert song.stems is not None
    qtbot.waitUntil(lambda: session.stretches.settled)
    assert null_db(song.stems.samples, song.mixture) < -120


def test_marks_are_seen(window: MainWindow, session: Session, song: Song, qtbot: QtBot) -> None:
    assert accent(window, 0.5) < 15
    window.stretches.selection.set(3 * RATE, 5 * RATE)
    qtbot.waitUntil(lambda: accent(window, 0.5) > 18)
    assert accent(window, 0.2) < 15
    session.stretches.separate(3 * RATE, 5 * RATE)
    qtbot.waitUntil(lambda: bool(session.stretches.edits), timeout=60_000)
    window.stretches.selection.clear()
    qtbot.waitUntil(lambda: accent(window, 0.5) > 60)
    assert accent(window, 0.2) < 15


def test_with_a_loop_and_no_selection_the_loop_is_meant(
    window: MainWindow, session: Session, song: Song, qtbot: QtBot
) -> None:
    assert not window.stretches.separate.isEnabled()
    session.transport.set_loop((RATE, 2 * RATE))
    assert window.stretches.separate.isEnabled()
    window.stretches.separate.trigger()
    assert window.stretches.selection.stretch == (RATE, 2 * RATE)
    assert session.stretches.running == (RATE, 2 * RATE)
    qtbot.mouseClick(window.stretches.bar.cancel, LEFT)
    assert session.stretches.running is None
    qtbot.waitUntil(lambda: not session._workers[5].busy)
    assert session.stretches.edits == ()


def test_another_song_has_no_selection(window: MainWindow, session: Session, song: Song) -> None:
    window.stretches.selection.set(RATE, 2 * RATE)
    show(session, make_song(four_stems(3.0)))
    assert window.stretches.selection.stretch is None
    assert not window.stretches.bar.isVisible()
