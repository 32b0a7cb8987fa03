"""Spectrograms of a song that is being read: coarse at once, as they are afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from app_sounds import sound, write
from pytestqt.qtbot import QtBot

from umx_gui.app.open_song.opening import Ended, open_song
from umx_gui.app.open_song.song import MIXTURE
from umx_gui.app.open_song.tiles import TileKeeper
from umx_gui.app.session import Session, SessionState
from umx_gui.app.worker import Worker
from umx_gui.engine.audio import Block, FloatArray, Stems
from umx_gui.engine.summaries import SpectrogramTiles
from umx_gui.engine.work import CancelToken

ALL = 1 << 20


def test_a_song_that_is_read_is_sketched_and_drawn_finely_afterwards(
    session: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, bool]] = []
    sketch, update = SpectrogramTiles.sketch, SpectrogramTiles.update

    def whole() -> bool:
        return session.song is not None and session.song.complete

    def noted_sketch(tiles: SpectrogramTiles, start: int, stop: int) -> None:
        made.append(("sketch", whole()))
        sketch(tiles, start, stop)

    def noted_update(tiles: SpectrogramTiles, start: int, stop: int) -> None:
        made.append(("update", whole()))
        update(tiles, start, stop)

    monkeypatch.setattr(SpectrogramTiles, "sketch", noted_sketch)
    monkeypatch.setattr(SpectrogramTiles, "update", noted_update)
    path = write(tmp_path / "long.wav", sound(180.0, n_channels=1))
    session.settings.auto_separate = False
    session.opened.connect(lambda song: session.want_tiles(MIXTURE, 0, song.n_samples))
    session.open(path)
    qtbot.waitUntil(lambda: session.state is SessionState.READY)
    song = session.song
    assert song is not None
    tiles = song.tiles[MIXTURE]
    qtbot.waitUntil(lambda: bool(tiles.frames(3, 0, ALL).max(1).min()))
    coarse = tiles.frames(3, 0, ALL).copy()
    qtbot.waitUntil(lambda: bool(tiles.frames(0, 0, ALL).max(1).min()))
    assert made[0][0] == "sketch"
    assert ("update", False) not in made, "what is only read so far is not drawn finely"
    assert made[-1][0] == "update"
    fine = SpectrogramTiles(song.mixture, song.sample_rate)
    update(fine, 0, song.n_samples)
    for depth in (0, 3):
        np.testing.assert_array_equal(tiles.frames(depth, 0, ALL), fine.frames(depth, 0, ALL))
    assert (coarse <= fine.frames(3, 0, ALL)).all(), "a sketch looks at some of the frames, and at no others"


def test_all_that_is_asked_for_is_sketched_before_any_details(qtbot: QtBot, tmp_path: Path) -> None:
    *_, ended = open_song(write(tmp_path / "long.wav", sound(60.0, n_channels=1)), CancelToken())
    assert isinstance(ended, Ended)
    song = ended.song
    song.mixture_there(song.n_samples)
    song.complete = True
    region, room = song.scratch.reserve((2, 1, song.n_samples))
    song.reset_stems(Stems(("vocals", "other"), cast(FloatArray, room), song.sample_rate), region, None)
    song.put(Block(0, song.n_samples, np.stack([0.25 * song.mixture, 0.75 * song.mixture])))
    worker = Worker("painter")
    keeper = TileKeeper(worker)
    keeper.set_song(song)
    made: list[tuple[str, bool]] = []
    keeper.filled.connect(lambda key, start, stop: made.append((key, (start, stop) == (0, song.n_samples))))
    for key in song.keys:
        keeper.want(key, 0, song.n_samples)
    qtbot.waitUntil(lambda: all(song.tiles[key].frames(0, 0, ALL).max(1).min() for key in song.keys))
    qtbot.waitUntil(lambda: not worker.busy)
    assert worker.stop(timeout_s=30.0)
    assert made[:3] == [(MIXTURE, True), ("other", True), ("vocals", True)], "what was asked for last comes first"
    assert {key for key, _ in made[3:]} == set(song.keys)
    assert not any(whole for _, whole in made[3:])
