"""Tags and cover: found in every container, cleaned for showing, never a reason to refuse a song."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import av
import pytest
from decode_helpers import tones, write, write_av

from umx_gui.engine.decoding.decode import AudioFile
from umx_gui.engine.decoding.tags import clean_tags, clean_text


def png() -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixel = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
    return b"\x89PNG\r\n\x1a\n" + pixel + chunk(b"IEND", b"")


@pytest.mark.parametrize("name", ["lame.mp3", "aac.m4a", "opus.opus", "wma.wma", "flac.mp4", "aac.mka"])
def test_tags_by_libav(tmp_path: Path, name: str) -> None:
    given = {"title": "Söng", "artist": "Bänd", "album": "Álbum", "date": "1999-12-31"}
    path = write_av(tmp_path / name, tones(10_000, 48_000), 48_000, tags=given)
    tags = AudioFile(path, in_child=False).info.tags
    assert {key: tags.get(key) for key in ("title", "artist")} == {"title": "Söng", "artist": "Bänd"}
    if name != "aac.mka":
        assert (tags["album"], tags["year"]) == ("Álbum", "1999")


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.aiff"])
def test_tags_by_libsndfile(tmp_path: Path, name: str) -> None:
    import soundfile

    path = tmp_path / name
    with soundfile.SoundFile(path, "w", 44100, 2) as file:
        file.title, file.artist = "Söng", "Bänd"
        file.write(tones(1000).T)
    tags = AudioFile(path).info.tags
    assert (tags["title"], tags["artist"]) == ("Söng", "Bänd")


def test_cover(tmp_path: Path) -> None:
    # The picture is written into the ID3 tag of a finished MP3, as tagging programs do.
    path = write(tmp_path / "a.mp3", tones(5000))
    picture = b"\0image/png\0\x03\0" + png()
    frame = b"APIC" + struct.pack(">I", len(picture)) + b"\0\0" + picture
    size = bytes((len(frame) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\x03\0\0" + size + frame + path.read_bytes())
    info = AudioFile(path).info
    assert info.cover == png()
    assert info.n_samples == 5000


def test_no_cover_where_it_is_no_picture(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp3", tones(5000))
    picture = b"\0image/png\0\x03\0" + b"<script>" * 20
    frame = b"APIC" + struct.pack(">I", len(picture)) + b"\0\0" + picture
    size = bytes((len(frame) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\x03\0\0" + size + frame + path.read_bytes())
    assert AudioFile(path).info.cover is None


def test_text_that_is_no_utf8_is_shown_with_replacements(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", tones(1000))
    name = b"B\xe9la\xff\0"
    info = b"INFOIART" + struct.pack("<I", len(name)) + name
    content = path.read_bytes() + b"LIST" + struct.pack("<I", len(info)) + info
    path.write_bytes(content[:4] + struct.pack("<I", len(content) - 8) + content[8:])
    file = AudioFile(path)
    assert file.info.tags["artist"].startswith("B")
    assert "�" in file.info.tags["artist"]
    assert sum(block.shape[1] for block in file.blocks()) == 1000


def test_texts_are_cleaned() -> None:
    assert clean_text("  a\r\n\tb\0\x07c  ") == "a bc"
    assert clean_text("safe\u202egnp.exe\u2066") == "safegnp.exe"
    assert clean_text("<b>ä</b>") == "<b>ä</b>"
    assert len(clean_text("x" * 100_000)) == 1000
    assert clean_text("👩‍🎤") == "👩‍🎤"


def test_the_first_of_several_counts() -> None:
    assert clean_tags([{"TITLE": "one", "TYER": "2001"}, {"title": "two", "unknown": "x"}]) == {
        "title": "one",
        "date": "2001",
        "year": "2001",
    }
    assert clean_tags([{"date": "soon", "artist": " "}]) == {"date": "soon"}


def test_a_song_with_broken_tags_plays(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp3", tones(5000))
    path.write_bytes(b"ID3\x04\0\0\0\0\x01\x00" + b"TIT2\xff\xff\xff\xff\0\0" + b"\xff" * 118 + path.read_bytes())
    file = AudioFile(path)
    assert sum(block.shape[1] for block in file.blocks()) == 5000


def test_pyav_is_the_one_these_tests_were_written_for() -> None:
    assert int(av.__version__.split(".")[0]) >= 14
