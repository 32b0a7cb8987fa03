"""Songs and readers shared by the tests of exports."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import av
import numpy as np
import soundfile

from umx_gui.engine.audio import Stems
from umx_gui.engine.decoding.audio_info import AudioInfo
from umx_gui.engine.export.exporter import ExportOptions, Written, export_stems
from umx_gui.engine.work import CancelToken

TARGETS = ("vocals", "drums", "bass", "other")


def song(
    n_samples: int = 100_003,
    n_channels: int = 2,
    rate: int = 44100,
    targets: tuple[str, ...] = TARGETS,
    level: float = 0.1,
    seed: int = 0,
) -> tuple[Stems, np.ndarray]:
    """Stems of three tones each and a little noise, of rms `level`, and the mixture [C, T] they sum to."""
    rng = np.random.default_rng(seed)
    t = np.arange(n_samples) / rate
    pitches = 110 * 2 ** (np.arange(3 * len(targets)) / 3 + 0.1)
    phases = rng.uniform(0, 2 * np.pi, (len(pitches), n_channels, 1))
    tones = np.sin(2 * np.pi * pitches[:, None, None] * t + phases).reshape(len(targets), 3, n_channels, n_samples)
    soft = level * (0.8 * tones.sum(axis=1) + 1e-3 * rng.standard_normal((len(targets), n_channels, n_samples)))
    stems = Stems(targets, soft.astype(np.float32), rate)
    return stems, stems.samples.sum(axis=0)


def info_with(tags: dict[str, str], cover: bytes | None = None) -> AudioInfo:
    """A probe of some song with these tags."""
    return AudioInfo(Path("/song.wav"), 44100, 2, 1, "pcm", "wav", "PCM_16", True, tags, cover, "stereo")


def export(
    folder: Path,
    stems: Stems,
    mixture: np.ndarray | None,
    options: ExportOptions | None = None,
    info: AudioInfo | None = None,
    cancel: CancelToken | None = None,
) -> list[Written]:
    """Run an export to its end; what was written."""
    steps = export_stems(folder, "song", stems, mixture, info, options, cancel)
    return [step for step in steps if isinstance(step, Written)]


def read_int(path: Path, bits: int) -> np.ndarray:
    """Integer samples [C, T] of a lossless file, in steps of `bits` bits."""
    frames, _ = soundfile.read(path, dtype="int32", always_2d=True)
    return frames.T >> (32 - bits)


def read_float(path: Path, stream: int = 0) -> tuple[np.ndarray, int]:
    """Samples [C, T] of any file and their rate; MPEG-4 by FFmpeg's libraries, cut to the length the file states."""
    if not path.name.endswith((".m4a", ".mp4")):
        frames, rate = soundfile.read(path, dtype="float32", always_2d=True)
        return frames.T, rate
    with av.open(f"file:{path}") as file:
        track = file.streams.audio[stream]
        samples = np.concatenate([frame.to_ndarray() for frame in file.decode(track)], axis=1)
        return samples[:, : round(track.duration * track.time_base * track.rate)], track.rate


def everything_in(folder: Path) -> set[str]:
    """The names of all files and folders below a folder, hidden ones too."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def picture() -> bytes:
    """A small PNG file."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes([200, 30 * y, 90] * 8) for y in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
