"""Bindings between a widget and the state it shows, each written once; and a brake for news that comes too fast."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, QTimer

FRAME_MS = 33


def bind(
    widget: QObject,
    moved: Any,
    to_state: Callable[[Any], object],
    state_changed: Any,
    from_state: Callable[[], Any],
    show: Callable[[Any], object],
    *,
    block: bool = True,
) -> None:
    """Write what the user does to the state, and show what the state says; the widget keeps no truth of its own.

    `moved` is the widget's signal with one value, given to `to_state`. Whenever `state_changed` fires, `from_state()`
    is shown by `show` with the widget's signals blocked, so that nothing echoes; `block=False` is for signals that only
    the user causes (a QAction's `triggered`), where others must hear of the change.
    """

    def refresh(*_: object) -> None:
        if not block:
            show(from_state())
            return
        blocker = QSignalBlocker(widget)
        show(from_state())
        blocker.unblock()

    moved.connect(to_state)
    state_changed.connect(refresh)
    # A connection to a plain function outlives the widget; drop it before the widget's C++ half is gone.
    widget.destroyed.connect(lambda *_: _disconnect(state_changed, refresh))
    refresh()


def _disconnect(signal: Any, slot: Callable[..., object]) -> None:
    try:
        signal.disconnect(slot)
    except (RuntimeError, TypeError):
        return  # the sender went first


class Throttle(QObject):
    """Calls at once when quiet, else once at the end of each interval (30 Hz): no burst of news redraws more often."""

    def __init__(self, call: Callable[[], object], parent: QObject, interval_ms: int = FRAME_MS) -> None:
        super().__init__(parent)
        self._call = call
        self._interval_s = interval_ms / 1000
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._fire)

    def poke(self, *_: object) -> None:
        """Something changed."""
        if self._timer.isActive():
            return
        wait = self._last + self._interval_s - time.monotonic()
        if wait <= 0:
            self._fire()
        else:
            self._timer.start(max(1, round(wait * 1000)))

    def now(self) -> None:
        """Something changed, and somebody waits for it."""
        self._timer.stop()
        self._fire()

    def _fire(self) -> None:
        self._last = time.monotonic()
        self._call()
