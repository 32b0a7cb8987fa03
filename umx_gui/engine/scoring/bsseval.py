"""BSS Eval, version 4, of images: SDR, ISR, SIR and SAR of stems, window by window; museval's numbers, faster.

An estimate e of the reference s is split into s + e_spat + e_interf + e_artif. With P_s e, the best that filters of 512
taps on the channels of s make of e, and P e, the best that such filters on all references make of it,

    e_spat = P_s e - s,   e_interf = P e - P_s e,   e_artif = e - P e.

The filters are those of the whole track; each window is filtered by itself. (Vincent, Gribonval and Févotte 2006;
Liutkus, Stöter and Ito 2018.) Here no window is ever convolved: by Parseval's theorem the energies come straight from
products of spectra. Signals are paired by name, lengths must agree, and what is not a number is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.scoring.distortion_filters import FilterSystem, correlate
from umx_gui.engine.scoring.metrics import Doubles, check_pairs, decibels
from umx_gui.engine.work import CancelToken

FILTER_LENGTH = 512
METRICS = ("SDR", "ISR", "SIR", "SAR")
Spectra = NDArray[np.complex128]
Flags = NDArray[np.bool_]


class Unscored(Enum):
    """Why a target has no scores at all."""

    SILENT_REFERENCE = "its reference is silent throughout"
    SILENT_ESTIMATE = "its estimate is silent throughout"


@dataclass(frozen=True)
class BssScores:
    """Scores in dB by target, [4, W] in the order of `METRICS`: inf for perfect, NaN where a window is not scored.

    lost: by target, the windows [W] it is not scored in. silent: by the name of a stem, the windows in which its
    reference or estimate is silent. unscored: why targets have no scores at all. well_conditioned: False where the
    references leave part of the band empty, so that ISR, SIR and SAR, here as in museval, depend on rounding.
    """

    frames: Mapping[str, Doubles]
    lost: Mapping[str, Flags]
    silent: Mapping[str, Flags]
    unscored: Mapping[str, Unscored]
    well_conditioned: bool


def window_starts(n_samples: int, window: int, hop: int) -> range:
    """Where windows begin; a song shorter than a window is one. What is left at the end is not scored."""
    return range(0, n_samples - window + 1, hop) if n_samples > window else range(1)


def bss_eval(
    references: Mapping[str, FloatArray],
    estimates: Mapping[str, FloatArray],
    window: int,
    hop: int,
    *,
    drop_for_all: bool = True,
    filter_length: int = FILTER_LENGTH,
    cancel: CancelToken | None = None,
) -> BssScores:
    """Score estimates [C, T] against the references [C, T] of the same names; `window` and `hop` are in samples.

    References without an estimate still count as interference. A window in which any reference or estimate is silent
    is scored for no target, as in museval; with `drop_for_all` False only for those that are silent in it. What is
    silent throughout has no scores, and takes none from others. Raises ScoringError and Cancelled.
    """
    check_pairs(references, estimates)
    n_samples = next(iter(references.values())).shape[1]
    starts = window_starts(n_samples, window, hop)
    window = min(window, n_samples)
    silent = _silent_windows(references, estimates, starts, window)
    unscored = {name: reason for name in estimates if (reason := _reason(references[name], estimates[name]))}
    everywhere: Flags = np.any(list(silent.values()), axis=0)
    lost = {name: everywhere if drop_for_all else silent[name] for name in estimates}
    frames = {name: np.full((len(METRICS), len(starts)), np.nan) for name in estimates}
    scored = {name: estimates[name] for name in estimates if name not in unscored}
    heard = {name: samples for name, samples in references.items() if samples.any()}
    good = True
    if scored:
        split = _Decomposition(heard, scored, window, filter_length, cancel)
        good = split.well_conditioned
        for index, start in enumerate(starts):
            wanted = [name for name in scored if not lost[name][index]]
            if wanted and cancel is not None:
                cancel.check()
            for name, values in zip(scored, split.scores(start) if wanted else (), strict=False):
                if name in wanted:
                    frames[name][:, index] = values
    lost = {name: np.isnan(values[0]) for name, values in frames.items()}
    return BssScores(frames, lost, silent, unscored, good)


def _is_silent(samples: FloatArray) -> bool:
    """Whether the channels sum to zero in every sample, which is how museval tells."""
    return not samples.sum(axis=0).any()


def _silent_windows(
    references: Mapping[str, FloatArray], estimates: Mapping[str, FloatArray], starts: range, window: int
) -> dict[str, Flags]:
    """By name, in which windows a reference or its estimate is silent; all False for what is silent throughout."""
    silent = {name: np.zeros(len(starts), np.bool_) for name in references}
    for signals in (references, estimates):
        for name, samples in signals.items():
            if not _is_silent(samples):
                silent[name] |= [_is_silent(samples[:, start : start + window]) for start in starts]
    return silent


def _reason(reference: FloatArray, estimate: FloatArray) -> Unscored | None:
    if not reference.any():
        return Unscored.SILENT_REFERENCE
    return None if estimate.any() else Unscored.SILENT_ESTIMATE


class _Decomposition:
    """The distortion filters of a track, as spectra as long as a window and its echo, and what they make of windows."""

    def __init__(
        self,
        references: Mapping[str, FloatArray],
        estimates: Mapping[str, FloatArray],
        window: int,
        filter_length: int,
        cancel: CancelToken | None,
    ) -> None:
        self._references, self._estimates = list(references.values()), list(estimates.values())
        self._window = window
        self._n_fft = int(scipy.fft.next_fast_len(window + filter_length - 1, real=True))
        # Which reference channels, and which estimated ones, belong to each estimate.
        c = self._references[0].shape[0]
        order = list(references)
        self._own = [slice(order.index(name) * c, (order.index(name) + 1) * c) for name in estimates]
        self._mine = [slice(index * c, (index + 1) * c) for index in range(len(estimates))]
        r = correlate(self._references, [*self._references, *self._estimates], filter_length, cancel)
        among, across = r[:, : len(references) * c], r[:, len(references) * c :]
        system = FilterSystem(among)
        self.well_conditioned = system.well_conditioned
        self._all_filters = self._spectra_of(system.solve(across))
        self._own_filters: list[Spectra] = []
        for own, mine in zip(self._own, self._mine, strict=True):
            if cancel is not None:
                cancel.check()
            alone = FilterSystem(among[own, own], system.floor)
            self._own_filters.append(self._spectra_of(alone.solve(across[own, mine])))

    def scores(self, start: int) -> list[Doubles]:
        """SDR, ISR, SIR and SAR of each estimate in the window that begins at `start`."""
        references, estimates = self._cut(self._references, start), self._cut(self._estimates, start)
        x: Spectra = scipy.fft.rfft(references, self._n_fft)
        e: Spectra = scipy.fft.rfft(estimates, self._n_fft)
        projected = np.einsum("exf,xf->ef", self._all_filters, x)
        found = []
        for own, mine, filters in zip(self._own, self._mine, self._own_filters, strict=True):
            p, p_own = projected[mine], np.einsum("exf,xf->ef", filters, x[own])
            # In the time domain, so that a perfect estimate has no error at all.
            s_energy = float(np.square(references[own]).sum())
            error = float(np.square(estimates[mine] - references[own]).sum())
            ratios = [
                (s_energy, error),
                (s_energy, self._energy(p_own - x[own])),
                (self._energy(p_own), self._energy(p - p_own)),
                (self._energy(p), self._energy(e[mine] - p)),
            ]
            found.append(np.array([decibels(*ratio) for ratio in ratios]))
        return found

    def _cut(self, signals: list[FloatArray], start: int) -> Doubles:
        """The window of all channels [X, window] in float64."""
        return np.concatenate([samples[:, start : start + self._window] for samples in signals], dtype=np.float64)

    def _spectra_of(self, taps: Doubles) -> Spectra:
        """Filters [X, L, E] as spectra [E, X, F]."""
        spectra: Spectra = scipy.fft.rfft(taps.transpose(2, 0, 1), self._n_fft)
        return spectra

    def _energy(self, spectra: Spectra) -> float:
        """sum_t |y(t)|^2 of the real signals [C, F] whose one-sided spectra these are (Parseval)."""
        powers: Doubles = np.square(spectra.real) + np.square(spectra.imag)
        total = 2 * float(powers.sum()) - float(powers[:, 0].sum())
        if self._n_fft % 2 == 0:
            total -= float(powers[:, -1].sum())
        return total / self._n_fft
