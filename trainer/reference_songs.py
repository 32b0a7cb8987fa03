"""Songs whose stems are known, to score a model against: a folder of track folders, with files of any usual format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from trainer.dataset import COMPOUND
from umx_gui.engine.audio import Audio, FloatArray
from umx_gui.engine.decoding.decode import AudioFile
from umx_gui.engine.naming import printable
from umx_gui.errors import AudioFlaw, AudioUnreadableError, DatasetError, ScoringError, UnreadableReason

SUFFIXES = (
    ".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff", ".aifc", ".w64", ".caf", ".wv",
)  # fmt: skip
MIXTURE = "mixture"
_LINEAR_MIXTURE = "linear_mixture"


@dataclass(frozen=True)
class References:
    """A song's stems [C, T] by name, the mixture [C, T] they are to be found in, and what should be known of both."""

    stems: Mapping[str, FloatArray]
    mixture: FloatArray
    sample_rate: int
    notes: tuple[str, ...] = ()


class ReferenceSong(Protocol):
    """A song that can be loaded when its turn comes, in whatever process."""

    @property
    def name(self) -> str:
        """Its name, which no other song of the dataset has."""

    def load(self, pad: bool = False) -> References:
        """Read it. Raises DatasetError, ScoringError, AudioUnreadableError, AudioChangedError."""


@dataclass(frozen=True)
class FolderSong:
    """A track folder with a file per stem, and perhaps the mixture."""

    folder: Path
    files: tuple[tuple[str, Path], ...]

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    def load(self, pad: bool = False) -> References:
        """Read all files; the mixture is the sum of the stems where there is no file of it. Raises as the protocol."""
        stems: dict[str, FloatArray] = {}
        notes: list[str] = []
        rates: dict[int, str] = {}
        for stem, path in self._stems(notes):
            audio = read_reference(stem, path, notes)
            stems[stem] = audio.samples
            rates.setdefault(audio.sample_rate, stem)
        if len(rates) > 1:
            (one, first), (other, second) = list(rates.items())[:2]
            raise DatasetError(self.folder, f"{first} is at {one} Hz, {second} at {other} Hz; convert one of them")
        stems = aligned(stems, self.folder, pad, notes)
        mixture = stems.pop(MIXTURE, None)
        if mixture is None:
            mixture = np.sum(list(stems.values()), axis=0, dtype=np.float32)
        return References(stems, mixture, next(iter(rates)), tuple(notes))

    def _stems(self, notes: list[str]) -> list[tuple[str, Path]]:
        """The files to read. What sums up other stems is none of them: scored with them, it would count twice."""
        parts = [stem for stem, _ in self.files if stem not in (MIXTURE, COMPOUND, "vocals")]
        if not parts or COMPOUND not in dict(self.files):
            return list(self.files)
        if len(parts) == 1:
            raise DatasetError(self.folder, f"it cannot be told whether {parts[0]} is part of {COMPOUND}; remove one")
        notes.append(f"{COMPOUND} was left out: {', '.join(parts)} are there")
        return [(stem, path) for stem, path in self.files if stem != COMPOUND]


def folder_songs(root: Path, subset: str) -> list[FolderSong]:
    """The track folders of `root/subset`, or of `root` where there is no such folder, by name. Raises DatasetError."""
    folder = root / subset if (root / subset).is_dir() else root
    if not folder.is_dir():
        raise DatasetError(folder, "there is no such folder")
    songs = [song for path in sorted(folder.iterdir()) if path.is_dir() and (song := _folder_song(path)) is not None]
    if not songs:
        raise DatasetError(folder, "it holds no track folders with stems such as vocals.wav")
    return songs


def aligned(
    samples: Mapping[str, FloatArray], folder: Path, pad: bool, notes: list[str] | None = None
) -> dict[str, FloatArray]:
    """Signals [C, T] with the same channels and length: mono ones repeated, short ones filled up if `pad`.

    Raises ScoringError for lengths that differ otherwise, DatasetError for channels that do not go together.
    """
    notes = [] if notes is None else notes
    n_channels = max(s.shape[0] for s in samples.values())
    n_samples = max(s.shape[1] for s in samples.values())
    longest = next(name for name, s in samples.items() if s.shape[1] == n_samples)
    out = {}
    for name, signal in samples.items():
        if signal.shape[0] not in (1, n_channels):
            raise DatasetError(folder, f"{name} has {signal.shape[0]} channels, another stem {n_channels}")
        if missing := n_samples - signal.shape[1]:
            if not pad:
                lengths = f"it is shorter than {longest}: {signal.shape[1]} against {n_samples} samples"
                raise ScoringError(name, f"{lengths}; cut them to one length, or fill up the short ones with --pad")
            notes.append(f"{name} was filled up with silence to {n_samples} samples")
        full = signal if signal.shape[0] == n_channels else np.repeat(signal, n_channels, axis=0)
        out[name] = np.pad(full, ((0, 0), (0, missing))) if missing else full
    return out


def _folder_song(path: Path) -> FolderSong | None:
    files: dict[str, Path] = {}
    for file in sorted(path.iterdir()):
        if file.suffix.lower() not in SUFFIXES or file.name.startswith(".") or file.stem == _LINEAR_MIXTURE:
            continue
        if file.stem in files:
            raise DatasetError(path, f"it holds {printable(file.stem)} twice")
        files[file.stem] = file
    if not set(files) - {MIXTURE}:
        return None
    return FolderSong(path, tuple(files.items()))


def read_reference(stem: str, path: Path, notes: list[str], stream: int = 0) -> Audio:
    """A stem's whole sound; what is odd about it goes to `notes`. Raises ScoringError, AudioUnreadableError."""
    with AudioFile(path, stream=stream) as file:
        blocks = list(file.blocks())
        for flaw in file.flaws:
            if flaw.flaw is AudioFlaw.NOT_FINITE:
                raise ScoringError(
                    stem, f"{printable(path.name)} holds samples that are not numbers ({flaw.amount:.0f})"
                )
        notes.extend(message.one_line() for message in file.warnings)
        if not blocks:
            raise AudioUnreadableError(path, UnreadableReason.EMPTY)
        return Audio(np.concatenate(blocks, axis=1), file.info.sample_rate)
