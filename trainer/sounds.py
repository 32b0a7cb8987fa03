"""Reading stretches of sound files: straight from where they lie, or through the cache of decoded sound.

WAV, AIFF and FLAC are read by libsndfile, which seeks to the sample. MP4 is read by our decoder, which seeks by
the time its frames carry. All else is decoded from its beginning, or once into the cache. It all happens in the process
that asks, a data worker, which is a child of the trainer already: a second one in between would copy each excerpt once
more. Whole files, which the cache takes, and files nobody has seen yet, which the check looks at, are decoded in the
engine's child with its bounded memory and time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile as sf

from trainer.data_options import DataOptions
from trainer.decoded_cache import DecodedCache
from umx_gui.engine.audio import FloatArray
from umx_gui.engine.decoding.decode import AudioFile
from umx_gui.engine.decoding.guarded import Decoding
from umx_gui.engine.decoding.sniff import mp3_states_length
from umx_gui.errors import AudioChangedError, AudioUnreadableError, DatasetError, UnreadableReason

STRAIGHT = (".wav", ".flac", ".aiff", ".aif", ".w64")
SUFFIXES = (
    *STRAIGHT, ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".aifc", ".caf", ".wv", ".wma", ".mka", ".webm",
)  # fmt: skip
# libsndfile's seeking in Vorbis misses its place near the end of a file.
_NOT_EXACT = ("VORBIS", "OPUS", "MPEG_LAYER_III", "MPEG_LAYER_II", "MPEG_LAYER_I")


class UnreadableFileError(DatasetError):
    """A file that cannot be read, now at least."""


class SoundReader:
    """Reads stretches as float32 with a fixed number of channels."""

    def __init__(self, n_channels: int, cache: DecodedCache | None = None) -> None:
        self._n_channels, self._cache = n_channels, cache

    @classmethod
    def of(cls, options: DataOptions, n_channels: int) -> SoundReader:
        """The reader that the options of a run ask for."""
        return cls(n_channels, cache_of(options))

    def read(self, path: Path, start: int, n_samples: int, stream: int = 0) -> FloatArray:
        """Samples [C, n_samples] from `start`; beyond the end is silence. Raises DatasetError."""
        with readable(path, "it can no longer be read"):
            part = self._part(path, max(start, 0), n_samples, stream)
        out = np.zeros((self._n_channels, n_samples), np.float32)
        if part.shape[0] != self._n_channels:
            mono = part.shape[0] == 1 or self._n_channels == 1
            part = part.mean(axis=0, keepdims=True) if mono else part[: self._n_channels]
        out[:, : part.shape[1]] = part
        return out

    def _part(self, path: Path, start: int, n_samples: int, stream: int) -> FloatArray:
        if stream == 0 and path.suffix.lower() in STRAIGHT and (part := _straight(path, start, n_samples)) is not None:
            return part
        if self._cache is not None and (kept := self._cache.part(path, stream, start, n_samples)) is not None:
            return kept
        return decoded(path, start, n_samples, stream)


def cache_of(options: DataOptions) -> DecodedCache | None:
    """The cache that options name, if they do."""
    return DecodedCache(Path(options.cache).expanduser(), int(options.cache_gb * 1e9)) if options.cache else None


def decoded(path: Path, start: int, n_samples: int, stream: int) -> FloatArray:
    """Samples [C, t], t <= n_samples, by our own decoder, here. Raises AudioUnreadableError."""
    decoding = Decoding(path, stream)
    try:
        blocks = list(decoding.blocks(start, start + n_samples))
    except AudioUnreadableError as e:
        if e.reason is not UnreadableReason.BEHIND_END:
            raise
        blocks = []
    finally:
        decoding.close()
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((decoding.info.n_channels, 0), np.float32)


def _straight(path: Path, start: int, n_samples: int) -> FloatArray | None:
    """Samples [C, t] by libsndfile; None for what it cannot read, or not seek in to the sample."""
    try:
        with sf.SoundFile(str(path)) as file:
            if file.subtype in _NOT_EXACT:
                return None
            file.seek(min(start, file.frames))
            part: FloatArray = file.read(n_samples, dtype="float32", always_2d=True).T
            return part
    except sf.LibsndfileError:
        return None


_Shape = tuple[int, int, int]
_known: dict[tuple[Path, int, int, int], _Shape] = {}


def probe(path: Path, stream: int = 0, cache: DecodedCache | None = None) -> _Shape:
    """Rate in Hz, channels and length in samples. Raises DatasetError.

    Where a file does not state its length, it is decoded once to count its samples. Every epoch asks again for every
    file; what has not changed since is not opened again.
    """
    with readable(path, "it is not a readable sound file"):
        found = path.stat()
        key = (path, stream, found.st_size, found.st_mtime_ns)
        if key not in _known:
            _known[key] = _probe(path, stream, cache)
        return _known[key]


def _probe(path: Path, stream: int, cache: DecodedCache | None) -> _Shape:
    if stream == 0 and path.suffix.lower() in STRAIGHT:
        with contextlib.suppress(sf.LibsndfileError):
            info = sf.info(str(path))
            if info.subtype not in _NOT_EXACT:
                return int(info.samplerate), int(info.channels), int(info.frames)
    file = AudioFile(path, stream=stream)
    found = file.info
    states = found.container not in ("mp3", "aac", "other") or (found.container == "mp3" and mp3_states_length(path))
    n_samples = found.n_samples if states else None
    if n_samples is None and cache is not None and cache.part(path, stream, 0, 0) is not None:
        n_samples = cache.length(path, stream)
    if n_samples is None:
        n_samples = sum(block.shape[1] for block in file.blocks())
    return found.sample_rate, found.n_channels, n_samples


@contextmanager
def readable(path: Path, otherwise: str) -> Iterator[None]:
    """Turn what reading a file raises into an UnreadableFileError that names it."""
    try:
        yield
    except (sf.LibsndfileError, AudioUnreadableError, AudioChangedError, OSError) as e:
        raise UnreadableFileError(path, otherwise) from e
