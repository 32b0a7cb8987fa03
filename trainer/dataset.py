"""A dataset of track folders with one file per stem, read in excerpts straight from the files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile as sf

from umx_gui.engine.audio import FloatArray
from umx_gui.errors import DatasetError

SUFFIXES = (".wav", ".flac", ".ogg", ".aiff", ".aif")
# A sum of several targets: of use for the vocals network alone, since what the others should find in it is unknown.
COMPOUND = "accompaniment"
_NOT_STEMS = ("mixture", "linear_mixture")


@dataclass(frozen=True)
class Track:
    """One folder: file and length in samples of each stem.

    aligned: its stems belong together. complete: they sum to the whole song, a missing one being silent.
    max_hz: where the sound ends, if its source was band-limited.
    """

    name: str
    folder: str
    files: tuple[tuple[str, str, int], ...]
    aligned: bool
    complete: bool
    real: bool
    max_hz: int | None

    @property
    def stems(self) -> tuple[str, ...]:
        """The names of its stems."""
        return tuple(stem for stem, _, _ in self.files)

    def path(self, stem: str) -> Path:
        """The file of a stem; KeyError where there is none."""
        for name, file, _ in self.files:
            if name == stem:
                return Path(self.folder) / file
        raise KeyError(stem)

    def length(self, stem: str | None = None) -> int:
        """The length in samples of a stem, or of the longest."""
        return max(n for name, _, n in self.files if stem in (None, name))


def scan(folder: Path, sample_rate: int) -> tuple[Track, ...]:
    """All track folders inside `folder`, by name. Raises DatasetError, naming what is wrong where."""
    if not folder.is_dir():
        raise DatasetError(folder, "there is no such folder; a dataset has the folders train and valid")
    tracks = [track for path in sorted(folder.iterdir()) if path.is_dir() and (track := _track(path, sample_rate))]
    if not tracks:
        raise DatasetError(folder, "it holds no track folders with stems such as vocals.wav")
    return tuple(tracks)


def _track(path: Path, sample_rate: int) -> Track | None:
    files: list[tuple[str, str, int]] = []
    for file in sorted(path.iterdir()):
        if file.suffix.lower() not in SUFFIXES or file.stem in _NOT_STEMS:
            continue
        if any(stem == file.stem for stem, _, _ in files):
            raise DatasetError(path, f"it holds {file.stem} twice")
        files.append((file.stem, file.name, _length(file, sample_rate)))
    if not files:
        return None
    note = _note(path)
    same_length = len({n for _, _, n in files}) == 1
    return Track(
        name=path.name,
        folder=str(path),
        files=tuple(files),
        aligned=bool(note.get("aligned", same_length)) and same_length,
        complete=bool(note.get("complete", same_length and len(files) > 1)),
        real=note.get("kind", "real") == "real",
        max_hz=int(str(note["max_hz"])) if note.get("max_hz") else None,
    )


def _length(file: Path, sample_rate: int) -> int:
    try:
        info = sf.info(str(file))
    except (sf.LibsndfileError, OSError) as e:
        raise DatasetError(file, "it is not a readable sound file") from e
    if info.samplerate != sample_rate:
        raise DatasetError(file, f"its rate is {info.samplerate} Hz, the run's is {sample_rate} Hz; convert it first")
    if info.frames < 1:
        raise DatasetError(file, "it holds no samples")
    return int(info.frames)


def _note(path: Path) -> dict[str, object]:
    file = path / "track.json"
    if not file.exists():
        return {}
    try:
        note = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise DatasetError(file, "it is not readable JSON") from e
    if not isinstance(note, dict):
        raise DatasetError(file, "it is not a JSON object")
    return note


def read(path: Path, start: int, n_samples: int, n_channels: int) -> FloatArray:
    """Samples [C, n_samples] float32 from `start`; beyond the end is silence. Raises DatasetError."""
    out = np.zeros((n_channels, n_samples), np.float32)
    try:
        with sf.SoundFile(str(path)) as file:
            file.seek(min(start, file.frames))
            part = file.read(n_samples, dtype="float32", always_2d=True).T
    except (sf.LibsndfileError, OSError) as e:
        raise DatasetError(path, "it can no longer be read") from e
    if part.shape[0] != n_channels:
        part = part.mean(axis=0, keepdims=True) if part.shape[0] == 1 or n_channels == 1 else part[:n_channels]
    out[:, : part.shape[1]] = part
    return out
