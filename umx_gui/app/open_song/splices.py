"""Stretches that lie over a song's own stems: what was there is kept beneath, and comes back when they go.

Whatever order things come in, the stems hold the same in the end: a final block of the song's own goes beneath, a
stretch on top, later stretches over earlier ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np

from umx_gui.engine.audio import Coverage, Fill, FloatArray, Stems
from umx_gui.engine.separation.stretches import join
from umx_gui.engine.storage.scratch import Scratch
from umx_gui.errors import DiskFullError

if TYPE_CHECKING:
    from umx_gui.app.open_song.song import Song

_PIECE = 1 << 17


@dataclass(eq=False)
class Splice:
    """Stems that count in [start, stop); `base` [J', C, stop - start] is what is beneath, where `known` says so."""

    start: int
    stems: Stems
    base: FloatArray | None = None
    known: Coverage = field(init=False)

    def __post_init__(self) -> None:
        self.known = Coverage(self.stop - self.start)

    @property
    def stop(self) -> int:
        """Where it ends."""
        return self.start + int(self.stems.samples.shape[-1])

    def same(self, start: int, stems: Stems) -> bool:
        """Whether it is this one."""
        return self.start == start and self.stems is stems


class Splices:
    """The stretches of one song that count, in order. Used in the window's thread only, as everything that writes."""

    def __init__(self) -> None:
        self.all: list[Splice] = []

    def become(self, song: Song, wanted: Sequence[tuple[int, Stems]]) -> list[tuple[int, int]]:
        """Let these count, and no others; returns the stretches [start, stop) of the stems that changed.

        Raises DiskFullError.
        """
        if song.stems is None:
            return []
        n_same = 0
        while n_same < min(len(self.all), len(wanted)) and self.all[n_same].same(*wanted[n_same]):
            n_same += 1
        touched = []
        while len(self.all) > n_same:
            splice = self.all.pop()
            self._take_off(song, splice)
            touched.append((splice.start, splice.stop))
        for start, stems in wanted[n_same:]:
            splice = Splice(start, stems)
            self._put_on(song, splice)
            touched.append((splice.start, splice.stop))
        return touched

    def arrived(self, song: Song, start: int, stop: int) -> None:
        """The song's own stems of [start, stop) were just written, and are final: put them beneath."""
        for splice in tuple(self.all):
            lo, hi = max(start, splice.start), min(stop, splice.stop)
            if lo >= hi:
                continue
            try:
                self._keep(song, splice, lo, hi)
            except DiskFullError:  # no room to keep what is beneath: then that is what counts
                self.all.remove(splice)
            else:
                _write(song, splice, lo, hi)

    def new_stems(self) -> None:
        """The song's stems begin anew, perhaps with other targets: nothing is beneath any more."""
        for splice in self.all:
            splice.known = Coverage(splice.stop - splice.start)

    def first_over_nothing(self, n_samples: int) -> int:
        """The first sample that is there only by a stretch; the song's length where there is none."""
        starts = (s.start + a for s in self.all for a, b, f in s.known.runs() if f != Fill.FINAL and b > a)
        return min(starts, default=n_samples)

    def _put_on(self, song: Song, splice: Splice) -> None:
        for a, b, fill in song.coverage.runs():
            lo, hi = max(a, splice.start), min(b, splice.stop)
            if fill == Fill.FINAL and lo < hi:
                self._keep(song, splice, lo, hi)
        self._make_room(song, splice)
        self.all.append(splice)
        _write(song, splice, splice.start, splice.stop)
        song.coverage.set(splice.start, splice.stop, Fill.FINAL)

    def _take_off(self, song: Song, splice: Splice) -> None:
        assert song.stems is not None
        samples = song.stems.samples
        for a, b, fill in splice.known.runs():
            lo, hi = a + splice.start, b + splice.start
            if fill == Fill.FINAL and splice.base is not None:
                samples[:, :, lo:hi] = splice.base[: len(samples), :, a:b]
                continue
            for c, d, there in song.coverage.runs():
                first, last = max(c, lo), min(d, hi)
                if there == Fill.FINAL and first < last:
                    samples[:, :, first:last] = 0
                    song.coverage.set(first, last, Fill.NOTHING)

    def _keep(self, song: Song, splice: Splice, start: int, stop: int) -> None:
        """Copy what the stems hold in [start, stop) beneath the splice."""
        assert song.stems is not None
        samples = song.stems.samples
        base = self._make_room(song, splice)
        a, b = start - splice.start, stop - splice.start
        base[: len(samples), :, a:b] = samples[:, :, start:stop]
        splice.known.set(a, b, Fill.FINAL)

    def _make_room(self, song: Song, splice: Splice) -> FloatArray:
        """Room for what is beneath, also for stems that may come later (a residual). Raises DiskFullError."""
        n_stems = len(song.targets)
        if splice.base is None or len(splice.base) < n_stems:
            n_rows = len(song.stems_room) if song.stems_room is not None else n_stems
            shape = (max(n_rows, n_stems), song.n_channels, splice.stop - splice.start)
            base = cast(FloatArray, Scratch(song.scratch.folder).reserve(shape, np.float32)[1])
            if splice.base is not None:
                base[: len(splice.base)] = splice.base
            splice.base = base
        return splice.base


def _write(song: Song, splice: Splice, start: int, stop: int) -> None:
    """Write [start, stop) of a splice over what is beneath it."""
    assert song.stems is not None
    n_stems = len(song.stems.targets)
    for a, b, fill in splice.known.runs():
        lo, hi = max(start, a + splice.start), min(stop, b + splice.start)
        for at in range(lo, hi, _PIECE):
            last = min(at + _PIECE, hi)
            base = None
            if fill == Fill.FINAL and splice.base is not None:
                base = splice.base[:n_stems, :, at - splice.start : last - splice.start]
            join(song.stems, song.mixture, splice.stems, splice.start, at, last, base)
