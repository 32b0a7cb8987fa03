"""How far the sum of the stems is from the mixture, over what is final, while stretches come and are replaced."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from umx_gui.engine.audio import FloatArray

_Run = tuple[int, int, float, float]
_PIECE = 1 << 17


class SumCheck:
    """Sums of squares of the mixture, and of the mixture minus the sum of the stems, by stretch.

    `powers` measures a stretch anew, where only a part of what was measured before still counts.
    """

    def __init__(self, powers: Callable[[int, int], tuple[float, float]]) -> None:
        self._powers = powers
        self._runs: list[_Run] = []

    def clear(self) -> None:
        """Nothing is final."""
        self._runs.clear()

    def put(self, start: int, stop: int, mixture: float, residue: float) -> None:
        """[start, stop) is final, with these powers."""
        self.forget(start, stop)
        self._runs.append((start, stop, mixture, residue))

    def measure(self, start: int, stop: int) -> None:
        """[start, stop) is final: measure it."""
        for at in range(start, stop, _PIECE):
            last = min(at + _PIECE, stop)
            self.put(at, last, *self._powers(at, last))

    def forget(self, start: int, stop: int) -> None:
        """[start, stop) is not final any more."""
        kept: list[_Run] = []
        for run in self._runs:
            a, b = run[:2]
            if b <= start or a >= stop:
                kept.append(run)
                continue
            rest = [(lo, hi) for lo, hi in ((a, start), (stop, b)) if lo < hi]
            kept += [(lo, hi, *self._powers(lo, hi)) for lo, hi in rest]
        self._runs = kept

    @property
    def db(self) -> float | None:
        """In dB of the mixture's power; -inf: bit-exact; None: nothing is final."""
        if not self._runs:
            return None
        mixture = math.fsum(run[2] for run in self._runs)
        residue = math.fsum(run[3] for run in self._runs)
        if residue == 0.0 or mixture == 0.0:
            return -math.inf if residue == 0.0 else math.inf
        return 10 * math.log10(residue / mixture)


def powers(mixture: FloatArray, stems: FloatArray) -> tuple[float, float]:
    """Sums of squares: of the mixture [C, t], and of what the sum of the stems [J, C, t] lacks of it."""
    part = mixture.astype(np.float64)
    residue = part.copy()
    for stem in stems:  # several times as fast as a sum over the first axis
        residue -= stem
    return float(np.vdot(part, part)), float(np.vdot(residue, residue))
