"""Least-squares filters between sets of signals, as BSS Eval needs them: a block-Toeplitz system of correlations.

The filters h_i that bring references x_i closest to a signal e, minimising sum_t (e - sum_i h_i * x_i)^2, solve G h = d
with G[(i, l), (k, m)] = r_ik(l - m) and d[(i, l)] = r_ie(l), where r_xy(l) = sum_t x(t) y(t + l). All correlations come
from one pass over the signals in short blocks, in float64, and one Cholesky factor of G serves all estimates.
(Vincent, Gribonval and Févotte 2006.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.linalg import lapack

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.scoring.metrics import Doubles
from umx_gui.engine.work import CancelToken

_FFT_LENGTH = 4096
_BLOCKS_AT_ONCE = 32
# A channel that others explain but for this share of its energy is a multiple or a sum of them.
_REDUNDANT = 1e-13
_ILL_CONDITIONED = 1e-14
# Where only rounding is left of part of the band, noise is assumed this far below the loudest reference: -80 dB, which
# is about what 16 bits leave in music of usual level.
_NOISE_FLOOR = 1e-8
_EPS = float(np.finfo(np.float64).eps)


def correlate(
    xs: Sequence[FloatArray], ys: Sequence[FloatArray], length: int, cancel: CancelToken | None = None
) -> Doubles:
    """r[X, Y, L] = sum_t x(t) y(t + l) for l = 0 .. length - 1, of all channels of signals [C, T]. Raises Cancelled."""
    n_fft = max(_FFT_LENGTH, 1 << (4 * length - 1).bit_length())
    step = n_fft - length + 1
    n_samples = xs[0].shape[1]
    total: NDArray[np.complex128] | float = 0.0
    for first in range(0, n_samples, step * _BLOCKS_AT_ONCE):
        if cancel is not None:
            cancel.check()
        starts = range(first, min(first + step * _BLOCKS_AT_ONCE, n_samples), step)
        # y reaches L - 1 samples farther than x, so that no product is lost and none wraps round.
        left = _blocks(xs, starts, step, n_fft).conj().transpose(2, 0, 1)
        right = _blocks(ys, starts, n_fft, n_fft).transpose(2, 1, 0)
        total = total + np.ascontiguousarray(left) @ np.ascontiguousarray(right)
    lags: Doubles = scipy.fft.irfft(np.moveaxis(np.asarray(total), 0, 2), n_fft)[..., :length]
    return lags


def _blocks(signals: Sequence[FloatArray], starts: range, length: int, n_fft: int) -> NDArray[np.complex128]:
    """Spectra [X, K, F] of the stretches of `length` samples that begin at `starts`, silence beyond the end."""
    n_channels = signals[0].shape[0]
    cut = np.zeros((len(signals), n_channels, len(starts), length))
    for k, start in enumerate(starts):
        for samples, out in zip(signals, cut, strict=True):
            part = samples[:, start : start + length]
            out[:, k, : part.shape[1]] = part
    spectra: NDArray[np.complex128] = scipy.fft.rfft(cut.reshape(-1, len(starts), length), n_fft)
    return spectra


class FilterSystem:
    """G of reference channels, from their correlations r [X, X, L], factorised; `solve` gives filters.

    Channels that are multiples or sums of others (a mono song in stereo) get no filters of their own. `floor` is what
    was added to the diagonal: as in museval the machine's epsilon, and more only if the system has no solution
    otherwise. `well_conditioned` is False where filters are rounding noise in part, because the references leave part
    of the band empty.
    """

    def __init__(self, r: Doubles, floor: float = _EPS) -> None:
        self._n_channels, _, self._length = r.shape
        self._kept = _independent(r[..., 0])
        kept = r[np.ix_(self._kept, self._kept)]
        self.floor = floor
        system = _toeplitz(kept, floor)
        norm = float(lapack.dlange("1", system.T))
        # The transposed array is in the order LAPACK expects, so that it works in place.
        self._factor, failed = lapack.dpotrf(system.T, lower=0, overwrite_a=1, clean=0)
        lowest = _NOISE_FLOOR * float(np.diagonal(r[..., 0]).max())
        while failed:
            self.floor = max(10 * self.floor, lowest)
            self._factor, failed = lapack.dpotrf(_toeplitz(kept, self.floor).T, lower=0, overwrite_a=1, clean=0)
        condition = float(lapack.dpocon(self._factor, norm, uplo="U")[0])
        self.well_conditioned = self.floor <= _EPS and condition > _ILL_CONDITIONED

    def solve(self, d: Doubles) -> Doubles:
        """Filters [X, L, E] from the correlations d [X, E, L] of references and estimates."""
        right = np.ascontiguousarray(d[self._kept].transpose(0, 2, 1)).reshape(-1, d.shape[1])
        filters = np.zeros((self._n_channels, self._length, d.shape[1]))
        solution = lapack.dpotrs(self._factor, right, lower=0)[0]
        filters[self._kept] = solution.reshape(len(self._kept), self._length, -1)
        return filters


def _independent(covariance: Doubles) -> list[int]:
    """Which channels are more than sums of those before them, from their inner products [X, X]."""
    scale = np.sqrt(np.diagonal(covariance))
    c = covariance / np.maximum(np.outer(scale, scale), np.finfo(float).tiny)
    kept: list[int] = []
    for i in range(len(c)):
        explained = c[i, kept] @ np.linalg.solve(c[np.ix_(kept, kept)], c[kept, i]) if kept else 0.0
        if c[i, i] - explained > _REDUNDANT:
            kept.append(i)
    return kept


def _toeplitz(r: Doubles, floor: float) -> Doubles:
    """G [X L, X L] with `floor` added to its diagonal."""
    n, _, length = r.shape
    system = np.empty((n, length, n, length))
    for i in range(n):
        for k in range(n):
            # r_ik at the lags 1 - L .. L - 1; a negative lag is the positive one of the swapped pair.
            lags = np.concatenate([r[k, i, :0:-1], r[i, k]])
            system[i, :, k, :] = np.lib.stride_tricks.sliding_window_view(lags, length)[:, ::-1]
    square = system.reshape(n * length, n * length)
    square[np.diag_indices_from(square)] += floor
    return square
