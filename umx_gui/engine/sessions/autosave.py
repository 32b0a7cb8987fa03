"""Autosaves: the session of a running window, kept in a private folder for the case that the window dies.

Each window has one file, `<token>.umx`, and beside it `<token>.lock`, which it keeps locked: that tells a window which
is at work from one that died. What a dead one left is moved to `kept/` when the user was told of it; nothing is deleted
but the oldest of those kept, once there are more than MAX_KEPT.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from umx_gui.engine.sessions.document import SessionDocument
from umx_gui.engine.sessions.session_file import read_session, write_session
from umx_gui.engine.storage.file_set import existing_parent, typed_errors
from umx_gui.engine.storage.files import try_lock
from umx_gui.errors import SessionUnreadableError

KEPT = "kept"
MAX_KEPT = 20


def autosave_folder() -> Path:
    """Where autosaves are (below `UMX_CONFIG_DIR`, if that is set)."""
    override = os.environ.get("UMX_CONFIG_DIR")
    root = Path(override) if override else platformdirs.user_state_path("umx-gui")
    return root / "autosave"


@dataclass(frozen=True, slots=True)
class Leftover:
    """An autosave whose window is gone."""

    path: Path
    document: SessionDocument
    saved_at: float  # seconds since 1970


class Autosave:
    """The autosave of one window. Nothing is made on the disk before the first `write`."""

    def __init__(self, folder: Path | None = None, token: str = "") -> None:
        self.folder = folder or autosave_folder()
        self._token = token or secrets.token_hex(8)
        self._lock: int | None = None

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / f"{self._token}.umx"

    def write(self, document: SessionDocument) -> None:
        """Keep this, whole or not at all. Raises OutputNotWritableError and DiskFullError."""
        if self._lock is None:
            with typed_errors(existing_parent(self.folder)):
                self._take_lock()
        write_session(self.path, document)

    def keep(self) -> None:
        """The window closes, and what it had is of use: it goes to the kept ones."""
        if self.path.exists():
            _move_to_kept(self.path)
        self._release()

    def discard(self) -> None:
        """There is nothing to keep any more, for it is saved, or no song is open."""
        self.path.unlink(missing_ok=True)
        self._release()

    def _take_lock(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(self._lock_path, os.O_CREAT | os.O_RDWR, 0o600)
        if not try_lock(fd, unsupported=True):
            os.close(fd)
            raise BlockingIOError(errno.EAGAIN, "another window has this autosave")
        self._lock = fd

    @property
    def _lock_path(self) -> Path:
        return self.path.with_suffix(".lock")

    def _release(self) -> None:
        if self._lock is not None:
            with contextlib.suppress(OSError):
                self._lock_path.unlink()
            os.close(self._lock)
            self._lock = None


def leftovers(folder: Path | None = None) -> list[Leftover]:
    """What windows that died had open, the latest first, each moved to the kept ones."""
    folder = folder or autosave_folder()
    found: list[Leftover] = []
    for path in sorted(folder.glob("*.umx")):
        if not _is_dead(path.with_suffix(".lock")):
            continue
        lock, place = path.with_suffix(".lock"), path
        # A full disk, perhaps: then it is offered where it is, and once more at the next start.
        with contextlib.suppress(OSError):
            place = _move_to_kept(path)
            lock.unlink(missing_ok=True)
        found.extend(_leftover(place))
    return sorted(found, key=lambda leftover: -leftover.saved_at)


def kept(folder: Path | None = None) -> list[Leftover]:
    """The sessions that were kept, the latest first."""
    paths = sorted(((folder or autosave_folder()) / KEPT).glob("*.umx"))
    return sorted((left for path in paths for left in _leftover(path)), key=lambda leftover: -leftover.saved_at)


def _leftover(path: Path) -> Iterator[Leftover]:
    with contextlib.suppress(SessionUnreadableError, OSError):
        yield Leftover(path, read_session(path), path.stat().st_mtime)


def _is_dead(lock: Path) -> bool:
    """Whether nobody holds a lock."""
    try:
        fd = os.open(lock, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        return try_lock(fd, unsupported=False)
    finally:
        os.close(fd)


def _move_to_kept(path: Path) -> Path:
    folder = path.parent / KEPT
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / path.name
    while target.exists():
        target = folder / f"{path.stem}-{secrets.token_hex(2)}.umx"
    path.rename(target)
    # Never what has just come, be it of long ago, or of a clock that was set back.
    others = sorted((p for p in folder.glob("*.umx") if p != target), key=lambda p: (p.stat().st_mtime, p.name))
    for old in others[: 1 - MAX_KEPT]:
        old.unlink(missing_ok=True)
    return target


def age_words(saved_at: float, now: float | None = None) -> str:
    """How long ago something was, in words."""
    minutes = max((time.time() if now is None else now) - saved_at, 0.0) / 60
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            n = int(minutes // size)
            return f"{n} {unit}{'s' if n > 1 else ''} ago"
    return "a moment ago"
