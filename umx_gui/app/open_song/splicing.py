"""The job that brings a song's stems to what its splices say, so that the window's thread need not.

While it runs the stems are its own (`Splices.lent`); what it found is taken over by `Song.take_splices` in one go.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from umx_gui.app.open_song.splices import Splice, pieces, put_on, take_off
from umx_gui.app.open_song.sum_check import powers
from umx_gui.engine.audio import Coverage, Fill
from umx_gui.engine.work import CancelToken

if TYPE_CHECKING:
    from umx_gui.app.open_song.song import Song


@dataclass(frozen=True, slots=True)
class Spliced:
    """What the stems hold now: the splices that count, what is final, the stretches [start, stop) that changed, and
    the powers of their final parts for the sum check: (start, stop, mixture, residue)."""

    all: list[Splice]
    coverage: Coverage
    touched: tuple[tuple[int, int], ...]
    powers: tuple[tuple[int, int, float, float], ...]


def splice(song: Song, cancel: CancelToken) -> Generator[Spliced, None, None]:
    """Write the stems and their peaks as `song.splices.wanted` says. Raises Cancelled between two pieces."""
    now, wanted = list(song.splices.all), list(song.splices.wanted)
    coverage, changed = song.coverage.copy(), Coverage(song.n_samples)
    n_same = 0
    while n_same < min(len(now), len(wanted)) and now[n_same] is wanted[n_same]:
        n_same += 1
    for old in reversed(now[n_same:]):
        take_off(song, old, coverage, cancel)
        changed.set(old.start, old.stop, Fill.FINAL)
    for new in wanted[n_same:]:
        put_on(song, new, coverage, cancel)
        changed.set(new.start, new.stop, Fill.FINAL)
    touched = tuple((start, stop) for start, stop, fill in changed.runs() if fill)
    for start, stop in touched:
        for at, last in pieces(start, stop, cancel):
            for target in song.targets:
                song.peaks[target].update(at, last)
    yield Spliced(wanted, coverage, touched, tuple(_measured(song, touched, coverage, cancel)))


def _measured(
    song: Song, touched: tuple[tuple[int, int], ...], coverage: Coverage, cancel: CancelToken
) -> Generator[tuple[int, int, float, float], None, None]:
    assert song.stems is not None
    for start, stop in touched:
        for a, b, fill in coverage.runs():
            if fill == Fill.FINAL:
                for at, last in pieces(max(a, start), min(b, stop), cancel):
                    yield at, last, *powers(song.mixture[:, at:last], song.stems.samples[:, :, at:last])
