"""Every window, dialog and panel there is, opened as a user would see it, for tests that walk through all controls."""

from __future__ import annotations

import importlib
import pkgutil
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

import umx_gui.views
from umx_gui.app.separation.recipe import Recipe
from umx_gui.app.session import Session
from umx_gui.messages import Message
from umx_gui.views.export.dialog import ExportDialog
from umx_gui.views.export.group_dialog import GroupDialog
from umx_gui.views.kit.dialogs import AboutDialog, CardDialog, Dialog, ShortcutsDialog
from umx_gui.views.main_window import MainWindow
from umx_gui.views.training.forms import PublishForm, StartForm

_SAME_ROW = 20  # pixels between the middles of what stands in one row
KINDS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
)


def controls(parent: QWidget) -> list[QWidget]:
    """What can be touched and is seen; parts of a control, as a number's line, are not told apart."""
    return [
        w
        for w in parent.findChildren(QWidget)
        if isinstance(w, KINDS)
        and w.isVisible()
        and w.window() is parent.window()
        and not isinstance(w, QScrollBar)
        and not isinstance(w.parent(), (QAbstractSpinBox, QComboBox, QAbstractItemView))
    ]


def every_top(window: MainWindow, session: Session, folder: Path, qtbot: QtBot) -> dict[str, QWidget]:
    """The main window with all its panels, then every dialog, by name; all of them shown. A song must be open."""
    song = session.song
    assert song is not None
    window.actions_.filter.trigger()
    window.stretches.selection.set(1000, song.n_samples - 1000)
    window.say(Message("Title", "reason"), "Act", lambda: None)
    session.queue.pause()
    tempo = window.view
    tempo.open_tempo()
    assert tempo._dialog is not None
    tops: dict[str, QWidget] = {
        "main window": window,
        "export": ExportDialog(session, song, window, (("A stretch", (0, 1000)),)),
        "group": GroupDialog(song.targets, (), window),
        "about": AboutDialog(window),
        "keys": ShortcutsDialog(window.actions_.listed(), window),
        "card": CardDialog("Card", "words", window),
        "models": window.models,
        "queue": window.queue.panel,
        "scores": window.scores.window,
        "tempo": tempo._dialog,
        "training": window.training.window,
        "publish": PublishForm(folder, window),
    }
    for kind in ("folder", "musdb", "aligned", "sourcefolder", "trackfolder_var", "trackfolder_fix"):
        form = StartForm(session.settings, window)
        form.fields.kind.choose(kind)
        form.check.lines.setPlainText("a line")
        form.check.lines.show()
        tops[f"new run: {kind}"] = form
    for top in tops.values():
        qtbot.addWidget(top)
        top.show()
    window.models.question.ask("Title", "words", "Yes, do", "No, do not", lambda: None)
    window.models.notice.show_message(Message("Title"))
    window.queue.panel.say(Message("Title"))
    return tops


def open_way(window: MainWindow) -> QWidget:
    """The panel that asks how a stretch is separated, which lies over the main window."""
    way = window.stretches.way
    way.open_at(QPoint(300, 600), Recipe("tiny"))
    return way


def every_kind() -> set[type[QWidget]]:
    """All classes of dialogs in the application, wherever they are."""
    for module in pkgutil.walk_packages(umx_gui.views.__path__, "umx_gui.views."):
        importlib.import_module(module.name)
    found, todo = set[type[QWidget]](), [Dialog]
    while todo:
        for kind in todo.pop().__subclasses__():
            todo.append(kind)
            if not kind.__name__.startswith("_"):
                found.add(kind)
    return found


def reached_by_tab(top: QWidget, qtbot: QtBot) -> tuple[set[QWidget], set[QWidget]]:
    """The controls of a window that want the keyboard, and those that Tab comes to."""
    top.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is top.window())
    wanted = {c for c in controls(top) if c.focusPolicy() & Qt.FocusPolicy.TabFocus and c.isEnabled()}
    reached: set[QWidget] = set()
    for _ in range(3 * len(wanted) + 3):
        qtbot.keyClick(QApplication.focusWidget() or top, Qt.Key.Key_Tab)
        if (focus := QApplication.focusWidget()) is not None:
            reached.add(focus)
            parent = focus.parent()
            if isinstance(parent, QWidget):
                reached.add(parent)  # the control that a line is a part of
    return wanted, reached


def out_of_order(top: QWidget, qtbot: QtBot) -> list[str]:
    """Where Tab goes up, or to the left in a row, more than once: it may begin anew at the end."""
    wanted = [c for c in controls(top) if c.focusPolicy() & Qt.FocusPolicy.TabFocus and c.isEnabled()]
    wanted[0].setFocus()
    places = []
    for _ in range(len(wanted) + 1):
        focus = QApplication.focusWidget()
        assert focus is not None
        at = focus.mapTo(top, focus.rect().center())
        places.append((at.y(), at.x(), focus.accessibleName() or type(focus).__name__))
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    back = []
    for (y, x, _), (next_y, next_x, name) in pairwise(places):
        same_row = abs(next_y - y) < _SAME_ROW
        if (same_row and next_x < x) or (not same_row and next_y < y):
            back.append(name)
    return back if len(back) > 1 else []
