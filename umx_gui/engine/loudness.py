"""Loudness as ITU-R BS.1770-4 has it, measured by `pyloudnorm`."""

from __future__ import annotations

import warnings

import numpy as np

from umx_gui.engine.audio import FloatArray

SHORTEST_S = 0.4  # one gating block
_N_STRETCHES, _STRETCH_S = 12, 5.0


def loudness_lufs(samples: FloatArray, sample_rate: int) -> float | None:
    """The integrated loudness of [C, T] samples (C of 1 or 2) in LUFS; None where it is too short or silent."""
    import pyloudnorm

    if samples.shape[1] < round(SHORTEST_S * sample_rate) + 1:
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # silence divides by zero in there
        lufs = float(pyloudnorm.Meter(sample_rate).integrated_loudness(np.asarray(samples.T, np.float64)))
    return lufs if np.isfinite(lufs) else None


def sampled_stretches(n_samples: int, sample_rate: int) -> list[tuple[int, int]]:
    """A minute in twelve stretches [start, stop), evenly spread over a song; all of it where it is shorter."""
    size = round(_STRETCH_S * sample_rate)
    if n_samples <= _N_STRETCHES * size:
        return [(0, n_samples)]
    starts = np.linspace(0, n_samples - size, _N_STRETCHES).astype(int)
    return [(int(a), int(a) + size) for a in starts]
