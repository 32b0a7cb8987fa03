"""Songs nobody thought of, through the command: right or refused in a sentence, and the next one is separated."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from processes import ROOT

RATE = 44100
SECONDS = 1
_T = np.arange(SECONDS * RATE) / RATE
TONE = (0.3 * np.sin(2 * np.pi * 330 * _T)[:, None] * [1.0, 0.5]).astype(np.float32)


def encoded(kind: str, subtype: str | None = None, samples: np.ndarray = TONE, rate: int = RATE) -> bytearray:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind, subtype=subtype)
    return bytearray(file.getvalue())


def put(content: bytearray, mark: bytes, offset: int, form: str, *values: int) -> bytearray:
    """Overwrite numbers behind the first place of a mark."""
    struct.pack_into(form, content, content.index(mark) + offset, *values)
    return content


def two_data_chunks() -> bytearray:
    wave = encoded("WAV")
    twice = wave + wave[wave.index(b"data") :]
    struct.pack_into("<I", twice, 4, len(twice) - 8)
    return twice


def tag_before_riff() -> bytearray:
    size = 3 << 20
    digits = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return bytearray(b"ID3\x04\x00\x00" + digits + bytes(size)) + encoded("WAV")


def aiff_at(rate: bytes) -> bytearray:
    aiff = encoded("AIFF")
    at = aiff.index(b"COMM") + 16
    aiff[at : at + 10] = rate.ljust(10, b"\0")
    return aiff


def click() -> bytearray:
    samples = TONE.copy()
    samples[1000] = 3e38
    return encoded("WAV", "FLOAT", samples)


def movie(**options: str) -> bytearray:
    """AAC in MP4."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4", options=options) as container:
        stream = container.add_stream("aac", rate=RATE)
        stream.layout = "stereo"
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(TONE.T), "fltp", "stereo")
        frame.rate, frame.pts = RATE, 0
        for part in (*av.AudioResampler("fltp", "stereo", RATE, 1024).resample(frame), None):
            for packet in stream.encode(part):
                container.mux(packet)
    return bytearray(file.getvalue())


# What is made, and whether it is separated or else refused.
SONGS: dict[bytes, tuple[Callable[[], bytearray], bool]] = {
    b"two rates in a row.flac": (lambda: encoded("FLAC") + encoded("FLAC", rate=22050), True),
    b"two data chunks.wav": (two_data_chunks, True),
    b"a tag of 3 MB before all.wav": (tag_before_riff, True),
    b"unknown length.caf": (lambda: put(encoded("CAF"), b"data", 4, ">q", -1), True),
    b"unknown length.au": (lambda: put(encoded("AU"), b".snd", 8, ">I", 0xFFFFFFFF), True),
    b"at infinite hertz.aiff": (lambda: aiff_at(b"\x7f\xff\x80"), False),
    b"at no number of hertz.aiff": (lambda: aiff_at(b"\x7f\xff\xc0"), False),
    b"at minus 44100 hertz.aiff": (lambda: aiff_at(b"\xc0\x0e\xac\x44"), False),
    b"louder than numbers squared.wav": (lambda: encoded("WAV", "FLOAT", TONE * np.float32(1e30)), True),
    b"one click of 3e38.wav": (click, True),
    b"denormal.wav": (lambda: encoded("WAV", "FLOAT", TONE * np.float32(1e-42)), True),
    b"exabytes.wav": (lambda: put(encoded("RF64"), b"ds64", 8, "<QQQ", 1 << 63, 1 << 63, 1 << 63), True),
    b"no bits, all speakers.wav": (lambda: put(encoded("WAVEX"), b"fmt ", 26, "<HI", 0, 0xFFFFFFFF), True),
    b"giant format.wav": (lambda: put(encoded("WAV"), b"fmt ", 4, "<I", 0xFFFFFFF0), False),
    b"in fragments.m4a": (lambda: movie(movflags="frag_keyframe+empty_moov", frag_duration="200000"), True),
    b"two billion packets.m4a": (lambda: put(movie(), b"stsz", 12, ">I", 0x7FFFFFFF), False),
    b"behind a megabyte of zeros.mp3": (lambda: bytearray(1 << 20) + encoded("MP3"), True),
    b"\xff\xfe is no UTF-8.wav": (lambda: encoded("WAV"), True),
    b"two\nlines\x1b[31m.wav": (lambda: encoded("WAV"), True),
    b"long " * 50 + b".wav": (lambda: encoded("WAV"), True),
    b".wav": (lambda: encoded("WAV"), True),
}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names of files are text")
def test_odd_songs_are_separated_or_refused(tmp_path: Path, tiny_models: Path) -> None:
    folder = tmp_path / "songs"
    folder.mkdir()
    for name, (make, _) in SONGS.items():
        (folder / os.fsdecode(name)).write_bytes(make())
    songs = [os.fsdecode(name) for name in SONGS]
    command = [sys.executable, "-m", "umx_gui", "separate", "--outdir", str(tmp_path / "stems"), "--", *songs]
    environment = {**os.environ, "UMX_MODELS_DIR": str(tiny_models), "PYTHONPATH": str(ROOT), "UMX_RECEIPTS": ""}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, errors="surrogateescape", timeout=300
    )
    refused = [line for line in done.stderr.splitlines() if line.startswith("umx-gui: ")]
    meant = [os.fsdecode(name) for name, (_, right) in SONGS.items() if not right]
    assert len(refused) == len(meant), done.stderr
    for name, line in zip(meant, refused, strict=True):
        assert f"“{name}” cannot be opened: " in line
    assert "went wrong" not in done.stderr
    assert "Traceback" not in done.stderr
    folders = [path for path in (tmp_path / "stems").iterdir() if path.is_dir()]
    assert len(folders) == len(SONGS) - len(meant)
    for stems in folders:
        assert len(list(stems.glob("*.receipt.umx"))) == 1, stems
        heard = [soundfile.read(path, dtype="float32")[0] for path in stems.glob("*.wav")]
        assert len(heard) == 4, stems
        assert all(np.isfinite(samples).all() for samples in heard)
        assert all(abs(len(samples) - SECONDS * RATE) < 5000 for samples in heard), stems
