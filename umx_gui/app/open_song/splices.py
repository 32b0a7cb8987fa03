"""Stretches that lie over a song's own stems: what was there is kept beneath, and comes back when they go.

Whatever order things come in, the stems hold the same in the end: a final block of the song's own goes beneath, a
stretch on top, later stretches over earlier ones. Which stretches are to count is said in the window's thread; a job
(`splicing`) writes them, and until it has done, what else would write the stems waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np

from umx_gui.engine.audio import Coverage, Fill, FloatArray, Stems
from umx_gui.engine.separation.stretches import join
from umx_gui.engine.storage.scratch import Scratch
from umx_gui.engine.work import CancelToken
from umx_gui.errors import DiskFullError

if TYPE_CHECKING:
    from umx_gui.app.open_song.song import Song

PIECE = 1 << 17


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
    """The stretches of one song that count, in order: `all` in the stems as they are, `wanted` as they are to be.

    Used in the window's thread only, as everything that writes; but for the stems while they are `lent` to the job.
    """

    def __init__(self) -> None:
        self.all: list[Splice] = []
        self.wanted: list[Splice] = []
        self.lent = False
        self._waiting: list[Callable[[], object]] = []

    @property
    def settled(self) -> bool:
        """Whether the stems are as they are wanted."""
        return not self.lent and self.all == self.wanted

    def want(self, song: Song, wanted: Sequence[tuple[int, Stems]]) -> None:
        """Let stems that begin at some samples count over the song's own, and no others than these.

        Raises DiskFullError, and wants what it wanted before.
        """
        n_same = 0
        while n_same < min(len(self.wanted), len(wanted)) and self.wanted[n_same].same(*wanted[n_same]):
            n_same += 1
        new = [Splice(start, stems) for start, stems in wanted[n_same:]]
        for splice in new:
            make_room(song, splice)
        self.wanted = [*self.wanted[:n_same], *new]
        if not self.settled:
            song.files.clear()  # they hold the stems as they were

    def lend(self) -> None:
        """A job writes the stems now."""
        self.lent = True

    def give_back(self) -> None:
        """The job is done: what waited comes in its order."""
        self.lent = False
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            call()

    def when_free(self, call: Callable[[], object]) -> None:
        """Do something that may write the stems: now, or when no job writes them."""
        if self.lent:
            self._waiting.append(call)
        else:
            call()

    def arrived(self, song: Song, start: int, stop: int) -> None:
        """The song's own stems of [start, stop) were just written, and are final: put them beneath."""
        for splice in tuple(self.all):
            lo, hi = max(start, splice.start), min(stop, splice.stop)
            if lo >= hi:
                continue
            try:
                keep(song, splice, lo, hi)
            except DiskFullError:  # no room to keep what is beneath: then that is what counts
                self.all.remove(splice)
                self.wanted = [other for other in self.wanted if other is not splice]
            else:
                write(song, splice, lo, hi)

    def new_stems(self) -> None:
        """The song's stems begin anew, perhaps with other targets: nothing is beneath any more."""
        for splice in self.all:
            splice.known = Coverage(splice.stop - splice.start)

    def first_over_nothing(self, n_samples: int) -> int:
        """The first sample that is there only by a stretch; the song's length where there is none."""
        starts = (s.start + a for s in self.all for a, b, f in s.known.runs() if f != Fill.FINAL and b > a)
        return min(starts, default=n_samples)


def put_on(song: Song, splice: Splice, coverage: Coverage, cancel: CancelToken) -> None:
    """Keep what is final in the stems beneath a splice, and write that over it."""
    splice.known = Coverage(splice.stop - splice.start)
    for a, b, fill in coverage.runs():
        lo, hi = max(a, splice.start), min(b, splice.stop)
        if fill == Fill.FINAL and lo < hi:
            keep(song, splice, lo, hi, cancel)
    write(song, splice, splice.start, splice.stop, cancel)
    coverage.set(splice.start, splice.stop, Fill.FINAL)


def take_off(song: Song, splice: Splice, coverage: Coverage, cancel: CancelToken) -> None:
    """Write what is beneath a splice where it was; silence where nothing is."""
    assert song.stems is not None
    samples = song.stems.samples
    for a, b, fill in splice.known.runs():
        lo, hi = a + splice.start, b + splice.start
        if fill == Fill.FINAL and splice.base is not None:
            for at, last in pieces(lo, hi, cancel):
                samples[:, :, at:last] = splice.base[: len(samples), :, at - splice.start : last - splice.start]
            continue
        for c, d, there in coverage.runs():
            first, last = max(c, lo), min(d, hi)
            if there == Fill.FINAL and first < last:
                for at, end in pieces(first, last, cancel):
                    samples[:, :, at:end] = 0
                coverage.set(first, last, Fill.NOTHING)


def keep(song: Song, splice: Splice, start: int, stop: int, cancel: CancelToken | None = None) -> None:
    """Copy what the stems hold in [start, stop) beneath the splice. Raises DiskFullError."""
    assert song.stems is not None
    samples = song.stems.samples
    base = make_room(song, splice)
    for at, last in pieces(start, stop, cancel):
        base[: len(samples), :, at - splice.start : last - splice.start] = samples[:, :, at:last]
    splice.known.set(start - splice.start, stop - splice.start, Fill.FINAL)


def make_room(song: Song, splice: Splice) -> FloatArray:
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


def write(song: Song, splice: Splice, start: int, stop: int, cancel: CancelToken | None = None) -> None:
    """Write [start, stop) of a splice over what is beneath it."""
    assert song.stems is not None
    n_stems = len(song.stems.targets)
    for a, b, fill in splice.known.runs():
        for at, last in pieces(max(start, a + splice.start), min(stop, b + splice.start), cancel):
            base = None
            if fill == Fill.FINAL and splice.base is not None:
                base = splice.base[:n_stems, :, at - splice.start : last - splice.start]
            join(song.stems, song.mixture, splice.stems, splice.start, at, last, base)


def pieces(start: int, stop: int, cancel: CancelToken | None = None) -> Iterator[tuple[int, int]]:
    """[start, stop) in pieces, between which a job can be cancelled."""
    for at in range(start, stop, PIECE):
        if cancel is not None:
            cancel.check()
        yield at, min(at + PIECE, stop)
