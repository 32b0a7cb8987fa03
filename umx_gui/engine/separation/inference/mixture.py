"""The mixture as the model hears it: at the model's rate, with the model's channels, readable at random."""

from __future__ import annotations

import threading

import numpy as np
import torch
from torch import Tensor

from umx_gui.engine.audio import Audio, FloatArray
from umx_gui.engine.resample import Resampler, resampled_length
from umx_gui.engine.separation.inference.rows import Rows, RowStore

_BLOCK = 1 << 16


def fit_channels(samples: FloatArray, n_channels: int) -> FloatArray:
    """[C, t] as [n_channels, t], by turns: channel i and those n_channels further are averaged, as `matrix(C, "")` of
    `downmix` does for two; where there are fewer channels than that, they are repeated in order.
    """
    n_given = samples.shape[0]
    if n_given == n_channels:
        return samples
    if n_given < n_channels:
        return np.asarray(samples[np.arange(n_channels) % n_given])
    return np.stack([samples[i::n_channels].mean(0, dtype=np.float32) for i in range(n_channels)])


class ModelMixture:
    """A song for a model of some rate and channels; resampled as far as it has been read, once.

    `n_samples` is the length at the model's rate, at least `shortest`: what is missing is silence at the end.
    """

    def __init__(self, mixture: Audio, sample_rate: int, n_channels: int, shortest: int) -> None:
        self._mixture, self._n_channels = mixture, n_channels
        self.sample_rate = sample_rate
        self.n_real = resampled_length(mixture.n_samples, mixture.sample_rate, sample_rate)
        self.n_samples = max(self.n_real, shortest)
        self._resampled: Rows | None = None
        self._ready = self._taken = 0
        self._lock = threading.Lock()
        if mixture.sample_rate != sample_rate:
            self._resampler = Resampler(mixture.sample_rate, sample_rate, mixture.n_channels)
            store = RowStore(4 * self.n_real * mixture.n_channels)
            self._resampled = store.take(self.n_real, mixture.n_channels)

    def read(self, start: int, stop: int) -> Tensor:
        """Samples [C, stop - start] at the model's rate."""
        self.prepare(stop)
        end = min(stop, self.n_real)
        part = (
            self._mixture.samples[:, start:end]
            if self._resampled is None
            else self._resampled.get(start, end).T.numpy()
        )
        part = fit_channels(part, self._n_channels)
        if missing := stop - start - part.shape[1]:
            part = np.pad(part, ((0, 0), (0, missing)))
        return torch.from_numpy(np.ascontiguousarray(part))

    def prepare(self, stop: int) -> None:
        """Resample as far as `stop`, where that has not been done yet."""
        if self._resampled is None:
            return
        with self._lock:
            while self._ready < min(stop, self.n_real):
                block = self._mixture.samples[:, self._taken : self._taken + _BLOCK]
                self._taken += block.shape[1]
                out = self._resampler.feed(np.ascontiguousarray(block)) if block.shape[1] else self._resampler.finish()
                self._resampled.put(self._ready, torch.from_numpy(out.T))
                self._ready += out.shape[1]
