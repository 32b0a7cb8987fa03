"""One training example: stems, augmented and summed to a mixture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from trainer import augment, effects, lossy
from trainer.config import TrainConfig
from trainer.dataset import Track
from trainer.sums import truth
from umx_gui.engine.audio import FloatArray

_EFFECTS = (
    ("compress", effects.compress), ("eq", effects.equalise), ("reverb", effects.reverberate),
    ("lossy", lossy.reencode),
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One example: waves [1 + J, C, T] of the mixture and each target, gains [F] on magnitudes.

    known: for which targets the truth is known. weight: of its squared error. tracks: where it comes from.
    """

    waves: FloatArray
    gains: NDArray[np.float32]
    known: tuple[bool, ...]
    weight: float
    tracks: tuple[str, ...]


class Draws(Protocol):
    """Makes items of tracks. It keeps no state that matters: the same generator draws the same item."""

    def item(self, rng: Generator, augmented: bool = True) -> Item:
        """Any item. Raises DatasetError."""

    def nth(self, rng: Generator, epoch: int, index: int, augmented: bool = True) -> Item:
        """The item of an epoch with a number from 0. Raises DatasetError."""


def augment_stem(wave: FloatArray, rng: Generator, config: TrainConfig) -> FloatArray:
    """A stem [C, T] after the augmentations that a run asks for; what changes pitch and tempo came before."""
    names = config.source_augmentations
    if "gain" in names:
        wave = augment.gain(wave, rng, config.gain_db)
    if "channelswap" in names:
        wave = augment.channelswap(wave, rng)
    if "polarity" in names:
        wave = augment.polarity(wave, rng)
    if "tilt" in names and rng.random() < 0.5:
        wave = augment.tilt(wave, rng, config.sample_rate)
    for name, effect in _EFFECTS:
        if name in names:
            wave = effect(wave, rng, config.sample_rate)
    return wave


def mix(
    stems: Mapping[str, FloatArray],
    tracks: Sequence[Track],
    known: tuple[str, ...],
    config: TrainConfig,
    rng: Generator | None,
) -> Item:
    """An item of stems [C, T]; with a generator, band and level of the whole are drawn where that is asked for."""
    waves = np.zeros((1 + len(config.targets), config.nb_channels, config.n_samples), np.float32)
    for wave in stems.values():
        waves[0] += wave
    for index, target in enumerate(config.targets, 1):
        if target in known and (wave_of := truth(target, stems, config)) is not None:
            waves[index] = wave_of
    limits = [t.max_hz for t in tracks if t.max_hz]
    cutoff_hz, level, weight = None, 1.0, 1.0
    if rng is not None and "bandlimit" in config.source_augmentations:
        cutoff_hz = augment.draw_cutoff_hz(rng, min(limits) if limits else None)
    if rng is not None and "level" in config.source_augmentations:
        level = augment.draw_level(waves[0], rng)
        # An item counts the same at whatever level it is played: its error is squared, and so is its level.
        weight = augment.REFERENCE_LEVEL**2 / max(level * augment.rms(waves[0]), 1e-3) ** 2
    gains = augment.bandlimit(cutoff_hz, config.n_bins, config.sample_rate) * np.float32(level)
    return Item(waves, gains, tuple(t in known for t in config.targets), weight, tuple(t.name for t in tracks))
