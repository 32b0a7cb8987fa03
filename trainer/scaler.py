"""The input scaler: mean and deviation of each bin over the training mixtures, as in the reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trainer.config import TrainConfig
from trainer.dataset import Track
from trainer.draw_reference import drawer_of
from trainer.segments import mixture_of
from umx_gui.engine.stft import STFT

_FLOOR = 1e-4
_CHUNK_S = 30.0


@dataclass(frozen=True)
class Scaler:
    """Mean and deviation [F] of mono-averaged mixture magnitudes; the deviation is floored at 1e-4 of its maximum."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]


def statistics(magnitudes: Iterable[Tensor]) -> Scaler:
    """Mean and population deviation over all frames of magnitudes [C, F, N] (two sums in float64)."""
    count, total, squares = 0, torch.zeros(0), torch.zeros(0)
    for magnitude in magnitudes:
        mono = magnitude.mean(dim=0).double()
        part, part_squares = mono.sum(dim=-1), mono.square().sum(dim=-1)
        total, squares = (total + part, squares + part_squares) if count else (part, part_squares)
        count += mono.shape[-1]
    mean = total / max(count, 1)
    scale = (squares / max(count, 1) - mean.square()).clamp(min=0).sqrt()
    floor = max(_FLOOR * float(scale.max()), 1e-10)
    return Scaler(mean.numpy(), scale.clamp(min=floor).numpy())


def scaler_of(tracks: Sequence[Track], config: TrainConfig) -> Scaler:
    """The scaler of a training set: from whole songs, or from `scaler_items` drawn items where asked for."""
    songs = [track for track in tracks if track.aligned and track.complete]
    if config.scaler_items or not songs:
        return statistics(_drawn(tracks, config))
    return statistics(_whole(songs, config))


def _drawn(tracks: Sequence[Track], config: TrainConfig) -> Iterator[Tensor]:
    drawer, stft = drawer_of(tracks, config), STFT(config.nfft, config.nhop, center=False)
    rng = np.random.default_rng((config.seed, 0))
    usual = config.nb_train_samples if config.dataset == "sourcefolder" else 64
    for _ in range(config.scaler_items or usual):
        # With a drawn level the networks will see mixtures at that level, not at the files' own.
        item = drawer.item(rng, augmented="level" in config.source_augmentations)
        yield stft.forward(torch.from_numpy(item.waves[0])).abs() * torch.from_numpy(item.gains)[:, None]


def _whole(tracks: Sequence[Track], config: TrainConfig) -> Iterator[Tensor]:
    stft = STFT(config.nfft, config.nhop, center=False)
    hops = int(_CHUNK_S * config.sample_rate / config.nhop)
    for track in tracks:
        # Chunks overlap by a window less a hop, so that each frame of the song is counted once.
        for start in range(0, track.length() - config.nfft + 1, hops * config.nhop):
            n = min((hops - 1) * config.nhop + config.nfft, track.length() - start)
            yield stft.forward(torch.from_numpy(mixture_of(track, start, n, config))).abs()
