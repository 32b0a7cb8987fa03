"""Spectrograms while one zooms: no frame makes all of a level, and the picture is soon the one it should be."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from view_songs import RATE, four_stems, show_separated

from umx_gui.app.session import Session
from umx_gui.engine.summaries import SpectrogramTiles
from umx_gui.views.lanes.tile_pictures import TilePictures
from umx_gui.views.main_window import MainWindow

SECONDS = 90
N_COLUMNS = 800


@pytest.fixture(scope="module")
def tiles() -> SpectrogramTiles:
    rng = np.random.default_rng(1)
    made = SpectrogramTiles(0.1 * rng.standard_normal((1, SECONDS * RATE), np.float32), RATE, hop=256)
    made.update(0, SECONDS * RATE)
    return made


def made_of(pictures: TilePictures) -> int:
    return len(pictures._chunks)


def test_a_level_that_is_zoomed_to_is_made_in_several_frames(tiles: SpectrogramTiles) -> None:
    pictures = TilePictures(tiles, 100, "log")
    stop = float(SECONDS * RATE)
    pictures.columns(0, stop, N_COLUMNS)
    assert not pictures.behind, "there was nothing else to draw from"
    near = stop / 2.5
    wanted = TilePictures(tiles, 100, "log").columns(0, near, N_COLUMNS)
    frames, errors = 0, []
    while True:
        before, pictures.behind = made_of(pictures), False
        picture = pictures.columns(0, near, N_COLUMNS)
        errors.append(np.abs(picture.astype(int) - wanted).mean())
        if not pictures.behind:
            break
        frames += 1
        assert made_of(pictures) - before <= 2
    assert frames >= 2
    np.testing.assert_array_equal(picture, wanted)
    assert 0 < errors[0] < 20, "what is drawn meanwhile is the same sound, only coarser"


def test_zooming_out_the_next_level_is_made_ahead(tiles: SpectrogramTiles) -> None:
    pictures = TilePictures(tiles, 100, "log")
    width = SECONDS * RATE / 2.2
    while width < SECONDS * RATE:
        before = made_of(pictures)
        middle = SECONDS * RATE / 2
        start, stop = max(middle - width / 2, 0.0), min(middle + width / 2, float(SECONDS * RATE))
        picture = pictures.columns(start, stop, N_COLUMNS)
        np.testing.assert_array_equal(picture, TilePictures(tiles, 100, "log").columns(start, stop, N_COLUMNS))
        if before:
            assert made_of(pictures) - before <= 4
        width *= 1.1


def test_a_lane_that_was_zoomed_shows_in_the_end_what_a_new_one_shows(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    song = show_separated(session, four_stems(40.0))
    window.lanes.look.set("overlap", "8")
    window.modes.set_one("bass", "spectrogram")
    lane = window.lanes.lane("bass")
    lane.grab()
    qtbot.waitUntil(lambda: bool(song.tiles["bass"].frames(0, 0, 1 << 20).max(1).min()))
    qtbot.waitUntil(lambda: not session._workers[7].busy and not lane.waiting)
    was_behind = False
    for share in (1.0, 0.45, 0.22, 0.1):
        window.timeline.set_view(0, share * song.n_samples)
        lane._recolor()  # at once, and not with the next frame
        lane.grab()
        was_behind |= any(pictures.behind for pictures in lane._spectra.values())
    assert was_behind
    qtbot.waitUntil(lambda: not lane.waiting and not any(p.behind for p in lane._spectra.values()))
    assert lane._picture is not None
    shown = lane._picture.copy()
    lane.forget()
    lane.grab()
    np.testing.assert_array_equal(shown, lane._picture)
