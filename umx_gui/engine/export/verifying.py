"""Reading files back right after they were written: is all of it there, and is it what was meant?

What the system still holds in memory is read from there, so this finds what encoders do wrong, not failing disks.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
import soundfile
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.exact_sum import BLOCK_SAMPLES, IntArray
from umx_gui.engine.work import CancelToken
from umx_gui.errors import FileDamagedError
from umx_gui.words import said


@dataclass(frozen=True, slots=True)
class Expected:
    """What a file must be: T samples of C channels at `sample_rate` in Hz, in each of its tracks.

    `checksum` is the CRC-32 of its samples, for lossless formats: `floats` as 32-bit floats, else as 32-bit integers.
    """

    n_samples: int
    n_channels: int
    sample_rate: int
    n_tracks: int = 1
    checksum: int | None = None
    floats: bool = False


def verify_file(temp: Path, path: Path, expected: Expected, cancel: CancelToken) -> Iterator[float]:
    """Decode a file that was written as `temp` and is to become `path`; yields how far that is, in 0..1.

    Raises FileDamagedError and Cancelled.
    """
    try:
        if path.name.endswith((".m4a", ".mp4")):
            yield from _verify_mpeg4(temp, path, expected, cancel)
        else:
            yield from _verify_soundfile(temp, path, expected, cancel)
    except (soundfile.LibsndfileError, av.error.FFmpegError, OSError) as e:
        raise FileDamagedError(path, "it cannot be read again") from e


def _verify_soundfile(temp: Path, path: Path, expected: Expected, cancel: CancelToken) -> Iterator[float]:
    lossless = expected.checksum is not None
    found, n_read = 0, 0
    with soundfile.SoundFile(temp) as file:
        _check_form(path, expected, file.samplerate, file.channels)
        while True:
            cancel.check()
            kind = "float32" if expected.floats or not lossless else "int32"
            frames: FloatArray | IntArray = file.read(BLOCK_SAMPLES, dtype=kind, always_2d=True)
            if not len(frames):
                break
            found = zlib.crc32(np.ascontiguousarray(frames).data, found)
            _check_finite(path, frames)
            n_read += len(frames)
            yield min(n_read / max(expected.n_samples, 1), 1.0)
    _check_length(path, expected, n_read)
    if lossless and found != expected.checksum:
        raise FileDamagedError(path, "its samples are not those that were written")


def _verify_mpeg4(temp: Path, path: Path, expected: Expected, cancel: CancelToken) -> Iterator[float]:
    with av.open(f"file:{temp}") as file:
        tracks = file.streams.audio
        if len(tracks) != expected.n_tracks:
            raise FileDamagedError(
                path,
                said("the number of its tracks is {n} instead of {wanted}", n=len(tracks), wanted=expected.n_tracks),
            )
        n_read = dict.fromkeys((track.index for track in tracks), 0)
        for track in tracks:
            _check_form(path, expected, track.rate, track.channels)
            # What the coder adds at the end, to fill its last packet, is no part of the length.
            _check_length(path, expected, round((track.duration or 0) * (track.time_base or 0) * track.rate))
        for packet in file.demux(tracks):
            cancel.check()
            for frame in packet.decode():
                assert isinstance(frame, av.AudioFrame)
                _check_finite(path, frame.to_ndarray())
                n_read[packet.stream_index] += frame.samples
            yield min(sum(n_read.values()) / max(expected.n_samples * len(n_read), 1), 1.0)
    if min(n_read.values()) < expected.n_samples:
        _check_length(path, expected, min(n_read.values()))


def _check_form(path: Path, expected: Expected, sample_rate: int, n_channels: int) -> None:
    if sample_rate != expected.sample_rate:
        raise FileDamagedError(
            path,
            said("its sample rate is {n} Hz instead of {wanted} Hz", n=sample_rate, wanted=expected.sample_rate),
        )
    if n_channels != expected.n_channels:
        raise FileDamagedError(
            path,
            said("the number of its channels is {n} instead of {wanted}", n=n_channels, wanted=expected.n_channels),
        )


def _check_length(path: Path, expected: Expected, n_samples: int) -> None:
    if n_samples != expected.n_samples:
        raise FileDamagedError(
            path, said("its length in samples is {n} instead of {wanted}", n=n_samples, wanted=expected.n_samples)
        )


def _check_finite(path: Path, samples: NDArray[Any]) -> None:
    if not np.isfinite(samples).all():
        raise FileDamagedError(path, "it holds samples that are no numbers")
