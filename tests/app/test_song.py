"""A song knows which of its stems are there."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from umx_gui.app.open_song.opening import Ended, open_song
from umx_gui.app.open_song.song import Song
from umx_gui.engine.audio import Block, Stems
from umx_gui.engine.work import CancelToken
from umx_gui.playback.mix import FILL_GRAIN


def opened(path: Path) -> Song:
    *_, last = open_song(path, CancelToken())
    assert isinstance(last, Ended)
    return last.song


def test_fill_cells_are_marked_only_when_wholly_covered(song_file: Path) -> None:
    song = opened(song_file)
    region, samples = song.scratch.reserve((1, 2, song.n_samples))
    song.reset_stems(Stems(("vocals",), samples, song.sample_rate), region, "recipe")  # type: ignore[arg-type]

    def put(start: int, stop: int, final: bool, value: float) -> list[int]:
        song.put(Block(start, stop, np.full((1, 2, stop - start), value, np.float32), final))
        return song.fill[:4].tolist()

    cell = FILL_GRAIN
    assert put(0, cell - 1, True, 1) == [0, 0, 0, 0]
    assert put(cell - 1, 2 * cell + 5, True, 1) == [2, 2, 0, 0]
    assert put(cell, 3 * cell, False, 0.5) == [2, 2, 1, 0]
    assert song.samples("vocals")[0, cell] == 1, "a draft never replaces what is final"
    assert song.samples("vocals")[0, 2 * cell + 6] == 0.5
    assert put(2 * cell + 5, song.n_samples, True, 1) == [2, 2, 2, 2]
    assert set(song.fill) == {2}
    assert song.separated
    assert song.sum_db == -math.inf
