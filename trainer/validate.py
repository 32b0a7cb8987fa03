"""Validation on whole songs: the loss the reference uses, and the SDR of the stems one would hear."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.config import TrainConfig
from trainer.dataset import COMPOUND, Track, read
from umx_gui.engine.audio import FloatArray
from umx_gui.engine.models.network import OpenUnmix
from umx_gui.engine.stft import STFT
from umx_gui.errors import DatasetError

_SEGMENT_S = 60.0


@dataclass(frozen=True)
class Score:
    """A target's loss on the validation songs, its SDR in dB there, and that of the mixture in its place.

    The SDRs are over all samples of a song, then the mean over songs; None where the target is silent in all of them.
    """

    loss: float
    sdr_db: float | None
    mixture_sdr_db: float | None


def validation_songs(tracks: Sequence[Track], folder: str) -> tuple[Track, ...]:
    """The tracks that are whole songs, and so have a mixture. Raises DatasetError where there is none."""
    songs = tuple(track for track in tracks if track.aligned and track.complete)
    if not songs:
        raise DatasetError(Path(folder), "none of its tracks is a whole song, with stems of equal length")
    return songs


class _Energy:
    """Energies of a song: the target's, the error's, and that of the mixture taken for the target."""

    def __init__(self) -> None:
        self.target = self.error = self.mixture_error = 0.0

    def add(self, target: FloatArray, estimate: FloatArray, mixture: FloatArray) -> None:
        self.target += _power(target)
        self.error += _power(target - estimate)
        self.mixture_error += _power(target - mixture)

    def sdr_db(self, error: float) -> float | None:
        return 10 * math.log10(self.target / error) if self.target > 1e-9 and error > 0 else None


@torch.inference_mode()
def validate(networks: Mapping[str, OpenUnmix], songs: Sequence[Track], config: TrainConfig) -> dict[str, Score]:
    """Score each target's network on the songs, a minute at a time; the phase is the mixture's."""
    stft = STFT(config.nfft, config.nhop, center=True)
    losses, counts = dict.fromkeys(networks, 0.0), 0
    sdrs: dict[str, list[tuple[float, float]]] = {target: [] for target in networks}
    for song in songs:
        energies = {target: _Energy() for target in networks}
        for stems in _segments(song, config):
            mixture: FloatArray = np.sum(list(stems.values()), axis=0, dtype=np.float32)
            spec = stft.forward(torch.from_numpy(mixture))
            magnitude = spec.abs()
            counts += magnitude.numel()
            for target, network in networks.items():
                truth = stems.get(target, np.zeros_like(mixture))
                mask = network.mask(magnitude[None])[0]
                losses[target] += _squared(mask * magnitude - stft.forward(torch.from_numpy(truth)).abs())
                energies[target].add(truth, stft.inverse(mask * spec, mixture.shape[1]).numpy(), mixture)
        for target, energy in energies.items():
            pair = energy.sdr_db(energy.error), energy.sdr_db(energy.mixture_error)
            if pair[0] is not None and pair[1] is not None:
                sdrs[target].append((pair[0], pair[1]))
    return {t: Score(losses[t] / counts, _mean(sdrs[t], 0), _mean(sdrs[t], 1)) for t in networks}


def _segments(song: Track, config: TrainConfig) -> Iterator[dict[str, FloatArray]]:
    length = int(_SEGMENT_S * config.sample_rate)
    names = [stem for stem in song.stems if stem != COMPOUND]
    for start in range(0, song.length(), length):
        n = min(length, song.length() - start)
        if n > config.nfft // 2:
            yield {stem: read(song.path(stem), start, n, config.nb_channels) for stem in names}


def _power(samples: FloatArray) -> float:
    return float(np.sum(np.square(samples), dtype=np.float64))


def _squared(error: Tensor) -> float:
    return float(error.square().sum(dtype=torch.float64))


def _mean(pairs: Sequence[tuple[float, float]], which: int) -> float | None:
    return sum(pair[which] for pair in pairs) / len(pairs) if pairs else None
