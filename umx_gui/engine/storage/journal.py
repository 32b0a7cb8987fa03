"""The journal of files being exported: what becomes what, so that a process that died can be finished or tidied away.

Files are written under hidden names, `.umx-<token>-<random>.part`, beside a journal, `.umx-<token>.journal`, which its
owner keeps locked: that tells files left behind from files still being written, on any system, in any container. Once
all are written, the journal is given its content, and the renaming begins. After a death before that moment `recover`
removes the files, after it `recover` finishes the renaming.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import sys
from pathlib import Path

from umx_gui.engine.storage.files import sync_folder, try_lock

_HIDDEN = re.compile(r"\.umx-([0-9a-f]{16})-[A-Za-z0-9_]+\.part")
_JOURNAL = re.compile(r"\.umx-([0-9a-f]{16})\.journal")
_SIZE_LIMIT = 1 << 20


class Journal:
    """A new, locked journal in a folder; `prefix` begins the hidden names of its files. Raises OSError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        while True:
            self._token = secrets.token_hex(8)
            self._path = folder / f".umx-{self._token}.journal"
            self._fd = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            # `recover` of another process may take the journal in the instant before it is locked: then, a new one.
            if try_lock(self._fd, unsupported=True) and self._is_there():
                break
            os.close(self._fd)

    @property
    def prefix(self) -> str:
        """How the names of all hidden files of this journal begin."""
        return f".umx-{self._token}-"

    def write(self, content: object) -> None:
        """Give the journal its content (or None: nothing is to be finished), on the disk before this returns."""
        os.lseek(self._fd, 0, os.SEEK_SET)
        os.ftruncate(self._fd, 0)
        os.write(self._fd, json.dumps(content).encode())
        os.fsync(self._fd)

    def _is_there(self) -> bool:
        try:
            return os.path.samestat(self._path.stat(), os.fstat(self._fd))
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Remove what is left of the hidden files, then the journal."""
        _clear(self.folder, self._token)
        _drop(self._path, self._fd)


def recover(folder: Path) -> None:
    """Finish or remove what exports that died left in a folder; those still at work are left alone."""
    with contextlib.suppress(OSError):
        names = sorted(entry.name for entry in os.scandir(folder) if entry.name.startswith(".umx-"))
        for name in names:
            if (found := _JOURNAL.fullmatch(name)) and (lock := _take_over(folder / name)) is not None:
                _redo(folder, found[1], lock)
                _clear(folder, found[1])
                _drop(folder / name, lock)
        for name in names:
            # A journal is made before and removed after its hidden files: without one they have no owner.
            if (found := _HIDDEN.fullmatch(name)) and not (folder / f".umx-{found[1]}.journal").exists():
                _remove(folder / name)


def _take_over(path: Path) -> int | None:
    """The locked journal of a process that is gone; None where it lives."""
    try:
        fd = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    if try_lock(fd, unsupported=False):
        return fd
    os.close(fd)
    return None


def _redo(folder: Path, token: str, fd: int) -> None:
    os.lseek(fd, 0, os.SEEK_SET)
    try:
        content = json.loads(os.read(fd, _SIZE_LIMIT))
        files = [(str(temp), str(name)) for temp, name in content["files"]]
        overwrite = bool(content["overwrite"])
    except (ValueError, TypeError, KeyError):
        return  # it died before the renaming began
    for temp, name in files:
        found, path = _HIDDEN.fullmatch(temp), folder / temp
        ours = found and found[1] == token and path.is_file() and not path.is_symlink()
        plain = Path(name).name == name and not name.startswith(".umx-")
        if ours and plain and (overwrite or not os.path.lexists(folder / name)):
            path.replace(folder / name)
    sync_folder(folder)


def _clear(folder: Path, token: str) -> None:
    with contextlib.suppress(OSError):
        for path in folder.glob(f".umx-{token}-*.part"):
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


def _drop(journal: Path, lock: int) -> None:
    """Remove a journal and its lock; where an open file cannot be removed (Windows), it is closed first."""
    if sys.platform != "win32":
        journal.unlink(missing_ok=True)
    os.close(lock)
    if sys.platform == "win32":
        journal.unlink(missing_ok=True)
