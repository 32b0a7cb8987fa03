"""Whether stems lie where their mixture has them: by what is left when they are taken from it, and by correlation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from umx_gui.engine.audio import FloatArray

MOST_LAG_S = 1.0
_SAME_DB = -20.0
_GAIN_DB = 3.0


def rest_db(mixture: FloatArray, stems: Mapping[str, FloatArray]) -> float:
    """What the sum of the stems [C, T], at the level that fits best, leaves of the mixture [C, T], in dB of it."""
    total = np.sum(list(stems.values()), axis=0, dtype=np.float64)
    power = float(np.sum(np.square(mixture, dtype=np.float64)))
    if power <= 0:
        return 0.0
    own = float(np.sum(total * total))
    gain = float(np.sum(total * mixture)) / own if own > 0 else 0.0
    return 10 * float(np.log10(max(float(np.sum((mixture - gain * total) ** 2)) / power, 1e-12)))


def lag_of(stem: FloatArray, mixture: FloatArray, most: int) -> int:
    """By how many samples a stem [C, T] lies too late in comparison with the mixture, at most `most` either way.

    Where the correlation of the whitened signals (GCC-PHAT, Knapp and Carter 1976) has its peak.
    """
    one, two = stem.mean(axis=0, dtype=np.float64), mixture.mean(axis=0, dtype=np.float64)
    n = 1 << (2 * one.size - 1).bit_length()
    spectra = np.fft.rfft(one, n) * np.conj(np.fft.rfft(two, n))
    size = np.abs(spectra)
    # Bins where there is nothing but rounding would add noise of full weight.
    kept = size > 1e-8 * size.max()
    found = np.fft.irfft(np.where(kept, spectra / np.maximum(size, 1e-30), 0), n)
    around = np.concatenate([found[-most:], found[: most + 1]])
    return int(np.argmax(around)) - most


def misplaced(mixture: FloatArray, stems: Mapping[str, FloatArray], sample_rate: int) -> dict[str, int]:
    """The stems that lie elsewhere than in the mixture, and by how many samples too late; nothing where all fit.

    A lag counts only if moving the stem back leaves at least 3 dB less of the mixture: correlation alone would take one
    beat for the next.
    """
    lags: dict[str, int] = {}
    moved = dict(stems)
    left = rest_db(mixture, moved)
    most = min(int(MOST_LAG_S * sample_rate), mixture.shape[1] // 2)
    for name, samples in sorted(stems.items(), key=lambda pair: -float(np.square(pair[1]).sum())):
        if left < _SAME_DB:
            break
        if not samples.any() or not (lag := lag_of(samples, mixture, most)):
            continue
        trial = {**moved, name: _moved(samples, -lag)}
        inside = slice(abs(lag), mixture.shape[1] - abs(lag))
        cut = {k: v[:, inside] for k, v in trial.items()}
        before = {k: v[:, inside] for k, v in moved.items()}
        if rest_db(mixture[:, inside], before) - rest_db(mixture[:, inside], cut) >= _GAIN_DB:
            moved, lags[name] = trial, lag
            left = rest_db(mixture[:, inside], cut)
    return lags


def _moved(samples: FloatArray, by: int) -> FloatArray:
    out = np.zeros_like(samples)
    if by >= 0:
        out[:, by:] = samples[:, : samples.shape[1] - by]
    else:
        out[:, :by] = samples[:, -by:]
    return out
