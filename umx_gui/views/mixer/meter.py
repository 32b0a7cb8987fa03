"""Level meters: peaks in dB, falling slowly, fed by one pump that asks the transport 30 times a second."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from umx_gui.app.sound.transport import Transport
from umx_gui.views.kit.bind import FRAME_MS
from umx_gui.views.kit.formats import amplitude_db, decibels
from umx_gui.views.kit.theme import current
from umx_gui.words import tr

FLOOR_DB = -54.0
_FALL_DB = 0.9  # per frame: 27 dB a second
_HOLD_FRAMES = 40
_CLIP_PX = 6


class LevelMeter(QWidget):
    """Two bars, left and right, with a held peak; what was louder than full scale stays marked until a click."""

    def __init__(self, name: str, *, vertical: bool, color: Callable[[], QColor]) -> None:
        super().__init__()
        self._name = name
        self._vertical = vertical
        self._color = color
        self._shown = [FLOOR_DB, FLOOR_DB]
        self._held = [FLOOR_DB, FLOOR_DB]
        self._hold = [0, 0]
        self.clipped = False
        self.setAccessibleName(tr("{name} level", name=name))
        fixed, grow = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        self.setSizePolicy(fixed if vertical else grow, grow if vertical else fixed)

    def sizeHint(self) -> QSize:
        """Thin."""
        return QSize(8, 56) if self._vertical else QSize(128, 8)

    def minimumSizeHint(self) -> QSize:
        """Thin and short."""
        return QSize(8, 24) if self._vertical else QSize(48, 8)

    def show_peaks(self, left: float, right: float) -> None:
        """Take the peaks since the last call, as amplitudes; draws only if something is seen to change."""
        before = [*self._shown, *self._held, self.clipped]
        self.clipped = self.clipped or max(left, right) > 1.0
        for i, amplitude in enumerate((left, right)):
            db = max(amplitude_db(amplitude), FLOOR_DB)
            self._shown[i] = max(db, self._shown[i] - _FALL_DB, FLOOR_DB)
            self._hold[i] = max(self._hold[i] - 1, 0)
            if self._shown[i] >= self._held[i] or not self._hold[i]:
                self._held[i], self._hold[i] = self._shown[i], _HOLD_FRAMES
        if before != [*self._shown, *self._held, self.clipped]:
            self._tell()

    def forget_clipping(self) -> None:
        """Take the mark of clipping away."""
        if self.clipped:
            self.clipped = False
            self._tell()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click takes the mark of clipping away."""
        self.forget_clipping()

    def _tell(self) -> None:
        words = tr(". Louder than full scale: it clips. Click to forget") if self.clipped else ""
        self.setToolTip(f"{self._name}: {decibels(max(self._held))} dB{words}")
        self.setAccessibleName(tr("{name} level, clipped" if self.clipped else "{name} level", name=self._name))
        self.update()

    @property
    def resting(self) -> bool:
        """Whether all bars have fallen."""
        return max(*self._shown, *self._held) <= FLOOR_DB

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, bars, held peaks."""
        theme = current()
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        length = self.height() if self._vertical else self.width()
        across = ((self.width() if self._vertical else self.height()) - 2) / 2
        for i in range(2):
            at = i * (across + 2)
            self._bar(painter, at, across, 0, length, theme.color("hover", 0.55))
            share = self._share(self._shown[i])
            self._bar(painter, at, across, 0, share * length, self._color())
            if self._held[i] > FLOOR_DB:
                color = theme.color("warn") if self._held[i] >= -0.1 else self._color()
                end = self._share(self._held[i]) * length
                self._bar(painter, at, across, max(end - 2, 0), end, color)
        if self.clipped:
            for i in range(2):
                self._bar(painter, i * (across + 2), across, length - _CLIP_PX, length, theme.color("clip"))

    def _share(self, db: float) -> float:
        return float(min(max((db - FLOOR_DB) / -FLOOR_DB, 0.0), 1.0))

    def _bar(self, painter: QPainter, at: float, across: float, start: float, stop: float, color: QColor) -> None:
        if self._vertical:
            rect = QRectF(at, self.height() - stop, across, stop - start)
        else:
            rect = QRectF(start, at, stop - start, across)
        painter.setBrush(color)
        painter.drawRect(rect)


class MeterPump(QObject):
    """The only reader of the transport's levels; runs while it plays, and on until the bars have fallen."""

    def __init__(self, transport: Transport, parent: QObject) -> None:
        super().__init__(parent)
        self._transport = transport
        self._strips: list[LevelMeter] = []
        self._master: LevelMeter | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._pump)
        transport.playing_changed.connect(self._playing_changed)

    def feed(self, strips: list[LevelMeter], master: LevelMeter) -> None:
        """Which meters show which rows: the strips in the order of the targets, then the master."""
        self._strips, self._master = strips, master

    def _playing_changed(self, playing: bool) -> None:
        self._timer.start()
        if playing:
            for meter in (*self._strips, *filter(None, (self._master,))):
                meter.forget_clipping()

    def _pump(self) -> None:
        *stems, all_together = self._transport.levels()
        if len(stems) == len(self._strips):
            for meter, (left, right) in zip(self._strips, stems, strict=True):
                meter.show_peaks(_finite(left), _finite(right))
        if self._master is not None:
            left, right = all_together
            self._master.show_peaks(_finite(left), _finite(right))
        meters = self._strips if self._master is None else [*self._strips, self._master]
        if not self._transport.playing and all(meter.resting for meter in meters):
            self._timer.stop()


def _finite(amplitude: float) -> float:
    return float(amplitude) if math.isfinite(amplitude) else 0.0
