"""The filter desk in the window: a key opens it, every control is reached and named, and what it sets is shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QComboBox, QScrollBar, QWidget
from pytestqt.qtbot import QtBot
from view_songs import four_stems, show_separated

from umx_gui.app.separation.desk import DEFAULT, Tuning
from umx_gui.app.session import Session
from umx_gui.views.filter_panel import FilterPanel
from umx_gui.views.main_window import MainWindow


@pytest.fixture
def panel(window: MainWindow, session: Session, qtbot: QtBot) -> FilterPanel:
    """The panel, opened by its key on a separated song."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    show_separated(session, four_stems())
    assert not window.filter.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F)
    assert window.filter.isVisible()
    return window.filter


def controls(panel: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QAbstractSlider, QComboBox)
    return [
        w
        for w in panel.findChildren(QWidget)
        if isinstance(w, kinds) and w.isVisible() and not isinstance(w, QScrollBar)
    ]


def test_key_and_tool_bar_show_it(panel: FilterPanel, window: MainWindow, session: Session, qtbot: QtBot) -> None:
    assert window.tools.filter.isChecked()
    qtbot.mouseClick(window.tools.filter, Qt.MouseButton.LeftButton)
    assert not panel.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F)
    session._show(None)
    assert not panel.isVisible(), "there is nothing to filter"


def test_every_control_is_named_explained_and_reached(panel: FilterPanel, session: Session, qtbot: QtBot) -> None:
    session.desk.set(niter=2)
    session.desk.set(niter=1, softmask=True)
    session.history.undo()
    for control in controls(panel):
        name = QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)
        assert name.strip(), control
        assert control.toolTip(), name
        assert control.width() >= 24, name
        assert control.height() >= 24, name
        assert panel.rect().contains(control.mapTo(panel, control.rect().bottomRight())), name
    panel.window().activateWindow()
    wanted = {c for c in controls(panel) if c.isEnabled()}
    reached: set[QWidget | None] = set()
    for _ in range(80):
        qtbot.keyClick(QApplication.focusWidget() or panel.window(), Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    assert wanted <= reached, [c.accessibleName() for c in wanted - reached]


def test_controls_set_the_desk_and_show_it(panel: FilterPanel, session: Session, qtbot: QtBot) -> None:
    desk, left = session.desk, Qt.MouseButton.LeftButton
    qtbot.mouseClick(panel.iterations[3], left)
    qtbot.mouseClick(panel.softmask, left)
    qtbot.mouseClick(panel.residual, left)
    panel.window_.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(panel.window_, Qt.Key.Key_Down)
    panel.emphasis.sliders["drums"].setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(4):
        qtbot.keyClick(panel.emphasis.sliders["drums"], Qt.Key.Key_Right)
    wanted = Tuning(3, True, 600, True, (("drums", 2.0),))
    assert desk.tuning == wanted
    assert [b.isChecked() for b in panel.iterations] == [False, False, False, True]
    assert panel.emphasis.sliders["drums"].accessibleName() == "Emphasis of Drums: +2.0 dB"
    qtbot.mouseClick(panel.slots["B"], left)
    qtbot.mouseClick(panel.reset, left)
    assert desk.tuning == DEFAULT
    assert not panel.softmask.isChecked()
    assert panel.emphasis.sliders["drums"].real == 0.0
    assert panel.window_.value == "300"
    assert not panel.reset.isEnabled()
    qtbot.mouseClick(panel.slots["A"], left)
    assert desk.tuning == wanted
    assert panel.iterations[3].isChecked()
    for _ in range(3):
        qtbot.keyClick(panel.window(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.tuning.emphasis_db == (("drums", 2.0),)
    assert desk.slot == "A"
    qtbot.mouseClick(panel.undo, left)
    assert desk.tuning.emphasis_db == ()
    qtbot.keyClick(
        panel.window(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert desk.tuning == wanted


def test_a_pressed_choice_stays_pressed(panel: FilterPanel, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.iterations[1], Qt.MouseButton.LeftButton)
    assert panel.iterations[1].isChecked()
    qtbot.mouseClick(panel.slots["A"], Qt.MouseButton.LeftButton)
    assert panel.slots["A"].isChecked()


def test_the_menu_lists_sound_devices_and_keeps_one_that_is_gone(window: MainWindow, session: Session) -> None:
    menu = window.actions_.sound
    menu.outputs._take(("HDMI & more", "Headphones"))
    assert [a.text() for a in menu.actions()] == ["The system's choice", "HDMI && more", "Headphones"]
    menu.actions()[2].trigger()
    assert session.settings.sound_device == "Headphones"
    menu.outputs._take(("HDMI & more",))
    assert [a.text() for a in menu.actions() if a.isChecked()] == ["Headphones"]


def test_the_gain_of_the_original_is_shown(panel: FilterPanel, window: MainWindow, session: Session) -> None:
    session.transport.mix.set_mute("drums", True)
    session.transport.mix.set_original_gain_db(-3.2)
    assert window.transport.original.text() == "A/B  Original  −3.2 dB"
    session.transport.mix.set_original_gain_db(0.0)
    assert window.transport.original.text() == "A/B  Original"


def test_a_group_has_a_slider_that_moves_its_stems(panel: FilterPanel, session: Session, qtbot: QtBot) -> None:
    rows, desk = panel.emphasis, session.desk
    assert list(rows.group_sliders) == ["accompaniment", "no drums"]
    slider = rows.group_sliders["accompaniment"]
    assert slider.toolTip().endswith("Moves together: Drums, Bass, Other")
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(4):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert desk.tuning.emphasis_db == (("bass", 2.0), ("drums", 2.0), ("other", 2.0))
    assert slider.accessibleName() == "Emphasis of Accompaniment: +2.0 dB"
    assert [rows.sliders[t].real for t in ("vocals", "drums", "bass", "other")] == [0.0, 2.0, 2.0, 2.0]
    rows.sliders["bass"].setValue(24)  # +12 dB: the others can only come along as far as that
    slider.setValue(24)
    assert desk.emphasis_db("drums") == 2.0
    assert slider.real == desk.group_db(("drums", "bass", "other")) == 5.5, "it shows what came of it"
    qtbot.keyClick(panel.window(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert slider.real == 2.0


def test_groups_that_are_made_for_the_export_come_and_those_of_one_stem_do_not(
    panel: FilterPanel, session: Session
) -> None:
    session.settings.export_groups = ["rhythm=drums,bass", "beat=drums", "everything=*", "gone=flute,drums"]
    session.settings_changed.emit()
    assert list(panel.emphasis.group_sliders) == ["accompaniment", "no drums", "rhythm"]
    panel.emphasis.group_sliders["rhythm"].setValue(2)
    assert session.desk.tuning.emphasis_db == (("bass", 1.0), ("drums", 1.0))
