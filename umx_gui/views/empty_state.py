"""The empty window: an invitation, and the sheet that says where to drop."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from umx_gui.engine.naming import printable
from umx_gui.views.actions import Actions
from umx_gui.views.kit.controls import Button, button_for
from umx_gui.views.kit.labels import plain_label, plain_tip
from umx_gui.views.kit.theme import current, font
from umx_gui.words import tr

_TARGETS = ("vocals", "drums", "bass", "other")
_MOST_RECENT = 3
_LONGEST = 24  # letters of a file's name


class EmptyState(QWidget):
    """What is seen before the first song: an invitation, and what was open lately, the latest first."""

    chosen = Signal(object)  # Path: of those

    def __init__(self, actions: Actions, has_demo: bool, recent: Callable[[], Sequence[str]]) -> None:
        super().__init__()
        self._recent = recent
        self.title = plain_label(tr("Drop a song here"), "hero")
        self.words = plain_label(
            tr("Hear its vocals, drums, bass and the rest apart. The sound stays on this computer."), tone="muted"
        )
        self.open = button_for(actions.open, "open", tr("Open songs…"), kind="accent", height=40)
        self.demo = button_for(actions.demo, "play", tr("Try the demo song"), kind="raised", height=40)
        self.demo.setVisible(has_demo)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addStretch(1)
        buttons.addWidget(self.open)
        buttons.addWidget(self.demo)
        buttons.addStretch(1)
        self.lately = plain_label(tr("Lately open"), tone="muted")
        self.files: list[Button] = []
        self._rows = QHBoxLayout()
        self._rows.setSpacing(4)
        column = QVBoxLayout(self)
        column.addStretch(4)
        column.addWidget(_Emblem(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(24)
        column.addWidget(self.title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        column.addWidget(self.words, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(24)
        column.addLayout(buttons)
        column.addSpacing(32)
        column.addWidget(self.lately, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(self._rows)
        column.addStretch(5)

    def showEvent(self, event: QShowEvent) -> None:
        """What was open lately may have changed."""
        super().showEvent(event)
        self._show_recent()

    def _show_recent(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        names = [name for name in self._recent() if Path(name).name][:_MOST_RECENT]
        self.files = [self._button(Path(name)) for name in names]
        self._rows.addStretch(1)
        for button in self.files:
            self._rows.addWidget(button)
        self._rows.addStretch(1)
        self.lately.setVisible(bool(names))

    def _button(self, path: Path) -> Button:
        name = printable(path.name)
        short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
        button = Button(tr("Open {name}", name=name), text=short, kind="plain")
        button.setToolTip(plain_tip(printable(str(path))))
        button.clicked.connect(lambda: self.chosen.emit(path))
        return button

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, with the dashed edge of a place to drop on."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.color("ground"))
        pen = QPen(theme.color("muted", 0.35), 1.5, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(24, 24, -24, -24), 16, 16)


class _Emblem(QWidget):
    """One wave that parts into four, in the colours of the stems."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("umx-gui")

    def sizeHint(self) -> QSize:
        """Wide and calm."""
        return QSize(288, 128)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars: grey on the left, where all sounds are one; then four rows, each with its own rhythm."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        for i in range(12):
            reach = 10 + 34 * abs(math.sin(0.9 * i + 0.6) * math.sin(0.31 * i + 0.8))
            self._bar(painter, 8 + 8 * i, middle, reach, theme.mixture)
        for row, target in enumerate(_TARGETS):
            y = middle + (row - 1.5) * 32
            for i in range(20):
                wave = abs(math.sin((0.55 + 0.21 * row) * i + 1.3 * row) * math.cos(0.17 * i * (row + 1)))
                self._bar(painter, 124 + 8 * i, y, 2 + 9 * wave, theme.target(target).name())

    @staticmethod
    def _bar(painter: QPainter, x: float, middle: float, reach: float, color: str) -> None:
        painter.setPen(QPen(QBrush(QColor(color)), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(x, middle - reach), QPointF(x, middle + reach))


class DropSheet(QWidget):
    """Laid over the window while something droppable is above it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFont(font("hero"))
        self.hide()

    def cover(self) -> None:
        """Come up over the whole parent."""
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A veil, a frame, and the words."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.color("ground", 0.93))
        painter.setPen(QPen(theme.color("accent"), 2))
        painter.setBrush(theme.color("accent", 0.06))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(16, 16, -16, -16), 16, 16)
        painter.setPen(theme.color("text"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Drop to open"))
