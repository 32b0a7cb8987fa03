"""The log file, and the doors through which what nobody expected comes to it.

Expected failures are told to the user where they happen. What ends up here is a fault of ours: it is logged with its
traceback, the user is told once, and the window stays open.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

import platformdirs
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from umx_gui.engine.faults import LogFile
from umx_gui.messages import Message, describe

_TELL_GAP_S = 5.0
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_log = logging.getLogger("umx_gui")
_crash_file: TextIO | None = None  # faulthandler writes into it until the process ends


def log_path(folder: Path | None = None) -> Path:
    """Where the log is, whether it exists or not."""
    return (folder or platformdirs.user_log_path("umx-gui")) / "umx-gui.log"


def start_log(folder: Path | None = None) -> Path | None:
    """Log to a rotating file, and crashes of the interpreter to `crash.log` beside it; None where that cannot be."""
    global _crash_file
    path = log_path(folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = LogFile(path, "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
        _crash_file = path.with_name("crash.log").open("w", encoding="utf-8")
    except OSError as e:
        _log.warning("no log file: %s", e)
        return None
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    faulthandler.enable(_crash_file)
    return path


def stop_log() -> None:
    """Close the log file; for tests, which start more than one."""
    global _crash_file
    for handler in [h for h in _log.handlers if isinstance(h, LogFile)]:
        _log.removeHandler(handler)
        handler.close()
    if _crash_file is not None:
        faulthandler.disable()
        _crash_file.close()
        _crash_file = None


class Doors:
    """Where exceptions that nobody caught, and Qt's own messages, are logged and told. Restored by `close`."""

    def __init__(self, tell: Callable[[Message], object]) -> None:
        self._tell = tell
        self._told_at = -_TELL_GAP_S
        self._old_hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._unexpected
        threading.excepthook = self._unexpected_in_thread
        self._old_handler = qInstallMessageHandler(_qt_message)

    def close(self) -> None:
        """Put back what was there before."""
        sys.excepthook, threading.excepthook = self._old_hooks
        qInstallMessageHandler(self._old_handler)

    def _unexpected(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            self._old_hooks[0](kind, error, traceback)
            return
        _log.critical("unexpected", exc_info=(kind, error, traceback))
        # A fault while painting comes many times a second; one message is enough.
        now = time.monotonic()
        if now - self._told_at >= _TELL_GAP_S:
            self._told_at = now
            self._tell(describe(error))

    def _unexpected_in_thread(self, args: threading.ExceptHookArgs) -> None:
        """A thread of Python's own: logged only, for the window must not be touched from there."""
        if args.exc_type is not SystemExit:
            _log.critical("unexpected in a thread", exc_info=args.exc_value)


def _qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    _log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)
