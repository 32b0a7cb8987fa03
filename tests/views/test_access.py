"""Everything has a name, a key or the Tab way, a target large enough, and a focus that is seen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QComboBox, QLineEdit, QScrollBar, QWidget
from pytestqt.qtbot import QtBot
from view_songs import four_stems, show_separated

from umx_gui.app.session import Session
from umx_gui.views.export.dialog import ExportDialog
from umx_gui.views.kit.dialogs import AboutDialog, ShortcutsDialog
from umx_gui.views.main_window import MainWindow


def controls(parent: QWidget) -> list[QWidget]:
    """What can be touched and is seen."""
    kinds = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit)
    return [
        w
        for w in parent.findChildren(QWidget)
        if isinstance(w, kinds) and w.isVisible() and not isinstance(w, QScrollBar)
    ]


@pytest.fixture
def full(window: MainWindow, session: Session) -> MainWindow:
    show_separated(session, four_stems())
    return window


def test_every_control_has_a_name(full: MainWindow, session: Session, qtbot: QtBot) -> None:
    assert session.song is not None
    export = ExportDialog(session, session.song, full)
    about, keys = AboutDialog(full), ShortcutsDialog(full.actions_.listed(), full)
    for dialog in (export, about, keys):
        qtbot.addWidget(dialog)
        dialog.show()
    for control in [c for top in (full, export, about, keys) for c in controls(top)]:
        interface = QAccessible.queryAccessibleInterface(control)
        assert interface.text(QAccessible.Text.Name).strip(), control


def test_every_control_is_large_enough(full: MainWindow) -> None:
    for control in controls(full):
        assert control.height() >= 24, control.accessibleName()
        assert control.width() >= 24, control.accessibleName()


def test_lanes_and_meters_have_names(full: MainWindow) -> None:
    assert full.lanes.lane("vocals").accessibleName() == "Vocals waveform"
    assert full.lanes.overview.accessibleName() == "Overview of the song: 100 % separated"
    names = [meter.accessibleName() for meter in full.lanes.meters]
    assert names == ["Vocals level", "Drums level", "Bass level", "Other level"]


def test_tab_reaches_every_control(full: MainWindow, qtbot: QtBot) -> None:
    full.activateWindow()
    wanted = {c for c in controls(full) if c.focusPolicy() & Qt.FocusPolicy.TabFocus and c.isEnabled()}
    reached: set[QWidget] = set()
    for _ in range(3 * len(wanted)):
        qtbot.keyClick(QApplication.focusWidget() or full, Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    assert wanted <= reached
    # Only what repeats an action elsewhere may be left out.
    rest = [c.accessibleName() for c in controls(full) if not c.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert rest == ["Master volume"]


def test_focus_is_seen(full: MainWindow) -> None:
    for control in (full.tools.open, full.tools.view, full.transport.volume, full.lanes.strip("bass").mute):  # type: ignore[attr-defined]
        control.clearFocus()
        before = control.grab().toImage()
        control.setFocus(Qt.FocusReason.TabFocusReason)
        assert control.grab().toImage() != before, control.accessibleName()


def test_every_action_has_a_name_and_no_key_is_given_twice(full: MainWindow) -> None:
    keys = [key.toString() for action in full.actions() for key in action.shortcuts()]
    assert all(action.text() for action in full.actions())
    assert len(keys) == len(set(keys))
    promised = "Space Home End Left Right L A Ctrl+O Ctrl+E ? 1 2 3 4 Shift+1 Shift+2 Shift+3 Shift+4"
    assert set(promised.split()) <= set(keys)


def test_what_a_mouse_can_do_a_key_can_do(full: MainWindow) -> None:
    """Each button of the bars triggers an action that has a key, or is reached by Tab."""
    listed = {action.text() for action in full.actions_.listed()}
    for name in ("Open songs…", "Export stems…", "Play or pause", "Go to the start", "Loop", "Show the whole song"):
        assert name in listed


def test_the_shortcuts_dialog_lists_every_key(full: MainWindow, qtbot: QtBot) -> None:
    dialog = ShortcutsDialog(full.actions_.listed(), full)
    qtbot.addWidget(dialog)
    words = " ".join(label.text() for label in dialog.findChildren(QWidget) if hasattr(label, "text"))
    for text in ("Solo stem 1 … 9", "Mute stem 1 … 9", "Play or pause", "Zoom at the pointer", "Ctrl+E"):
        assert text in words
