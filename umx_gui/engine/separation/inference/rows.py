"""Rows of numbers for a whole song, one a frame or a sample: in memory while they are few, else in an unlinked file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import torch
from torch import Tensor

from umx_gui.engine.storage.scratch import Scratch

IN_MEMORY_BYTES = 16 << 20


class RowStore:
    """Gives out rows for one song, all in memory or all in one file, and takes them back to be used again.

    `expected_bytes` is what all rows that are wanted at one time will take together; it decides where they go.
    """

    def __init__(self, expected_bytes: int, folder: Path | None = None) -> None:
        in_memory = expected_bytes <= IN_MEMORY_BYTES or sys.platform == "win32"
        self._scratch = None if in_memory else Scratch(folder)
        self._free: list[Rows] = []

    def take(self, n_rows: int, width: int) -> Rows:
        """Rows [n_rows, width] float32 of any contents. Raises DiskFullError."""
        for rows in self._free:
            if (rows.n_rows, rows.width) == (n_rows, width):
                self._free.remove(rows)
                return rows
        if self._scratch is None:
            return Rows(n_rows, width, torch.empty(n_rows, width))
        return Rows(n_rows, width, self._scratch, self._scratch.extend(4 * n_rows * width))

    def give(self, rows: Rows) -> None:
        """Return rows that are no longer read."""
        self._free.append(rows)

    def clear(self) -> None:
        """Let go of what was returned. A file gives the space of its holes back where the system can."""
        for rows in self._free:
            rows.punch()
        self._free.clear()


class Rows:
    """[n_rows, width] float32, written and read in stretches; several threads may use different stretches at once."""

    def __init__(self, n_rows: int, width: int, place: Tensor | Scratch, offset: int = 0) -> None:
        self.n_rows, self.width = n_rows, width
        self._place, self._offset = place, offset

    def put(self, start: int, rows: Tensor) -> None:
        """Write rows [n, width] from row `start` on."""
        if isinstance(self._place, Tensor):
            self._place[start : start + rows.shape[0]] = rows
            return
        # Read and written, not mapped: a mapping's pages would count as the process's memory.
        data = memoryview(rows.contiguous().numpy().data).cast("B")
        offset = self._offset + 4 * start * self.width
        while data:
            written = os.pwrite(self._place.fileno(), data, offset)
            data, offset = data[written:], offset + written

    def punch(self) -> None:
        """Give the space back; the rows must not be used any more."""
        if isinstance(self._place, Scratch):
            self._place.punch(self._offset, 4 * self.n_rows * self.width)

    def get(self, start: int, stop: int) -> Tensor:
        """Rows [stop - start, width]."""
        if isinstance(self._place, Tensor):
            return self._place[start:stop]
        rows = torch.empty(stop - start, self.width)
        view = memoryview(rows.numpy().data).cast("B")
        offset, done = self._offset + 4 * start * self.width, 0
        while done < len(view):
            n = os.preadv(self._place.fileno(), [view[done:]], offset + done)
            if n == 0:
                raise OSError("the scratch file ended early")
            done += n
        return rows
