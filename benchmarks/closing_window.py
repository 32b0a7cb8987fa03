"""The real application that brings itself into a state, prints the numbers of its child processes, and closes.

usage: closing_window.py STATE SONG MODEL OUT. See closing.py, which measures how long that takes.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from umx_gui.app.separation.takes import OWN
from umx_gui.app.session import Session, SessionState
from umx_gui.engine.export.exporter import ExportOptions
from umx_gui.engine.work import Progress
from umx_gui.views.application import application, run
from umx_gui.views.main_window import MainWindow


class Closer:
    """Looks ten times a second whether the state is there, and closes the window then."""

    def __init__(self, state: str, song: Path, model: str, out: Path) -> None:
        self._state, self._song, self._model, self._out = state, song, model, out
        self._begun = False
        self._fraction = 0.0  # of a stretch
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(20)

    def _look(self) -> None:
        window = next((w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()), None)
        if window is None:
            return
        session = window.session
        if not self._begun:
            self._begun = True
            self._begin(window, session)
        elif self._is_there(session):
            self._timer.stop()
            print(json.dumps(children()), flush=True)
            QTimer.singleShot(0, window.close)

    def _begin(self, window: MainWindow, session: Session) -> None:
        if self._model:
            session.set_model(self._model)
        session.settings.queue_folder = str(self._out)
        session.settings.auto_separate = self._state in ("separating", "rendering", "exporting")
        session.stretches.progress.connect(self._heard_of_stretch)
        if self._state == "queue":
            session.queue.add([self._song])
        elif self._state != "idle":
            window.open_files((self._song,))

    def _is_there(self, session: Session) -> bool:
        """Whether it is in the midst of it; takes the next step on the way there."""
        song = session.song
        match self._state:
            case "idle":
                return True
            case "opening":
                return session.state is SessionState.OPENING
            case "separating":
                return song is not None and song.fill.any()
            case "queue":
                job = session.queue.running
                return job is not None and job.fraction > 0.1
            case "playing":
                if session.state is SessionState.READY and not session.transport.playing:
                    session.transport.play()
                return session.transport.playing and session.transport.position > 0
            case "stretch" | "splicing":
                return self._is_in_stretch(session)
        if song is None or not song.separated:
            return False
        if self._state == "rendering":
            if session.state is SessionState.READY:
                session.desk.set(niter=3 - session.desk.tuning.niter)
            return session.state is SessionState.RENDERING
        if not session.exporting:
            session.export(self._out, ExportOptions(format="flac", overwrite=True))
        return session.exporting

    def _is_in_stretch(self, session: Session) -> bool:
        """Whether all of the song is being separated in a way of its own, or takes its place."""
        song, stretches = session.song, session.stretches
        if song is None or session.state is not SessionState.READY:
            return False
        if stretches.running is None and not stretches.edits:
            stretches.separate(0, song.n_samples if self._state == "stretch" else song.n_samples // 4)
        if self._state == "stretch":
            return self._fraction > 0.1
        if stretches.edits and stretches.settled:  # too quick to be seen: once more
            edit = stretches.edits[0]
            stretches.choose(edit, 0 if edit.chosen == OWN else OWN)
        return song.splices.lent

    def _heard_of_stretch(self, progress: Progress | None) -> None:
        self._fraction = progress.fraction if progress is not None else 0.0


def children() -> list[int]:
    """The child processes of this one."""
    pids: list[int] = []
    for path in Path("/proc/self/task").glob("*/children"):
        pids += [int(pid) for pid in path.read_text().split()]
    return pids


if __name__ == "__main__":
    application()
    (Path(os.environ["UMX_CONFIG_DIR"])).mkdir(parents=True, exist_ok=True)
    (Path(os.environ["UMX_CONFIG_DIR"]) / "settings.json").write_text('{"version": 1, "demo_shown": true}')
    closer = Closer(sys.argv[1], Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
    sys.exit(run([], new_window=True))
