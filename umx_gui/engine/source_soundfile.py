"""Decoding with libsndfile: exact and quick for WAV, AIFF, RF64 and FLAC."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.audio_info import BLOCK_SAMPLES, AudioInfo, is_lossless
from umx_gui.engine.sources import Flaws, check_shape
from umx_gui.errors import AudioUnreadableError, UnreadableReason

_NO_LENGTH = 1 << 40
_TAGS = {
    "title": "title",
    "artist": "artist",
    "album": "album",
    "tracknumber": "track",
    "date": "date",
    "genre": "genre",
}
_CONTAINERS = {"WAVEX": "wav", "WAV": "wav", "W64": "wav", "RF64": "wav"}
_CODECS = {"PCM": "pcm", "FLOAT": "pcm", "DOUBLE": "pcm", "MPEG": "mp3", "VORBIS": "vorbis", "OPUS": "opus"}


class SoundFileSource:
    """A file as libsndfile reads it."""

    def __init__(self, path: Path) -> None:
        self.flaws: Flaws = {}
        self._path = path
        try:
            self._file = soundfile.SoundFile(str(path))
        except (soundfile.LibsndfileError, ValueError, TypeError) as e:
            raise AudioUnreadableError(path, UnreadableReason.DAMAGED, str(e)) from e
        try:
            self.info = self._probe()
        except BaseException:
            self._file.close()
            raise

    def _probe(self) -> AudioInfo:
        file = self._file
        check_shape(self._path, file.samplerate, file.channels)
        container = _CONTAINERS.get(file.format, file.format.lower())
        tags = {ours: str(value) for key, ours in _TAGS.items() if (value := getattr(file, key, ""))}
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
            tags=tags,
            channel_layout={1: "mono", 2: "stereo"}.get(file.channels, ""),
        )

    def pieces(self, start: int) -> Iterator[FloatArray]:
        """See `Source.pieces`."""
        try:
            if start:
                if self.info.n_samples is not None and start >= self.info.n_samples:
                    return
                self._file.seek(start)
            while True:
                block = self._file.read(BLOCK_SAMPLES, dtype="float32", always_2d=True)
                if not len(block):
                    return
                yield np.ascontiguousarray(block.T)
        except (soundfile.LibsndfileError, ValueError) as e:
            raise AudioUnreadableError(self._path, UnreadableReason.DAMAGED, str(e)) from e

    def close(self) -> None:
        """Close the file."""
        self._file.close()
