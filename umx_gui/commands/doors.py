"""The door of every command: outcomes become exit codes, failures one sentence, faults of ours an entry in the log."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from umx_gui.commands.console import Console
from umx_gui.engine.faults import expected, log_fault
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled, OptionError, OutputNotWritableError, UmxError
from umx_gui.messages import Message, describe

DONE, FAILED, USAGE, CANCELLED = 0, 1, 2, 130

_log = logging.getLogger("umx_gui.commands")


def guarded(command: Callable[[CancelToken], int], console: Console) -> int:
    """Run a command to its exit code: 0 done, 1 failed with a message, 2 usage, 130 cancelled. Raises nothing."""
    cancel = CancelToken()
    try:
        require_working_folder()
        with interruptible(cancel):
            return command(cancel)
    except (Cancelled, KeyboardInterrupt):
        return cancelled(console)
    except Exception as error:  # noqa: BLE001 - the command line is one of the named doors
        # A pressed Ctrl-C reaches child processes as well; what fails because of that is no failure.
        if cancel.cancelled:
            return cancelled(console)
        return failed(error, console)


def require_working_folder() -> None:
    """Raises OutputNotWritableError where the folder one is in was deleted: libraries end the process there."""
    try:
        Path.cwd()
    except OSError as e:
        raise OutputNotWritableError(Path(), "it does not exist") from e


def cancelled(console: Console) -> int:
    """Say that the work was stopped as asked."""
    console.event("cancelled")
    console.detail("Cancelled.")
    return CANCELLED


def failed(error: Exception, console: Console) -> int:
    """Say why it failed, and log what nobody expected; returns the exit code."""
    error = expected(error)
    message = describe(error)
    if not isinstance(error, UmxError):
        path = log_fault(error, _log)
        message = Message(message.title, message.reason, f"{message.action}: {path}" if path else message.action)
    console.error(message)
    return USAGE if isinstance(error, OptionError) else FAILED


@contextmanager
def interruptible(cancel: CancelToken) -> Iterator[None]:
    """Turn Ctrl-C (and being asked to end) into a cancel; pressed again, it interrupts at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if cancel.cancelled:
            raise KeyboardInterrupt
        cancel.cancel()

    names = [n for n in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, n)]
    # What is ignored stays ignored: that is how nohup works.
    numbers = [n for n in (getattr(signal, name) for name in names) if signal.getsignal(n) is not signal.SIG_IGN]
    old = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
