"""Datasets of every layout and format, made on the spot: seconds long, with stems that can be told apart."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import soundfile as sf
from av.audio.frame import AudioFrame

from trainer.layouts import MUSDB_STEMS

RATE = 44_100
STEMS = ("vocals", "drums", "bass", "other")
PITCHES = {"vocals": 660.0, "drums": 990.0, "bass": 110.0, "other": 330.0, "mixture": 0.0}
ENCODERS = {".mp3": ("libmp3lame", "mp3"), ".m4a": ("aac", "ipod"), ".mp4": ("aac", "mp4"), ".opus": ("libopus", "ogg")}


def stem(name: str, n: int, song: int = 0, rate: int = RATE) -> np.ndarray:
    """A stem [2, n]: noise that swells, with a tone of its own; another one for each song."""
    rng = np.random.default_rng(sum(map(ord, name)) + 1000 * song)
    t = np.arange(n) / rate
    wave = 0.05 * rng.standard_normal((2, n)) * (0.6 + 0.4 * np.sin(2 * np.pi * (1 + song) * t))
    return (wave + 0.1 * np.sin(2 * np.pi * PITCHES[name] * t)).astype(np.float32)


def stems(n: int, song: int = 0, names=STEMS, rate: int = RATE) -> dict[str, np.ndarray]:
    """All stems [2, n] of a song."""
    return {name: stem(name, n, song, rate) for name in names}


def write(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    """Write [C, T] in the format that the name asks for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix in (".wav", ".flac", ".ogg", ".aiff"):
        sf.write(path, samples.T, rate, subtype={".ogg": "VORBIS"}.get(path.suffix, "PCM_16"))
        return path
    encoder, container = ENCODERS[path.suffix]
    return write_streams(path, [samples], rate, encoder, container)


def write_streams(
    path: Path, streams: list[np.ndarray], rate: int, encoder: str = "aac", container: str = "mp4"
) -> Path:
    """Streams [C, T] into one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format=container) as out:
        made = [out.add_stream(encoder, rate=rate) for _ in streams]
        for samples, one in zip(streams, made, strict=True):
            one.layout, one.bit_rate = ("stereo" if len(samples) == 2 else "mono"), 128_000 * len(samples)
        for samples, one in zip(streams, made, strict=True):
            size = one.codec_context.frame_size or 1152
            convert = av.AudioResampler(format=one.codec_context.format.name, layout=one.layout.name, rate=rate)
            for at in range(0, samples.shape[1], size):
                part = np.ascontiguousarray(samples[:, at : at + size], np.float32)
                frame = AudioFrame.from_ndarray(part, format="fltp", layout=one.layout.name)
                frame.sample_rate, frame.pts = rate, at
                for fitting in convert.resample(frame):
                    out.mux(one.encode(fitting))
            out.mux(one.encode(None))
    return path


def write_musdb_song(folder: Path, name: str, n: int, song: int, is_wav: bool, rate: int = RATE) -> None:
    """A song of MUSDB18 (.stem.mp4) or MUSDB18-HQ (a folder of WAV files)."""
    parts = stems(n, song, rate=rate)
    parts["mixture"] = np.sum(list(parts.values()), axis=0)
    if is_wav:
        for stem_name, samples in parts.items():
            write(folder / name / f"{stem_name}.wav", samples, rate)
    else:
        write_streams(folder / f"{name}.stem.mp4", [parts[s] for s in ("mixture", *MUSDB_STEMS)], rate)
