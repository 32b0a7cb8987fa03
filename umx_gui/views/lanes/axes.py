"""The frequency axis of a spectrogram: logarithmic, mel or linear; from shares of its height to hertz, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LOG, MEL, LINEAR = "log", "mel", "linear"
LOWEST_HZ, HIGHEST_HZ = 40.0, 20_000.0
_NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")

Floats = NDArray[np.float64]


def hertz_at(share: Floats, sample_rate: int, axis: str = LOG) -> Floats:
    """The frequencies at these shares of the height, 0 at the bottom, 1 at the top."""
    top = min(sample_rate / 2, HIGHEST_HZ)
    if axis == LINEAR:
        return share * (sample_rate / 2)
    mel = axis == MEL
    hertz: Floats = 700 * (np.power(1 + top / 700, share) - 1) if mel else LOWEST_HZ * np.power(top / LOWEST_HZ, share)
    return hertz


def share_of(hertz: float, sample_rate: int, axis: str = LOG) -> float:
    """Where a frequency lies on the axis; outside 0..1 where it is not shown."""
    top = min(sample_rate / 2, HIGHEST_HZ)
    if axis == LINEAR:
        return hertz / (sample_rate / 2)
    if axis == MEL:
        return float(np.log1p(hertz / 700) / np.log1p(top / 700))
    return float(np.log(max(hertz, 1e-3) / LOWEST_HZ) / np.log(top / LOWEST_HZ))


def marks_hz(axis: str, sample_rate: int) -> tuple[tuple[float, str], ...]:
    """The frequencies that are worth a mark, with their words."""
    if axis == LINEAR:
        step = 5 if sample_rate >= 22_050 else 1
        return tuple((1000.0 * k, f"{k}k") for k in range(step, round(sample_rate / 2000), step))
    marks = ((100.0, "100"), (1000.0, "1k"), (10_000.0, "10k"))
    return ((300.0, "300"), (1000.0, "1k"), (3000.0, "3k"), (10_000.0, "10k")) if axis == MEL else marks


def note_name(hertz: float) -> str:
    """The nearest note of equal temperament at A4 = 440 Hz, with the cents that are missing: A4, C♯3 +12."""
    if hertz < 16.0:
        return ""
    at = 69 + 12 * float(np.log2(hertz / 440.0))
    number = round(at)
    cents = round(100 * (at - number))
    name = f"{_NOTES[number % 12]}{number // 12 - 1}"
    return name if cents == 0 else f"{name} {'+' if cents > 0 else '−'}{abs(cents)}"
