"""The ruler above the lanes: times, the loop, and the head of the playhead."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from umx_gui.app.sound.transport import Transport
from umx_gui.views.kit.bind import Throttle
from umx_gui.views.kit.formats import clock
from umx_gui.views.kit.theme import current, font
from umx_gui.views.lanes.tempo import Tempo
from umx_gui.views.lanes.timeline import Timeline, ticks
from umx_gui.words import tr

HEIGHT = 24


class Ruler(QWidget):
    """Marks of time for the visible stretch."""

    def __init__(self, timeline: Timeline, transport: Transport, tempo: Tempo) -> None:
        super().__init__()
        self._timeline = timeline
        self._transport = transport
        self._tempo = tempo
        self._head_x = -100.0
        self.marks: Callable[[QPainter], None] | None = None  # what else is seen, beneath the marks of time
        self.setFont(font("caption"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Time ruler"))
        self.setToolTip(tr("Click to go there, drag to set the loop"))
        redraw = Throttle(self.update, self)
        timeline.changed.connect(redraw.poke)
        tempo.changed.connect(redraw.poke)
        transport.loop_changed.connect(self._loop_changed)
        transport.position_changed.connect(self._move_head)

    def sizeHint(self) -> QSize:
        """Three grid steps high."""
        return QSize(640, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Loop, marks, head."""
        theme = current()
        painter = QPainter(self)
        width, height = self.width(), self.height()
        rate = self._timeline.sample_rate
        if self._timeline.n_samples:
            if self.marks is not None:
                self.marks(painter)
            if (loop := self._transport.loop) is not None:
                left, right = (self._timeline.x_of(s, width) for s in loop)
                painter.fillRect(QRectF(left, height - 6, right - left, 5), theme.color("accent", 0.9))
            marks = self._tempo.ticks if self._tempo.bars else ticks
            for tick in marks(self._timeline.start / rate, self._timeline.stop / rate, width):
                x = round(self._timeline.x_of(tick.at_s * rate, width))
                size = 8 if tick.label else 3
                painter.fillRect(QRectF(x, height - 1 - size, 1, size), theme.color("muted", 0.6))
                if tick.label:
                    painter.setPen(theme.color("muted"))
                    painter.drawText(QRectF(x + 5, 0, 80, height - 4), _LEFT, tick.label)
        painter.fillRect(QRectF(0, height - 1, width, 1), theme.color("hairline"))
        self._paint_head(painter)

    def changeEvent(self, event: QEvent) -> None:
        """Another palette is another theme."""
        self.update()

    def _paint_head(self, painter: QPainter) -> None:
        if not self._timeline.n_samples:
            return
        x = self._timeline.x_of(self._transport.position, self.width())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current().color("playhead"))
        y = self.height() - 1.0
        points = (QPointF(x - 5, y - 8), QPointF(x + 5, y - 8), QPointF(x + 5, y - 5), QPointF(x, y))
        painter.drawPolygon(QPolygonF([*points, QPointF(x - 5, y - 5)]))

    def _move_head(self) -> None:
        x = self._timeline.x_of(self._transport.position, self.width())
        for at in (self._head_x, x):
            self.update(round(at) - 7, 0, 14, self.height())
        self._head_x = x

    def _loop_changed(self) -> None:
        self.update()
        loop, rate = self._transport.loop, self._timeline.sample_rate
        words = (
            tr(": loop from {time} to {time2}", time=clock(loop[0] / rate, 1), time2=clock(loop[1] / rate, 1))
            if loop
            else ""
        )
        self.setAccessibleName(tr("Time ruler{words}", words=words))


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
