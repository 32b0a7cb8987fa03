"""Songs to score a model against, in MUSDB18 as our own decoder reads it and in the reference's folder layouts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trainer.data_options import DataOptions
from trainer.layouts import Candidate, candidates
from trainer.reference_songs import MIXTURE, References, aligned, read_reference
from umx_gui.engine.audio import FloatArray
from umx_gui.errors import DatasetError

REST = "rest of the mixture"
# AAC ends streams in whole packets, so that those of one file may differ by some.
_PACKETS = 4096


@dataclass(frozen=True)
class LayoutSong:
    """A song as a layout finds it. `pair`: mixture and target alone; what the one leaves of the other is the rest."""

    candidate: Candidate
    pair: bool = False

    @property
    def name(self) -> str:
        """Its folder's or file's name."""
        return self.candidate.name

    def load(self, pad: bool = False) -> References:
        """Read all its sounds. Raises DatasetError, ScoringError, AudioUnreadableError, AudioChangedError."""
        if self.candidate.fault is not None:
            raise self.candidate.fault
        notes: list[str] = []
        sounds: dict[str, FloatArray] = {}
        rates = set()
        for stem, path, stream in self.candidate.files:
            audio = read_reference(stem, path, notes, stream)
            sounds[stem] = audio.samples
            rates.add(audio.sample_rate)
        if len(rates) > 1:
            told = " and ".join(f"{rate} Hz" for rate in sorted(rates))
            raise DatasetError(self.candidate.folder, f"its files are at {told}; convert one of them")
        if any(stream for _, _, stream in self.candidate.files):
            n = min(samples.shape[1] for samples in sounds.values())
            if max(samples.shape[1] for samples in sounds.values()) - n <= _PACKETS:
                sounds = {stem: samples[:, :n] for stem, samples in sounds.items()}
        stems = aligned(sounds, self.candidate.folder, pad, notes)
        mixture = stems.pop(self.candidate.mixture or MIXTURE, None)
        if mixture is None:
            mixture = np.sum(list(stems.values()), axis=0, dtype=np.float32)
        if self.pair:
            stems[REST] = mixture - next(iter(stems.values()))
        return References(stems, mixture, rates.pop(), tuple(notes))


def layout_songs(options: DataOptions, root: Path, subset: str) -> list[LayoutSong]:
    """The songs of a subset, by name. Raises DatasetError."""
    if options.dataset == "musdb" and subset != "test":
        found = []
        for split in ("train", "valid"):
            try:
                found += candidates(options, root, split)
            except DatasetError:
                if split == "valid" and not found:
                    raise
        found.sort(key=lambda candidate: candidate.name)
    else:
        found = candidates(options, root, subset)
    return [LayoutSong(candidate, options.dataset == "aligned") for candidate in found]
