"""Rows of numbers, one a frame, for a whole song: in memory while they are few, else in an unlinked file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import torch
from torch import Tensor

from umx_gui.engine.scratch import Scratch

IN_MEMORY_BYTES = 48 << 20


class Rows:
    """[n_rows, width] float32, written and read in stretches; several threads may use different stretches at once."""

    def __init__(self, n_rows: int, width: int, folder: Path | None = None) -> None:
        self.width = width
        size = 4 * n_rows * width
        self._memory: Tensor | None = None
        if size <= IN_MEMORY_BYTES or sys.platform == "win32":
            self._memory = torch.empty(n_rows, width)
            return
        # Read and written, not mapped: a mapping's pages would count as the process's memory.
        self._scratch = Scratch(folder)
        self._scratch.extend(size)

    def put(self, start: int, rows: Tensor) -> None:
        """Write rows [n, width] from row `start` on."""
        if self._memory is not None:
            self._memory[start : start + rows.shape[0]] = rows
            return
        data = memoryview(rows.contiguous().numpy().data).cast("B")
        offset = 4 * start * self.width
        while data:
            written = os.pwrite(self._scratch.fileno(), data, offset)
            data, offset = data[written:], offset + written

    def get(self, start: int, stop: int) -> Tensor:
        """Rows [stop - start, width]."""
        if self._memory is not None:
            return self._memory[start:stop]
        rows = torch.empty(stop - start, self.width)
        view = memoryview(rows.numpy().data).cast("B")
        offset, done = 4 * start * self.width, 0
        while done < len(view):
            n = os.preadv(self._scratch.fileno(), [view[done:]], offset + done)
            if n == 0:
                raise OSError("the scratch file ended early")
            done += n
        return rows
