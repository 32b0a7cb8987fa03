"""Files are told by their first bytes, whatever their names say."""

from __future__ import annotations

from pathlib import Path

import pytest
from decode_helpers import BY_LIBAV, tones, write, write_av

from umx_gui.engine.decoding.sniff import HEAD_BYTES, Family, mp3_states_length, ogg_is_chained, sniff
from umx_gui.errors import UnreadableReason


def family_of(path: Path) -> str:
    found = sniff(path.read_bytes()[:HEAD_BYTES])
    assert isinstance(found, Family)
    return found.name


@pytest.mark.parametrize(
    ("name", "family"),
    [("a.wav", "wav"), ("a.rf64", "wav"), ("a.w64", "wav"), ("a.aiff", "aiff"), ("a.flac", "flac"), ("a.ogg", "ogg"),
     ("a.mp3", "mp3"), ("a.caf", "other"), ("a.au", "other")],
)  # fmt: skip
def test_families_by_libsndfile(tmp_path: Path, name: str, family: str) -> None:
    assert family_of(write(tmp_path / name, tones(5000))) == family


@pytest.mark.parametrize(
    ("name", "family"),
    [("aac.m4a", "mp4"), ("aac.mp4", "mp4"), ("lame.mp3", "mp3"), ("opus.opus", "ogg"), ("opus.webm", "matroska"),
     ("wma.wma", "asf"), ("wavpack.wv", "wavpack"), ("adts.aac", "aac"), ("tta.tta", "tta")],
)  # fmt: skip
def test_families_by_libav(tmp_path: Path, name: str, family: str) -> None:
    assert name in BY_LIBAV
    assert family_of(write_av(tmp_path / name, tones(5000, 48_000), 48_000)) == family


def test_a_tag_in_front_hides_nothing(tmp_path: Path) -> None:
    song = write(tmp_path / "a.flac", tones(1000)).read_bytes()
    tag = b"ID3\x03\x00\x00\x00\x00\x02\x00" + bytes(256)
    found = sniff(tag + song)
    assert isinstance(found, Family)
    assert found.name == "flac"
    # A picture of any size may stand in the tag: behind it, MP3 is the likely thing.
    found = sniff(b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f" + bytes(HEAD_BYTES))
    assert isinstance(found, Family)
    assert found.name == "mp3"


def test_playlists_are_named_as_such() -> None:
    assert sniff(b"\xef\xbb\xbf#EXTM3U\nx.mp3\n") is UnreadableReason.PLAYLIST
    assert sniff(b"ffconcat version 1.0\nfile x\n") is UnreadableReason.PLAYLIST
    assert sniff(b"# comment\n#EXT-X-VERSION:3\n") is UnreadableReason.PLAYLIST


def test_no_family_lets_libav_follow_a_list() -> None:
    followers = {"hls", "concat", "dash", "sdp", "rtsp", "image2", "imf", "concatf", "ffmetadata", "webm_dash_manifest"}
    for head in (
        b"RIFF\0\0\0\0WAVE",
        b"OggS",
        b"\0\0\0\x18ftypM4A ",
        b"\x01\x02\x03unknown",
        b"\xff\xf1\x50",
        b"caff",
        b"FLV",
    ):
        found = sniff(head)
        assert isinstance(found, Family)
        assert not followers & set(found.demuxers.split(","))


def test_chains_are_seen(tmp_path: Path) -> None:
    one = write(tmp_path / "1.ogg", tones(300_000))
    both = tmp_path / "2.ogg"
    both.write_bytes(one.read_bytes() * 2)
    assert not ogg_is_chained(one)
    assert ogg_is_chained(both)


def test_a_stated_length_is_told_from_a_guess(tmp_path: Path) -> None:
    stated = write_av(tmp_path / "lame.mp3", tones(50_000))
    assert mp3_states_length(stated)
    content = stated.read_bytes()
    for mark in (b"Xing", b"Info"):
        content = content.replace(mark, b"\0\0\0\0")
    stated.write_bytes(content)
    assert not mp3_states_length(stated)
