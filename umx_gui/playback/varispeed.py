"""Plays the mix faster or slower, pitch and all, as a tape does: by resampling what the mixer mixes.

The stems are mixed first, so they stay together to the sample. Between samples lies a windowed sinc (64 taps, Kaiser);
above normal speed its cut-off falls, so that nothing folds back. At normal speed samples pass bit for bit.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from umx_gui.engine.audio import FloatArray

MIN_SPEED, MAX_SPEED = 0.5, 2.0
_TAPS = 64
_HALF = _TAPS // 2
_PHASES = 512
_KAISER = 7.0
_CUTOFF = 0.92  # of the lower Nyquist frequency
_TABLE_SPEEDS = (1.0, 1.19, 1.42, 1.69, MAX_SPEED)


class Mixes(Protocol):
    """What gives samples at normal speed."""

    speed: float

    @property
    def at_rest(self) -> bool:
        """Whether nothing is heard and nothing waits to be done."""

    def fill(self, out: FloatArray, now_s: float) -> None:
        """Write the next samples [n, 2]."""


class SpeedWord(Protocol):
    """Where the wanted speed is read."""

    @property
    def speed(self) -> float:
        """1 is normal."""


class Varispeed:
    """Stands between mixer and device. It runs inside the audio callback: no lock, no file, no print."""

    def __init__(self, mixer: Mixes, control: SpeedWord, block_size: int) -> None:
        self._mixer, self._control = mixer, control
        self._size = block_size
        self._block = np.zeros((block_size, 2), np.float32)
        # Samples around the place that is heard: 64 before it at most, and what was mixed ahead.
        self._kept = np.zeros((2, 4 * block_size + 4 * _TAPS), np.float32)
        self._n = 0  # how many of them there are; 0: what is mixed passes straight through
        self._past = np.zeros((2, _HALF), np.float32)
        self._at = float(_HALF)
        self._speed = 1.0
        self._count = np.arange(block_size + 1, dtype=np.float64)
        self._tables = [_table(min(1.0, 1.0 / speed)) for speed in _TABLE_SPEEDS]

    def fill(self, out: FloatArray, now_s: float) -> None:
        """Write the next samples into `out` [n, 2]; `now_s` is perf_counter(), the time they are handed over."""
        for start in range(0, len(out), self._size):
            self._fill_block(out[start : start + self._size], now_s)

    def _fill_block(self, out: FloatArray, now_s: float) -> None:
        goal = min(max(self._control.speed, MIN_SPEED), MAX_SPEED)
        if self._mixer.speed != goal:
            self._mixer.speed = goal
        if not self._n:
            if goal == 1.0:
                self._mixer.fill(out, now_s)
                self._remember(out)
                return
            self._kept[:, :_HALF] = self._past
            self._n, self._at = _HALF, float(_HALF)
        self._bend(out, goal, now_s)
        self._forget()

    def _bend(self, out: FloatArray, goal: float, now_s: float) -> None:
        """The next samples, the speed moving to `goal` over them."""
        n = len(out)
        step = self._count[: n + 1]
        places = self._at + self._speed * step + (goal - self._speed) * step * (step + 1) / (2 * n)
        if goal == 1.0:  # end on a sample: from there on samples pass as they are
            places += (round(places[-1]) - places[-1]) * step / n
        while self._n <= int(places[-1]) + _HALF + 1:
            self._pull(now_s)
        first = int(places[0])
        if goal == self._speed == 1.0 and places[0] == first:
            out[:] = self._kept[:, first : first + n].T
        else:
            self._between(out, places[:n], max(goal, self._speed))
        self._at, self._speed = float(places[-1]), goal

    def _between(self, out: FloatArray, places: np.ndarray, fastest: float) -> None:
        table = self._tables[next(i for i, speed in enumerate(_TABLE_SPEEDS) if fastest <= speed + 1e-9)]
        whole = places.astype(np.int64)
        phase = (places - whole) * _PHASES
        low = phase.astype(np.int64)
        share = (phase - low).astype(np.float32)[:, None]
        weights = table[low]
        weights += share * (table[low + 1] - weights)
        windows = sliding_window_view(self._kept, _TAPS, axis=1)
        for side in (0, 1):
            np.einsum("nt,nt->n", windows[side][whole - (_HALF - 1)], weights, out=out[:, side])

    def _pull(self, now_s: float) -> None:
        self._mixer.fill(self._block, now_s)
        self._kept[:, self._n : self._n + self._size] = self._block.T
        self._n += self._size

    def _forget(self) -> None:
        """Drop what was played; with normal speed and silence everywhere, let samples pass straight through again."""
        done = int(self._at) - _HALF
        if done > 0:
            rest = self._kept[:, done : self._n].copy()
            self._kept[:, : rest.shape[1]] = rest
            self._n -= done
            self._at -= done
        if self._speed == 1.0 and self._mixer.at_rest and not self._kept[:, : self._n].any():
            self._n, self._at = 0, float(_HALF)
            self._past[:] = 0

    def _remember(self, out: FloatArray) -> None:
        n = min(len(out), _HALF)
        self._past[:, : _HALF - n] = self._past[:, n:]
        self._past[:, _HALF - n :] = out[len(out) - n :].T


def _table(cutoff: float) -> FloatArray:
    """Weights [phases + 2, taps] for samples -31..32 around a place; each row sums up to 1."""
    cutoff *= _CUTOFF
    phases = np.arange(_PHASES + 2)[:, None] / _PHASES
    distance = np.arange(1 - _HALF, _HALF + 1)[None, :] - phases
    inside = np.sqrt(np.maximum(1 - (distance / _HALF) ** 2, 0))
    weights = np.sinc(cutoff * distance) * np.i0(_KAISER * inside) * (np.abs(distance) <= _HALF)
    weights /= weights.sum(1, keepdims=True)
    table: FloatArray = weights.astype(np.float32)
    return table
