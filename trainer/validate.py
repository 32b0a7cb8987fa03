"""Validation on whole songs: the loss the reference uses, and the SDR of the stems one would hear."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from trainer.config import TrainConfig
from trainer.dataset import Track
from trainer.segments import stretch
from trainer.sums import truth
from umx_gui.engine.audio import FloatArray
from umx_gui.engine.models.network import OpenUnmix
from umx_gui.engine.stft import STFT

_SEGMENT_S = 60.0


@dataclass(frozen=True)
class Score:
    """A target's loss on the validation songs, its SDR in dB there, and that of the mixture in its place.

    The SDRs are over all samples of a song, then the mean over songs; None where the target is silent in all of them.
    """

    loss: float
    sdr_db: float | None
    mixture_sdr_db: float | None


class _Energy:
    """Energies of a song: the target's, the error's, and that of the mixture taken for the target."""

    def __init__(self) -> None:
        self.target = self.error = self.mixture_error = 0.0

    def add(self, target: FloatArray, estimate: FloatArray, mixture: FloatArray) -> None:
        self.target += _power(target)
        self.error += _power(target - estimate)
        self.mixture_error += _power(target - mixture)

    def sdrs(self) -> tuple[float, float] | None:
        if self.target <= 1e-9 or self.error <= 0 or self.mixture_error <= 0:
            return None
        return 10 * math.log10(self.target / self.error), 10 * math.log10(self.target / self.mixture_error)


@dataclass(frozen=True)
class SongResult:
    """Sums over a song: each target's squared errors by segment, how many bins, and its SDR and the mixture's."""

    errors: dict[str, list[float]]
    n_bins: int
    sdrs: dict[str, tuple[float, float] | None]


@torch.inference_mode()
def validate_songs(networks: Mapping[str, OpenUnmix], songs: Sequence[Track], config: TrainConfig) -> list[SongResult]:
    """Score each target's network on each song, a minute at a time; the phase is the mixture's."""
    stft = STFT(config.nfft, config.nhop, center=True)
    device = next(iter(networks.values())).input_mean.device
    found = []
    for song in songs:
        energies = {target: _Energy() for target in networks}
        errors: dict[str, list[float]] = {target: [] for target in networks}
        n_bins = 0
        for mixture, stems in _segments(song, config):
            spec = stft.forward(torch.from_numpy(mixture).to(device))
            magnitude = spec.abs()
            n_bins += magnitude.numel()
            for target, network in networks.items():
                found_wave = truth(target, stems, config)
                true_wave = np.zeros_like(mixture) if found_wave is None else found_wave
                mask = network.mask(magnitude[None])[0]
                true_magnitude = stft.forward(torch.from_numpy(true_wave).to(device)).abs()
                errors[target].append(_squared(mask * magnitude - true_magnitude))
                estimate = stft.inverse(mask * spec, mixture.shape[1]).cpu().numpy()
                energies[target].add(true_wave, estimate, mixture)
        found.append(SongResult(errors, n_bins, {target: energy.sdrs() for target, energy in energies.items()}))
    return found


def add_up(results: Sequence[SongResult], targets: Iterable[str]) -> dict[str, Score]:
    """Each target's score over all songs."""
    n_bins = sum(result.n_bins for result in results)
    scores = {}
    for target in targets:
        loss = sum(error for result in results for error in result.errors[target]) / n_bins
        pairs = [pair for result in results if (pair := result.sdrs[target]) is not None]
        scores[target] = Score(loss, _mean(pairs, 0), _mean(pairs, 1))
    return scores


def _segments(song: Track, config: TrainConfig) -> Iterator[tuple[FloatArray, dict[str, FloatArray]]]:
    length = int(_SEGMENT_S * config.sample_rate)
    for start in range(0, song.length(), length):
        n = min(length, song.length() - start)
        if n > config.nfft // 2:
            yield stretch(song, start, n, config)


def _power(samples: FloatArray) -> float:
    return float(np.sum(np.square(samples), dtype=np.float64))


def _squared(error: Tensor) -> float:
    return float(error.square().sum(dtype=torch.float64))


def _mean(pairs: Sequence[tuple[float, float]], which: int) -> float | None:
    return sum(pair[which] for pair in pairs) / len(pairs) if pairs else None
