"""Decoding with libsndfile: exact and quick for WAV, AIFF, RF64 and FLAC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.decoding.audio_info import BLOCK_SAMPLES, AudioInfo, is_lossless
from umx_gui.engine.decoding.sniff import AIFF, WAV, Family
from umx_gui.engine.decoding.sources import Flaws, check_shape
from umx_gui.engine.decoding.wave_header import aiff_declared, read_wave_header
from umx_gui.errors import AudioUnreadableError, UnreadableReason

_NO_LENGTH = 1 << 40
_MOST_PADDING = 8192
# Near the end of such files libsndfile lands elsewhere, and says nothing.
_SOUGHT_WRONGLY = ("vorbis", "opus", "mp3")
_UNSUPPORTED = "unimplemented format"
_TAGS = {"title": "title", "artist": "artist", "album": "album", "tracknumber": "track", "date": "date"}
_CONTAINERS = {"WAVEX": "wav", "WAV": "wav", "W64": "wav", "RF64": "wav"}
_CODECS = {"PCM": "pcm", "FLOAT": "pcm", "DOUBLE": "pcm", "MPEG": "mp3", "VORBIS": "vorbis", "OPUS": "opus"}
# Vorbis and Opus put the centre second and the LFE last (Vorbis I, 4.3.9); libsndfile keeps that. To WAV's order:
_FROM_VORBIS = {
    3: [0, 2, 1],
    5: [0, 2, 1, 3, 4],
    6: [0, 2, 1, 5, 3, 4],
    7: [0, 2, 1, 6, 5, 3, 4],
    8: [0, 2, 1, 7, 5, 6, 3, 4],
}


class _Straight(soundfile.SoundFile):  # type: ignore[misc]  # soundfile has no types
    """A file read straight on: python-soundfile would seek after every read, which damaged FLAC refuses."""

    def seekable(self) -> bool:
        return False


class SoundFileSource:
    """A file as libsndfile reads it."""

    def __init__(self, path: Path, family: Family) -> None:
        self.flaws: Flaws = {}
        self._path, self._family = path, family
        self._file = self._open()
        self._fresh = True
        try:
            self.info, self.states_length = self._with_length(self._probe())
        except BaseException:
            self._file.close()
            raise

    def _open(self) -> soundfile.SoundFile:
        try:
            return _Straight(str(self._path))
        except (soundfile.LibsndfileError, ValueError, TypeError) as e:
            reason = UnreadableReason.UNSUPPORTED if _UNSUPPORTED in str(e) else UnreadableReason.DAMAGED
            raise AudioUnreadableError(self._path, reason, str(e)) from e

    def _rewind(self) -> None:
        # Opened anew, for odd files cannot be sought in at all.
        self._file.close()
        self._file = self._open()

    def _seek(self, start: int) -> int:
        """Go to a sample; how many must be read and dropped to get there, where the file cannot be sought in."""
        if not self._fresh:
            self._rewind()
        self._fresh = False
        if self.info.codec in _SOUGHT_WRONGLY:
            return start
        try:
            if start:
                self._file.seek(start)
        except soundfile.LibsndfileError:
            self._rewind()
            return start
        return 0

    def _probe(self) -> AudioInfo:
        file = self._file
        check_shape(self._path, file.samplerate, file.channels)
        container = _CONTAINERS.get(file.format, file.format.lower())
        codec = container if container == "flac" else _CODECS.get(file.subtype.split("_")[0], file.subtype.lower())
        return AudioInfo(
            path=self._path,
            sample_rate=file.samplerate,
            n_channels=file.channels,
            n_samples=file.frames if 0 <= file.frames < _NO_LENGTH else None,
            codec=codec,
            container=container,
            subtype=file.subtype,
            lossless=is_lossless(file.subtype),
            tags={ours: str(value) for key, ours in _TAGS.items() if (value := getattr(file, key, ""))},
            channel_layout={1: "mono", 2: "stereo"}.get(file.channels, ""),
        )

    def _with_length(self, info: AudioInfo) -> tuple[AudioInfo, bool]:
        """The probe with the length that the header declares, and whether it does; libsndfile's is what it found."""
        declared = None
        if self._family == WAV and (header := read_wave_header(self._path)) is not None:
            declared = header.n_declared
        elif self._family == AIFF:
            declared = aiff_declared(self._path)
        elif info.container == "flac":
            declared = info.n_samples
        # A fact chunk far from what is there counts something else (bytes, say), as some programs write it.
        padded = self._file.frames - (declared or 0)
        if declared is None or declared >= _NO_LENGTH or (not info.lossless and padded > _MOST_PADDING):
            return info, False
        return replace(info, n_samples=declared), True

    def pieces(self, start: int) -> Iterator[FloatArray]:
        """See `Source.pieces`."""
        # Coded blocks end with padding; how many samples are meant stands in the header.
        left = self.info.n_samples if self.states_length and not self.info.lossless else None
        order = _FROM_VORBIS.get(self.info.n_channels) if self.info.container == "ogg" else None
        # libsndfile takes four times as long to make the same floats of them.
        kind = "int16" if (self.info.codec, self.info.subtype) == ("pcm", "PCM_16") else "float32"
        try:
            if self._file.frames <= start and self._file.frames < _NO_LENGTH:
                return
            n_dropped = self._seek(start)
            left = None if left is None else max(left - start, 0) + n_dropped
            while left is None or left > 0:
                block = self._file.read(BLOCK_SAMPLES, dtype=kind, always_2d=True)[:left]
                if not len(block):
                    return
                left = None if left is None else left - len(block)
                n_dropped, block = max(n_dropped - len(block), 0), block[n_dropped:]
                if len(block):
                    yield _as_float(block.T if order is None else block.T[order])
        except (soundfile.LibsndfileError, ValueError) as e:
            raise AudioUnreadableError(self._path, UnreadableReason.DAMAGED, str(e)) from e

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _as_float(block: NDArray[np.int16] | FloatArray) -> FloatArray:
    """Samples [C, t] as floats in rows; 16-bit whole numbers are divided by 32768, which is exact."""
    if block.dtype == np.float32:
        return np.ascontiguousarray(block, np.float32)
    return block.astype(np.float32, order="C") * np.float32(2.0**-15)
