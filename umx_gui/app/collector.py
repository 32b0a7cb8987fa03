"""Python's garbage collection in the window's thread only.

Automatic collection runs in whichever thread happens to allocate. In a worker's thread it would destroy objects of Qt
that belong to the window's thread, which ends the process without a word.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000


class Collector(QObject):
    """Takes collection over from the interpreter as long as it lives; `stop` gives it back."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(_EVERY_MS)

    def collect(self) -> None:
        """Collect the generations that are due by the interpreter's own thresholds, the oldest of them only."""
        due = [
            g for g, (count, limit) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)) if count > limit
        ]
        if due:
            gc.collect(due[-1])

    def stop(self) -> None:
        """Let the interpreter collect by itself again."""
        self._timer.stop()
        gc.enable()
