"""Dialogs in the look of the window: their frame, the keys, and what umx-gui is made of."""

from __future__ import annotations

import platform
import sys

import numpy
import PySide6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QDialog, QFileDialog, QGridLayout, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from umx_gui import __version__
from umx_gui.app.fault_report import fault_report
from umx_gui.app.log import log_path
from umx_gui.app.session import Session
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.credits import credits_text
from umx_gui.views.kit.labels import plain_label
from umx_gui.words import mark, tr

_MOUSE = (
    (mark("Click"), mark("Go there")),
    (mark("Drag"), mark("Loop this stretch")),
    (mark("Shift+drag, Shift+click"), mark("Select a stretch")),
    (mark("Double-click a marked stretch"), mark("Select it")),
    (mark("Ctrl+wheel"), mark("Zoom at the pointer")),
    (mark("Shift+wheel"), mark("Scroll")),
    (mark("Ctrl+Shift+wheel"), mark("Taller or flatter waves")),
    (mark("Right-click"), mark("How this lane is drawn")),
    (mark("Middle drag"), mark("Move along the song")),
    (mark("Double-click a slider"), mark("Back to neutral")),
    (mark("Ctrl+click S"), mark("Hear this stem alone")),
    (mark("Drag a stem's name"), mark("Take the stem out as a file")),
    (mark("Shift+drag a stem's name"), mark("Take out only the selection, or the loop")),
)
_QUEUE = (
    (mark("Alt+Up, Alt+Down"), mark("Move songs in the queue")),
    (mark("Return"), mark("Try a song again")),
    (mark("Delete"), mark("Take songs out")),
)
_CREDITS = mark(
    "umx-gui separates music into its stems with Open-Unmix, a bidirectional LSTM network (Stöter, Uhlich, Liutkus and "
    "Mitsufuji, 2019), and multichannel Wiener filtering. It is under the MIT licence. Models have licences of "
    "their own, which their cards name; the demo song is in the public domain (CC0)."
)


class Dialog(QDialog):
    """A title, a body, and a row of buttons."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.body = QVBoxLayout()
        self.body.setSpacing(16)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(24)
        column.addLayout(self.body, 1)
        column.addLayout(self._buttons)

    def add_buttons(self, accept: str, reject: str | None = None) -> Button:
        """The usual two buttons; the accepting one is returned. Return accepts, Escape leaves."""
        if reject != "":
            leave = self.add_button(tr("Cancel") if reject is None else reject)
            leave.clicked.connect(self.reject)
        button = self.add_button(accept, kind="accent")
        button.clicked.connect(self.accept)
        button.setShortcut(QKeySequence(Qt.Key.Key_Return))
        return button

    def add_button(self, words: str, kind: str = "raised") -> Button:
        """One more button in the row."""
        button = Button(words, text=words, kind=kind)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._buttons.addWidget(button)
        return button


class ShortcutsDialog(Dialog):
    """All keys, read from the actions themselves, and what the mouse does."""

    def __init__(self, actions: list[QAction], parent: QWidget | None = None) -> None:
        super().__init__(tr("Keyboard and mouse"), parent)
        rows = _rows(actions)
        # Three columns of one height, the third with the mouse below its keys.
        high = -(-(len(rows) + len(_MOUSE) + len(_QUEUE) + 5) // 3)
        columns = QHBoxLayout()
        columns.setSpacing(32)
        columns.addLayout(_table(tr("Keyboard"), rows[:high]))
        columns.addLayout(_table(" ", rows[high : 2 * high]))
        last = QVBoxLayout()
        last.setSpacing(16)
        if rows[2 * high :]:
            last.addLayout(_table(" ", rows[2 * high :]))
        last.addLayout(_table(tr("Mouse, on the lanes"), list(_MOUSE)))
        last.addLayout(_table(tr("In the queue"), list(_QUEUE)), 1)
        columns.addLayout(last)
        self.body.addLayout(columns)
        self.add_buttons(tr("Close"), "")


class AboutDialog(Dialog):
    """Version, credits and licences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("About umx-gui"), parent)
        self.body.addWidget(plain_label("umx-gui", "hero"))
        self.body.addWidget(plain_label(tr("Version {version}", version=__version__), tone="muted"))
        credit = plain_label(tr(_CREDITS))
        credit.setWordWrap(True)
        credit.setMinimumWidth(640)
        credit.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(credit)
        self.body.addWidget(plain_label(tr("What it stands on, with the licence of each"), "strong"))
        self.packages = QPlainTextEdit()
        self.packages.setReadOnly(True)
        self.packages.setPlainText(credits_text())
        self.packages.setAccessibleName(tr("What it stands on, with the licence of each"))
        self.packages.setMinimumHeight(240)
        self.body.addWidget(self.packages, 1)
        self.add_buttons(tr("Close"), "")


class CardDialog(Dialog):
    """A model's card, as plain text: it may come from anybody."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        view = QPlainTextEdit()
        view.setReadOnly(True)
        view.setPlainText(text)
        view.setAccessibleName(title)
        view.setMinimumSize(640, 400)
        self.body.addWidget(view)
        self.add_buttons(tr("Close"), "")


def _rows(actions: list[QAction]) -> list[tuple[str, str]]:
    """(key, what it does); the nine solo and mute keys in one line each."""
    rows: list[tuple[str, str]] = []
    for action in actions:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        if keys[-1:].isdecimal() and keys[-2:-1] in ("", "+") and not keys.endswith("0"):
            if keys.endswith("1"):
                rows.append((f"{keys} … 9", action.text().replace("1", "1 … 9")))
            continue
        rows.append((keys, action.text().partition(":")[0].rstrip("…")))
    return rows


def _table(title: str, rows: list[tuple[str, str]]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(12)
    column.addWidget(plain_label(title, "strong"))
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    for at, (keys, words) in enumerate(rows):
        grid.addWidget(plain_label(tr(keys), tone="accent"), at, 0)
        grid.addWidget(plain_label(tr(words)), at, 1)
    grid.setColumnStretch(1, 1)
    column.addLayout(grid)
    column.addStretch(1)
    return column


def diagnostics(session: Session) -> str:
    """What a report of a fault needs: versions, system, devices, settings, the end of the log; no file names."""
    transport = session.transport
    facts = (
        f"umx-gui {__version__}, Python {sys.version.split()[0]}, {platform.platform()}",
        f"PySide6 {PySide6.__version__}, NumPy {numpy.__version__}, Qt platform {QGuiApplication.platformName()}",
        f"torch {_version_of('torch')}, model {session.model_name or 'none'}, device {session.device}",
        f"sound {'available' if transport.available else 'unavailable'}, gaps {transport.underruns}",
    )
    return fault_report(facts, session.settings, log_path())


def _version_of(package: str) -> str:
    """Only if it is loaded: asking must not load it."""
    module = sys.modules.get(package)
    return str(getattr(module, "__version__", "unknown")) if module is not None else "not loaded"


def file_dialog_options() -> QFileDialog.Option:
    """The system's own dialog, except where a platform has none."""
    bare = QGuiApplication.platformName() in ("offscreen", "minimal")
    return QFileDialog.Option.DontUseNativeDialog if bare else QFileDialog.Option(0)
