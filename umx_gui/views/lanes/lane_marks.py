"""What lies above a lane's picture: single samples, drafts' veils, frequency marks."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap, QPolygonF

from umx_gui.app.open_song.reference_pictures import reference_key
from umx_gui.app.open_song.song import Song
from umx_gui.engine.audio import Fill
from umx_gui.views.kit.theme import Theme, font
from umx_gui.views.lanes import axes, raster
from umx_gui.views.lanes.timeline import Timeline
from umx_gui.words import tr

_DRAFT_VEIL = 0.45
_DOTS_FROM_PX = 6
_SHEET_WIDTH = 40


def veil_drafts(painter: QPainter, song: Song, theme: Theme, timeline: Timeline, area: QRectF) -> None:
    """Drafts are seen through a veil; where nothing is separated yet, a line waits."""
    for start, stop, fill in song.coverage.runs():
        left = max(timeline.x_of(start, area.width()), -1.0)
        right = min(timeline.x_of(stop, area.width()), area.width() + 1.0)
        if right <= left or fill == Fill.FINAL:
            continue
        if fill == Fill.DRAFT:
            painter.fillRect(QRectF(left, 0, right - left, area.height()), theme.color("ground", _DRAFT_VEIL))
        else:
            draw_waiting(painter, theme, left, right, area.height())


def nothing_yet(theme: Theme, size: QSize, ratio: float) -> QPixmap:
    """The picture of a lane that nothing is known of."""
    result = QPixmap(max(round(size.width() * ratio), 1), max(round(size.height() * ratio), 1))
    result.setDevicePixelRatio(ratio)
    result.fill(theme.color("ground"))
    painter = QPainter(result)
    draw_waiting(painter, theme, 0, size.width(), size.height())
    painter.end()
    return result


def draw_waiting(painter: QPainter, theme: Theme, left: float, right: float, height: float) -> None:
    """The line where there is no sound yet."""
    middle = round(height / 2)
    painter.fillRect(QRectF(left, middle - 1, right - left, 3), theme.color("ground"))
    # A tile, since Qt takes a millisecond for a dotted line.
    painter.drawTiledPixmap(QRectF(left, middle, right - left, 1), _dots(theme.muted), QPointF(left % 4, 0))


@lru_cache(maxsize=4)
def _dots(color: str) -> QPixmap:
    tile = QPixmap(64, 1)
    tile.fill(Qt.GlobalColor.transparent)
    faint = QColor(color)
    faint.setAlphaF(0.5)
    painter = QPainter(tile)
    for x in range(0, 64, 4):
        painter.fillRect(x, 0, 2, 1, faint)
    painter.end()
    return tile


def say(painter: QPainter, theme: Theme, area: QRectF, words: str) -> None:
    """A sentence in the middle of a lane that has nothing else to show."""
    painter.setFont(font("caption"))
    painter.setPen(theme.color("muted"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)


def halves(painter: QPainter, theme: Theme, area: QRectF, target: str) -> list[tuple[str, QRectF]]:
    """A line between a stem and its reference, and which is which; returns the place of each by its key."""
    middle = round(area.height() / 2)
    upper, lower = area.adjusted(0, 0, 0, middle - area.height()), area.adjusted(0, middle, 0, 0)
    painter.fillRect(QRectF(0, middle, area.width(), 1), theme.color("hairline"))
    painter.setFont(font("caption"))
    for part, words in ((upper, tr("Stem")), (lower, tr("Reference"))):
        plate = QRectF(4, part.top() + 3, painter.fontMetrics().horizontalAdvance(words) + 10, 16)
        painter.fillRect(plate, theme.color("ground", 0.6))
        painter.setPen(theme.color("muted"))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)
    return [(target, upper), (reference_key(target), lower)]


def draw_samples(
    painter: QPainter, song: Song, key: str, timeline: Timeline, area: QRectF, color: QColor, split: bool
) -> None:
    """Zoomed in below one sample a pixel: the samples themselves, joined by a line, as dots where there is room."""
    first = max(int(timeline.start) - 1, 0)
    last = min(int(timeline.stop) + 2, song.n_samples)
    samples = np.asarray(song.samples(key)[:, first:last]) * timeline.gain
    rows = samples if split else samples.mean(0, keepdims=True)
    height = area.height() / len(rows)
    painter.save()
    painter.setClipRect(area)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    spacing = area.width() / timeline.visible
    xs = ((np.arange(first, last) - timeline.start) * spacing).tolist()
    for i, row in enumerate(rows):
        middle = area.top() + (i + 0.5) * height
        ys = middle - np.clip(row, -1, 1) * (height / 2 - 2)
        points = [QPointF(x, y) for x, y in zip(xs, ys.tolist(), strict=True)]
        painter.setPen(QPen(color, 1.5))
        painter.drawPolyline(QPolygonF(points))
        if spacing >= _DOTS_FROM_PX:
            painter.setPen(QPen(QBrush(color), 4.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoints(QPolygonF(points))
    painter.restore()


def mark_frequencies(painter: QPainter, theme: Theme, area: QRectF, sample_rate: int, axis: str) -> None:
    """A few frequencies at the right edge, where there is room between them."""
    ratio = painter.device().devicePixelRatio()
    sheet = _frequency_sheet(theme, round(area.height()), sample_rate, axis, ratio)
    painter.drawPixmap(QPointF(area.width() - _SHEET_WIDTH, area.top()), sheet)


@lru_cache(maxsize=32)
def _frequency_sheet(theme: Theme, height: int, sample_rate: int, axis: str, ratio: float) -> QPixmap:
    """The marks, drawn once: words take longer than the rest of a lane."""
    sheet = QPixmap(round(_SHEET_WIDTH * ratio), max(round(height * ratio), 1))
    sheet.setDevicePixelRatio(ratio)
    sheet.fill(Qt.GlobalColor.transparent)
    painter = QPainter(sheet)
    painter.setFont(font("caption"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    below = height + 8.0
    for hertz, label in axes.marks_hz(axis, sample_rate):
        y = raster.frequency_y(hertz, height, sample_rate, axis)
        if not 8 < y < min(height - 8, below - 17):
            continue
        below = y
        plate = QRectF(2, y - 8, 32, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("ground", 0.6))
        painter.drawRoundedRect(plate, 4, 4)
        painter.setPen(theme.color("text", 0.8))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, label)
    painter.end()
    return sheet
