"""Everything has a name, a key or the Tab way, a target large enough, and a focus that is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from every_dialog import controls, every_kind, every_top, open_way, out_of_order, reached_by_tab
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot
from view_songs import four_stems, show_separated

from umx_gui.app.session import Session
from umx_gui.views.kit.dialogs import ShortcutsDialog
from umx_gui.views.main_window import MainWindow


@pytest.fixture
def full(window: MainWindow, session: Session) -> MainWindow:
    show_separated(session, four_stems())
    return window


@pytest.fixture
def tops(full: MainWindow, session: Session, tmp_path: Path, qtbot: QtBot) -> dict[str, QWidget]:
    """Every window and dialog, by name."""
    return every_top(full, session, tmp_path, qtbot)


def test_no_dialog_is_left_out(tops: dict[str, QWidget]) -> None:
    assert every_kind() <= {type(top) for top in tops.values()}


def test_every_control_has_a_name_and_is_large_enough(tops: dict[str, QWidget], full: MainWindow) -> None:
    found = []
    for name, top in {**tops, "another way": open_way(full)}.items():
        for control in controls(top):
            interface = QAccessible.queryAccessibleInterface(control)
            said = interface.text(QAccessible.Text.Name).strip()
            if not said:
                found.append(f"{name}: {control} has no name")
            if control.height() < 24 or control.width() < 24:
                found.append(f"{name}: “{said}” has {control.width()} x {control.height()} pixels")
            if isinstance(control, QAbstractButton) and control.text() and control.width() < control.sizeHint().width():
                found.append(f"{name}: “{control.text()}” is cut off")
    assert not found


def test_lanes_and_meters_have_names(full: MainWindow) -> None:
    assert full.lanes.lane("vocals").accessibleName() == "Vocals waveform"
    assert full.lanes.overview.accessibleName() == "Overview of the song: 100 % separated"
    names = [meter.accessibleName() for meter in full.lanes.meters]
    assert names == ["Vocals level", "Drums level", "Bass level", "Other level"]


def test_tab_reaches_every_control(full: MainWindow, qtbot: QtBot) -> None:
    wanted, reached = reached_by_tab(full, qtbot)
    assert wanted <= reached
    # Only what repeats an action elsewhere may be left out.
    rest = [c.accessibleName() for c in controls(full) if not c.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert rest == ["Master volume"]


def test_tab_reaches_every_control_of_every_dialog(tops: dict[str, QWidget], full: MainWindow, qtbot: QtBot) -> None:
    lost = []
    for name, top in tops.items():
        if top is full:
            continue
        wanted, reached = reached_by_tab(top, qtbot)
        rest = {c for c in controls(top) if not c.focusPolicy() & Qt.FocusPolicy.TabFocus}
        lost += [f"{name}: {c.accessibleName() or c}" for c in (wanted - reached) | rest]
        if name != "queue":  # its settings stand in two columns
            lost += [f"{name}: Tab goes back to {where}" for where in out_of_order(top, qtbot)]
        top.hide()
    open_way(full)
    wanted, reached = reached_by_tab(full, qtbot)
    lost += [f"main window: {c.accessibleName() or c}" for c in wanted - reached]
    assert not lost


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
