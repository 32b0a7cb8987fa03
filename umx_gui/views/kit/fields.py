"""Check boxes and drop-down lists of the dialogs, in the look of the rest."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox

from umx_gui.views.kit import icons
from umx_gui.views.kit.controls import paint_focus
from umx_gui.views.kit.theme import current
from umx_gui.words import tr

_BOX = 16
_GAP = 8


class CheckBox(QCheckBox):
    """A check box, with a dot in a target's colour before its words if it has one."""

    def __init__(self, words: str, target: str = "") -> None:
        super().__init__(words)
        self._target = target

    def sizeHint(self) -> QSize:
        """Box, dot, words."""
        width = _BOX + _GAP + self.fontMetrics().horizontalAdvance(self.text()) + 8
        return QSize(width + (_BOX if self._target else 0), max(24, self.fontMetrics().height() + 4))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """Anywhere on it."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box and mark, dot, words, focus ring."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else 0.45)
        box = QRectF(1.5, (self.height() - _BOX) / 2 + 0.5, _BOX - 1, _BOX - 1)
        on = self.isChecked()
        painter.setPen(Qt.PenStyle.NoPen if on else QPen(theme.color("muted"), 1))
        painter.setBrush(theme.color("accent") if on else theme.color("ground"))
        painter.drawRoundedRect(box, 4, 4)
        if on:
            icons.draw(painter, "check", box.adjusted(1, 1, -1, -1), theme.color("on_accent"))
        x = _BOX + _GAP
        if self._target:
            self._dot(painter, x, theme.target(self._target))
            x += _BOX
        painter.setPen(theme.color("text"))
        words = QRectF(x, 0, self.width() - x, self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        paint_focus(painter, self, QRectF(self.rect()).adjusted(-1, 0, 0, 0), 5)

    def _dot(self, painter: QPainter, x: float, color: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(QRectF(x, self.height() / 2 - 4, 8, 8))


class NumberBox(QSpinBox):
    """A field for a whole number."""

    def __init__(self, name: str, least: int, most: int, value: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setRange(least, most)
        self.setValue(value)
        # As far from the edge as the text of other fields; the style sheet has no say in here.
        self.lineEdit().setTextMargins(8, 0, 8, 0)


class Choice(QComboBox):
    """A drop-down list of (value, words)."""

    def __init__(self, name: str, choices: tuple[tuple[str, str], ...], chosen: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(name)
        for value, words in choices:
            self.addItem(tr(words), value)
        self.choose(chosen)

    @property
    def value(self) -> str:
        """What is chosen."""
        return str(self.currentData())

    def choose(self, value: str) -> None:
        """Choose a value; the first one if there is no such."""
        self.setCurrentIndex(max(self.findData(value), 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The usual, and the mark that it opens."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setOpacity(1.0 if self.isEnabled() else 0.45)
        icons.draw(
            painter, "chevron", QRectF(self.width() - 22, self.height() / 2 - 6, 12, 12), current().color("muted")
        )
