"""A file becomes a song of exactly its samples, whatever its header says."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from app_sounds import sound, write

from umx_gui.app.open_song import opening
from umx_gui.app.open_song.opening import Begun, Decoded, Ended, open_song, scratch_folder
from umx_gui.app.open_song.song import MIXTURE, Song
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import AudioUnreadableError, Cancelled, UnreadableReason
from umx_gui.messages import Message


class Opened:
    """All that opening a file yielded, checked on the way."""

    def __init__(self, path: Path) -> None:
        self.begun: Song | None = None
        self.messages: tuple[Message, ...] = ()
        self.stretches: list[tuple[int, int]] = []
        self.fractions: list[float] = []
        for value in open_song(path, CancelToken()):
            match value:
                case Begun():
                    self.begun = value.song
                case Decoded():
                    assert self.begun is not None
                    middle = (value.start + value.stop) / 2
                    assert self.begun.peaks[MIXTURE].query(middle - 256, middle + 256, 1).rms[0] > 0
                    self.stretches.append((value.start, value.stop))
                case Ended():
                    self.song, self.messages = value.song, value.messages
                case Progress():
                    self.fractions.append(value.fraction)


def read(path: Path) -> np.ndarray:
    return sf.read(path, dtype="float32", always_2d=True)[0].T


def test_the_mixture_is_the_file_sample_for_sample(song_file: Path) -> None:
    opened = Opened(song_file)
    assert opened.song is opened.begun
    np.testing.assert_array_equal(opened.song.mixture, read(song_file))
    assert opened.messages == ()
    assert opened.fractions[-1] == 1.0
    assert opened.fractions == sorted(opened.fractions)


def test_stretches_follow_each_other_without_a_gap(tmp_path: Path) -> None:
    path = write(tmp_path / "long.wav", sound(20.0, n_channels=1))
    opened = Opened(path)
    starts, stops = zip(*opened.stretches, strict=True)
    assert len(starts) >= 3
    assert starts == (0, *stops[:-1])
    assert stops[-1] == opened.song.n_samples == 20 * 44100
    assert stops[0] <= 65536, "the first sound is heard at once"


@pytest.mark.parametrize("n_channels", [1, 2])
def test_mono_stays_mono_and_stereo_stereo(tmp_path: Path, n_channels: int) -> None:
    song = Opened(write(tmp_path / "x.flac", sound(1.0, n_channels), 48000)).song
    assert song.mixture.shape == (n_channels, 44100)
    assert song.sample_rate == 48000


@pytest.mark.parametrize("name", ["x.mp3", "x.ogg"])
def test_lossy_files_are_as_long_as_they_decode(tmp_path: Path, name: str) -> None:
    opened = Opened(write(tmp_path / name, sound(3.0), subtype=None))
    assert opened.song.n_samples == 3 * 44100
    assert opened.song is opened.begun
    assert np.abs(opened.song.mixture - sound(3.0)).mean() < 0.01


def test_more_channels_are_mixed_to_two_and_said(tmp_path: Path) -> None:
    opened = Opened(write(tmp_path / "six.wav", sound(0.5, 6)))
    assert opened.song.mixture.shape == (2, 22050)
    assert [m.title for m in opened.messages] == ["Mixed down to stereo"]


def test_a_length_that_is_not_declared_is_found(tmp_path: Path) -> None:
    """A WAV stream as programs write it into a pipe: its data size is 0xFFFFFFFF."""
    path = write(tmp_path / "stream.wav", sound(3.0))
    expected = read(path)
    data = bytearray(path.read_bytes())
    at = data.index(b"data")
    data[4:8] = data[at + 4 : at + 8] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    opened = Opened(path)
    np.testing.assert_array_equal(opened.song.mixture, expected)


@pytest.mark.parametrize("claimed_s", [1.0, 2.0, 6.0])
def test_a_declared_length_that_lies_is_mended(
    song_file: Path, monkeypatch: pytest.MonkeyPatch, claimed_s: float
) -> None:
    """Whatever the probe said, the song has the samples that came; small spills make many pieces."""
    monkeypatch.setattr(opening, "_plausible_length", lambda *_: round(claimed_s * 44100))
    monkeypatch.setattr(opening, "_SPILL_SAMPLES", 1000)
    opened = Opened(song_file)
    assert opened.begun is not None
    assert opened.begun.n_samples == round(claimed_s * 44100)
    assert opened.song is not opened.begun
    np.testing.assert_array_equal(opened.song.mixture, read(song_file))
    assert opened.stretches[-1][1] <= opened.begun.n_samples


def test_nothing_is_reserved_for_an_absurd_length(tmp_path: Path) -> None:
    """A header of 4 GB on a small file must not reserve 16 GB."""
    path = write(tmp_path / "boast.wav", sound(1.0, 1))
    data = bytearray(path.read_bytes())
    at = data.index(b"data")
    data[at + 4 : at + 8] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(data)
    try:
        opened = Opened(path)
    except AudioUnreadableError:
        return  # refusing it is as good
    assert opened.song.n_samples == 44100


def test_what_is_no_song_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.wav"
    path.write_text("not audio at all")
    with pytest.raises(AudioUnreadableError):
        Opened(path)
    sf.write(tmp_path / "empty.wav", np.zeros((0, 2)), 44100)
    with pytest.raises(AudioUnreadableError) as caught:
        Opened(tmp_path / "empty.wav")
    assert caught.value.reason == UnreadableReason.EMPTY


def test_cancelling_stops_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    assert scratch_folder() == tmp_path / "scratch"
    path = write(tmp_path / "long.wav", sound(20.0, n_channels=1))
    token = CancelToken()
    job = open_song(path, token)
    next(job)
    token.cancel()
    with pytest.raises(Cancelled):
        list(job)
    assert list((tmp_path / "scratch").iterdir()) == []
