"""What an MP4 file says of its sound that libav does not pass on exactly: the edit, to the sample, and protection.

An encoder puts silence before the sound (priming) and after it, and the edit list says which stretch is meant. Its
length is counted in the movie's clock, often milliseconds, so that libav cuts up to 22 samples wrongly; the media's own
clock (`mdhd`) and iTunes's note (`iTunSMPB`) count samples. Boxes: ISO/IEC 14496-12.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_MAX_MOOV = 64 << 20
_MAX_BOXES = 10_000
_LOCKED = (b"enca", b"encv", b"drms", b"drmi")


@dataclass(frozen=True, slots=True)
class Mp4Sound:
    """A sound track: its edit as [start, stop) in seconds of the media's time, where there is a simple one."""

    protected: bool
    edit: tuple[float, float] | None


def read_mp4_sound(path: Path, stream: int = 0) -> Mp4Sound | None:
    """The header of a sound track, by default the first; None where the file has none, or one that makes no sense."""
    try:
        with path.open("rb") as file:
            moov = _find_moov(file)
        return _sound(moov, stream)
    except (OSError, struct.error, ValueError):
        return None


def itunes_edit(note: str) -> tuple[int, int] | None:
    """The stretch [start, stop) in samples an `iTunSMPB` note names: 0, priming, padding, length, in hexadecimal."""
    try:
        _, priming, _, length = (int(word, 16) for word in note.split()[:4])
    except ValueError:
        return None
    return (priming, priming + length) if 0 <= priming < 1 << 16 and 0 < length < 1 << 40 else None


def _find_moov(file: BinaryIO) -> bytes:
    for _ in range(_MAX_BOXES):
        head = file.read(8)
        if len(head) < 8:
            break
        size, kind = struct.unpack(">I4s", head)
        rest = size - 8
        if size == 1:
            rest = struct.unpack(">Q", file.read(8))[0] - 16
        if kind == b"moov" and 0 < rest <= _MAX_MOOV:
            return file.read(rest)
        if size == 0 or rest < 0:
            break
        file.seek(rest, 1)
    raise ValueError("no moov")


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes (kind, content) that lie in `data`, one after another."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8 or at + size > len(data):
            return
        yield kind, data[at + 8 : at + size]
        at += size


def _box(data: bytes, *path: bytes) -> bytes:
    """The content of the first box at a path of kinds; empty where there is none."""
    for wanted in path:
        data = next((content for kind, content in _boxes(data) if kind == wanted), b"")
    return data


def _sound(moov: bytes, stream: int) -> Mp4Sound | None:
    movie = _box(moov, b"mvhd")
    movie_clock = struct.unpack_from(">I", movie, 20 if movie[:1] == b"\x01" else 12)[0]
    tracks = [content for kind, content in _boxes(moov) if kind == b"trak"]
    sounds = [track for track in tracks if _box(track, b"mdia", b"hdlr")[8:12] == b"soun"]
    if stream >= len(sounds):
        return None
    sample_entry = _box(sounds[stream], b"mdia", b"minf", b"stbl", b"stsd")[12:16]
    return Mp4Sound(sample_entry in _LOCKED, _edit(sounds[stream], movie_clock))


def _edit(track: bytes, movie_clock: int) -> tuple[float, float] | None:
    media = _box(track, b"mdia", b"mdhd")
    clock, duration = (
        struct.unpack_from(">IQ", media, 20) if media[:1] == b"\x01" else struct.unpack_from(">II", media, 12)
    )
    if not clock or not movie_clock:
        return None
    if not _box(track, b"edts"):
        # The last packet may be meant in part only; the table of durations knows, if it agrees with the header.
        return (0.0, duration / clock) if duration and duration == _table_length(track) else None
    edits = [edit for edit in _edits(_box(track, b"edts", b"elst")) if edit[1] >= 0]
    if len(edits) != 1:
        return None
    length, start, rate = edits[0]
    if rate != 1 << 16:
        return None
    stop = start / clock + length / movie_clock
    # Where the media ends within a tick of the movie's clock (or the edit has no length: to the end), its end is meant.
    if length == 0 or abs(duration / clock - stop) <= 1 / movie_clock:
        stop = duration / clock
    return (start / clock, stop) if stop > start / clock else None


def _table_length(track: bytes) -> int:
    """The sum of all packets' durations in the media's clock."""
    table = _box(track, b"mdia", b"minf", b"stbl", b"stts")
    n_entries = min(struct.unpack_from(">I", table, 4)[0], len(table) // 8 - 1) if len(table) >= 8 else 0
    return sum(n * each for n, each in (struct.unpack_from(">II", table, 8 + 8 * i) for i in range(n_entries)))


def _edits(elst: bytes) -> Iterator[tuple[int, int, int]]:
    """The entries (length in the movie's clock, start in the media's clock, rate in 16.16)."""
    if len(elst) < 8:
        return
    form = ">QqI" if elst[0] == 1 else ">IiI"
    for n in range(min(struct.unpack_from(">I", elst, 4)[0], _MAX_BOXES)):
        yield struct.unpack_from(form, elst, 8 + n * struct.calcsize(form))
