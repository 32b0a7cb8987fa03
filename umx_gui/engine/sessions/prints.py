"""Prints of stems: enough to know them again, and to say how far others are from them, in a few thousand bytes.

A print holds the SHA-256 of the samples, and a sketch: each sample, with a sign drawn for it, is added to one of N sums
(a count sketch; Charikar, Chen, Farach-Colton 2002). Since the signs are independent, the energy of the difference of
two sketches is that of the difference of the sounds, with a relative deviation of sqrt(2 / N): a quarter of a decibel.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import sys
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray, Stems
from umx_gui.engine.sessions.document import StemPrint
from umx_gui.engine.storage.scratch import release
from umx_gui.engine.work import CancelToken, Progress, ProgressMeter

N_SUMS = 512
_BLOCK = 1 << 16
_WORDS = _BLOCK // 64
_EASE_SAMPLES = 32 * _BLOCK  # 8 MB: a whole stem of a long song would count as memory


def print_stems(stems: Stems, cancel: CancelToken) -> Iterator[Progress | StemPrint]:
    """A print of each stem [C, T]; samples may be mapped from disk. Raises Cancelled."""
    n_stems, n_channels, n_samples = stems.samples.shape
    meter, done = ProgressMeter(max(n_stems * n_channels * n_samples, 1)), 0
    for target in stems.targets:
        digest, sums = hashlib.sha256(), np.zeros(N_SUMS)
        for channel, samples in enumerate(stems[target]):
            for start in range(0, n_samples, _BLOCK):
                cancel.check()
                part = np.ascontiguousarray(samples[start : start + _BLOCK], np.dtype("<f4"))
                digest.update(part.data)
                sums += _added(part, channel, start // _BLOCK)
                done += part.size
                yield meter.at(done, "checking")
                if start % _EASE_SAMPLES == 0:
                    release(stems.samples)
        sketch = base64.b64encode(sums.astype("<f8").tobytes()).decode("ascii")
        yield StemPrint(target, digest.hexdigest(), sketch)


def _added(part: FloatArray, channel: int, block: int) -> NDArray[np.float64]:
    """The sums of one block [t], t <= 65536, with the signs that belong to its place."""
    words = np.random.PCG64(np.random.SeedSequence((channel, block))).random_raw(_WORDS)
    bits = np.unpackbits(words.astype("<u8").view(np.uint8))[: part.size]
    signed = np.zeros(-(-part.size // N_SUMS) * N_SUMS, np.float32)
    # A sign is the highest bit of a float: turning it is exact, and cheaper than multiplying.
    flipped = np.asarray(part, np.float32).view(np.uint32) ^ (bits.astype(np.uint32) << 31)
    signed[: part.size] = flipped.view(np.float32)
    total: NDArray[np.float64] = signed.reshape(-1, N_SUMS).sum(axis=0, dtype=np.float64)
    return total


def distance_db(a: StemPrint, b: StemPrint) -> float:
    """How far b is from a: the energy of the difference against a's, in dB; -inf where they are equal, bit by bit.

    NaN where a print has no sketch. The sketch of a stem is exact to about 1e-13 of its level, so that stems which
    differ at all are never called equal here.
    """
    if a.sha256 == b.sha256:
        return -math.inf
    first, second = _sums(a), _sums(b)
    if first is None or second is None:
        return math.nan
    rest = float(np.square(first - second).sum())
    whole = float(np.square(first).sum())
    floor = sys.float_info.epsilon**2 * max(whole, sys.float_info.min)
    if whole == 0.0:
        return math.inf if rest else 10 * math.log10(sys.float_info.epsilon**2)
    return 10 * math.log10(max(rest, floor) / whole)


def _sums(stem: StemPrint) -> NDArray[np.float64] | None:
    try:
        raw = base64.b64decode(stem.sketch, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 8 * N_SUMS:
        return None
    sums = np.frombuffer(raw, "<f8").astype(np.float64)
    return sums if np.isfinite(sums).all() and np.abs(sums).max() < 1e100 else None
