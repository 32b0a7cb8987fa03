"""How smoothly the window moves: frames per second while zooming and scrolling five lanes of a song being separated.

    xvfb-run -s "-screen 0 1600x1000x24" python benchmarks/frames.py

Opens the real window on the present display with a song of five minutes, turns the wheel of a real mouse (xdotool) over
it, and prints one line of JSON: how long after the drop the waveform and the spectrogram were complete, and for each
way of drawing the frames per second, as the median and as what 99 of 100 frames reach. A frame is a painting of the
lowest lane that shows another stretch than the one before. Promised: 0.3 s, 0.6 s, and 50 frames a second.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile as sf
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtWidgets import QApplication

from umx_gui.app.session import Session
from umx_gui.app.settings import Settings
from umx_gui.engine.audio import Fill
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.views.application import application
from umx_gui.views.kit.theme import ThemeKeeper
from umx_gui.views.lanes.lane import Lane
from umx_gui.views.main_window import MainWindow

RATE = 44100


class Frames(QObject):
    """Notes when a lane is painted with another stretch than before."""

    def __init__(self, lane: Lane, window: MainWindow) -> None:
        super().__init__()
        self.times: list[float] = []
        self._cpu_s = time.thread_time()
        self._timeline = window.timeline
        self._seen = (0.0, 0.0)
        self._lane = lane
        lane.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at paintings only."""
        if event.type() == QEvent.Type.Paint:
            view = (self._timeline.start, self._timeline.stop)
            if view != self._seen:
                self._seen = view
                self.times.append(time.perf_counter())
        return False

    def take(self) -> dict[str, float]:
        """Frames a second since the last call: the median, and what 99 of 100 reach; pauses of the mouse left out.

        cpu_ms: what a frame costs the window's thread, which says more than the rest on a machine that is busy.
        """
        gaps, used_s = np.diff(self.times), time.thread_time() - self._cpu_s
        gaps = gaps[gaps < 0.5]
        self.times, self._cpu_s = [], time.thread_time()
        if len(gaps) < 2:
            return {"median": 0.0, "one_percent": 0.0, "frames": 0, "cpu_ms": 0.0}
        median, worst = (1 / float(np.quantile(gaps, q)) for q in (0.5, 0.99))
        cpu_ms = round(1000 * used_s / len(gaps), 2)
        return {"median": round(median, 1), "one_percent": round(worst, 1), "frames": len(gaps), "cpu_ms": cpu_ms}


