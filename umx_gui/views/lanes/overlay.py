"""What lies above all lanes: the playhead and the loop. Moving the playhead repaints a few columns, nothing else."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from umx_gui.app.sound.transport import Transport
from umx_gui.views.kit.theme import current
from umx_gui.views.lanes.timeline import Timeline


class Overlay(QWidget):
    """A see-through sheet; the mouse does not notice it."""

    def __init__(self, timeline: Timeline, transport: Transport, parent: QWidget) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._transport = transport
        self._head_x = -100.0
        self.marks: Callable[[QPainter], None] | None = None  # what else is seen, beneath the playhead
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        transport.position_changed.connect(self._move_head)
        transport.loop_changed.connect(lambda *_: self.update())

    @property
    def head_x(self) -> float:
        """Where the playhead is, in pixels."""
        return self._timeline.x_of(self._transport.position, self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Veil outside the loop, its edges, the playhead."""
        if not self._timeline.n_samples:
            return
        theme = current()
        painter = QPainter(self)
        width, height = self.width(), self.height()
        if (loop := self._transport.loop) is not None:
            left, right = (self._timeline.x_of(sample, width) for sample in loop)
            veil = theme.color("ground", 0.3)
            painter.fillRect(QRectF(0, 0, max(left, 0), height), veil)
            painter.fillRect(QRectF(right, 0, max(width - right, 0), height), veil)
            for x in (left, right):
                painter.fillRect(QRectF(round(x), 0, 1, height), theme.color("accent", 0.9))
        if self.marks is not None:
            self.marks(painter)
        x = self.head_x
        painter.fillRect(QRectF(round(x) - 1, 0, 3, height), theme.color("ground", 0.5))
        painter.fillRect(QRectF(round(x), 0, 1, height), theme.color("playhead"))

    def _move_head(self) -> None:
        x = self.head_x
        if round(x) != round(self._head_x):
            for at in (self._head_x, x):
                self.update(round(at) - 2, 0, 5, self.height())
            self._head_x = x
