"""Stems that add up: the written stems of a song sum to the written mixture, to the last bit.

Rounding each stem to 16 or 24 bits for itself leaves a remainder of a few steps in every sample. Here the remainder is
given to one named stem, and what would push that one over full scale goes to the stem with the most headroom. It always
fits: if the mixture lies within the range of integers, so does some split of it. Numpy only.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.work import CancelToken

IntArray = NDArray[np.int32]

BLOCK_SAMPLES = 65536
_SPLIT_TOLERANCE = 2.0**-15


def quantise(samples: FloatArray, bits: int, dither: NDArray[np.float64] | None = None) -> tuple[IntArray, int]:
    """Samples of any shape, full scale 1.0, as integers of `bits` bits, and how many were beyond ±1.

    `dither`, in steps and of the same shape, is added before rounding. What clips is held at full scale.
    """
    full = 1 << (bits - 1)
    scaled = np.multiply(samples, full, dtype=np.float64)
    n_clipped = int(np.count_nonzero(np.abs(scaled) > full))
    if dither is not None:
        scaled += dither
    np.rint(scaled, out=scaled)
    np.clip(scaled, -full, full - 1, out=scaled)
    return scaled.astype(np.int32), n_clipped


def tpdf_dither(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float64]:
    """Noise of triangular density over -1..1 steps: it unties rounding errors from the music (Lipshitz 1992)."""
    return rng.random(shape) - rng.random(shape)


def needs_dither(samples: FloatArray, bits: int) -> bool:
    """Whether any sample lies between two steps; silence and audio that was of `bits` bits before stay as they are."""
    scaled = np.multiply(samples, 1 << (bits - 1), dtype=np.float64)
    return bool(np.any(scaled != np.rint(scaled)))


def share_remainder(stems: IntArray, mixture: IntArray, first: int, bits: int) -> IntArray:
    """Integer stems [J, C, t] changed so that they sum to the integer mixture [C, t] in every sample.

    Stem number `first` takes the remainder as far as `bits` bits allow, then the stem with the most headroom does.
    """
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    settled = stems.copy()
    rest = mixture - settled.sum(axis=0, dtype=np.int32)
    taken = np.clip(settled[first] + rest, low, high) - settled[first]
    settled[first] += taken
    rest -= taken
    # Only the few samples where `first` is full are looked at again. Each turn settles a sample or fills one more stem.
    channel, sample = np.nonzero(rest)
    while channel.size:
        there, left = settled[:, channel, sample], rest[channel, sample]
        headroom = np.where(left > 0, high - there, there - low)
        stem = headroom.argmax(axis=0)
        most = headroom.max(axis=0)
        given = np.clip(left, -most, most)
        settled[stem, channel, sample] += given
        rest[channel, sample] -= given
        open_ = left != given
        channel, sample = channel[open_], sample[open_]
    return settled


def settle_float(stems: FloatArray, mixture: FloatArray, first: int) -> FloatArray:
    """Stems [J, C, t] whose number `first` is what the others leave of the mixture [C, t]: a sum within -140 dB."""
    settled = stems.copy()
    others = np.delete(stems, first, axis=0).sum(axis=0, dtype=np.float64)
    settled[first] = mixture - others
    return settled


def is_split(stems: FloatArray, mixture: FloatArray) -> bool:
    """Whether stems [J, C, t] sum to the mixture [C, t] but for rounding (-90 dB of full scale, or of what is louder).

    Where they miss it by more, some were left out or never meant to sum, and no stem may be bent to make up for that.
    """
    rest = np.abs(stems.sum(axis=0) - mixture).max(initial=0.0)
    loudest = max(np.abs(stems).max(initial=0.0), np.abs(mixture).max(initial=0.0), 1.0)
    return bool(rest <= _SPLIT_TOLERANCE * loudest)


def null_db(stems: FloatArray, mixture: FloatArray, cancel: CancelToken | None = None) -> float:
    """The energy of mixture minus sum of stems against the mixture's, in decibels; -inf where nothing remains.

    stems: [J, C, T], mixture: [C, T]; both are read in blocks, so they may be mapped from disk. Samples that are not
    finite count as silence, which is how they are written. Raises Cancelled.
    """
    left = whole = 0.0
    for start in range(0, mixture.shape[-1], BLOCK_SAMPLES):
        if cancel is not None:
            cancel.check()
        part = finite(mixture[:, start : start + BLOCK_SAMPLES])[0].astype(np.float64)
        rest = part - finite(stems[:, :, start : start + BLOCK_SAMPLES])[0].sum(axis=0, dtype=np.float64)
        left += float(np.vdot(rest, rest))
        whole += float(np.vdot(part, part))
    if left == 0.0:
        return -math.inf
    return 10.0 * math.log10(left / whole) if whole > 0.0 else math.inf


def finite(samples: FloatArray) -> tuple[FloatArray, int]:
    """The samples with everything that is not a number or infinite made 0, and how many that were; a copy if any."""
    good = np.isfinite(samples)
    n_bad = int(samples.size - np.count_nonzero(good))
    return (np.where(good, samples, np.float32(0)) if n_bad else np.asarray(samples)), n_bad
