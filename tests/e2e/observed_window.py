"""The real application, in a process of its own, that also prints what it shows: one line of JSON ten times a second.

usage: observed_window.py [FILE ...]. Nothing here steers the window; tests do that with a real mouse and keyboard.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from umx_gui.engine.audio import Fill
from umx_gui.views.application import application, run
from umx_gui.views.main_window import MainWindow


def places(window: QWidget) -> dict[str, list[int]]:
    """Where each named widget is on the screen: x, y, width, height."""
    corner = window.mapToGlobal(QPoint(0, 0))
    found = {"umx-gui window": [corner.x(), corner.y(), window.width(), window.height()]}
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and (name := widget.accessibleName().split(":")[0]):
            corner = widget.mapToGlobal(QPoint(0, 0))
            found[name] = [corner.x(), corner.y(), widget.width(), widget.height()]
    return found


def seen(window: MainWindow) -> dict[str, Any]:
    """The state of the session, and what the window says."""
    session, transport = window.session, window.session.transport
    song, mix = session.song, transport.mix
    return {
        "state": session.state.value,
        "song": None if song is None else str(song.path),
        "n_samples": transport.n_samples,
        "final": 0.0 if song is None else song.coverage.fraction(Fill.FINAL),
        "targets": list(mix.targets),
        "solo": [t for t in mix.targets if mix.strip(t).solo],
        "mute": [t for t in mix.targets if mix.strip(t).mute],
        "position": transport.position,
        "playing": transport.playing,
        "loop": transport.loop,
        "view": [window.timeline.start, window.timeline.stop],
        "notice": window.notice.title.text() if window.notice.isVisible() else "",
        "dialogs": [w.windowTitle() for w in QApplication.topLevelWidgets() if w.isVisible() and w is not window],
        "queue": [[job.path.name, job.state.value, round(job.fraction, 3)] for job in session.queue.jobs],
        "selection": window.lanes.selection.stretch,
        "stretches": [[e.start, e.stop, len(e.takes), e.chosen] for e in session.stretches.edits],
        "sum_check": session.status.sum_check,
        "queue_paused": session.queue.paused,
        "recent": session.settings.recent_files,
        "active": window.isActiveWindow(),
        "has_keyboard": active.windowTitle() if (active := QApplication.activeWindow()) is not None else "",
        "focus": focused.accessibleName() if (focused := QApplication.focusWidget()) is not None else "",
        "places": places(window),
    }


def report() -> None:
    """Print the state of the window, once there is one."""
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, MainWindow) and widget.isVisible():
            print(json.dumps(seen(widget)), flush=True)


if __name__ == "__main__":
    application()
    timer = QTimer()
    timer.timeout.connect(report)
    timer.start(100)
    sys.exit(run(sys.argv[1:]))
