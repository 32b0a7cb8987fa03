"""One lane: the visible stretch of the mixture or of a stem, as a waveform or a spectrogram.

The lane keeps a picture of itself. News of a stretch redraws the columns of that stretch; the playhead above it costs
a copy of a few columns.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from umx_gui.app.session import Session
from umx_gui.app.song import MIXTURE, Song
from umx_gui.engine.audio import Fill
from umx_gui.views import raster
from umx_gui.views.bind import Throttle
from umx_gui.views.formats import target_name
from umx_gui.views.lane_modes import SPECTROGRAM, LaneModes
from umx_gui.views.theme import Theme, current, font
from umx_gui.views.timeline import Timeline

MIN_HEIGHT = 72
SPLIT_HEIGHT = 144
_DIM = 0.3
_DRAFT_VEIL = 0.45
_SOLID_BELOW = 100  # samples per column: less than a period of a low voice
_MARKS_HZ = ((100.0, "100"), (1000.0, "1k"), (10_000.0, "10k"))


class Lane(QWidget):
    """The picture of `key` ("mixture" or a target), following the timeline, the mix and the news of the session."""

    def __init__(self, key: str, session: Session, timeline: Timeline, modes: LaneModes) -> None:
        super().__init__()
        self.key = key
        self._session = session
        self._timeline = timeline
        self._modes = modes
        self._picture: raster.Bytes | None = None
        self._pixmap: QPixmap | None = None
        self._stale: tuple[int, int] | None = None
        self.setMinimumHeight(MIN_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self._redraw = Throttle(self.forget, self)
        self._fill_in = Throttle(self._take_news, self, interval_ms=100)
        timeline.changed.connect(self._redraw.poke)
        modes.changed.connect(self._mode_changed)
        session.transport.mix.mix_changed.connect(self._recolor)
        session.tiles_filled.connect(self._tiles_filled)
        if key == MIXTURE:
            session.mixture_filled.connect(self._filled)
        else:
            session.stems_filled.connect(self._filled)
        self._mode_changed()

    def sizeHint(self) -> QSize:
        """High enough to see something."""
        return QSize(640, 104)

    @property
    def spectrogram(self) -> bool:
        """Whether it shows a spectrogram."""
        return self._modes.of(self.key) == SPECTROGRAM

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A new size needs a new picture."""
        self.forget()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy what is asked for out of the picture."""
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        if self._pixmap is None or self._pixmap.devicePixelRatio() != ratio:
            self._pixmap = self._draw()
        exposed = event.rect()
        source = QRectF(exposed.x() * ratio, exposed.y() * ratio, exposed.width() * ratio, exposed.height() * ratio)
        painter.drawPixmap(QRectF(exposed), self._pixmap, source)

    def changeEvent(self, event: QEvent) -> None:
        """Another palette is another theme."""
        self._recolor()

    # News

    def forget(self) -> None:
        """Draw everything anew at the next paint."""
        self._picture = None
        self._recolor()

    def _recolor(self) -> None:
        self._pixmap = None
        self.update()

    def _mode_changed(self) -> None:
        if not self.spectrogram:
            self._session.forget_tiles(self.key)
        kind = "spectrogram" if self.spectrogram else "waveform"
        self.setAccessibleName(f"{target_name(self.key)} {kind}")
        self.forget()

    def _filled(self, start: int, stop: int, final: bool = True) -> None:
        if not self.spectrogram:
            self._mark(start, stop)

    def _tiles_filled(self, key: str, start: int, stop: int) -> None:
        if key == self.key and self.spectrogram:
            self._mark(start, stop)

    def _mark(self, start: int, stop: int) -> None:
        if self._stale is not None:
            start, stop = min(start, self._stale[0]), max(stop, self._stale[1])
        self._stale = (start, stop)
        self._fill_in.poke()

    def _take_news(self) -> None:
        """Draw the columns of the stretch that changed; nothing where it is not seen."""
        if self._stale is None:
            return
        (start, stop), self._stale = self._stale, None
        song, picture = self._song(), self._picture
        if song is None or picture is None:
            self.forget()
            return
        width = picture.shape[1]
        first = max(int(self._timeline.x_of(start, width)) - 2, 0)
        last = min(int(self._timeline.x_of(stop, width)) + 3, width)
        if first < last:
            picture[:, first:last] = self._columns(song, first, last, picture.shape)
            self._recolor()

    # Pictures

    def _song(self) -> Song | None:
        song = self._session.song
        return song if song is not None and self.key in song.peaks else None

    def _device_size(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(round(self.height() * ratio), 1), max(round(self.width() * ratio), 1)

    def _draw(self) -> QPixmap:
        """The whole lane in the present colours; bytes are computed only if something other than colour changed."""
        theme, song = current(), self._song()
        height, width = self._device_size()
        if self._picture is None or self._picture.shape != (height, width):
            empty = song is None or not song.n_samples
            if song is not None and self.spectrogram:
                first, last = int(self._timeline.start), int(self._timeline.stop) + 1
                self._session.want_tiles(self.key, max(first, 0), min(last, song.n_samples))
            self._picture = (
                np.zeros((height, width), np.uint8) if empty else self._columns(song, 0, width, (height, width))
            )
        result = raster.pixmap(self._picture, self._table(theme), self.devicePixelRatioF())
        painter = QPainter(result)
        if song is not None:
            self._decorate(painter, song, theme)
        else:
            self._draw_waiting(painter, theme, 0, self.width())
        painter.end()
        return result

    def _columns(self, song: Song | None, first: int, last: int, shape: tuple[int, ...]) -> raster.Bytes:
        """The columns [first, last) of a picture of this shape."""
        height, width = shape[0], shape[1]
        if song is None:
            return np.zeros((height, last - first), np.uint8)
        per_column = self._timeline.visible / width
        start = self._timeline.start + first * per_column
        stop = self._timeline.start + last * per_column
        if self.spectrogram:
            tiles = song.tiles[self.key]
            return raster.spectrogram(tiles, start, stop, last - first, height)
        if self._timeline.visible < width:
            return np.zeros((height, last - first), np.uint8)
        peaks = song.peaks[self.key]
        gain, solid = self._timeline.gain, per_column < _SOLID_BELOW
        if song.n_channels == 2 and self.height() >= SPLIT_HEIGHT:
            halves = (height // 2, height - height // 2)
            parts = [
                raster.waveform(peaks.query(start, stop, last - first, channel), half, gain, solid)
                for channel, half in enumerate(halves)
            ]
            return np.concatenate(parts)
        return raster.waveform(peaks.query(start, stop, last - first), height, gain, solid)

    def _heard(self) -> bool:
        mix = self._session.transport.mix
        if self.key == MIXTURE:
            return True
        strip = mix.strip(self.key)
        return not (mix.original or strip.mute or (mix.any_solo and not strip.solo))

    def _table(self, theme: Theme) -> tuple[int, ...]:
        color = theme.target(self.key).name()
        strength = 1.0 if self._heard() else _DIM
        if not self.spectrogram:
            return raster.wave_table(theme.ground, color, strength)
        peak = "#FFF6E6" if theme.name == "dark" else "#1A1408"
        return raster.spectrogram_table(theme.ground, color, peak, strength)

    # What lies above the sound

    def _decorate(self, painter: QPainter, song: Song, theme: Theme) -> None:
        area = QRectF(self.rect())
        if self.key != MIXTURE:
            self._veil_drafts(painter, song, theme)
        if self.spectrogram:
            self._mark_frequencies(painter, song, theme)
            return
        split = song.n_channels == 2 and self.height() >= SPLIT_HEIGHT
        if self._timeline.visible < self._device_size()[1]:
            self._draw_samples(painter, song, theme, split)
        if split:
            painter.fillRect(QRectF(0, round(area.height() / 2), area.width(), 1), theme.color("hairline"))

    def _veil_drafts(self, painter: QPainter, song: Song, theme: Theme) -> None:
        """Drafts are seen through a veil; where nothing is separated yet, a line waits."""
        for start, stop, fill in song.coverage.runs():
            left = max(self._timeline.x_of(start, self.width()), -1.0)
            right = min(self._timeline.x_of(stop, self.width()), self.width() + 1.0)
            if right <= left or fill == Fill.FINAL:
                continue
            if fill == Fill.DRAFT:
                painter.fillRect(QRectF(left, 0, right - left, self.height()), theme.color("ground", _DRAFT_VEIL))
            else:
                self._draw_waiting(painter, theme, left, right)

    def _draw_waiting(self, painter: QPainter, theme: Theme, left: float, right: float) -> None:
        middle = round(self.height() / 2)
        painter.fillRect(QRectF(left, middle - 1, right - left, 3), theme.color("ground"))
        painter.setPen(QPen(theme.color("muted", 0.5), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(left, middle), QPointF(right, middle))

    def _draw_samples(self, painter: QPainter, song: Song, theme: Theme, split: bool) -> None:
        """Zoomed in below one sample a pixel: the samples themselves, joined by a line."""
        first = max(int(self._timeline.start) - 1, 0)
        last = min(int(self._timeline.stop) + 2, song.n_samples)
        samples = np.asarray(song.samples(self.key)[:, first:last]) * self._timeline.gain
        rows = samples if split else samples.mean(0, keepdims=True)
        height = self.height() / len(rows)
        color = theme.target(self.key)
        color.setAlphaF(1.0 if self._heard() else _DIM)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spacing = self.width() / self._timeline.visible
        for i, row in enumerate(rows):
            middle = (i + 0.5) * height
            xs = (np.arange(first, last) - self._timeline.start) * spacing
            ys = middle - np.clip(row, -1, 1) * (height / 2 - 2)
            points = [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
            painter.setPen(QPen(color, 1.5))
            painter.drawPolyline(QPolygonF(points))
            if spacing >= 6:
                painter.setPen(QPen(QBrush(color), 4.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                painter.drawPoints(QPolygonF(points))

    def _mark_frequencies(self, painter: QPainter, song: Song, theme: Theme) -> None:
        painter.setFont(font("caption"))
        height = self.height()
        for hertz, label in _MARKS_HZ:
            y = raster.frequency_y(hertz, height, song.sample_rate)
            if 8 < y < height - 8:
                plate = QRectF(self.width() - 38, y - 8, 32, 16)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("ground", 0.6))
                painter.drawRoundedRect(plate, 4, 4)
                painter.setPen(theme.color("text", 0.8))
                painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, label)
