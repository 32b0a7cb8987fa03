"""Sliders for volume and pan: thin tracks, arrow keys and wheel, a double click for the neutral place."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from umx_gui.app.separation.desk import STEP_DB
from umx_gui.app.separation.recipe import MAX_EMPHASIS_DB
from umx_gui.app.sound.mix_state import MAX_GAIN_DB, MIN_GAIN_DB
from umx_gui.app.sound.transport import MAX_SPEED, MIN_SPEED
from umx_gui.views.kit.controls import paint_focus
from umx_gui.views.kit.formats import decibels, pan_words
from umx_gui.views.kit.theme import current, font
from umx_gui.words import number, tr

_KEYS = frozenset(
    (
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    )
)


class _Fader(QSlider):
    """What both sliders share; values are whole steps of `unit`, so that they compare exactly."""

    unit = 0.1
    neutral = 0.0
    edited = Signal(float)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._name = name
        self.fill: QColor | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._value_changed)
        self._describe()

    def words(self) -> str:
        """The value as it is read."""
        return f"{self.real:g}"

    @property
    def real(self) -> float:
        """The value in its real unit."""
        return self.value() * self.unit

    def show_real(self, real: float) -> None:
        """Show a value given in its real unit."""
        self.setValue(round(real / self.unit))
        self._describe()

    def share_of(self, real: float) -> float:
        """Where a value lies on the track, 0..1."""
        low, high = self.minimum() * self.unit, self.maximum() * self.unit
        return (real - low) / (high - low)

    def real_at(self, share: float) -> float:
        """The value at a place on the track."""
        low, high = self.minimum() * self.unit, self.maximum() * self.unit
        return low + share * (high - low)

    def sizeHint(self) -> QSize:
        """Flat, with a target of 24 pixels."""
        return QSize(96, 24)

    def minimumSizeHint(self) -> QSize:
        """Still usable."""
        return QSize(40, 24)

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys while focused: elsewhere they move the playhead."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the mouse is."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go(event.position())
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        if self.isSliderDown():
            self._go(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay here."""
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to neutral."""
        self.setSliderDown(False)
        self.setValue(round(self.neutral / self.unit))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """One step a notch."""
        if turn := event.angleDelta().y() or event.angleDelta().x():
            self.setValue(self.value() + (self.singleStep() if turn > 0 else -self.singleStep()))
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The track, its filled part from the neutral place or the left, and the handle."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track, x = self._track(), self._x(self.real)
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hover"))
        painter.drawRoundedRect(track, 1.5, 1.5)
        neutral_x = self._x(self.neutral)
        painter.drawRoundedRect(QRectF(neutral_x - 1, track.center().y() - 5, 2, 10), 1, 1)
        painter.setBrush(self.fill or theme.color("accent"))
        anchor = self._anchor_x()
        painter.drawRoundedRect(QRectF(min(anchor, x), track.top(), abs(x - anchor), track.height()), 1.5, 1.5)
        painter.setBrush(theme.color("text"))
        width = 6.0 if self.underMouse() or self.isSliderDown() else 4.0
        painter.drawRoundedRect(QRectF(x - width / 2, track.center().y() - 7, width, 14), 2, 2)
        paint_focus(painter, self, QRectF(self.rect()).adjusted(0, 1, 0, -1), 5)

    def _anchor_x(self) -> float:
        return self._track().left()

    def _track(self) -> QRectF:
        return QRectF(5, self.height() / 2 - 1.5, self.width() - 10, 3)

    def _x(self, real: float) -> float:
        track = self._track()
        return track.left() + self.share_of(real) * track.width()

    def _go(self, position: QPointF) -> None:
        track = self._track()
        share = min(max((position.x() - track.left()) / max(track.width(), 1), 0.0), 1.0)
        real = self.real_at(share)
        if abs(self._x(real) - self._x(self.neutral)) < 3:
            real = self.neutral
        self.setValue(round(real / self.unit))

    def _value_changed(self) -> None:
        self._describe()
        self.edited.emit(self.real)

    def _describe(self) -> None:
        self.setAccessibleName(f"{self._name}: {self.words()}")
        self.setToolTip(
            tr(
                "{name}: {words}\nDouble-click for {neutral:g}",
                name=self._name,
                words=self.words(),
                neutral=self.neutral,
            )
        )


class VolumeSlider(_Fader):
    """A volume in dB, finer around 0 dB than near silence."""

    _TAPER = 1.7

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setRange(round(MIN_GAIN_DB / self.unit), round(MAX_GAIN_DB / self.unit))
        self.setSingleStep(5)
        self.setPageStep(30)
        self.show_real(0.0)

    def words(self) -> str:
        """As in "-3.2 dB"."""
        return f"{level_words(self.real)} dB"

    def share_of(self, real: float) -> float:
        """The taper."""
        return float(max(super().share_of(real), 0.0) ** self._TAPER)

    def real_at(self, share: float) -> float:
        """The taper, backwards."""
        return super().real_at(share ** (1 / self._TAPER))


class PanSlider(_Fader):
    """A place between left and right."""

    unit = 0.01

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setRange(-100, 100)
        self.setSingleStep(5)
        self.setPageStep(25)
        self.setFont(font("caption"))
        self.show_real(0.0)

    def words(self) -> str:
        """As in "L20"."""
        return pan_words(self.real)

    def _anchor_x(self) -> float:
        return self._x(0.0)


class SpeedSlider(_Fader):
    """The speed of playing, an octave down to an octave up."""

    unit = 0.01
    neutral = 1.0

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setRange(round(MIN_SPEED / self.unit), round(MAX_SPEED / self.unit))
        self.setPageStep(10)
        self.show_real(1.0)

    def words(self) -> str:
        """As in "0.75×"."""
        return speed_words(self.real)

    def share_of(self, real: float) -> float:
        """Octaves are as far apart below normal speed as above."""
        return math.log(max(real, 0.01) / MIN_SPEED) / math.log(MAX_SPEED / MIN_SPEED)

    def real_at(self, share: float) -> float:
        """The same, backwards."""
        return float(MIN_SPEED * (MAX_SPEED / MIN_SPEED) ** share)

    def _anchor_x(self) -> float:
        return self._x(1.0)


def speed_words(speed: float) -> str:
    """A speed as a factor."""
    return f"{number(speed, '.2f')}×"


def level_words(gain_db: float) -> str:
    """A strip's volume; its lowest setting is silence."""
    return decibels(float("-inf") if gain_db <= MIN_GAIN_DB else gain_db)


class EmphasisSlider(_Fader):
    """How much louder or softer the filter is told that a target is, in dB."""

    unit = STEP_DB

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        most = round(MAX_EMPHASIS_DB / self.unit)
        self.setRange(-most, most)
        self.setPageStep(6)
        self.show_real(0.0)

    def words(self) -> str:
        """As in "+3.0 dB"."""
        return f"{decibels(self.real)} dB"

    def _anchor_x(self) -> float:
        return self._x(0.0)
