"""What nobody expected: written to the log with its traceback, so that a user gets one sentence and we the rest."""

from __future__ import annotations

import contextlib
import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs

from umx_gui.errors import OutOfMemoryError

_MAX_BYTES, _BACKUPS = 1 << 20, 2
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# What torch says, in a plain RuntimeError, where there is no memory on the CPU.
NO_MEMORY = "DefaultCPUAllocator"


def expected(error: Exception) -> Exception:
    """The error itself, or our own one where it means that memory ran out: Python, NumPy and torch say it each."""
    torch = sys.modules.get("torch")
    of_torch = torch is not None and isinstance(error, torch.OutOfMemoryError)
    if isinstance(error, MemoryError) or of_torch or (isinstance(error, RuntimeError) and NO_MEMORY in str(error)):
        return OutOfMemoryError()
    return error


class LogFile(RotatingFileHandler):
    """A log of a few megabytes that says nothing where it cannot be written: a full disk is not told line by line."""

    def __init__(self, path: Path, fmt: str) -> None:
        super().__init__(path, maxBytes=_MAX_BYTES, backupCount=_BACKUPS, encoding="utf-8")
        self.setFormatter(logging.Formatter(fmt))
        self.failed = False

    def handleError(self, record: logging.LogRecord) -> None:
        """Note it, in the place of a traceback on stderr."""
        self.failed = True

    def close(self) -> None:
        """Close the file; what could not be written stays unwritten."""
        with contextlib.suppress(OSError):
            super().close()


def fault_log_path() -> Path:
    """Where faults are written, whether there were any or not."""
    return platformdirs.user_log_path("umx-gui") / "umx-gui.log"


def log_fault(error: BaseException, logger: logging.Logger) -> Path | None:
    """Write an error with its traceback to the log file; None where it cannot be written."""
    path = fault_log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = LogFile(path, _FORMAT)
    except OSError:
        return None
    logger.addHandler(handler)
    propagated, logger.propagate = logger.propagate, False
    try:
        logger.critical("unexpected", exc_info=error)
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated
        handler.close()
    return None if handler.failed else path
