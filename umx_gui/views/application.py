"""The window application from start to end.

In this order: Qt, settings, theme, the window (the first thing seen), then the files; torch is loaded by the session's
worker when there is something to separate.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import NoReturn

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from umx_gui import __version__
from umx_gui.app.collector import Collector
from umx_gui.app.log import Doors, start_log
from umx_gui.app.session import Session
from umx_gui.app.single_instance import SingleInstance
from umx_gui.engine.decoding.decode_client import pool as decoder_pool
from umx_gui.engine.resource import resource
from umx_gui.messages import Message
from umx_gui.views.kit.theme import ThemeKeeper
from umx_gui.views.language import use_language
from umx_gui.views.main_window import MainWindow
from umx_gui.words import mark, tr

HINT = Message(
    mark("Welcome! This is the demo song"),
    mark("Space plays it, and 1 to 4 play one stem alone"),
    mark("Then drop a song of your own on the window; ? shows every key"),
)


def run(files: list[str], demo: bool = False, new_window: bool = False) -> int:
    """Show the window until it is closed; ends the process then. Returns 0 where an earlier window took the files.

    Opens the files given (the first is shown, folders are searched). With none, the demo song on the very first start
    or if `demo`, else the empty invitation. With `new_window` no earlier window is asked.
    """
    app = application()
    start_log()
    single = SingleInstance()
    if not new_window and not single.claim() and single.hand_over(files):
        return 0
    session = Session()
    use_language(app, session.settings.language)
    theme = ThemeKeeper(app, session.settings.theme)
    window = MainWindow(session, theme)
    doors = Doors(partial(_tell_fault, window))
    window.restore()
    window.show()
    single.asked.connect(window.take_over)
    QTimer.singleShot(0, lambda: _begin(window, files, demo))
    app.lastWindowClosed.connect(app.quit)
    ticker = _let_ctrl_c_through(app)
    collector = Collector(app)
    code = app.exec()
    collector.stop()
    ticker.stop()
    doors.close()
    single.close()
    return _leave(code)


def _leave(code: int) -> NoReturn:
    """End the process at once: everything is saved, and to unload PyTorch would take seconds."""
    decoder_pool.close()
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)


def application() -> QApplication:
    """The one QApplication of this process, named and with its icon."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("umx-gui")
    app.setApplicationDisplayName("umx-gui")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("umx-gui")
    try:
        app.setWindowIcon(QIcon(str(resource("icons") / "umx-gui.svg")))
    except FileNotFoundError:
        app.setWindowIcon(QIcon())
    return app


def _tell_fault(window: MainWindow, message: Message) -> None:
    """Say that something went wrong in the application itself, and offer the report."""
    window.say(message, tr("Copy the report"), window.actions_.diagnostics.trigger)


def _begin(window: MainWindow, files: list[str], demo: bool) -> None:
    """What happens once the window is there."""
    window.session.start()
    if files:
        window.open_paths([Path(name) for name in files])
    elif demo or not window.session.settings.demo_shown:
        first = not window.session.settings.demo_shown
        window.open_demo()
        if first:
            window.say(HINT.translated(), news=True)
    window.sessions.start()


def _let_ctrl_c_through(app: QApplication) -> QTimer:
    """Python handles signals only when it runs: give it a moment now and then. SIGTERM closes the window, too."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # Once the loop runs: what is closed before it begins would be waited for without end.
        signal.signal(number, lambda *_: QTimer.singleShot(0, app.closeAllWindows))
    ticker = QTimer()
    ticker.timeout.connect(lambda: None)
    ticker.start(250)
    return ticker
