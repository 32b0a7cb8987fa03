"""What the mouse does on every view of the time axis, written once: seek, loop, zoom at the cursor, scroll."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from umx_gui.app.sound.transport import Transport
from umx_gui.views.lanes.selection import Selection
from umx_gui.views.lanes.timeline import Timeline

_DRAG_PX = 4
_ZOOM_PER_NOTCH = 1.25
_SCROLL_PER_NOTCH = 0.1


class TimeGestures(QObject):
    """An event filter for widgets whose width is the timeline.

    A click seeks, a drag sets the loop; with Shift it selects instead, and a click moves the selection's nearer edge.
    The middle button drags the view, Ctrl+wheel or a pinch zooms at the cursor, Shift+wheel (and the plain wheel where
    nothing scrolls up and down) scrolls, Ctrl+Shift+wheel stretches the waves.
    """

    double_clicked = Signal(int)  # a sample

    def __init__(
        self,
        timeline: Timeline,
        transport: Transport,
        parent: QObject,
        snap: Callable[[int], int] = lambda sample: sample,
        selection: Selection | None = None,
    ) -> None:
        super().__init__(parent)
        self._snap = snap  # where the edges of a loop go
        self._timeline = timeline
        self._transport = transport
        self._pressed_x: float | None = None
        self._grabbed: tuple[float, float, float] | None = None
        self._looping = False
        self._selection, self._selecting = selection, False
        self.scroll_area: QAbstractScrollArea | None = None

    def watch(self, widget: QWidget) -> None:
        """Serve this widget."""
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Sort the events."""
        if not isinstance(watched, QWidget) or not self._timeline.n_samples:
            return False
        if isinstance(event, QWheelEvent):
            return self._wheel(watched, event)
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                at = self._timeline.sample_at(event.position().x(), watched.width())
                self._timeline.zoom(1 + event.value(), at)
                return True
            return False
        if isinstance(event, QMouseEvent):
            if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
                if event.type() == QEvent.Type.MouseButtonDblClick and event.button() == Qt.MouseButton.LeftButton:
                    self.double_clicked.emit(self._timeline.sample_at(event.position().x(), watched.width()))
                return self._press(event)
            if event.type() == QEvent.Type.MouseMove:
                return self._move(watched, event)
            if event.type() == QEvent.Type.MouseButtonRelease:
                return self._release(watched, event)
        return False

    def _press(self, event: QMouseEvent) -> bool:
        x = event.position().x()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._grabbed = (x, self._timeline.start, self._timeline.stop)
            return True
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_x, self._looping = x, False
            self._selecting = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            return True
        return False

    def _move(self, widget: QWidget, event: QMouseEvent) -> bool:
        x = event.position().x()
        if self._grabbed is not None:
            from_x, start, stop = self._grabbed
            shift = (from_x - x) * (stop - start) / max(widget.width(), 1)
            self._timeline.set_view(start + shift, stop + shift)
            return True
        if self._pressed_x is None:
            return False
        self._looping = self._looping or abs(x - self._pressed_x) >= _DRAG_PX
        if self._looping and self._selecting and self._selection is not None:
            self._selection.set(*self._stretch(widget, self._pressed_x, x))
        elif self._looping:
            self._transport.set_loop(self._stretch(widget, self._pressed_x, x))
        return True

    def _release(self, widget: QWidget, event: QMouseEvent) -> bool:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._grabbed = None
            return True
        if event.button() != Qt.MouseButton.LeftButton or self._pressed_x is None:
            return False
        x = event.position().x()
        stretch = self._stretch(widget, self._pressed_x, x)
        self._pressed_x = None
        if self._selecting and self._selection is not None:
            if not self._looping:
                self._selection.reach(self._snap(self._timeline.sample_at(x, widget.width())))
            return True
        self._transport.seek(stretch[0] if self._looping else self._timeline.sample_at(x, widget.width()))
        return True

    def _stretch(self, widget: QWidget, a: float, b: float) -> tuple[int, int]:
        first, second = (self._snap(self._timeline.sample_at(x, widget.width())) for x in (a, b))
        return min(first, second), max(first, second)

    def _wheel(self, widget: QWidget, event: QWheelEvent) -> bool:
        turn, sideways = event.angleDelta().y() / 120, event.angleDelta().x() / 120
        held = event.modifiers()
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        if held & Qt.KeyboardModifier.ControlModifier:
            if shift:
                self._timeline.set_gain(self._timeline.gain * _ZOOM_PER_NOTCH ** (turn or sideways))
            else:
                at = self._timeline.start + event.position().x() * self._timeline.visible / max(widget.width(), 1)
                self._timeline.zoom(_ZOOM_PER_NOTCH**turn, at)
            return True
        if abs(sideways) > abs(turn) or shift or not self._scrolls_vertically():
            delta = sideways if abs(sideways) > abs(turn) else turn
            self._timeline.scroll(-delta * _SCROLL_PER_NOTCH)
            return True
        return False

    def _scrolls_vertically(self) -> bool:
        return self.scroll_area is not None and self.scroll_area.verticalScrollBar().maximum() > 0
