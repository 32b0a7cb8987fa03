"""The scratch file of a song: mixture, stems and states on disk instead of in memory, gone with the process.

Arrays are mapped shared, so that the sound process hears what the window writes without a copy. The file has no name
from the moment it is shared (POSIX), so that nothing is left behind whatever happens.
"""

from __future__ import annotations

import ctypes
import math
import mmap
import os
import sys
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike, NDArray

from umx_gui.engine.storage.files import reserve_space

_GRAIN = max(mmap.ALLOCATIONGRANULARITY, 1 << 16)


@dataclass(frozen=True, slots=True)
class Region:
    """Where an array lies in a scratch file: byte offset, shape, dtype name. It can be sent to another process."""

    offset: int
    shape: tuple[int, ...]
    dtype: str

    @property
    def n_bytes(self) -> int:
        """The size of the array in bytes."""
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize


class Scratch:
    """An unlinked temporary file that gives out mapped arrays; closing it returns the space."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or scratch_folder()
        # A fresh private name; on POSIX it is removed at once and only the descriptor keeps the file alive.
        self._fd, name = tempfile.mkstemp(prefix="umx-scratch-", dir=self.folder)
        self.path: Path | None = Path(name)
        if sys.platform != "win32":
            self.path.unlink()
            self.path = None
        self._end = 0
        self._growing = threading.Lock()  # more than one worker lays something out in a song's file

    def fileno(self) -> int:
        """The descriptor, to be handed to another process."""
        return self._fd

    def reserve(self, shape: tuple[int, ...], dtype: DTypeLike = np.float32) -> tuple[Region, NDArray[np.generic]]:
        """Reserve space for an array of zeros and map it. Raises DiskFullError before anything is written."""
        region = Region(0, tuple(int(n) for n in shape), np.dtype(dtype).name)
        region = replace(region, offset=self.extend(region.n_bytes))
        return region, map_region(self._fd, region)

    def put(self, region: Region, array: NDArray[np.generic], start: int, values: NDArray[np.generic]) -> None:
        """Write values [C, t] from `start` on into an array [C, T] that was reserved here.

        On Linux through the file, which is the same memory: a mapping's pages would be laid out one by one, which takes
        two to six times as long.
        """
        if sys.platform != "linux":
            array[:, start : start + values.shape[1]] = values
            return
        rows = np.ascontiguousarray(values, array.dtype)
        for number, row in enumerate(rows):
            left = memoryview(row).cast("B")
            offset = region.offset + (number * array.shape[1] + start) * array.itemsize
            while left:
                n_written = os.pwrite(self._fd, left, offset)
                left, offset = left[n_written:], offset + n_written

    def extend(self, n_bytes: int) -> int:
        """Reserve space at the end of the file and return where it begins. Raises DiskFullError."""
        size = max(-(-n_bytes // _GRAIN), 1) * _GRAIN
        with self._growing:
            offset = self._end
            reserve_space(self._fd, size, self.folder, offset)
            self._end += size
        return offset

    def punch(self, offset: int, n_bytes: int) -> None:
        """Give the space of a stretch back that is not used any more, where the system can (Linux)."""
        libc = _libc()
        if libc is not None and n_bytes > 0:
            libc.fallocate(self._fd, _PUNCH_HOLE_KEEP_SIZE, ctypes.c_int64(offset), ctypes.c_int64(n_bytes))

    def close(self) -> None:
        """Give the descriptor back; arrays that are still mapped stay valid until they are dropped."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            if self.path is not None:
                self.path.unlink(missing_ok=True)

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


_PUNCH_HOLE_KEEP_SIZE = 0x02 | 0x01
_MADV_POPULATE_WRITE = 23


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def scratch_folder() -> Path:
    """Where songs are laid out: not in `/tmp`, which is memory on many Linux systems, unless TMPDIR asks for it."""
    roomy = Path("/var/tmp")
    if sys.platform == "linux" and "TMPDIR" not in os.environ and os.access(roomy, os.W_OK | os.X_OK):
        return roomy
    return Path(tempfile.gettempdir())


def map_region(fd: int, region: Region) -> NDArray[np.generic]:
    """The array of a region, mapped shared and writable; the mapping lives as long as the array."""
    if math.prod(region.shape) == 0:
        return np.zeros(region.shape, region.dtype)
    buffer = mmap.mmap(fd, region.n_bytes, offset=region.offset)
    return np.frombuffer(buffer, region.dtype).reshape(region.shape)


def populate(array: NDArray[np.generic]) -> None:
    """Lay out the memory of a mapped array ahead, where the system can (Linux 5.14); what it holds stays.

    Who writes it then does not wait for each of its pages, 4 to 70 ms for 4 MB.
    """
    libc = _libc()
    if libc is None:
        return
    for index in np.ndindex(array.shape[:-1]):
        row = array[index]
        start = row.ctypes.data // mmap.PAGESIZE * mmap.PAGESIZE
        length = row.ctypes.data + row.nbytes - start
        libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), _MADV_POPULATE_WRITE)


def release(array: NDArray[np.generic]) -> None:
    """Give the memory of a mapped array back; its contents stay on the disk, and are mapped again when used.

    Without it all of a song that was touched counts as the process's memory. Arrays that are not mapped stay.
    """
    base: object = array
    while isinstance(base, np.ndarray | memoryview):
        base = base.base if isinstance(base, np.ndarray) else base.obj
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)
