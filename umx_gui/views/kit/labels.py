"""Text as text: nothing here ever reads markup, for file names, tags and model cards come from anybody."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from umx_gui.messages import printable
from umx_gui.views.kit.theme import current, font

_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class Line(QWidget):
    """One painted line of plain text that gives way at its end instead of pushing its neighbours.

    `tone` is a colour of the theme by its field name, looked up at each paint.
    """

    def __init__(self, role: str = "body", tone: str = "muted", *, right: bool = False) -> None:
        super().__init__()
        self._text = ""
        self._tone = tone
        self._alignment = _MIDDLE | (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
        self.setFont(font(role))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """All of it."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show this."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def set_tone(self, tone: str) -> None:
        """Take another colour of the theme."""
        if tone != self._tone:
            self._tone = tone
            self.update()

    def fix_width(self, longest: str) -> None:
        """Always as wide as this text, so that figures keep their place."""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(longest) + 2)

    def sizeHint(self) -> QSize:
        """All of the text."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(24, self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much as fits."""
        painter = QPainter(self)
        painter.setPen(current().color(self._tone))
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), self._alignment, shown)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Not ours."""
        event.ignore()


def plain_tip(text: str) -> str:
    """Untrusted text for a tool tip, which would read it as markup if it looked like some."""
    return f"<span>{'<br>'.join(html.escape(printable(line)) for line in text.splitlines())}</span>"


def plain_label(text: str, role: str = "body", tone: str = "text") -> QLabel:
    """A label of one or more lines, plain text only; its tone (text, muted, accent, warn) is in the style sheet."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setFont(font(role))
    label.setProperty("tone", tone)
    return label


def plain(text: str) -> str:
    """Untrusted text for a menu: no mnemonics, no tabs, nothing that hides or turns letters."""
    return printable(" ".join(text.split())).replace("&", "&&")
