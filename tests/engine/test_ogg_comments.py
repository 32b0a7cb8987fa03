"""Pictures of any size go into Ogg Vorbis files, whose pages stay a chain that other programs read."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile as sf

from umx_gui.engine.export.covers import add_cover
from umx_gui.engine.export.ogg_comments import add_ogg_comments, checksum


def write(path: Path, seconds: float = 3.0) -> Path:
    with sf.SoundFile(path, "w", 44100, 2, "VORBIS", format="OGG") as file:
        file.title = "T"
        file.write(0.1 * np.random.default_rng(1).standard_normal((round(44100 * seconds), 2)))
    return path


def pages(data: bytes) -> list[tuple[int, int, int]]:
    """Flags, granule and number of each page, whose checksums must be right."""
    found, at = [], 0
    while at < len(data):
        magic, version, flags, granule, _, number, crc, n = struct.unpack_from("<4sBBqIIIB", data, at)
        assert (magic, version) == (b"OggS", 0)
        stop = at + 27 + n + sum(data[at + 27 : at + 27 + n])
        assert checksum(data[at : at + 22] + bytes(4) + data[at + 26 : stop]) == crc
        found.append((flags, granule, number))
        at = stop
    assert at == len(data)
    return found


def comments(file: av.container.InputContainer) -> dict[str, str]:
    """What another program finds, by name."""
    return {key.lower(): text for key, text in file.streams.audio[0].metadata.items()}


@pytest.mark.parametrize("size", [20, 254 * 3 // 4, 40_000, 70_000, 1_000_000])
def test_a_picture_of_any_size_is_read_back(tmp_path: Path, size: int) -> None:
    path = write(tmp_path / "a.ogg")
    before, sound = pages(path.read_bytes()), sf.read(path)[0]
    picture = b"\xff\xd8\xff" + np.random.default_rng(2).bytes(size)
    assert add_cover(path, "ogg", picture)
    after = pages(path.read_bytes())
    assert [number for _, _, number in after] == list(range(len(after)))
    sounding = [page[:2] for page in before if page[1] > 0]
    assert [page[:2] for page in after][-len(sounding) :] == sounding
    assert np.array_equal(sf.read(path)[0], sound)
    with av.open(f"file:{path}") as file:
        assert comments(file)["title"] == "T"
        assert bytes(next(file.demux(file.streams.video[0]))) == picture


def test_a_second_comment_joins_the_first(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ogg")
    assert add_ogg_comments(path, ["COMPOSER=Ä".encode(), b"DISCNUMBER=2"])
    assert add_ogg_comments(path, [b"ALBUMARTIST=" + b"x" * 70_000])
    pages(path.read_bytes())
    with av.open(f"file:{path}") as file:
        found = comments(file)
    assert (found["composer"], found["disc"], len(found["album_artist"])) == ("Ä", "2", 70_000)


@pytest.mark.parametrize("data", [b"", b"OggS", b"RIFF" + bytes(100), b"OggS" + bytes(200)])
def test_what_is_no_ogg_vorbis_stays_as_it_is(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.ogg"
    path.write_bytes(data)
    assert not add_ogg_comments(path, [b"A=b"])
    assert path.read_bytes() == data
    whole = write(tmp_path / "b.ogg").read_bytes()
    assert not add_ogg_comments(tmp_path / "b.ogg", [])
    assert (tmp_path / "b.ogg").read_bytes() == whole
    (tmp_path / "b.ogg").write_bytes(whole[:2000])
    assert not add_ogg_comments(tmp_path / "b.ogg", [b"A=b"])
