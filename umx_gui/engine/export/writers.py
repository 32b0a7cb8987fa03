"""Writing one audio file block by block: WAV, FLAC, Ogg Vorbis and MP3 by libsndfile, AAC by FFmpeg's libraries.

Encoders trust what they are given: libmp3lame ends the process on a sample that is not a number, libvorbis on a rate it
does not know. So only finite samples within full scale may come here, at a rate of `file_rate`.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import av
import av.error
import numpy as np
import soundfile
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.exact_sum import IntArray
from umx_gui.engine.storage.file_set import typed_error
from umx_gui.errors import OptionError
from umx_gui.words import said

SUFFIXES = {"wav": ".wav", "flac": ".flac", "ogg": ".ogg", "mp3": ".mp3", "m4a": ".m4a", "stem.mp4": ".stem.mp4"}
LOSSLESS = ("wav", "flac")

_MOST_COMPRESSED = 0.99
"""libsndfile takes a compression level of 1 for an error."""
_WAV_LIMIT = 0xFFFFFFFF - 4096
_MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_AAC_RATES = (7350, *_MP3_RATES, 64000, 88200, 96000)
_RATES = {"mp3": _MP3_RATES, "m4a": _AAC_RATES, "stem.mp4": (44100, 48000)}
_MAX_RATE_HZ = {"flac": 655_350, "ogg": 192_000}
_KBPS = {"ogg": (256, 64, 500), "mp3": (320, 64, 320), "m4a": (256, 16, 512), "stem.mp4": (256, 64, 512)}
# libvorbis' quality 0..10 as the bit rate it aims at for stereo at 44.1 kHz (its own table).
_VORBIS_KBPS = (64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 500)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How samples are stored: `bits` is 16 or 24, None for float samples (WAV) and in lossy formats.

    `kbps` is the bit rate of a stereo file in kbit/s, for lossy formats. Raises OptionError for what does not exist.
    """

    format: str = "wav"
    bits: int | None = 24
    kbps: int | None = None

    def __post_init__(self) -> None:
        if self.format not in SUFFIXES:
            known = ", ".join(SUFFIXES)
            raise OptionError("format", said("“{name}” is none of {known}", name=self.format, known=known))
        if self.format == "flac" and self.bits is None:
            raise OptionError("bit-depth", "FLAC holds 16 or 24 bits; use wav for 32-bit float")
        if self.kbps is not None and self.format in _KBPS:
            _, least, most = _KBPS[self.format]
            if not least <= self.kbps <= most:
                taken = said("{format} takes {least} to {most} kbit/s", format=self.format, least=least, most=most)
                raise OptionError("bit rate", taken)

    @property
    def suffix(self) -> str:
        """The end of the file's name, with its dot."""
        return SUFFIXES[self.format]

    @property
    def lossless(self) -> bool:
        """Whether samples come back as they are written."""
        return self.format in LOSSLESS

    def bit_rate(self, sample_rate: int, n_channels: int) -> int:
        """The bits per second to aim at; less than asked for mono and for low sample rates."""
        kbps = self.kbps or _KBPS[self.format][0]
        return round(1000 * kbps * min(1.0, sample_rate / 44100) * (0.5 if n_channels == 1 else 1.0))

    def size(self, sample_rate: int, n_channels: int, n_samples: int) -> int:
        """The most bytes a file can be expected to need, without tags."""
        if self.lossless:
            return n_samples * n_channels * (self.bits or 32) // 8 + 65536
        seconds = n_samples / sample_rate
        return round(seconds * self.bit_rate(sample_rate, n_channels) / 8 * 1.15) + 65536


