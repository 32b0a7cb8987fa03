"""Files that belong together appear together: all of them, or none, whatever ends the process on the way.

A new folder is filled under a hidden name and renamed at once. In a folder that exists, the files are written under
hidden names, and a journal on the disk says what becomes what before the renaming begins: see `journal`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from umx_gui.engine.storage import journal
from umx_gui.engine.storage.files import sync_file, sync_folder, umask
from umx_gui.engine.storage.journal import Journal
from umx_gui.errors import DiskFullError, OutputExistsError, OutputNotWritableError


class FileSet:
    """A set of files of one folder, by name; used in a `with` block, which leaves nothing behind unless `commit` ran.

    Files are written at `temp(name)`, closed, then `commit()` gives all of them their names.
    """

    def __init__(self, folder: Path, names: Sequence[str], overwrite: bool = False) -> None:
        self.folder, self.names, self.overwrite = folder.absolute(), tuple(names), overwrite
        self._staged = not os.path.lexists(self.folder)
        self._home = self.folder.parent if self._staged else self.folder
        self._made: list[Path] = []
        self._journal: Journal | None = None
        self._temps: dict[str, Path] = {}

    def __enter__(self) -> FileSet:
        """Make the hidden files. Raises OutputExistsError, OutputNotWritableError and DiskFullError."""
        self._check_free()
        try:
            with typed_errors(self.folder):
                self._make_parents()
                journal.recover(self._home)
                if not self._staged:
                    # Whoever made this folder may have died right afterwards, and left a journal beside it.
                    journal.recover(self.folder.parent)
                self._journal = Journal(self._home)
                self._work = self._home
                if self._staged:
                    self._work = Path(tempfile.mkdtemp(prefix=self._journal.prefix, suffix=".part", dir=self._home))
                for name in self.names:
                    self._temps[name] = self._hidden()
        except BaseException:
            self._tidy()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._tidy()

    def temp(self, name: str) -> Path:
        """Where the file that is to be called `name` is written."""
        return self._temps[name]

    def commit(self) -> tuple[Path, ...]:
        """Give the files their names, all or none; returns their paths. Raises as entering the block does."""
        self._check_free()
        with typed_errors(self.folder):
            mask = umask()
            for temp in self._temps.values():
                temp.chmod(0o666 & ~mask)
                sync_file(temp)
            if self._staged:
                self._commit_folder(mask)
            else:
                self._commit_files()
        self._temps.clear()
        return tuple(self.folder / name for name in self.names)

    def _commit_folder(self, mask: int) -> None:
        for name, temp in self._temps.items():
            temp.rename(self._work / name)
        sync_folder(self._work)
        self._work.chmod(0o777 & ~mask)
        try:
            self._work.rename(self.folder)
        except OSError as e:
            if e.errno in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
                raise OutputExistsError(self.folder) from e
            raise
        sync_folder(self._home)
        self._made.clear()

    def _commit_files(self) -> None:
        files = [[temp.name, name] for name, temp in self._temps.items()]
        self._owned().write({"version": 1, "overwrite": self.overwrite, "files": files})
        sync_folder(self.folder)
        old: list[tuple[Path, Path | None]] = []
        try:
            for name, temp in self._temps.items():
                path = self.folder / name
                backup = self._keep(path)
                temp.replace(path)
                old.append((path, backup))
        except BaseException:
            # One file would not go (open in another program, perhaps): the others take their old contents again.
            self._owned().write(None)
            for path, backup in reversed(old):
                with contextlib.suppress(OSError):
                    backup.replace(path) if backup else path.unlink()
            raise
        sync_folder(self.folder)

    def _keep(self, path: Path) -> Path | None:
        """A second, hidden name for the file that is about to be replaced; None where there is none to keep."""
        if not os.path.lexists(path):
            return None
        backup = self._hidden()
        backup.unlink()
        try:
            os.link(path, backup, follow_symlinks=False)
        except OSError:
            # A disk without hard links: a copy takes longer and does the same.
            shutil.copy2(path, backup, follow_symlinks=False)
        return backup

    def _hidden(self) -> Path:
        fd, name = tempfile.mkstemp(prefix=self._owned().prefix, suffix=".part", dir=self._work)
        os.close(fd)
        return Path(name)

    def _owned(self) -> Journal:
        if self._journal is None:
            raise RuntimeError("a FileSet is used in its with block")
        return self._journal

    def _check_free(self) -> None:
        if self._staged and os.path.lexists(self.folder):
            raise OutputExistsError(self.folder)
        for path in (self.folder / name for name in self.names):
            if path.is_dir() or (not self.overwrite and os.path.lexists(path)):
                raise OutputExistsError(path)

    def _make_parents(self) -> None:
        missing = []
        folder = self._home
        while not os.path.exists(folder):  # noqa: PTH110 - Path.exists raises where it may not look
            missing.append(folder)
            folder = folder.parent
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            self._made.append(folder)

    def _tidy(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        for folder in reversed(self._made):
            with contextlib.suppress(OSError):
                folder.rmdir()


@contextmanager
def typed_errors(folder: Path, needed: int = 0) -> Iterator[None]:
    """Turn an OSError of the block into DiskFullError or OutputNotWritableError about `folder`."""
    try:
        yield
    except OSError as e:
        raise typed_error(e, folder, needed) from e


def typed_error(error: Exception, folder: Path, needed: int = 0) -> DiskFullError | OutputNotWritableError:
    """What it means that writing into `folder` failed; encoders often do not say, so the disk is asked, too."""
    code = error.errno if isinstance(error, OSError) else None
    free = free_space(folder)
    if code in (errno.ENOSPC, errno.EDQUOT) or (code is None and free < max(needed, 1 << 16)):
        return DiskFullError(folder, needed, free)
    if code == errno.EFBIG:
        return OutputNotWritableError(folder, "its disk cannot hold a file of this size")
    if code in (errno.EROFS, errno.EACCES, errno.EPERM):
        return OutputNotWritableError(folder)
    return OutputNotWritableError(folder, os.strerror(code).lower() if code else "writing failed")


def free_space(folder: Path) -> int:
    """The free bytes of the disk a folder is on, or will be on."""
    return shutil.disk_usage(existing_parent(folder)).free


def existing_parent(folder: Path) -> Path:
    """The folder itself, or the nearest one above it that is there."""
    folder = folder.absolute()
    while not os.path.exists(folder):  # noqa: PTH110 - Path.exists raises where it may not look
        folder = folder.parent
    return folder
