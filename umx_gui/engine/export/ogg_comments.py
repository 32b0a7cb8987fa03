"""Comments put into a finished Ogg Vorbis file: its second packet is written anew, and the pages behind it counted on.

After RFC 3533 (pages: a header, up to 255 lengths of segments, the segments) and the Vorbis I specification (the second
packet holds the comments). libsndfile writes a few named ones only, and no pictures.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from umx_gui.engine.storage.inserting import insert

_HEADER = struct.Struct("<4sBBqIIIB")  # "OggS", version, flags, granule, serial, number, checksum, segments
_CONTINUED, _FIRST = 1, 2
_MOST_SEGMENTS = 255
_SEGMENT = 255
_NO_PACKET_ENDS = -1
_MIRRORED = bytes(int(f"{n:08b}"[::-1], 2) for n in range(256))


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of the file: where it lies, its flags, number and stream, and the lengths of its segments."""

    start: int
    flags: int
    serial: int
    number: int
    lengths: bytes

    @property
    def body(self) -> int:
        """Where its segments begin."""
        return self.start + _HEADER.size + len(self.lengths)

    @property
    def stop(self) -> int:
        """Where the next page begins."""
        return self.body + sum(self.lengths)


def add_ogg_comments(path: Path, comments: Sequence[bytes]) -> bool:
    """Add comments (`NAME=text` in UTF-8) to the only stream of an Ogg Vorbis file.

    False where there are none, or the file is none such. Raises OSError; the file is to be thrown away then.
    """
    if not comments:
        return False
    with path.open("r+b") as file:
        pages = list(_headers(file))
        if not pages or len({page.serial for page in pages}) != 1 or not pages[0].flags & _FIRST:
            return False
        packets = _packets(file, pages)
        if len(packets) != 3 or [packet[:7] for packet in packets] != [bytes([n]) + b"vorbis" for n in (1, 3, 5)]:
            return False
        packets[1] = _with_more(packets[1], comments)
        new = _paged(packets[1:], pages[0].serial)
        first, behind = pages[1].start, pages[-1].stop
        insert(file, behind, bytes(len(new) - (behind - first)))
        file.seek(first)
        file.write(new)
        _renumber(file, first + len(new))
    return True


def _headers(file: BinaryIO) -> Iterator[_Page]:
    """The pages that hold the three packets before the sound, which begins on a page of its own."""
    at, ended = 0, 0
    while ended < 3 and (page := _page_at(file, at)) is not None:
        yield page
        ended += sum(length < _SEGMENT for length in page.lengths)
        at = page.stop


def _page_at(file: BinaryIO, at: int) -> _Page | None:
    file.seek(at)
    head = file.read(_HEADER.size)
    if len(head) < _HEADER.size or head[:4] != b"OggS":
        return None
    _, _, flags, _, serial, number, _, n = _HEADER.unpack(head)
    page = _Page(at, flags, serial, number, file.read(n))
    return page if len(page.lengths) == n and page.stop <= file.seek(0, 2) else None


def _packets(file: BinaryIO, pages: Sequence[_Page]) -> list[bytes]:
    """The whole packets in these pages."""
    found, rest = [], b""
    for page in pages:
        file.seek(page.body)
        for length in page.lengths:
            rest += file.read(length)
            if length < _SEGMENT:
                found.append(rest)
                rest = b""
    return found


def _with_more(packet: bytes, comments: Sequence[bytes]) -> bytes:
    """A packet of comments with more of them: the vendor's name, their number, each with its length, a last bit."""
    count_at = 7 + 4 + struct.unpack_from("<I", packet, 7)[0]
    count = struct.unpack_from("<I", packet, count_at)[0]
    end = count_at + 4
    for _ in range(count):
        end += 4 + struct.unpack_from("<I", packet, end)[0]
    added = b"".join(struct.pack("<I", len(comment)) + comment for comment in comments)
    head = packet[:count_at] + struct.pack("<I", count + len(comments))
    return head + packet[count_at + 4 : end] + added + packet[end:]


def _paged(packets: Sequence[bytes], serial: int) -> bytes:
    """Packets as pages that begin with number 1."""
    segments = []
    for packet in packets:
        n_full, left = divmod(len(packet), _SEGMENT)
        segments += [packet[k * _SEGMENT : (k + 1) * _SEGMENT] for k in range(n_full)]
        segments.append(packet[len(packet) - left :])
    pages, continued = [], 0
    for number, start in enumerate(range(0, len(segments), _MOST_SEGMENTS), 1):
        part = segments[start : start + _MOST_SEGMENTS]
        lengths = bytes(map(len, part))
        granule = 0 if any(length < _SEGMENT for length in lengths) else _NO_PACKET_ENDS
        head = _HEADER.pack(b"OggS", 0, continued, granule, serial, number, 0, len(part))
        pages.append(_signed(head + lengths + b"".join(part)))
        continued = _CONTINUED if lengths[-1] == _SEGMENT else 0
    return b"".join(pages)


def _renumber(file: BinaryIO, at: int) -> None:
    """Count the pages from here on, which follow on the one before."""
    number = _last_number(file, at) + 1
    while (page := _page_at(file, at)) is not None:
        file.seek(at)
        data = bytearray(file.read(page.stop - at))
        struct.pack_into("<I", data, 18, number)
        file.seek(at)
        file.write(_signed(bytes(data)))
        at, number = page.stop, number + 1


def _last_number(file: BinaryIO, stop: int) -> int:
    """The number of the page that ends here."""
    at, number = 0, 0
    while at < stop and (page := _page_at(file, at)) is not None:
        at, number = page.stop, page.number
    return number


def _signed(page: bytes) -> bytes:
    """A page with its checksum."""
    page = page[:22] + bytes(4) + page[26:]
    return page[:22] + struct.pack("<I", checksum(page)) + page[26:]


def checksum(data: bytes) -> int:
    """Ogg's CRC-32: the polynomial of zlib's, its bits in the other order, begun with 0 and not inverted."""
    mirrored = zlib.crc32(data.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
