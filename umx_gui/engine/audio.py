"""Audio as values: a mixture, its stems, and which stretches of them are there."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Audio:
    """Samples [C, T] float32 at `sample_rate` in Hz."""

    samples: FloatArray
    sample_rate: int

    @property
    def n_channels(self) -> int:
        """C."""
        return int(self.samples.shape[0])

    @property
    def n_samples(self) -> int:
        """T."""
        return int(self.samples.shape[1])

    @property
    def duration_s(self) -> float:
        """The length in seconds."""
        return self.n_samples / self.sample_rate


@dataclass(frozen=True, slots=True)
class Stems:
    """Samples [J, C, T] float32 of the named targets, as long as the mixture they come from."""

    targets: tuple[str, ...]
    samples: FloatArray
    sample_rate: int

    def __getitem__(self, target: str) -> FloatArray:
        """The stem [C, T] of one target; KeyError where there is none."""
        if target not in self.targets:
            raise KeyError(target)
        stem: FloatArray = self.samples[self.targets.index(target)]
        return stem


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of separated audio: samples [J, C, stop - start]; a draft is replaced by a final block later."""

    start: int
    stop: int
    samples: FloatArray
    final: bool = True


class Fill(IntEnum):
    """What is known of a stretch of the stems."""

    NOTHING = 0
    DRAFT = 1
    FINAL = 2


class Coverage:
    """Which samples of a song are separated: runs [start, stop) of one `Fill` each, in order, without gaps.

    Any thread may read what one thread sets.
    """

    def __init__(self, n_samples: int) -> None:
        self.n_samples = n_samples
        self._runs: tuple[list[int], list[Fill]] = ([0], [Fill.NOTHING])  # where they start, and what they are

    def copy(self) -> Coverage:
        """The same, to be changed by itself."""
        other = Coverage(self.n_samples)
        other._runs = self._runs  # its lists are replaced, never changed
        return other

    def set(self, start: int, stop: int, fill: Fill) -> None:
        """Mark [start, stop); what was final stays final unless `fill` is NOTHING or FINAL."""
        start, stop = max(start, 0), min(stop, self.n_samples)
        runs = [(a, b, f) for a, b, f in self.runs() if b > a]
        pieces: list[tuple[int, Fill]] = []
        for a, b, old in runs:
            lo, hi = max(a, start), min(b, stop)
            if lo >= hi:
                pieces.append((a, old))
                continue
            new = old if fill == Fill.DRAFT and old == Fill.FINAL else fill
            pieces += [
                p for p in ((a, old), (lo, new), (hi, old)) if p[0] < b and not (p[0] == a == lo and p[1] is not new)
            ]
        merged: list[tuple[int, Fill]] = []
        for at, f in pieces:
            if merged and merged[-1][0] == at:
                merged[-1] = (at, f)
            elif not merged or merged[-1][1] != f:
                merged.append((at, f))
        self._runs = ([at for at, _ in merged] or [0], [f for _, f in merged] or [Fill.NOTHING])

    def runs(self) -> list[tuple[int, int, Fill]]:
        """The song as (start, stop, fill), in order."""
        starts, fills = self._runs
        return list(zip(starts, [*starts[1:], self.n_samples], fills, strict=True))

    def at(self, sample: int) -> Fill:
        """What is known at one sample."""
        starts, fills = self._runs
        return fills[bisect_right(starts, sample) - 1]

    def fraction(self, fill: Fill) -> float:
        """The share of the song that is at least `fill`."""
        return sum(b - a for a, b, f in self.runs() if f >= fill) / max(self.n_samples, 1)
