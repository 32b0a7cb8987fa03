"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from umx_gui.errors import DiskFullError, OutputNotWritableError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOCK_AT = 1 << 20  # Windows locks bytes, which nobody can read then: one far behind all content


@contextmanager
def replacing(path: Path, suffix: str = ".part") -> Iterator[Path]:
    """A temporary sibling of `path` to be written; it takes the place of `path` if the block ends well.

    The old file stays as it was until then, whatever happens. A link at `path` is replaced, not written through. What
    processes that were killed left of earlier siblings is removed. Raises OutputNotWritableError and DiskFullError.
    """
    prefix = f".{path.name[:40]}."
    try:
        _remove_stale(path.parent, prefix, suffix)
        temp, fd = _new_sibling(path.parent, prefix, suffix)
    except OSError as e:
        raise _typed(e, path.parent) from e
    try:
        yield temp
        sync_file(temp)
        temp.chmod(0o666 & ~umask())
        temp.replace(path)
        sync_folder(path.parent)
    except OSError as e:
        raise _typed(e, path.parent) from e
    finally:
        if fd is not None:
            os.close(fd)
        temp.unlink(missing_ok=True)


def _new_sibling(folder: Path, prefix: str, suffix: str) -> tuple[Path, int | None]:
    """A new private file, and the descriptor that locks it for as long as it is open."""
    while True:
        fd, name = tempfile.mkstemp(prefix=prefix, suffix=suffix, dir=folder)
        path = Path(name)
        if sys.platform == "win32":
            os.close(fd)  # where an open file could not be renamed
            return path, None
        # In the instant before it is locked another process may take it for a leftover: then, a new one.
        if try_lock(fd, unsupported=True) and path.exists():
            return path, fd
        os.close(fd)


def _remove_stale(folder: Path, prefix: str, suffix: str) -> None:
    """Remove the siblings that nobody holds a lock on: their processes are gone."""
    if sys.platform == "win32":
        return
    for path in folder.glob(f"{glob.escape(prefix)}*{glob.escape(suffix)}"):
        with contextlib.suppress(OSError):
            fd = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if try_lock(fd, unsupported=False):
                    path.unlink()
            finally:
                os.close(fd)


def _typed(error: OSError, folder: Path) -> DiskFullError | OutputNotWritableError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(folder, 0, shutil.disk_usage(folder).free)
    read_only = error.errno in (errno.EROFS, errno.EACCES, errno.EPERM)
    return OutputNotWritableError(folder, "" if read_only else (error.strerror or "").lower())


def write_whole(path: Path, data: bytes) -> None:
    """Write a small file whole or not at all. Raises OutputNotWritableError and DiskFullError."""
    with replacing(path) as temp:
        temp.write_bytes(data)


def open_plain(path: Path, flags: int, follow: bool = False) -> int:
    """A descriptor of what must be an ordinary file: no pipe is waited for, no link gone through unless `follow`.

    For files whose names somebody else chose, or put something under. Raises OSError.
    """
    careful = (
        getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | (0 if follow else getattr(os, "O_NOFOLLOW", 0))
    )
    fd = os.open(path, flags | careful, 0o666)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "not a file", str(path))
    return fd


def read_small(path: Path, limit_bytes: int = 1 << 20) -> bytes:
    """The contents of a small file. Raises OSError, also for what is no file (a pipe, say) or larger than expected."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "not a file", str(path))
    if found.st_size > limit_bytes:
        raise OSError(errno.EFBIG, "larger than expected", str(path))
    return path.read_bytes()


def reserve_space(fd: int, size: int, folder: Path, offset: int = 0) -> None:
    """Reserve `size` bytes of an open file before anything is written.

    Raises DiskFullError, and OutputNotWritableError where no file may be so large.
    """
    free = shutil.disk_usage(folder).free
    if size > free:
        raise DiskFullError(folder, size, free)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(fd, offset, size)
        else:
            os.ftruncate(fd, offset + size)
    except OSError as e:
        if e.errno == errno.EFBIG:
            raise OutputNotWritableError(folder, "its disk cannot hold a file of this size") from e
        if e.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFullError(folder, size, free) from e


def sync_file(path: Path) -> None:
    """Force a file's contents to the disk."""
    fd = os.open(path, os.O_RDWR)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to the disk, where the system can."""
    if os.name == "nt":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(fd)
    finally:
        os.close(fd)


def umask() -> int:
    """The permissions withheld from new files; to ask is to set them for an instant, so to strict ones."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def try_lock(fd: int, unsupported: bool) -> bool:
    """Lock an open file for this process, without waiting; whether it was had. The lock goes with the process.

    `unsupported` is the answer on a disk without locks.
    """
    try:
        if sys.platform == "win32":
            os.lseek(fd, _LOCK_AT, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as e:
        return unsupported and e.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True
