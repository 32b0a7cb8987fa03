"""Audio files made on the spot, and readers shared by the tests of decoding."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile

from umx_gui.engine.decoding.decode import AudioFile
from umx_gui.errors import AudioFlaw

LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}

# What the files made with libav are: (codec, muxer, bit rate).
BY_LIBAV = {
    "aac.m4a": ("aac", "ipod", 160_000),
    "aac.mp4": ("aac", "mp4", 160_000),
    "alac.m4a": ("alac", "ipod", None),
    "lame.mp3": ("libmp3lame", "mp3", 192_000),
    "opus.opus": ("libopus", "ogg", 128_000),
    "opus.webm": ("libopus", "webm", 128_000),
    "wma.wma": ("wmav2", "asf", 160_000),
    "wavpack.wv": ("wavpack", "wv", None),
    "flac.mp4": ("flac", "mp4", None),
    "aac.mka": ("aac", "matroska", 160_000),
    "adts.aac": ("aac", "adts", 160_000),
    "tta.tta": ("tta", "tta", None),
}


def tones(n_samples: int, sample_rate: int = 44100, n_channels: int = 2, level: float = 0.4) -> np.ndarray:
    """One sine a channel [C, T], each of its own pitch, so that a channel out of place is noticed."""
    t = np.arange(n_samples) / sample_rate
    pitches = 220.0 * (1 + np.arange(n_channels))[:, None]
    return (level * np.sin(2 * np.pi * pitches * t)).astype(np.float32)


def write(path: Path, samples: np.ndarray, sample_rate: int = 44100, **options: str) -> Path:
    """Write [C, T] with libsndfile; `options` are soundfile's (subtype, format)."""
    soundfile.write(path, samples.T, sample_rate, **options)
    return path


def write_av(
    path: Path,
    samples: np.ndarray,
    sample_rate: int = 44100,
    *,
    kind: str | None = None,
    tags: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """Write [C, T] with libav as one of `BY_LIBAV`, by the path's name unless `kind` says otherwise."""
    codec, muxer, bit_rate = BY_LIBAV[kind or path.name]
    layout = LAYOUTS[samples.shape[0]]
    with av.open(str(path), "w", format=muxer, options=options or {}) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream(codec, rate=sample_rate, layout=layout)
        if bit_rate:
            stream.bit_rate = bit_rate
        stream.codec_context.open()
        packed = np.ascontiguousarray(samples.T, np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = sample_rate, 0, Fraction(1, sample_rate)
        wanted = stream.codec_context.format.name
        resampler = av.AudioResampler(wanted, layout, sample_rate, stream.codec_context.frame_size or None)
        for piece in [*resampler.resample(frame), *resampler.resample(None), None]:
            container.mux(stream.encode(piece))
    return path


def decoded(path: Path, *, in_child: bool = False, start_s: float = 0, duration_s: float | None = None) -> np.ndarray:
    """All samples of a file [C, T]."""
    with AudioFile(path, in_child=in_child) as file:
        return np.concatenate(list(file.blocks(start_s, duration_s)), axis=1)


def flaws_of(path: Path, *, in_child: bool = False) -> set[AudioFlaw]:
    """The flaws found when a file is read to its end."""
    with AudioFile(path, in_child=in_child) as file:
        for _ in file.blocks():
            pass
        assert len(file.warnings) == len(file.flaws)
        return {flaw.flaw for flaw in file.flaws}


def error_db(got: np.ndarray, wanted: np.ndarray) -> float:
    """The level of the difference below the wanted signal, over their common length, without 50 ms at both ends."""
    n_samples = min(got.shape[1], wanted.shape[1])
    inside = slice(2205, n_samples - 2205)
    difference = np.square(got[:, inside] - wanted[:, inside]).sum()
    return float(10 * np.log10((difference + 1e-20) / np.square(wanted[:, inside]).sum()))
