"""The whole song in one strip: what is separated, which stretch the lanes show, the loop and the playhead."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from umx_gui.app.open_song.song import MIXTURE, Song
from umx_gui.app.session import Session
from umx_gui.engine.audio import Fill
from umx_gui.views.kit.bind import Throttle
from umx_gui.views.kit.color_tables import wave_table
from umx_gui.views.kit.theme import Theme, current
from umx_gui.views.lanes import raster
from umx_gui.views.lanes.timeline import Timeline
from umx_gui.words import tr

HEIGHT = 56
_BAR = 4
_EDGE_PX = 6


class Overview(QWidget):
    """Click or drag to move what the lanes show, drag its edges to zoom, double-click to see all."""

    def __init__(self, session: Session, timeline: Timeline) -> None:
        super().__init__()
        self._session = session
        self._timeline = timeline
        self._wave: QPixmap | None = None
        self._head_x = -100.0
        self.marks: Callable[[QPainter], None] | None = None  # what else is seen, beneath the window
        self._drag: tuple[str, float] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setToolTip(tr("The whole song. Drag to move, drag the edges to zoom, double-click to see all"))
        redraw = Throttle(self.update, self)
        fill_in = Throttle(self._filled, self, interval_ms=150)
        timeline.changed.connect(redraw.poke)
        session.mixture_filled.connect(fill_in.poke)
        session.stems_filled.connect(fill_in.poke)
        session.stems_reset.connect(fill_in.poke)
        session.opened.connect(fill_in.poke)
        session.transport.loop_changed.connect(lambda *_: self.update())
        session.transport.position_changed.connect(self._move_head)
        self._filled()

    def sizeHint(self) -> QSize:
        """Seven grid steps high."""
        return QSize(640, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A new size needs a new picture."""
        self._wave = None

    def changeEvent(self, event: QEvent) -> None:
        """Another palette is another theme."""
        self._wave = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Wave, coverage, veil outside the visible range, loop, playhead."""
        theme = current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        song = self._session.song
        if song is not None and song.n_samples:
            if self._wave is None or self._wave.devicePixelRatio() != self.devicePixelRatioF():
                self._wave = self._draw_wave(song, theme)
            painter.drawPixmap(QPointF(0, 4), self._wave)
            self._paint_coverage(painter, song, theme)
            if self.marks is not None:
                self.marks(painter)
            self._paint_window(painter, song, theme)
            self._paint_loop_and_head(painter, song, theme)
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme.color("hairline"))

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the window, or one of its edges; elsewhere bring the window here first."""
        song = self._session.song
        if song is None or event.button() != Qt.MouseButton.LeftButton:
            return
        x = event.position().x()
        grip = self._grip(x)
        if grip == "outside":
            middle = self._sample(x)
            half = self._timeline.visible / 2
            self._timeline.set_view(middle - half, middle + half)
            grip = "window"
        self._drag = (grip, self._sample(x) - self._timeline.start)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move or resize."""
        x = event.position().x()
        if self._drag is None:
            edge = self._session.song is not None and self._grip(x) in ("left", "right")
            self.setCursor(Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.ArrowCursor)
            return
        grip, offset = self._drag
        at = self._sample(x)
        if grip == "left":
            self._timeline.set_view(min(at, self._timeline.stop - 64), self._timeline.stop)
        elif grip == "right":
            self._timeline.set_view(self._timeline.start, max(at, self._timeline.start + 64))
        else:
            start = at - offset
            self._timeline.set_view(start, start + self._timeline.visible)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._drag = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """See all."""
        self._drag = None
        self._timeline.fit()

    def _grip(self, x: float) -> str:
        left, right = self._x(self._timeline.start), self._x(self._timeline.stop)
        if abs(x - left) <= _EDGE_PX:
            return "left"
        if abs(x - right) <= _EDGE_PX:
            return "right"
        return "window" if left < x < right else "outside"

    # Pictures

    def _x(self, sample: float) -> float:
        return sample * self.width() / max(self._timeline.n_samples, 1)

    def _sample(self, x: float) -> float:
        return x * self._timeline.n_samples / max(self.width(), 1)

    def _filled(self) -> None:
        self._wave = None
        self.update()
        song = self._session.song
        words = ""
        if song is not None and song.stems is not None:
            final, draft = (round(100 * song.coverage.fraction(fill)) for fill in (Fill.FINAL, Fill.DRAFT))
            words = tr(": {final} % separated", final=final) + (
                tr(", {draft} % as a draft", draft=draft - final) if draft > final else ""
            )
        self.setAccessibleName(tr("Overview of the song{words}", words=words))

    def _draw_wave(self, song: Song, theme: Theme) -> QPixmap:
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round((HEIGHT - _BAR - 9) * ratio)
        columns = song.peaks[MIXTURE].query(0, song.n_samples, width)
        picture = raster.waveform(columns, height)
        return raster.pixmap(picture, wave_table(theme.panel, theme.mixture), ratio)

    def _paint_coverage(self, painter: QPainter, song: Song, theme: Theme) -> None:
        """Final: a full bar. Draft: a hatched one. Nothing: a faint line, and the wave above it veiled."""
        bar_y = self.height() - _BAR - 2.0
        for start, stop, fill in song.coverage.runs():
            left, right = self._x(start), self._x(stop)
            bar = QRectF(left, bar_y, right - left, _BAR)
            if fill == Fill.FINAL:
                painter.fillRect(bar, theme.color("accent"))
            elif fill == Fill.DRAFT:
                painter.fillRect(bar, QBrush(theme.color("accent"), Qt.BrushStyle.BDiagPattern))
            else:
                painter.fillRect(QRectF(left, bar_y + 1, right - left, 2), theme.color("hover"))
            if fill != Fill.FINAL:
                veil = theme.color("panel", 0.25 if fill == Fill.DRAFT else 0.55)
                painter.fillRect(QRectF(left, 0, right - left, bar_y), veil)

    def _paint_window(self, painter: QPainter, song: Song, theme: Theme) -> None:
        if self._timeline.whole:
            return
        left, right = self._x(self._timeline.start), self._x(self._timeline.stop)
        right = max(right, left + 3)
        everything, window = QPainterPath(), QPainterPath()
        frame = QRectF(left + 0.5, 1.5, right - left - 1, self.height() - 4)
        everything.addRect(QRectF(self.rect()))
        window.addRoundedRect(frame, 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(everything.subtracted(window), theme.color("panel", 0.6))
        painter.setPen(QPen(theme.color("text", 0.75), 1))
        painter.setBrush(theme.color("text", 0.05))
        painter.drawPath(window)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_loop_and_head(self, painter: QPainter, song: Song, theme: Theme) -> None:
        if (loop := self._session.transport.loop) is not None:
            left, right = self._x(loop[0]), self._x(loop[1])
            painter.fillRect(QRectF(left, 0, max(right - left, 2), 3), theme.color("accent"))
        x = round(self._x(self._session.transport.position))
        painter.fillRect(QRectF(x, 0, 1, self.height() - 1), theme.color("playhead"))

    def _move_head(self) -> None:
        x = self._x(self._session.transport.position)
        if round(x) != round(self._head_x):
            for at in (self._head_x, x):
                self.update(round(at) - 2, 0, 5, self.height())
            self._head_x = x
