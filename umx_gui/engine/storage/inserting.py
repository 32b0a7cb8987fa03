"""Bytes put into the middle of a file."""

from __future__ import annotations

from typing import BinaryIO

_CHUNK = 1 << 20


def insert(file: BinaryIO, at: int, data: bytes) -> None:
    """Insert bytes into a file; what follows moves towards the end, chunk by chunk from behind."""
    stop = file.seek(0, 2)
    while stop > at:
        start = max(at, stop - _CHUNK)
        file.seek(start)
        moved = file.read(stop - start)
        file.seek(start + len(data))
        file.write(moved)
        stop = start
    file.seek(at)
    file.write(data)
