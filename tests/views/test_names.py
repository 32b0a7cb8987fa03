"""Every control of every window has a name for a screen reader, and every key stands in the list of keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from every_dialog import KINDS
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot
from view_songs import four_stems, show_separated

from umx_gui.app.session import Session
from umx_gui.views.application import HINT, _begin
from umx_gui.views.export.dialog import ExportDialog
from umx_gui.views.kit.dialogs import AboutDialog, ShortcutsDialog
from umx_gui.views.main_window import MainWindow

NAMED = (*KINDS, QTabBar)


def nameless(top: QWidget) -> list[str]:
    """The controls of a window, seen or not, that say nothing of themselves; not the parts that Qt makes inside."""
    found = []
    for widget in [top, *top.findChildren(QWidget)]:
        inside = widget.objectName().startswith("qt_") or type(widget).__name__ == "QTableCornerButton"
        parent = widget.parentWidget()
        part = isinstance(parent, (QComboBox, QAbstractSpinBox, QAbstractItemView)) or isinstance(widget, QScrollBar)
        popup = parent is not None and isinstance(parent.parentWidget(), QComboBox)
        if not isinstance(widget, NAMED) or inside or part or popup:
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name).strip():
            found.append(f"{type(widget).__name__} in {type(parent).__name__}")
    return found


@pytest.fixture
def full(window: MainWindow, session: Session) -> MainWindow:
    show_separated(session, four_stems())
    return window


@pytest.mark.parametrize("which", ["main", "queue", "models", "training", "export", "keys", "about"])
def test_every_control_of_every_window_is_named(which: str, full: MainWindow, session: Session, qtbot: QtBot) -> None:
    assert session.song is not None
    if which == "main":
        top: QWidget = full
    elif which == "queue":
        session.queue.pause()
        session.queue.add([Path("/music/a.wav")])
        qtbot.waitUntil(lambda: bool(session.queue.jobs))
        top = full.queue.panel
    elif which == "models":
        top = full.models
    elif which == "training":
        top = full.training.window
    elif which == "export":
        top = ExportDialog(session, session.song, full)
    elif which == "keys":
        top = ShortcutsDialog(full.actions_.listed(), full)
    else:
        top = AboutDialog(full)
    top.show()
    qtbot.waitExposed(top)
    assert nameless(top) == []
    assert tipless(top) == []


TOUCHED = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)


def tipless(top: QWidget) -> list[str]:
    """The controls of a window that say nothing while the pointer rests on them, but for buttons that say it always."""
    return [
        f"{type(widget).__name__} {widget.accessibleName() or getattr(widget, 'text', str)()!r}"
        for widget in top.findChildren(QWidget)
        if isinstance(widget, TOUCHED)
        and not isinstance(widget, QScrollBar)
        and not isinstance(widget.parentWidget(), (QComboBox, QAbstractSpinBox, QAbstractItemView))
        and not widget.objectName().startswith("qt_")
        and type(widget).__name__ not in ("QTableCornerButton", "CheckBox")
        and not widget.toolTip()
    ]


def test_a_nameless_control_would_be_found(qtbot: QtBot) -> None:
    top = QWidget()
    qtbot.addWidget(top)
    QLineEdit(top)
    assert nameless(top) == ["QLineEdit in QWidget"]


def test_every_key_is_listed(full: MainWindow, qtbot: QtBot) -> None:
    dialog = ShortcutsDialog(full.actions_.listed(), full)
    words = {label.text() for label in dialog.findChildren(QLabel)}
    native = QKeySequence.SequenceFormat.NativeText
    digits = {f"{held}{n}" for held in ("", "Shift+", "Ctrl+") for n in "123456789"}
    for action in full.actions():
        keys = action.shortcut().toString(native)
        assert not keys or keys in words or keys in digits, keys
    for key in ("1 … 9", "Shift+1 … 9", "Ctrl+J", "Alt+Up, Alt+Down", "?"):
        assert key in words, key
    screen = dialog.screen().availableGeometry()
    assert dialog.sizeHint().width() <= max(screen.width(), 1280)


def test_the_first_start_says_what_to_do_next(
    window: MainWindow, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "open", lambda path: None)
    session.settings.demo_shown = False
    _begin(window, [], demo=False)
    assert window.notice.isVisible()
    assert window.notice.title.text() == HINT.title
    assert not window.notice.warns, "a welcome is no failure"
    window.notice.clear()
    _begin(window, [], demo=True)
    assert not window.notice.isVisible()
