"""Take the pictures of the documentation: the real application with the demo song, on the present display.

    xvfb-run -s "-screen 0 1920x1200x24" python scripts/screenshots.py              # all of them, into docs/images
    xvfb-run -s "-screen 0 1920x1200x24" python scripts/screenshots.py window queue # some of them

QT_SCALE_FACTOR=2 in front of it takes them as a display of twice the resolution shows them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from PySide6.QtCore import QPoint
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget

from umx_gui.app.session import Session, SessionState
from umx_gui.app.settings import Settings
from umx_gui.app.sound.transport import Transport
from umx_gui.engine.audio import Fill
from umx_gui.engine.songs.references import find_references
from umx_gui.playback.null_device import NullDevice
from umx_gui.views.application import application
from umx_gui.views.export.dialog import ExportDialog
from umx_gui.views.kit.dialogs import AboutDialog, ShortcutsDialog
from umx_gui.views.kit.theme import ThemeKeeper
from umx_gui.views.language import use_language
from umx_gui.views.main_window import MainWindow, demo_song

SIZE = (1360, 864)
LIMIT_S = 600.0
HERE = Path(__file__).resolve().parent
NAMES = (
    "empty", "separating", "window", "window-light", "spectrogram", "composite", "filter", "selection", "scores",
    "score-table", "export", "queue", "models", "training", "keys", "about", "german",
)  # fmt: skip


class Silent(NullDevice):
    """No sound, and the levels of what would be heard, so that the meters show something."""

    session: Session | None = None

    @property
    def levels(self) -> NDArray[np.float32]:
        """Peaks of the last 30 ms of each stem, and of the mixture, [J + 1, 2]."""
        song = self.session.song if self.session is not None else None
        if song is None or song.stems is None or not self.playing:
            return super().levels
        last = slice(max(self.position - song.sample_rate * 30 // 1000, 0), self.position + 1)
        stems, mixture = song.stems.samples[..., last], song.mixture[:, last]
        return np.concatenate((np.abs(stems).max(-1), np.abs(mixture).max(-1)[None])).astype(np.float32)


class Pictures:
    """One window and one song, brought into one state after another."""

    def __init__(self, app: QApplication, out: Path, home: Path, names: Sequence[str], model: str) -> None:
        self.app, self.out, self.home, self.names = app, out, home, names
        settings = Settings(model=model, theme="dark", demo_shown=True, queue_folder="/home/anna/Stems")
        self.session = Session(settings, transport=Transport(Silent))
        Silent.session = self.session
        self.session.told.connect(lambda message: print(message.one_line(), file=sys.stderr))
        self.theme = ThemeKeeper(app, "dark")
        self.window = self.show_window()

    def show_window(self) -> MainWindow:
        """A new window on the session."""
        window = MainWindow(self.session, self.theme)
        window.resize(*SIZE)
        window.show()
        self.settle()
        return window

    def take_all(self) -> bool:
        """All pictures, in the order in which they follow from each other; False where the song was not separated."""
        session, window, song = self.session, self.window, demo_song()
        self.take("empty", window)
        if song is None:
            return False
        session.settings.auto_separate = False
        window.open_files((song,))
        if not self.until(lambda: session.song is not None and session.state == SessionState.READY):
            return False
        session.separate()
        self.until(lambda: session.song is not None and float((session.song.fill == Fill.FINAL).mean()) > 0.3, 90.0)
        session.transport.seek(round(0.2 * session.transport.n_samples))
        self.settle()
        window.notice.hide()
        self.take("separating", window)
        if not self.until(lambda: session.song is not None and session.song.separated):
            return False
        self.until(lambda: session.state == SessionState.READY)
        for scene in (self.lanes, self.desk, self.stretches, self.scores, self.dialogs, self.german):
            scene()
        return True

    def lanes(self) -> None:
        """The song, played from its middle so that the meters show it; then what else lanes can show."""
        window, transport = self.window, self.session.transport
        transport.seek(round(0.47 * transport.n_samples))
        transport.play()
        window.notice.hide()
        self.settle(2.0)
        self.take("window", window)
        self.theme.choose("light")
        self.settle()
        self.take("window-light", window)
        transport.pause()
        self.theme.choose("dark")
        window.modes.set_all("spectrogram")
        start = 0.4 * transport.n_samples
        window.timeline.set_view(start, start + 0.4 * transport.n_samples)
        self.settle(4.0)
        self.take("spectrogram", window)
        window.modes.set_one("mixture", "composite")
        for target in self.session.song.targets if self.session.song is not None else ():
            window.modes.set_one(target, "mask" if target != "vocals" else "both")
        self.settle(4.0)
        self.take("composite", window)
        window.modes.set_all("waveform")
        window.timeline.fit()

    def desk(self) -> None:
        """The filter desk, with a snapshot that differs."""
        self.window.actions_.filter.trigger()
        self.session.desk.choose_slot("B")
        self.session.desk.set(niter=2)
        self.session.desk.set_emphasis_db("vocals", 3.0)
        self.settle(2.0)
        self.rest()
        self.window.notice.hide()
        self.take("filter", self.window)
        self.session.desk.choose_slot("A")
        self.settle()
        self.rest()
        self.window.actions_.filter.trigger()

    def stretches(self) -> None:
        """Two stretches of the song that are separated in another way, and a third one selected."""
        selection, session = self.window.lanes.selection, self.session
        n, stretches = session.transport.n_samples, session.stretches
        recipe = session.desk.tuning.recipe(session.model_name)
        for start, stop, other in (
            (0.12, 0.2, replace(recipe, niter=3)),
            (0.62, 0.7, replace(recipe, softmask=True)),
        ):
            stretches.separate(round(start * n), round(stop * n), other)
            self.until(lambda: stretches.running is None)
        selection.set(round(0.36 * n), round(0.5 * n))
        self.settle(2.0)
        self.window.notice.hide()
        self.take("selection", self.window)
        selection.clear()
        for edit in stretches.edits:
            stretches.remove(edit)

    def scores(self) -> None:
        """The stems of one filter setting, scored against those of another one: there are no true ones of the demo."""
        session, song = self.session, self.session.song
        if song is None or song.stems is None or not {"scores", "score-table"} & set(self.names):
            return
        folder = self.home / "Lithium"
        folder.mkdir()
        for target, stem in zip(song.targets, song.stems.samples, strict=True):
            soundfile.write(folder / f"{target}.wav", stem.T, song.sample_rate, subtype="FLOAT")
        session.desk.set(niter=0)
        self.settle(2.0)
        self.rest()
        found = find_references((folder,), song.targets)
        if found is None:
            return
        for niter in (0, 2):
            session.desk.set(niter=niter)
            self.settle(2.0)
            self.rest()
            if niter == 0:
                session.scores.take(found)
            self.settle(2.0)
            self.until(lambda: not session.scores.running)
        self.settle()
        self.window.notice.hide()
        self.take("scores", self.window)
        self.take("score-table", self.window.scores.window)

    def dialogs(self) -> None:
        """Each dialog by itself, as it opens over the window."""
        window, session = self.window, self.session
        if session.song is not None:
            export = ExportDialog(session, session.song, window)
            export.folder.setText("/home/anna/Music/Lithium")
            self.take("export", export)
        session.queue.pause()
        session.queue.add([self.album()])
        self.until(lambda: len(session.queue.jobs) > 2, 20.0)
        window.queue.panel.resize(1040, 640)
        self.take("queue", window.queue.panel)
        window.models.resize(1040, 640)
        window.models.table.selectRow(1)
        self.take("models", window.models)
        training = window.training.window
        shutil.copytree(HERE / "pictures" / "bundled-model", self.home / "runs" / "umx-free")
        training.runs.add(self.home / "runs" / "umx-free")
        self.take("training", training)
        self.take("keys", ShortcutsDialog(window.actions_.listed(), window))
        self.take("about", AboutDialog(window))
        session.queue.remove(session.queue.jobs)

    def album(self) -> Path:
        """A folder of songs."""
        folder, song = self.home / "Album", demo_song()
        folder.mkdir()
        for name in ("01 Lithium", "02 Helium", "03 Neon", "04 Argon"):
            if song is not None:
                shutil.copyfile(song, folder / f"{name}{song.suffix}")
        return folder

    def german(self) -> None:
        """A second window on the same session, in German."""
        if "german" not in self.names:
            return
        self.window.hide()
        use_language(self.app, "de")
        window = self.show_window()
        self.session.opened.emit(self.session.song)
        self.session.transport.seek(round(0.47 * self.session.transport.n_samples))
        self.session.transport.play()
        window.actions_.filter.trigger()
        self.settle(2.0)
        self.take("german", window)
        self.session.transport.pause()
        self.window.close()
        self.window = window

    def take(self, name: str, widget: QWidget) -> None:
        """Show a widget, and keep what it looks like."""
        if name not in self.names:
            return
        if widget is not self.window and not widget.isVisible():
            widget.move(self.window.pos() + QPoint(160, 96))
            widget.show()
            self.settle(1.0)
        path = self.out / f"{name}.png"
        widget.grab().save(str(path))
        print(path)
        if widget.isWindow() and not isinstance(widget, MainWindow):
            widget.close()

    def rest(self) -> None:
        """Wait until nothing has been separated or filtered for a second."""
        since = time.monotonic()

        def resting() -> bool:
            nonlocal since
            if self.session.state != SessionState.READY or self.session.status.stage:
                since = time.monotonic()
            return time.monotonic() - since > 1.0

        self.until(resting)

    def settle(self, seconds: float = 0.6) -> None:
        """Let everything be drawn."""
        self.until(lambda: False, seconds)

    def until(self, done: Callable[[], bool], limit_s: float = LIMIT_S) -> bool:
        """Let the application run until something is so; False if it never was."""
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            if done():
                return True
            self.app.processEvents()
            time.sleep(0.01)
        return done()


def main() -> int:
    """Take the pictures; 1 where the demo song could not be separated."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)}; all, if none is named")
    parser.add_argument("--out", type=Path, default=HERE.parent / "docs" / "images")
    parser.add_argument("--model", default="", help="a model other than the default one")
    parser.add_argument("--font", default="", help="a font family instead of the system's")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    app = application()
    if args.font:
        app.setFont(QFont(args.font, 10))
    home = Path(tempfile.gettempdir()) / "umx-gui-pictures"  # it is seen in some of them
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    os.environ["UMX_CONFIG_DIR"] = str(home)
    pictures = Pictures(app, args.out, home, args.names or NAMES, args.model)
    try:
        done = pictures.take_all()
    finally:
        pictures.window.close()
        shutil.rmtree(home, ignore_errors=True)
    if not done:
        print("the demo song was not separated", file=sys.stderr)
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
