"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
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

    The old file stays as it was until then, whatever happens. A link at `path` is replaced, not written through.
    Raises OutputNotWritableError and DiskFullError.
    """
    try:
        fd, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=suffix, dir=path.parent)
    except OSError as e:
        raise OutputNotWritableError(path.parent, e.strerror or "") from e
    os.close(fd)
    temp = Path(name)
    try:
        yield temp
        sync_file(temp)
        temp.chmod(0o666 & ~umask())
        temp.replace(path)
        sync_folder(path.parent)
    except OSError as e:
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(path.parent, 0, shutil.disk_usage(path.parent).free) from e
        raise
    finally:
        temp.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write a small file whole or not at all. Raises OutputNotWritableError and DiskFullError."""
    with replacing(path) as temp:
        temp.write_bytes(data)


def read_small(path: Path, limit_bytes: int = 1 << 20) -> bytes:
    """The contents of a small file. Raises OSError, also for what is no file (a pipe, say) or larger than expected."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "not a file", str(path))
    if found.st_size > limit_bytes:
        raise OSError(errno.EFBIG, "larger than expected", str(path))
    return path.read_bytes()


def reserve_space(fd: int, size: int, folder: Path, offset: int = 0) -> None:
    """Reserve `size` bytes of an open file before anything is written. Raises DiskFullError."""
    free = shutil.disk_usage(folder).free
    if size > free:
        raise DiskFullError(folder, size, free)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(fd, offset, size)
        else:
            os.ftruncate(fd, offset + size)
    except OSError as e:
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
