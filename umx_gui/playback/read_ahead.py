"""Has the disk's part of a song in memory before the callback needs it."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable

from umx_gui.engine.storage.scratch import Region

_CHUNK = 1 << 18


class ReadAhead:
    """Reads what is played next, so that the mapped arrays never make the callback wait for the disk.

    The reading goes through the file's descriptor, which leaves Python's lock free; mapped pages are then in memory.
    """

    def __init__(self, fd: int, ahead_samples: int) -> None:
        self._fd = fd
        self._ahead = ahead_samples
        self._start = self._stop = 0

    def around(self, position: int, regions: Iterable[Region | None]) -> int:
        """Read the samples of all `regions` (float32, the last axis is time) that follow `position` and were not read
        last time; returns the bytes read.
        """
        stop = position + self._ahead
        start = max(position, self._stop) if self._start <= position <= self._stop else position
        self._start, self._stop = position, stop
        n_bytes = 0
        for region in regions:
            if region is None:
                continue
            n_samples = region.shape[-1]
            a, b = min(start, n_samples), min(stop, n_samples)
            for row in range(math.prod(region.shape[:-1])):
                n_bytes += self._read(region.offset + (row * n_samples + a) * 4, (b - a) * 4)
        return n_bytes

    def _read(self, offset: int, n_bytes: int) -> int:
        for at in range(0, n_bytes, _CHUNK):
            n = min(_CHUNK, n_bytes - at)
            if hasattr(os, "pread"):
                os.pread(self._fd, n, offset + at)
            else:
                os.lseek(self._fd, offset + at, os.SEEK_SET)
                os.read(self._fd, n)
        return n_bytes
