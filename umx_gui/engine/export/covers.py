"""A song's cover picture, and tags that libsndfile does not know, put into finished files.

libsndfile has no call for pictures, so the few bytes each format asks for are inserted here: a PICTURE block (FLAC, and
as a comment in Ogg Vorbis), an APIC frame (ID3v2, in MP3 and as a chunk of WAV), a `covr` box (MPEG-4).
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from umx_gui.engine.export.mp4_boxes import add_to_file, box
from umx_gui.engine.export.ogg_comments import add_ogg_comments
from umx_gui.engine.storage.inserting import insert

_SIZE_LIMIT = (1 << 24) - 1024
"""A FLAC block counts its bytes in 24 bits; a picture that is larger is left out everywhere."""
_FRONT_COVER = 3
_COMMENTS = 4
_MORE_COMMENTS = {"album_artist": "ALBUMARTIST", "composer": "COMPOSER", "disc": "DISCNUMBER"}
_RIFF_LIMIT = (1 << 32) - 1
_MORE_FRAMES = {"album_artist": b"TPE2", "composer": b"TCOM", "disc": b"TPOS", "copyright": b"TCOP"}
"""ID3 frames of tags that libsndfile does not write into MP3."""
_USUAL_FRAMES = {"title": b"TIT2", "artist": b"TPE1", "album": b"TALB", "track": b"TRCK", "genre": b"TCON"}


def add_cover(path: Path, file_format: str, picture: bytes) -> bool:
    """Put a JPEG or PNG file into a finished audio file; False where format or picture do not allow it.

    Raises OSError; the file is to be thrown away then.
    """
    mime = _mime(picture)
    if not mime:
        return False
    if file_format in ("m4a", "stem.mp4"):
        covr = box(b"covr", box(b"data", struct.pack(">II", 13 if mime == "image/jpeg" else 14, 0), picture))
        add_to_file(path, [((b"moov", b"udta", b"meta", b"ilst"), covr)])
        return True
    if file_format == "ogg":
        block = base64.b64encode(_picture_block(mime.encode(), picture))
        return add_ogg_comments(path, [b"METADATA_BLOCK_PICTURE=" + block])
    if file_format != "flac":
        return False
    with path.open("r+b") as file:
        return _add_to_flac(file, mime.encode(), picture)


def add_id3(path: Path, file_format: str, tags: Mapping[str, str], picture: bytes | None) -> bool:
    """Put a JPEG or PNG file, and what libsndfile left out of the tags, into a finished MP3 or WAV file.

    False where there is nothing to add, or the format has no place for it. Raises OSError, as `add_cover` does.
    """
    mime = _mime(picture or b"")
    frames = {frame: tags[key] for key, frame in _MORE_FRAMES.items() if tags.get(key)}
    if file_format not in ("mp3", "wav") or not (frames or mime):
        return False
    if file_format == "wav":
        frames |= {frame: tags[key] for key, frame in _USUAL_FRAMES.items() if tags.get(key)}
    # Text is UTF-16 with its byte order mark, which both versions of ID3 read.
    bodies = [(frame, b"\x01" + text.encode("utf-16")) for frame, text in frames.items()]
    if picture and mime:
        bodies.append((b"APIC", b"\x00" + mime.encode() + b"\x00" + bytes([_FRONT_COVER]) + b"\x00" + picture))
    with path.open("r+b") as file:
        return _add_to_mp3(file, bodies) if file_format == "mp3" else _add_to_wav(file, bodies)


def add_comments(path: Path, file_format: str, tags: Mapping[str, str]) -> bool:
    """Put the rarer tags into a finished FLAC or Ogg Vorbis file. False where there are none, or it is another format.

    Raises OSError, as `add_cover` does.
    """
    texts = [f"{name}={tags[key]}".encode() for key, name in _MORE_COMMENTS.items() if tags.get(key)]
    if file_format == "ogg":
        return add_ogg_comments(path, texts)
    added = b"".join(struct.pack("<I", len(text)) + text for text in texts)
    if not texts or file_format != "flac":
        return False
    with path.open("r+b") as file:
        at = 4
        while True:
            file.seek(at)
            kind, *size = file.read(4)
            length = int.from_bytes(bytes(size), "big")
            if kind & 0x7F == _COMMENTS:
                break
            if kind & 0x80:
                return False  # the last block, and no comments among them
            at += 4 + length
        body = file.read(length)
        # The number of comments stands behind the vendor's name.
        count_at = 4 + struct.unpack_from("<I", body)[0]
        count = struct.unpack_from("<I", body, count_at)[0] + len(texts)
        file.seek(at)
        file.write(bytes([kind]) + (length + len(added)).to_bytes(3, "big"))
        file.seek(at + 4 + count_at)
        file.write(struct.pack("<I", count))
        insert(file, at + 4 + length, added)
    return True


def _mime(picture: bytes) -> str:
    """What kind of picture it is; "" for none, or none that can be added."""
    if len(picture) > _SIZE_LIMIT:
        return ""
    if picture.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if picture.startswith(b"\x89PNG\r\n\x1a\n") else ""


def _picture_block(mime: bytes, picture: bytes) -> bytes:
    """FLAC's PICTURE block without its header: kind, MIME type, no description, no size in pixels, the picture."""
    return b"".join(
        [struct.pack(">II", _FRONT_COVER, len(mime)), mime, bytes(4 + 16), struct.pack(">I", len(picture)), picture]
    )


