"""Take the pictures of the documentation: the real application, separating the demo song on the present display.

    xvfb-run -s "-screen 0 1600x1000x24" python scripts/screenshots.py

Writes window.png (dark), window-light.png, spectrogram.png and empty.png into docs/images (or --out).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from umx_gui.app.session import Session, SessionState
from umx_gui.app.settings import Settings
from umx_gui.views.application import application
from umx_gui.views.main_window import MainWindow, demo_song
from umx_gui.views.theme import ThemeKeeper

SIZE = (1360, 864)
LIMIT_S = 600.0


def main() -> int:
    """Take all pictures; 1 where the demo song could not be separated."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "docs" / "images")
    parser.add_argument("--model", default="", help="a model other than the default one")
    parser.add_argument("--font", default="", help="a font family instead of the system's")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    app = application()
    if args.font:
        app.setFont(QFont(args.font, 10))
    with tempfile.TemporaryDirectory() as home:
        os.environ["UMX_CONFIG_DIR"] = home
        return _take_all(app, args.out, args.model)


def _take_all(app: QApplication, out: Path, model: str) -> int:
    session = Session(Settings(model=model, theme="dark", demo_shown=True))
    session.told.connect(lambda message: print(message.one_line(), file=sys.stderr))
    theme = ThemeKeeper(app, "dark")
    window = MainWindow(session, theme)
    window.resize(*SIZE)
    window.show()
    try:
        _settle(app)
        _take(window, out / "empty.png")
        song = demo_song()
        if song is None:
            print("the demo song is missing", file=sys.stderr)
            return 1
        window.open_files((song,))
        if not _until(app, lambda: session.song is not None and session.song.separated, LIMIT_S):
            print("the demo song was not separated", file=sys.stderr)
            return 1
        _until(app, lambda: session.state == SessionState.READY, LIMIT_S)
        _pictures(app, session, window, out)
    finally:
        window.close()
    return 0


def _pictures(app: QApplication, session: Session, window: MainWindow, out: Path) -> None:
    """The song, played from its middle so that the meters show it; then its spectrogram, closer."""
    transport, timeline = session.transport, window.timeline
    transport.seek(round(0.47 * transport.n_samples))
    transport.play()
    window.notice.hide()
    _settle(app, 2.0)
    _take(window, out / "window.png")
    window.theme.choose("light")
    _settle(app)
    _take(window, out / "window-light.png")
    transport.pause()
    window.theme.choose("dark")
    window.modes.set_all("spectrogram")
    start = 0.4 * transport.n_samples
    timeline.set_view(start, start + 0.4 * transport.n_samples)
    _settle(app, 5.0)
    _take(window, out / "spectrogram.png")


def _take(window: MainWindow, path: Path) -> None:
    window.grab().save(str(path))
    print(path)


def _settle(app: QApplication, seconds: float = 0.6) -> None:
    _until(app, lambda: False, seconds)


def _until(app: QApplication, done: Callable[[], bool], limit_s: float) -> bool:
    """Let the application run until something is so; False if it never was."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if done():
            return True
        app.processEvents()
        time.sleep(0.01)
    return done()


if __name__ == "__main__":
    sys.exit(main())
