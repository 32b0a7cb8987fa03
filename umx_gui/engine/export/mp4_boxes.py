"""Boxes of MPEG-4 files (ISO/IEC 14496-12): finding them, and adding some to an index that ends its file.

Only files of our own writing are changed. Their `moov` box comes last, so that it can grow without moving any sound;
the offsets it holds stay right.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_META_HEADER = 4
"""`meta` is the one parent here that has four more bytes (version and flags) before its children."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box found in some bytes: four letters, where it begins, where its contents begin, and where it ends."""

    kind: bytes
    start: int
    body: int
    stop: int


def box(kind: bytes, *contents: bytes) -> bytes:
    """A box with its contents."""
    body = b"".join(contents)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def boxes(data: bytes, start: int, stop: int) -> Iterator[Box]:
    """The boxes lying side by side in data[start:stop]; it ends at what is no box."""
    while start + 8 <= stop:
        size, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1 and start + 16 <= stop:
            size, body = struct.unpack_from(">Q", data, start + 8)[0], start + 16
        elif size == 0:
            size = stop - start
        if size < body - start or start + size > stop:
            return
        yield Box(kind, start, body, start + size)
        start += size


def find(data: bytes, path: tuple[bytes, ...], start: int = 0, stop: int | None = None) -> Box | None:
    """The first box at the end of a path such as (b"moov", b"udta"); None where there is none."""
    stop = len(data) if stop is None else stop
    found = next((b for b in boxes(data, start, stop) if b.kind == path[0]), None)
    if found is None or len(path) == 1:
        return found
    return find(data, path[1:], _children(found), found.stop)


def add_child(data: bytes, path: tuple[bytes, ...], child: bytes) -> bytes:
    """The data with a child appended to the box at `path`; boxes missing on the way are made.

    The sizes of all boxes around it grow, which is all that changes: nothing in them counts bytes of the file.
    """
    parents = [found for depth in range(1, len(path) + 1) if (found := find(data, path[:depth])) is not None]
    if not parents:
        raise ValueError(f"no {path[0]!r} box")
    for kind in reversed(path[len(parents) :]):
        child = box(kind, child)
    at = parents[-1].stop
    grown = bytearray(data)
    for parent in parents:
        struct.pack_into(">I", grown, parent.start, parent.stop - parent.start + len(child))
    grown[at:at] = child
    return bytes(grown)


def read_moov(file: BinaryIO) -> tuple[int, bytes]:
    """Where an open file's `moov` box begins, and the box. Raises ValueError where there is none."""
    file.seek(0, 2)
    end, at = file.tell(), 0
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        size, kind = struct.unpack_from(">I4s", head)
        if size == 1 and len(head) == 16:
            size = struct.unpack_from(">Q", head, 8)[0]
        size = size or end - at
        if kind == b"moov" and 8 <= size <= end - at:
            file.seek(at)
            return at, file.read(size)
        if size < 8:
            break
        at += size
    raise ValueError("no moov box")


def add_to_file(path: Path, children: Sequence[tuple[tuple[bytes, ...], bytes]]) -> None:
    """Append children at paths within the `moov` box that ends a file. Raises ValueError where it does not end it."""
    with path.open("r+b") as file:
        at, moov = read_moov(file)
        if at + len(moov) != path.stat().st_size:
            raise ValueError("moov is not the last box")
        for where, child in children:
            moov = add_child(moov, where, child)
        file.seek(at)
        file.write(moov)


def _children(parent: Box) -> int:
    return parent.body + (_META_HEADER if parent.kind == b"meta" else 0)
