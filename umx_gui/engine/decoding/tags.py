"""What a file says of itself: title, artist and the like, its cover, and the places of its channels.

Texts are for showing: control characters and those that turn the direction of writing are taken out, lengths
are bounded.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import av
from av.container import InputContainer

from umx_gui.engine.decoding.sniff import WAV, Family

_MAX_TEXT = 1000
_MAX_COVER = 16 << 20
_NAMES = {
    "title": "title",
    "artist": "artist",
    "album": "album",
    "album_artist": "album_artist",
    "track": "track",
    "disc": "disc",
    "date": "date",
    "year": "date",
    "tyer": "date",
    "genre": "genre",
    "composer": "composer",
    "comment": "comment",
    "copyright": "copyright",
}
_QUICK = {"probesize": "65536"}  # in WAV all stands in the headers; libav would look at 5 MB of sound besides
_TURNING = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"))


@dataclass(frozen=True, slots=True)
class Extras:
    """Tags by our names of them, the first picture (JPEG or PNG), FFmpeg's name of the channels' places or ""."""

    tags: dict[str, str] = field(default_factory=dict)
    cover: bytes | None = None
    layout: str = ""


def read_extras(path: Path, family: Family) -> Extras:
    """Read tags, cover and layout; what cannot be read is left out, for a song plays without it."""
    try:
        with open_container(path, family, _QUICK if family == WAV else None) as container:
            streams = container.streams.audio[:1]
            given = [stream.metadata for stream in streams] + [container.metadata]
            layout = streams[0].codec_context.layout.name if streams and streams[0].codec_context else ""
            return Extras(clean_tags(given), _cover(container), "" if "channels" in layout else layout)
    except (av.error.FFmpegError, MemoryError, UnicodeError, ValueError):
        return Extras()


def open_container(path: Path, family: Family, options: dict[str, str] | None = None) -> InputContainer:
    """Open a file with libav: this file only, as this family only. Raises FFmpegError, MemoryError, ValueError.

    "file:" and the white lists keep names such as "http://..." or "concat:a|b" and playlists in disguise from being
    followed; a Python file object would lose that protection, so none is ever passed.
    """
    only = {"protocol_whitelist": "file", "format_whitelist": family.demuxers, **(options or {})}
    name = str(path)
    try:
        name.encode()
    except UnicodeEncodeError:
        # A name in no known encoding, as old disks have them, libav does not take; an open descriptor has another.
        with path.open("rb") as file:
            name = f"/proc/self/fd/{file.fileno()}"
            return av.open("file:" + name, format=family.forced, options=only, metadata_errors="replace")
    return av.open("file:" + name, format=family.forced, options=only, metadata_errors="replace")


def clean_tags(given: list[dict[str, str]]) -> dict[str, str]:
    """Our tags out of a file's, cleaned; where several give one, the first does."""
    tags: dict[str, str] = {}
    for metadata in given:
        for key, value in metadata.items():
            name, text = _NAMES.get(key.lower()), clean_text(value)
            if name and text:
                tags.setdefault(name, text)
    year = tags.get("date", "")[:4]
    return {**tags, "year": year} if len(year) == 4 and year.isdecimal() else tags


def clean_text(text: str) -> str:
    """A text in one line without control and direction characters, at most `_MAX_TEXT` characters of it."""
    line = " ".join(text[: 4 * _MAX_TEXT].translate(_TURNING).split())
    return "".join(c for c in line if unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))[:_MAX_TEXT]


def _cover(container: InputContainer) -> bytes | None:
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            continue
        for packet in container.demux(stream):
            picture = bytes(packet)
            if picture.startswith((b"\xff\xd8\xff", b"\x89PNG")) and len(picture) <= _MAX_COVER:
                return picture
            break
    return None
