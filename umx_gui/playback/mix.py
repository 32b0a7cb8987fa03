"""What is heard of the stems: volume, pan, solo and mute as pure functions of a `Mix`.

Pan is the equal-power panner of the W3C Web Audio specification (StereoPannerNode, stereo input): turned to one side,
the other side's channel moves over with sin(|pan| 90°) while cos(|pan| 90°) of it stays, so that nothing is lost when
panned hard and unrelated sides keep their power. A voice in the middle becomes up to 6 dB higher on its side. In the
centre, and at 0 dB, samples pass bit for bit: a gain of exactly one adds the samples as they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray

FILL_GRAIN = 4096
"""Samples per cell of the array that says which stretches of the stems are there (values of `Fill`)."""

MAX_STEMS = 32

Gain = tuple[float, float, float, float]
"""How one stem is heard: left from left, left from right, right from left, right from right."""

SILENT: Gain = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Strip:
    """The controls of one stem: gain in dB (-inf is silence), pan from -1 (left) to 1 (right), solo, mute."""

    gain_db: float = 0.0
    pan: float = 0.0
    solo: bool = False
    mute: bool = False

    def __post_init__(self) -> None:
        if not -1.0 <= self.pan <= 1.0:
            raise ValueError(f"pan must be in -1..1, got {self.pan}")
        if math.isnan(self.gain_db) or self.gain_db == math.inf:
            raise ValueError(f"gain_db must be a number of decibels, got {self.gain_db}")


@dataclass(frozen=True, slots=True)
class Mix:
    """All controls: one strip per stem, the master gain in dB; `original` plays the mixture instead of the stems,
    louder by `original_gain_db`.
    """

    strips: tuple[Strip, ...]
    master_gain_db: float = 0.0
    original: bool = False
    original_gain_db: float = 0.0

    def padded(self, n_stems: int) -> Mix:
        """The same mix for `n_stems` stems: further stems get a fresh strip, strips without a stem go."""
        strips = (*self.strips, *(Strip() for _ in range(n_stems - len(self.strips))))[:n_stems]
        return replace(self, strips=strips)


@dataclass(frozen=True, slots=True)
class Gains:
    """A mix as numbers: `stems` where they are there, and the mixture's gain where stems are there and where not."""

    stems: tuple[Gain, ...]
    mixture: Gain
    mixture_alone: Gain


def amplitude(gain_db: float) -> float:
    """The factor of a gain in decibels: exactly 1 at 0 dB, exactly 0 at -inf."""
    return float(10.0 ** (gain_db / 20.0))


def gain_matrix(mix: Mix) -> FloatArray:
    """Factors [J, 2, 2] from a stem's channel (last axis) to an output channel, all controls and the master included.

    A muted strip is silent even when soloed; while any strip is soloed, only soloed ones are heard. All are zero while
    the original is heard.
    """
    solo = any(strip.solo for strip in mix.strips)
    master = amplitude(mix.master_gain_db)
    matrix = np.zeros((len(mix.strips), 2, 2), np.float64)
    for row, strip in zip(matrix, mix.strips, strict=True):
        if not (mix.original or strip.mute or (solo and not strip.solo)):
            row[:] = _pan_matrix(strip.pan) * (amplitude(strip.gain_db) * master)
    return matrix.astype(np.float32)


def gains(mix: Mix) -> Gains:
    """The mix as factors. Where stems are not there yet the mixture stands in for them, unless a strip is soloed or
    muted: what was asked for cannot be heard there, so there is silence.
    """
    stems = tuple(as_gain(row) for row in gain_matrix(mix))
    more_db = mix.original_gain_db if mix.original else 0.0
    master = float(np.float32(amplitude(mix.master_gain_db + more_db)))
    mixture: Gain = (master, 0.0, 0.0, master)
    chosen = any(strip.solo or strip.mute for strip in mix.strips)
    alone = SILENT if chosen and not mix.original else mixture
    return Gains(stems, mixture if mix.original else SILENT, alone)


def render(
    stems: FloatArray,
    mix: Mix,
    mixture: FloatArray | None = None,
    fill: NDArray[np.uint8] | None = None,
    start: int = 0,
) -> FloatArray:
    """What is heard [2, t] of stems [J, C, t] (C = 1 is heard on both sides), sample for sample as the player plays it.

    `mixture` [C, t] is needed for `mix.original`, and with `fill`, the whole song's cells: the mixture is heard where a
    cell is 0. `start` is the song's sample that column 0 is. The player crossfades at those joints, this cuts.
    Raises ValueError where the mixture is needed and missing, or strips and stems differ in number.
    """
    if len(mix.strips) != len(stems):
        raise ValueError(f"{len(mix.strips)} strips for {len(stems)} stems")
    if mixture is None and (mix.original or fill is not None):
        raise ValueError("the mixture is needed to hear the original")
    factors = gains(mix)
    n = stems.shape[-1]
    out, spare = np.zeros((2, n), np.float32), np.empty((2, n), np.float32)
    joints = () if fill is None else range(FILL_GRAIN - start % FILL_GRAIN, n, FILL_GRAIN)
    for a, b in pairwise([0, *joints, n] if n else []):
        there = fill is None or fill[(start + a) // FILL_GRAIN] != 0
        parts = list(zip(stems, factors.stems, strict=True)) if there else []
        if mixture is not None:
            parts.append((mixture, factors.mixture if there else factors.mixture_alone))
        for samples, gain in parts:
            for side in (0, 1):
                heard = scale(samples[:, a:b], gain[2 * side], gain[2 * side + 1], spare[0, a:b], spare[1, a:b])
                if heard is not None:
                    out[side, a:b] += heard
    return out


def scale(
    samples: FloatArray, left: float | FloatArray, right: float | FloatArray, out: FloatArray, spare: FloatArray
) -> FloatArray | None:
    """left * samples[0] + right * samples[-1], with samples [C, t], into `out` [t] without new arrays.

    Factors are numbers, or ramps [t]. A number of exactly one copies nothing: the samples themselves are returned;
    with both zero, None. Both the player and `render` add up what this gives, hence hear the same to the last bit.
    """
    if isinstance(right, float) and right == 0.0:
        return _times(samples[0], left, out)
    if isinstance(left, float) and left == 0.0:
        return _times(samples[-1], right, out)
    np.multiply(samples[0], left, out=out)
    np.multiply(samples[-1], right, out=spare)
    np.add(out, spare, out=out)
    return out


def as_gain(row: FloatArray) -> Gain:
    """A matrix [2, 2] as four numbers."""
    return float(row[0, 0]), float(row[0, 1]), float(row[1, 0]), float(row[1, 1])


def _times(samples: FloatArray, factor: float | FloatArray, out: FloatArray) -> FloatArray | None:
    if isinstance(factor, float):
        if factor == 0.0:
            return None
        if factor == 1.0:
            return samples
    np.multiply(samples, factor, out=out)
    return out


def _pan_matrix(pan: float) -> NDArray[np.float64]:
    """From the sides of a stem to those of the output, [2, 2]."""
    moved = math.sin(abs(pan) * math.pi / 2)
    kept = math.cos(abs(pan) * math.pi / 2) if abs(pan) < 1 else 0.0
    if pan == 0:
        return np.eye(2)
    return np.array([[1.0, moved], [0.0, kept]]) if pan < 0 else np.array([[kept, 0.0], [moved, 1.0]])
