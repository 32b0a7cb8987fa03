"""How close stems are to the truth, each number under its own name; BSS Eval is in `bsseval`.

SDR alone means many things. Here `sdr_db` is that of a whole track, over all samples and channels; `si_sdr_db` the same
after the best single gain; BSS Eval's SDR is that of one window, of which papers report a median.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.exact_sum import BLOCK_SAMPLES
from umx_gui.engine.exact_sum import null_db as null_db
from umx_gui.errors import ScoringError
from umx_gui.words import said

Doubles = NDArray[np.float64]


def check_pairs(references: Mapping[str, FloatArray], estimates: Mapping[str, FloatArray]) -> None:
    """Raise ScoringError for an estimate without a reference, for shapes that differ, and for what is no number."""
    if not references:
        raise ScoringError("all", "there is no reference")
    first, shape = next((name, samples.shape) for name, samples in references.items())
    for name in estimates:
        if name not in references:
            raise ScoringError(name, "there is no reference of this name")
    for kind, signals in ((said("reference"), references), (said("estimate"), estimates)):
        for name, samples in signals.items():
            if samples.shape[0] != shape[0]:
                raise ScoringError(
                    name,
                    said(
                        "its {kind} and the reference of {first} differ in channels: {n} against {wanted}",
                        kind=kind,
                        n=samples.shape[0],
                        first=first,
                        wanted=shape[0],
                    ),
                )
            if samples.shape[1] != shape[1]:
                raise ScoringError(
                    name,
                    said(
                        "its {kind} and the reference of {first} differ in length: {n} against {wanted} samples",
                        kind=kind,
                        n=samples.shape[1],
                        first=first,
                        wanted=shape[1],
                    ),
                )
            if n_bad := int(samples.size - np.count_nonzero(np.isfinite(samples))):
                raise ScoringError(
                    name, said("its {kind} holds samples that are not numbers ({n})", n=n_bad, kind=kind)
                )
    if not shape[1]:
        raise ScoringError(first, "its reference holds no samples")


def sdr_db(reference: FloatArray, estimate: FloatArray) -> float:
    """10 log10(sum s^2 / sum (s - e)^2) of signals [C, T]; inf for a perfect estimate, NaN for a silent reference.

    Raises ScoringError for shapes that differ and for samples that are not numbers.
    """
    check_pairs({"given": reference}, {"given": estimate})
    return _ratio_db(reference, estimate, 1.0)


def si_sdr_db(reference: FloatArray, estimate: FloatArray) -> float:
    """10 log10(sum (a s)^2 / sum (a s - e)^2) with a = <s, e> / <s, s>: the estimate's own gain does not matter.

    Signals [C, T]; all channels are one vector, and means stay in it (Le Roux, Wisdom, Erdogan and Hershey 2019). NaN
    where either is silent. Raises ScoringError as `sdr_db`.
    """
    check_pairs({"given": reference}, {"given": estimate})
    if not reference.any() or not estimate.any():
        return np.nan
    inner = power = 0.0
    for s, e in _blocks(reference, estimate):
        inner += float(np.vdot(s, e))
        power += float(np.vdot(s, s))
    return _ratio_db(reference, estimate, inner / power)


def _ratio_db(reference: FloatArray, estimate: FloatArray, gain: float) -> float:
    signal = noise = 0.0
    for s, e in _blocks(reference, estimate):
        target = gain * s
        rest = target - e
        signal += float(np.vdot(target, target))
        noise += float(np.vdot(rest, rest))
    if not reference.any():
        return np.nan
    return decibels(signal, noise)


def decibels(signal: float, noise: float) -> float:
    """10 log10(signal / noise) of two energies; inf without noise, -inf without a signal."""
    if noise == 0:
        return np.inf
    return 10 * float(np.log10(signal / noise)) if signal > 0 else -np.inf


def _blocks(reference: FloatArray, estimate: FloatArray) -> Iterator[tuple[Doubles, Doubles]]:
    for start in range(0, reference.shape[1], BLOCK_SAMPLES):
        cut = slice(start, start + BLOCK_SAMPLES)
        yield reference[:, cut].astype(np.float64), estimate[:, cut].astype(np.float64)