def _add_to_flac(file: BinaryIO, mime: bytes, picture: bytes) -> bool:
    head = file.read(8)
    if head[:4] != b"fLaC" or head[4] & 0x7F:
        return False
    # Right after STREAMINFO, which is always first; if that was the last block, the picture now is.
    stream_info = int.from_bytes(head[5:8], "big")
    kind = 6 | (head[4] & 0x80)
    body = _picture_block(mime, picture)
    file.seek(4)
    file.write(bytes([head[4] & 0x7F]))
    insert(file, 8 + stream_info, bytes([kind]) + len(body).to_bytes(3, "big") + body)
    return True


def _add_to_mp3(file: BinaryIO, bodies: list[tuple[bytes, bytes]]) -> bool:
    head = file.read(10)
    tagged = head[:3] == b"ID3"
    if tagged and (head[3] not in (3, 4) or head[5]):
        return False  # an older tag, or one with an extended header: none that we write
    frames = _frames(bodies, head[3] if tagged else 3)
    if not tagged:
        insert(file, 0, b"ID3\x03\x00\x00" + _synchsafe(len(frames)) + frames)
        return True
    old = (head[6] << 21) | (head[7] << 14) | (head[8] << 7) | head[9]
    file.seek(6)
    file.write(_synchsafe(old + len(frames)))
    insert(file, 10, frames)
    return True


def _add_to_wav(file: BinaryIO, bodies: list[tuple[bytes, bytes]]) -> bool:
    frames = _frames(bodies, 3)
    tag = b"ID3\x03\x00\x00" + _synchsafe(len(frames)) + frames
    chunk = b"id3 " + struct.pack("<I", len(tag)) + tag + bytes(len(tag) % 2)
    head = file.read(12)
    end = file.seek(0, 2)
    padding = bytes(end % 2)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE" or end + len(padding) + len(chunk) - 8 > _RIFF_LIMIT:
        return False  # RF64 keeps its lengths elsewhere
    file.write(padding + chunk)
    file.seek(4)
    file.write(struct.pack("<I", end + len(padding) + len(chunk) - 8))
    return True


def _frames(bodies: list[tuple[bytes, bytes]], version: int) -> bytes:
    """ID3 frames of version 2.3 or 2.4, which count their bytes in different ways."""
    size = _synchsafe if version == 4 else struct.Struct(">I").pack
    return b"".join(name + size(len(body)) + b"\x00\x00" + body for name, body in bodies)


def _synchsafe(n: int) -> bytes:
    """A number in four bytes of seven bits (ID3v2)."""
    return bytes((n >> shift) & 0x7F for shift in (21, 14, 7, 0))
