"""What headers say: edits in MP4, lengths and sample sizes in WAV and AIFF; nonsense gives nothing, and no error."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from decode_helpers import decoded, tones, write, write_av

from umx_gui.engine.decoding.mp4_header import itunes_edit, read_mp4_sound
from umx_gui.engine.decoding.wave_header import aiff_declared, read_wave_header


def test_itunes_note() -> None:
    note = " 00000000 00000840 00000338 0000000000015888 00000000 00000000"
    assert itunes_edit(note) == (2112, 2112 + 88_200)
    for nonsense in ("", "x y z", "0 840 338", "0 840 338 0", "0 840 338 -5", "0 fffffff 0 10"):
        assert itunes_edit(nonsense) is None


def test_edit_is_exact_though_the_movie_counts_milliseconds(tmp_path: Path) -> None:
    # 10007 samples are 226.9 ms: the edit list says 227.
    sound = read_mp4_sound(write_av(tmp_path / "aac.m4a", tones(10_007)))
    assert sound is not None
    assert sound.edit is not None
    assert not sound.protected
    start, stop = (round(seconds * 44_100) for seconds in sound.edit)
    assert stop - start == 10_007


@pytest.mark.parametrize("damage", range(24))
def test_nonsense_in_mp4_gives_nothing_or_something(tmp_path: Path, damage: int) -> None:
    path = write_av(tmp_path / "aac.m4a", tones(3000))
    content = bytearray(path.read_bytes())
    moov = content.index(b"moov")
    rng = np.random.default_rng(damage)
    for _ in range(8):
        content[moov - 4 + int(rng.integers(len(content) - moov + 4))] = int(rng.integers(256))
    path.write_bytes(content)
    sound = read_mp4_sound(path)
    if sound is not None and sound.edit is not None:
        assert sound.edit[1] > sound.edit[0] >= 0


def test_no_mp4_at_all(tmp_path: Path) -> None:
    assert read_mp4_sound(write(tmp_path / "a.wav", tones(100))) is None
    assert read_mp4_sound(tmp_path / "none") is None


def test_an_edit_that_starts_later_is_honoured(tmp_path: Path) -> None:
    # The first 1000 samples are edited out: the media's start in the edit list is 1000.
    wanted = tones(30_000)
    path = write_av(tmp_path / "alac.m4a", wanted)
    content = bytearray(path.read_bytes())
    at = content.index(b"elst") + 8 if b"elst" in content else 0
    assert at, "the muxer writes an edit list"
    length, _ = struct.unpack_from(">II", content, at + 4)
    struct.pack_into(">Ii", content, at + 4, length - round(1000 / 44.1), 1000)
    path.write_bytes(content)
    got = decoded(path)
    assert got.shape == (2, 29_000)
    assert np.abs(got - wanted[:, 1000:]).max() < 2**-15


def test_wave_lengths(tmp_path: Path) -> None:
    for name in ("a.wav", "a.rf64"):
        header = read_wave_header(write(tmp_path / name, tones(777)))
        assert header is not None
        assert (header.n_declared, header.n_channels, header.sample_rate, header.bits) == (777, 2, 44_100, 16)
    # The last block of ADPCM is padded; what is meant stands in the fact chunk.
    adpcm = write(tmp_path / "b.wav", tones(5000), subtype="IMA_ADPCM")
    header = read_wave_header(adpcm)
    assert header is not None
    assert header.n_declared is not None
    assert decoded(adpcm).shape[1] == header.n_declared


@pytest.mark.parametrize("value", [0, 0xFFFFFFFF, 0x7FFFF000, 0x7FFFFFFF])
def test_lengths_that_mean_unknown(tmp_path: Path, value: int) -> None:
    path = write(tmp_path / "a.wav", tones(777))
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.index(b"data") + 4, value)
    path.write_bytes(content)
    header = read_wave_header(path)
    assert header is not None
    assert header.n_declared is None


def test_aiff_lengths(tmp_path: Path) -> None:
    assert aiff_declared(write(tmp_path / "a.aiff", tones(777))) == 777
    assert aiff_declared(write(tmp_path / "b.aiff", tones(777), subtype="FLOAT")) == 777
    assert aiff_declared(write(tmp_path / "c.aiff", tones(777), subtype="ULAW")) is None
    assert aiff_declared(write(tmp_path / "a.wav", tones(777))) is None


@pytest.mark.parametrize("length", range(0, 60, 7))
def test_short_headers_give_nothing(tmp_path: Path, length: int) -> None:
    path = write(tmp_path / "a.wav", tones(777))
    path.write_bytes(path.read_bytes()[:length] if length < 44 else b"RIFF" + bytes(length))
    header = read_wave_header(path)
    assert header is None or header.n_channels > 0


@pytest.mark.parametrize(("subtype", "meant"), [("ULAW", 5000), ("ALAW", 5000), ("IMA_ADPCM", None)])
def test_a_fact_that_counts_something_else_cuts_nothing(tmp_path: Path, subtype: str, meant: int | None) -> None:
    path = write(tmp_path / "a.wav", tones(50_000 if meant is None else meant), subtype=subtype)
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.index(b"fact") + 8, 100)
    path.write_bytes(content)
    assert decoded(path).shape[1] >= (meant or 50_000)
