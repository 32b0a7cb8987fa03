"""From the model's rate and channels back to the mixture's, block by block, summing to it where asked."""

from __future__ import annotations

import math

import numpy as np

from umx_gui.engine.audio import Audio, Block, FloatArray
from umx_gui.engine.resample import Resampler, resampled_length
from umx_gui.engine.separation.inference.mixture import fit_channels

_LARGEST_GRID = 4096


class StemOutput:
    """Takes stems at the model's rate in order, from a sample on; gives blocks [J, C, t] as the mixture is.

    `sum_taker` is the stem that is not among those: it becomes what they leave of the mixture, what lies above the
    model's rate included. None where there is no such stem.
    """

    def __init__(self, mixture: Audio, model_rate: int, n_stems: int, start: int, sum_taker: int | None) -> None:
        self._mixture, self._sum_taker = mixture, sum_taker
        self._given = [j for j in range(n_stems) if j != sum_taker]
        # Only at multiples of this do samples of both rates fall together; entered elsewhere, the stems would lie a
        # fraction of a sample beside the mixture. (Where such places are rare, they do: it is only a draft.)
        grid = model_rate // math.gcd(model_rate, mixture.sample_rate)
        self._skip = -start % grid if grid <= _LARGEST_GRID else 0
        self._at = resampled_length(start + self._skip, model_rate, mixture.sample_rate)
        self._resampler = Resampler(model_rate, mixture.sample_rate, len(self._given) * mixture.n_channels)

    def feed(self, stems: FloatArray, final: bool) -> Block | None:
        """stems [J', M, t] at the model's rate; returns what is complete at the mixture's rate."""
        samples = stems[:, :, self._skip :]
        self._skip = max(self._skip - stems.shape[2], 0)
        n_channels = self._mixture.n_channels
        if samples.shape[1] != n_channels:
            samples = np.stack([fit_channels(stem, n_channels) for stem in samples])
        return self._block(self._resampler.feed(samples.reshape(-1, samples.shape[2])), final)

    def finish(self, final: bool) -> Block | None:
        """The rest, up to the end of the mixture where the stems reached it."""
        return self._block(self._resampler.finish(), final)

    def _block(self, flat: FloatArray, final: bool) -> Block | None:
        flat = flat[:, : self._mixture.n_samples - self._at]
        if flat.shape[1] == 0:
            return None
        given = flat.reshape(len(self._given), self._mixture.n_channels, -1)
        start, stop = self._at, self._at + given.shape[2]
        self._at = stop
        if self._sum_taker is None:
            return Block(start, stop, np.ascontiguousarray(given), final)
        samples = np.empty((len(given) + 1, *given.shape[1:]), np.float32)
        samples[self._given] = given
        for channel, mixture in enumerate(self._mixture.samples[:, start:stop]):
            # As `settle_float` does it: summed in double precision.
            samples[self._sum_taker, channel] = mixture - given[:, channel].sum(axis=0, dtype=np.float64)
        return Block(start, stop, samples, final)