def file_rate(file_format: str, sample_rate: int) -> int:
    """The sample rate in Hz a file of this format gets: the given one where it can hold it, else the nearest that keeps
    most: the next higher, or for rates beyond all the highest that divides them."""
    rates = _RATES.get(file_format)
    if rates is None:
        most = _MAX_RATE_HZ.get(file_format, sample_rate)
        return next(sample_rate // n for n in range(1, 1000) if sample_rate // n <= most)
    if higher := [rate for rate in rates if rate >= sample_rate]:
        return min(higher)
    return max((rate for rate in rates if sample_rate % rate == 0), default=max(rates))


class Writer(Protocol):
    """One file being written; `close` completes it. Both raise DiskFullError and OutputNotWritableError."""

    def write(self, samples: FloatArray | IntArray) -> None:
        """Append samples [C, t]: integers of the encoding's bits, else float32 within full scale."""

    @property
    def checksum(self) -> int | None:
        """The CRC-32 of the samples written so far, as `verifying.checksum` reads them; None for lossy formats."""

    def close(self) -> None:
        """Complete the file. Closing a file after an error leaves it incomplete and raises nothing."""


def open_writer(
    path: Path, encoding: Encoding, sample_rate: int, n_channels: int, n_samples: int, tags: Mapping[str, str]
) -> Writer:
    """A writer for `n_samples` samples in all. Raises DiskFullError and OutputNotWritableError."""
    if encoding.format == "m4a":
        return AacWriter(path, "ipod", encoding.bit_rate(sample_rate, n_channels), sample_rate, n_channels, tags)
    return SoundFileWriter(path, encoding, sample_rate, n_channels, n_samples, tags)


class SoundFileWriter:
    """WAV (RF64 beyond 4 GB), FLAC, Ogg Vorbis or MP3."""

    def __init__(
        self,
        path: Path,
        encoding: Encoding,
        sample_rate: int,
        n_channels: int,
        n_samples: int,
        tags: Mapping[str, str],
    ) -> None:
        self._path, self._encoding, self._n_samples, self._failed = path, encoding, n_samples, False
        self._checksum = 0
        container, subtype, how = _libsndfile_names(encoding, encoding.size(sample_rate, n_channels, n_samples))
        self._gain = 1.0
        if encoding.format == "mp3":
            level = _mp3_level(encoding.bit_rate(sample_rate, n_channels) / 1000, sample_rate)
            how["compression_level"], self._gain = level, _mp3_gain(sample_rate, n_channels, level)
        try:
            self._file = soundfile.SoundFile(path, "w", sample_rate, n_channels, subtype, format=container, **how)
        except (soundfile.LibsndfileError, OSError) as e:
            raise typed_error(e, path.parent) from e
        for name, value in _libsndfile_tags(tags).items():
            setattr(self._file, name, value)

    @property
    def checksum(self) -> int | None:
        """See `Writer`."""
        return self._checksum if self._encoding.lossless else None

    def write(self, samples: FloatArray | IntArray) -> None:
        """Append samples [C, t]; see `Writer`."""
        frames: NDArray[Any] = samples.T
        if self._encoding.bits is not None and self._encoding.lossless:
            # libsndfile keeps the upper bits of 32-bit integers.
            frames = frames.astype(np.int32) << (32 - self._encoding.bits)
        elif self._gain != 1.0:
            frames = frames / np.float32(self._gain)
        frames = np.ascontiguousarray(frames)
        self._checksum = zlib.crc32(frames.data, self._checksum)
        try:
            self._file.write(frames)
        except (soundfile.LibsndfileError, OSError, AssertionError) as e:
            # soundfile asserts that all was written: that is how it says that the disk is full.
            self._failed = True
            raise typed_error(_plain(e), self._path.parent, samples.nbytes) from e

    def close(self) -> None:
        """Complete the file, and make sure that all of it is there."""
        try:
            self._file.close()
            if not self._failed and soundfile.info(str(self._path)).frames != self._n_samples:
                raise OSError("incomplete")
        except (soundfile.LibsndfileError, OSError) as e:
            if not self._failed:
                raise typed_error(_plain(e), self._path.parent) from e


class AacWriter:
    """AAC in an MPEG-4 file, as one track or (for `.stem.mp4`) several that begin and end together."""

    def __init__(
        self,
        path: Path,
        muxer: str,
        bit_rate: int,
        sample_rate: int,
        n_channels: int,
        tags: Mapping[str, str],
        titles: tuple[str, ...] = ("",),
    ) -> None:
        self._path, self._rate, self._at, self._failed = path, sample_rate, 0, False
        self._layout = "mono" if n_channels == 1 else "stereo"
        try:
            # The file's own clock counts samples, so that its length is exact to the sample.
            self._file = av.open(f"file:{path}", "w", format=muxer, options={"movie_timescale": str(sample_rate)})
            self._file.metadata.update(_mp4_tags(tags))
            self._streams = [self._file.add_stream("aac", rate=sample_rate, layout=self._layout) for _ in titles]
        except (av.error.FFmpegError, OSError) as e:
            raise typed_error(e, path.parent) from e
        for stream, title in zip(self._streams, titles, strict=True):
            stream.bit_rate = bit_rate
            if title:
                stream.metadata["title"] = title

    @property
    def checksum(self) -> int | None:
        """None: AAC gives back what is near."""
        return None

    def write(self, samples: FloatArray | IntArray) -> None:
        """Append samples [C, t] to the only track."""
        self.write_tracks(np.asarray(samples, np.float32)[None])

    def write_tracks(self, tracks: FloatArray) -> None:
        """Append samples [K, C, t] to the K tracks. Raises DiskFullError and OutputNotWritableError."""
        try:
            for stream, samples in zip(self._streams, tracks, strict=True):
                frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=self._layout)
                frame.sample_rate, frame.pts = self._rate, self._at
                for packet in stream.encode(frame):
                    self._file.mux(packet)
        except (av.error.FFmpegError, OSError) as e:
            self._failed = True
            raise typed_error(e, self._path.parent, tracks.nbytes) from e
        self._at += tracks.shape[-1]

    def close(self) -> None:
        """Write what the encoders still hold, then the file's index."""
        try:
            if not self._failed:
                for stream in self._streams:
                    for packet in stream.encode(None):
                        self._file.mux(packet)
            self._file.close()
        except (av.error.FFmpegError, OSError) as e:
            if not self._failed:
                raise typed_error(e, self._path.parent) from e


