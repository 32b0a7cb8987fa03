"""A song's cover picture, put into finished FLAC, MP3 and M4A files.

libsndfile has no call for pictures, so the few bytes each format asks for are inserted here: a PICTURE block (FLAC), an
APIC frame (ID3v2), a `covr` box (MPEG-4).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from umx_gui.engine.export.mp4_boxes import add_to_file, box

_CHUNK = 1 << 20
_SIZE_LIMIT = (1 << 24) - 1024
"""A FLAC block counts its bytes in 24 bits; a picture that is larger is left out everywhere."""
_FRONT_COVER = 3


def add_cover(path: Path, file_format: str, picture: bytes) -> bool:
    """Put a JPEG or PNG file into a finished audio file; False where format or picture do not allow it.

    Raises OSError; the file is to be thrown away then.
    """
    mime = "image/jpeg" if picture.startswith(b"\xff\xd8\xff") else "image/png"
    if len(picture) > _SIZE_LIMIT or not picture.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return False
    if file_format in ("m4a", "stem.mp4"):
        covr = box(b"covr", box(b"data", struct.pack(">II", 13 if mime == "image/jpeg" else 14, 0), picture))
        add_to_file(path, [((b"moov", b"udta", b"meta", b"ilst"), covr)])
        return True
    adders = {"flac": _add_to_flac, "mp3": _add_to_mp3}
    if file_format not in adders:
        return False
    with path.open("r+b") as file:
        return adders[file_format](file, mime.encode(), picture)


def _add_to_flac(file: BinaryIO, mime: bytes, picture: bytes) -> bool:
    head = file.read(8)
    if head[:4] != b"fLaC" or head[4] & 0x7F:
        return False
    # Right after STREAMINFO, which is always first; if that was the last block, the picture now is.
    stream_info = int.from_bytes(head[5:8], "big")
    kind = 6 | (head[4] & 0x80)
    body = b"".join(
        [struct.pack(">II", _FRONT_COVER, len(mime)), mime, bytes(4 + 16), struct.pack(">I", len(picture)), picture]
    )
    file.seek(4)
    file.write(bytes([head[4] & 0x7F]))
    _insert(file, 8 + stream_info, bytes([kind]) + len(body).to_bytes(3, "big") + body)
    return True


def _add_to_mp3(file: BinaryIO, mime: bytes, picture: bytes) -> bool:
    head = file.read(10)
    tagged = head[:3] == b"ID3"
    if tagged and (head[3] not in (3, 4) or head[5]):
        return False  # an older tag, or one with an extended header: none that we write
    version = head[3] if tagged else 3
    body = b"\x00" + mime + b"\x00" + bytes([_FRONT_COVER]) + b"\x00" + picture
    size = _synchsafe(len(body)) if version == 4 else struct.pack(">I", len(body))
    frame = b"APIC" + size + b"\x00\x00" + body
    if not tagged:
        _insert(file, 0, b"ID3\x03\x00\x00" + _synchsafe(len(frame)) + frame)
        return True
    old = (head[6] << 21) | (head[7] << 14) | (head[8] << 7) | head[9]
    file.seek(6)
    file.write(_synchsafe(old + len(frame)))
    _insert(file, 10, frame)
    return True


def _synchsafe(n: int) -> bytes:
    """A number in four bytes of seven bits (ID3v2)."""
    return bytes((n >> shift) & 0x7F for shift in (21, 14, 7, 0))


def _insert(file: BinaryIO, at: int, data: bytes) -> None:
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
