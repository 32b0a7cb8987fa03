"""All scores of one separation of one song, in the order in which they are quick to have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.scoring.bsseval import bss_eval
from umx_gui.engine.scoring.metrics import Doubles, check_pairs, decibels, sdr_db, si_sdr_db
from umx_gui.engine.work import CancelToken, Progress


@dataclass(frozen=True, eq=False)
class TargetScores:
    """Scores of a stem in dB, each under its own name; NaN where there is none.

    sdr: of the whole track. si_sdr: the same after the best gain. bss_sdr: the median of BSS Eval v4's SDR over windows
    of a second; None until it is known. seconds: the SDR of each second [W], that of `sdr_db`; NaN where silent.
    """

    sdr_db: float
    si_sdr_db: float
    bss_sdr_db: float | None = None
    seconds_db: Doubles = field(default_factory=lambda: np.zeros(0))


Scores = Mapping[str, TargetScores]


def sdr_by_second(reference: FloatArray, estimate: FloatArray, sample_rate: int) -> Doubles:
    """The SDR in dB of each second of signals [C, T], the last one as long as it is; NaN where the reference is silent
    and inf where nothing is wrong."""
    n = -(-reference.shape[1] // sample_rate)
    found = np.full(n, np.nan)
    for at in range(n):
        cut = slice(at * sample_rate, (at + 1) * sample_rate)
        s, e = reference[:, cut].astype(np.float64), estimate[:, cut].astype(np.float64)
        if (power := float(np.vdot(s, s))) > 0:
            found[at] = decibels(power, float(np.square(s - e).sum()))
    return found


def compare(
    references: Mapping[str, FloatArray], estimates: Mapping[str, FloatArray], sample_rate: int, cancel: CancelToken
) -> Iterator[Progress | Scores]:
    """Scores of estimates [C, T] against references of the same names: first all but BSS Eval, then with it.

    Raises ScoringError and Cancelled.
    """
    check_pairs(references, estimates)
    scores: dict[str, TargetScores] = {}
    for at, (name, estimate) in enumerate(estimates.items()):
        cancel.check()
        yield Progress(0.4 * at / len(estimates), "scoring")
        reference = references[name]
        seconds = sdr_by_second(reference, estimate, sample_rate)
        scores[name] = TargetScores(sdr_db(reference, estimate), si_sdr_db(reference, estimate), None, seconds)
    yield dict(scores)
    yield Progress(0.4, "scoring with BSS Eval")
    found = bss_eval(references, estimates, sample_rate, sample_rate, cancel=cancel)
    for name, frames in found.frames.items():
        values = frames[0][~np.isnan(frames[0])]
        scores[name] = replace(scores[name], bss_sdr_db=float(np.median(values)) if values.size else np.nan)
    yield dict(scores)