def _libsndfile_names(encoding: Encoding, n_bytes: int) -> tuple[str, str, dict[str, Any]]:
    if encoding.format == "ogg":
        quality = float(np.interp(encoding.kbps or _KBPS["ogg"][0], _VORBIS_KBPS, np.arange(11)))
        return "OGG", "VORBIS", {"compression_level": min(1.0 - quality / 10, _MOST_COMPRESSED)}
    if encoding.format == "mp3":
        return "MP3", "MPEG_LAYER_III", {"bitrate_mode": "CONSTANT"}
    subtype = f"PCM_{encoding.bits}" if encoding.bits else "FLOAT"
    if encoding.format == "flac":
        return "FLAC", subtype, {}
    return wav_container(n_bytes), subtype, {}


def wav_container(n_bytes: int) -> str:
    """WAV counts its bytes in 32 bits; what may not fit gets RF64, its 64-bit form (EBU Tech 3306)."""
    return "WAV" if n_bytes <= _WAV_LIMIT else "RF64"


def _mp3_level(kbps: float, sample_rate: int) -> float:
    """libsndfile's 0..1 for a constant bit rate: it draws a line from the most to the least of the MPEG version."""
    most, least = (320, 32) if sample_rate >= 32000 else (160, 8) if sample_rate >= 16000 else (64, 8)
    # Below 64 kbit/s LAME resamples, which changes more than is worth the space.
    return min(max((most - max(kbps, 64)) / (most - least), 0.0), _MOST_COMPRESSED)


@lru_cache(maxsize=64)
def _mp3_gain(sample_rate: int, n_channels: int, level: float) -> float:
    """The gain LAME applies at these settings: music becomes 0.95 times as loud at 160 kbit/s, not to clip.

    Stems have to keep their levels, or they would not sum to the mixture, so it is measured on a tone and undone.
    """
    tone = 0.25 * np.sin(2 * np.pi / 50 * np.arange(sample_rate // 2))
    memory = BytesIO()
    how: dict[str, Any] = {"format": "MP3", "bitrate_mode": "CONSTANT", "compression_level": level}
    with soundfile.SoundFile(memory, "w", sample_rate, n_channels, "MPEG_LAYER_III", **how) as file:
        file.write(np.repeat(tone[:, None], n_channels, axis=1))
    memory.seek(0)
    middle = slice(len(tone) // 4, len(tone) * 3 // 4)
    heard = soundfile.read(memory, always_2d=True)[0][middle, 0]
    return round(float(np.std(heard) / np.std(tone[middle])), 3)


def _libsndfile_tags(tags: Mapping[str, str]) -> dict[str, str]:
    names = {"track": "tracknumber", "year": "date"}
    known = ("title", "artist", "album", "date", "genre", "tracknumber", "comment", "copyright", "license")
    found = {names.get(key, key): value for key, value in tags.items()}
    return {key: found[key] for key in known if found.get(key)} | {"software": "umx-gui"}


def _mp4_tags(tags: Mapping[str, str]) -> dict[str, str]:
    return {"date" if key == "year" else key: value for key, value in tags.items()}


def _plain(error: Exception) -> Exception:
    """An error without a system's number is one whose cause only the disk can tell."""
    return error if isinstance(error, OSError) and error.errno else RuntimeError(str(error))
