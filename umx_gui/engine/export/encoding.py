"""From blocks of a song's stems to blocks of its files: sums, rounding that adds up, and counts of what was clipped.

All stems are rounded together, so that they sum to the rounded mixture; a group is the sum of rounded stems. So any
group and the stems that it lacks add up to the mixture, to the last bit, whichever of them are written, and when.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.exact_sum import (
    IntArray,
    is_split,
    needs_dither,
    quantise,
    settle_float,
    share_remainder,
    tpdf_dither,
)
from umx_gui.engine.export.outputs import Outputs
from umx_gui.engine.export.writers import Encoding
from umx_gui.engine.naming import printable
from umx_gui.errors import OptionError
from umx_gui.words import said

MIXTURE = "mixture"


class OutputEncoder:
    """Turns parts [J, C, t] into what is written [K, C, t]; `clipped` counts samples [K] beyond full scale so far."""

    def __init__(
        self, parts: Sequence[str], outputs: Outputs, encoding: Encoding, may_sum: bool, remainder_to: str | None
    ) -> None:
        self._outputs, self._encoding = outputs, encoding
        self._may_sum = may_sum and encoding.lossless and bool(parts)
        self._cover = list(outputs.cover(len(parts)))
        self._exact = self._may_sum and bool(self._cover)
        self._first = _remainder_part(parts, remainder_to) if parts else 0
        self._rng = np.random.default_rng(0)
        self.clipped = np.zeros(len(outputs.names), np.int64)

    @property
    def exact(self) -> bool:
        """Whether the files sum to the mixture, as far as they are encoded."""
        return self._exact

    def encode(self, parts: FloatArray, extras: FloatArray, mixture: FloatArray) -> FloatArray | IntArray:
        """What is written of parts [J, C, t], mixture [C, t], and extras [E, C, t] for the outputs that are neither."""
        split = self._may_sum and is_split(parts, mixture)
        self._exact = self._exact and split
        bits, lossless = self._encoding.bits, self._encoding.lossless
        if split and bits is None:
            parts = settle_float(parts, mixture, self._first)
        floats = self._sums(parts, extras, mixture)
        if bits is None and lossless:
            return floats
        self.clipped += np.count_nonzero(np.abs(floats) > 1.0, axis=(1, 2))
        if bits is None:
            return np.clip(floats, -1.0, 1.0)
        if split:
            return self._exact_integers(parts, floats, mixture, bits)
        return np.stack([self._rounded(samples, bits) for samples in floats])

    def _sums(self, parts: FloatArray, extras: FloatArray, mixture: FloatArray) -> FloatArray:
        out = np.empty((len(self._outputs.names), *mixture.shape), np.float32)
        given = iter(extras)
        for row, name, rows in zip(out, self._outputs.names, self._outputs.members, strict=True):
            if len(rows) == 1:
                row[:] = parts[rows[0]]
            elif rows:
                row[:] = parts[list(rows)].sum(axis=0, dtype=np.float64)
            else:
                row[:] = mixture if name == MIXTURE else next(given)
        return out

    def _exact_integers(self, parts: FloatArray, floats: FloatArray, mixture: FloatArray, bits: int) -> IntArray:
        whole = quantise(mixture, bits)[0]
        settled = share_remainder(np.stack([quantise(part, bits)[0] for part in parts]), whole, self._first, bits)
        out = np.empty(floats.shape, np.int32)
        for k, rows in enumerate(self._outputs.members):
            if rows:
                settled[list(rows)].sum(axis=0, dtype=np.int32, out=out[k])
            else:
                out[k] = whole if self._outputs.names[k] == MIXTURE else self._rounded(floats[k], bits)
        held = np.clip(out, -(1 << (bits - 1)), (1 << (bits - 1)) - 1)
        if self._cover and not np.array_equal(held, out):
            # A group may be louder than one file can hold; what is too much goes to the files beside it.
            held[self._cover] = share_remainder(held[self._cover], whole, len(self._cover) - 1, bits)
        return held

    def _rounded(self, samples: FloatArray, bits: int) -> IntArray:
        dithered = bits <= 16 and needs_dither(samples, bits)
        return quantise(samples, bits, tpdf_dither(samples.shape, self._rng) if dithered else None)[0]


def _remainder_part(parts: Sequence[str], wanted: str | None) -> int:
    """Which of the parts takes the remainder. Raises OptionError for one that is not there."""
    name = wanted or "other"
    if name in parts:
        return list(parts).index(name)
    if wanted is not None:
        raise OptionError("remainder", said("“{name}” is none of the stems written", name=printable(wanted)))
    return len(parts) - 1