def main() -> int:
    """Measure, print; 1 where something never came."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--song-s", type=float, default=300.0, help="how long the song is")
    parser.add_argument("--seconds", type=float, default=6.0, help="how long the wheel turns for each way of drawing")
    parser.add_argument("--models", type=Path, help="a folder of models instead of the installed ones")
    parser.add_argument("--idle", action="store_true", help="without separating")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["UMX_CONFIG_DIR"] = folder
        song = Path(folder) / "song.wav"
        sf.write(song, make_song(args.song_s), RATE, subtype="PCM_16")
        app = application()
        settings = Settings(theme="dark", demo_shown=True, auto_separate=not args.idle)
        session = Session(settings, ModelRegistry(args.models) if args.models else None)
        window = MainWindow(session, ThemeKeeper(app, "dark"))
        window.resize(1360, 864)
        window.move(0, 0)
        window.show()
        session.start()
        until(app, lambda: False, 2.0)
        until(app, lambda: not session._workers[0]._jobs, 60.0)  # torch is loaded, as when somebody has looked around
        try:
            result = measure(app, window, song, args.seconds)
        finally:
            window.close()
    print(json.dumps(result), flush=True)
    os._exit(0 if result else 1)  # a thread may be inside a call that cannot be stopped


def make_song(seconds: float) -> np.ndarray:
    """Chords, beats and noise, [T, 2]."""
    t = np.arange(round(seconds * RATE)) / RATE
    rng = np.random.default_rng(5)
    chord = sum(
        0.06 * np.sin(2 * np.pi * f * (1 + np.floor(t / 2) % 4 / 12) * t) for f in (110.0, 440.0, 660.0, 1760.0)
    )
    beats = 0.4 * rng.uniform(-1, 1, t.size) * np.exp(-((t % 0.5) * 20))
    return np.stack([chord + beats, 0.8 * chord - 0.5 * beats], axis=1).astype(np.float32)


def measure(app: QApplication, window: MainWindow, song: Path, seconds: float) -> dict[str, object]:
    """Open the song and turn the wheel."""
    result: dict[str, object] = dict(drop_times(app, window, song))
    if not until(app, lambda: len(window.lanes.meters) == 4, 60.0):
        return {}
    until(app, lambda: False, 1.0)
    for mode in ("waveform", "spectrogram", "both"):
        window.modes.set_all(mode)
        window.timeline.fit()
        until(app, lambda: False, 2.0)
        lanes = [row.lane for row in window.lanes._rows]
        frames = Frames(lanes[-1], window)
        for what in ("zoom", "scroll"):
            turn_wheel(app, lanes[1], what, seconds / 2)
            result[f"{mode} {what}"] = frames.take()
        lanes[-1].removeEventFilter(frames)
    song_now = window.session.song
    result["separated"] = round(song_now.coverage.fraction(Fill.DRAFT), 2) if song_now is not None else 0.0
    return result


def drop_times(app: QApplication, window: MainWindow, song: Path) -> dict[str, float]:
    """Seconds from the drop to the whole waveform, and, where spectrograms are shown, to the whole spectrogram."""
    took: dict[str, float] = {}
    for mode in ("waveform", "spectrogram"):
        window.modes.set_all(mode)
        shown: list[bool] = []
        connection = window.session.tiles_filled.connect(lambda key, *_, shown=shown: shown.append(key == "mixture"))
        before, start_s = window.session.song, time.perf_counter()
        window.open_files((song,))

        def there(mode: str = mode, before: object = before) -> bool:
            opened = window.session.song
            if opened is None or opened is before or opened.n_decoded < opened.n_samples:
                return False
            lane = window.lanes.lane("mixture")
            if mode == "spectrogram":
                return opened.tiles["mixture"].query(0, opened.n_samples, 64).max(0).min() > 0 and not lane.waiting
            return not lane.waiting

        until(app, there, 60.0, 0.001)
        took[f"{mode}_s"] = round(time.perf_counter() - start_s, 3)
        window.session.tiles_filled.disconnect(connection)
    return took


def turn_wheel(app: QApplication, lane: Lane, what: str, seconds: float) -> None:
    """A real wheel over a real lane, a notch each 10 ms, back and forth."""
    at = lane.mapToGlobal(QPoint(lane.width() // 2, lane.height() // 2))
    key = "ctrl" if what == "zoom" else "shift"
    once = 24 if what == "zoom" else 40
    there, back = ["click", "--repeat", str(once), "--delay", "10"], []
    back = [*there, "5"]
    there = [*there, "4"]
    n = max(round(seconds / (2 * once * 0.010)), 1)
    if what == "scroll":
        window = lane.window()
        assert isinstance(window, MainWindow)
        page = window.timeline.n_samples / 12
        window.timeline.set_view(6 * page, 7 * page)
    command = ["xdotool", "mousemove", str(at.x()), str(at.y()), "sleep", "0.1", "keydown", key]  # it must have arrived
    command += [*(there + back) * n, "keyup", key]
    mouse = subprocess.Popen(command)
    until(app, lambda: mouse.poll() is not None, seconds * 20 + 10, 0.0005)


def until(app: QApplication, done: Callable[[], bool], limit_s: float, rest_s: float = 0.005) -> bool:
    """Let the application run until something is so; False if it never was."""
    deadline_s = time.monotonic() + limit_s
    while time.monotonic() < deadline_s:
        if done():
            return True
        app.processEvents()
        time.sleep(rest_s)
    return done()


if __name__ == "__main__":
    sys.exit(main())
