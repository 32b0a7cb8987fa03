"""Lanes show what is there, in its colour, and redraw no more than what changed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot
from view_songs import RATE, fill, four_stems, make_song, reserve_stems, show, show_separated

from umx_gui.app.session import Session
from umx_gui.views.kit.theme import DARK, LIGHT
from umx_gui.views.lanes.lane import Lane
from umx_gui.views.lanes.lane_modes import SPECTROGRAM, WAVEFORM
from umx_gui.views.main_window import MainWindow


def pixels(lane: Lane) -> np.ndarray:
    """What a lane shows, as [height, width, 3]."""
    image = lane.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    raw = np.frombuffer(image.constBits(), np.uint8)
    return (
        raw.reshape(image.height(), image.bytesPerLine())[:, : image.width() * 3].reshape(image.height(), -1, 3).copy()
    )


def columns_with_sound(lane: Lane) -> np.ndarray:
    """Which columns show more than the line of silence."""
    ground = np.array(QColor(DARK.ground).getRgb()[:3])
    different = np.abs(pixels(lane).astype(int) - ground).sum(2) > 60
    return different.sum(0) > 3


def news_have_come(lane: Lane, qtbot: QtBot) -> None:
    """Until those of the song itself are drawn, which are held back for a moment."""
    qtbot.wait(20)
    qtbot.waitUntil(lambda: not (lane._redraw._timer.isActive() or lane._fill_in._timer.isActive()))


def test_the_rows_are_the_mixture_and_the_stems(window: MainWindow, session: Session) -> None:
    show_separated(session, four_stems())
    assert [row.lane.key for row in window.lanes._rows] == ["mixture", "vocals", "drums", "bass", "other"]
    assert all(row.lane.height() >= 72 for row in window.lanes._rows)


def test_each_lane_has_its_own_colour(window: MainWindow, session: Session) -> None:
    show_separated(session, four_stems())
    for target in ("vocals", "drums", "bass", "other"):
        shown = pixels(window.lanes.lane(target)).reshape(-1, 3).astype(int)
        brightest = shown[shown.sum(1).argmax()]
        assert np.abs(brightest - np.array(DARK.target(target).getRgb()[:3])).max() <= 6, target


def test_stems_fill_from_the_left(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    stems = four_stems(4.0)
    song = make_song(stems)
    reserve_stems(song)
    show(session, song)
    lane = window.lanes.lane("vocals")
    assert not columns_with_sound(lane).any()
    fill(session, stems, 0, 2 * RATE)
    qtbot.waitUntil(lambda: bool(columns_with_sound(lane)[5]))
    lit = columns_with_sound(lane)
    half = lit.size // 2
    assert lit[2 : half - 4].all()
    assert not lit[half + 4 :].any()


def test_a_stretch_redrawn_equals_the_whole_redrawn(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    stems = four_stems(3.0)
    song = make_song(stems)
    reserve_stems(song)
    show(session, song)
    lane = window.lanes.lane("drums")
    lane.grab()
    for start in range(0, song.n_samples, 30_000):
        fill(session, stems, start, min(start + 30_000, song.n_samples))
        lane._take_news()
    piecewise = lane._picture
    assert piecewise is not None
    piecewise = piecewise.copy()
    lane.forget()
    lane.grab()
    assert lane._picture is not None
    # A column at an edge of a block may differ by how its neighbours touch; the eye sees nothing of it.
    assert np.mean(piecewise != lane._picture) < 0.01


def test_drafts_are_dimmer_than_what_is_final(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    stems = four_stems(2.0)
    song = make_song(stems)
    reserve_stems(song)
    show(session, song)
    lane = window.lanes.lane("bass")
    fill(session, stems, 0, song.n_samples, final=False)
    qtbot.waitUntil(lambda: bool(columns_with_sound(lane)[5]))
    draft = pixels(lane).max()
    fill(session, stems, 0, song.n_samples, final=True)
    qtbot.waitUntil(lambda: int(pixels(lane).max()) > int(draft) + 30)


def test_a_moving_playhead_redraws_no_lane(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    song = show_separated(session, four_stems())
    lane = window.lanes.lane("vocals")
    news_have_come(lane, qtbot)
    lane.grab()
    assert lane._pixmap is not None
    before = lane._pixmap.cacheKey()
    overlay = window.lanes.overlay
    for i in range(10):
        session.transport.seek(i * song.n_samples // 10)
        qtbot.wait(1)
        assert overlay.head_x == window.timeline.x_of(session.transport.position, lane.width())
    assert lane._pixmap is not None
    assert lane._pixmap.cacheKey() == before


def test_mute_and_solo_recolour_without_computing(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    show_separated(session, four_stems())
    lane = window.lanes.lane("vocals")
    news_have_come(lane, qtbot)
    lane.grab()
    picture, bright = lane._picture, pixels(lane).max()
    session.transport.mix.set_mute("vocals", True)
    assert pixels(lane).max() < bright - 60
    session.transport.mix.set_mute("vocals", False)
    session.transport.mix.set_solo("drums", True)
    assert pixels(lane).max() < bright - 60
    session.transport.mix.set_solo("drums", False)
    session.transport.mix.set_original(True)
    assert pixels(lane).max() < bright - 60
    session.transport.mix.set_original(False)
    assert pixels(lane).max() == bright
    assert lane._picture is picture


def test_the_other_theme_is_its_mirror(window: MainWindow, session: Session) -> None:
    show_separated(session, four_stems())
    lane = window.lanes.lane("bass")
    assert tuple(pixels(lane)[2, 2]) == QColor(DARK.ground).getRgb()[:3]
    window.theme.choose("light")
    shown = pixels(lane).reshape(-1, 3).astype(int)
    assert tuple(shown[0]) == QColor(LIGHT.ground).getRgb()[:3]
    assert np.abs(shown - np.array(LIGHT.target("bass").getRgb()[:3])).max(1).min() <= 6


def test_spectrograms_are_computed_when_seen(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    song = show_separated(session, four_stems())
    window.modes.set_one("bass", "spectrogram")
    lane = window.lanes.lane("bass")
    assert lane.mode == SPECTROGRAM
    assert window.lanes.lane("vocals").mode == WAVEFORM
    with qtbot.waitSignal(session.tiles_filled, check_params_cb=lambda key, *_: key == "bass"):
        lane.grab()
    qtbot.waitUntil(lambda: bool(columns_with_sound(lane)[lane.width() // 2]))
    assert lane.accessibleName() == "Bass spectrogram"
    # A tone of 55 Hz lies in the lowest tenth of the picture.
    bright = pixels(lane)[:, lane.width() // 2].astype(int).sum(1)
    assert bright.argmax() > 0.85 * lane.height()
    assert song.tiles["vocals"].query(0, song.n_samples, 10).max() == 0


def test_far_in_the_samples_themselves_are_seen(window: MainWindow, session: Session) -> None:
    show_separated(session, four_stems())
    window.timeline.set_view(20_000, 20_100)
    lane = window.lanes.lane("bass")
    lit = columns_with_sound(lane)
    assert lit.mean() > 0.9


@pytest.mark.parametrize("n_channels", [1, 2])
@pytest.mark.parametrize("n_samples", [1, 2, 47, 3000])
def test_the_shortest_songs_are_drawn(window: MainWindow, session: Session, n_samples: int, n_channels: int) -> None:
    show_separated(session, np.ascontiguousarray(four_stems()[:, :n_channels, :n_samples]))
    for mode in ("waveform", "spectrogram"):
        window.modes.set_all(mode)
        window.timeline.zoom(2, n_samples // 2)
        assert not window.grab().isNull()


def test_a_longer_song_than_declared_is_taken(window: MainWindow, session: Session) -> None:
    show(session, make_song(four_stems(1.0)))
    assert window.timeline.n_samples == RATE
    show(session, make_song(four_stems(2.0)))
    assert (window.timeline.n_samples, window.timeline.stop) == (2 * RATE, 2 * RATE)


def test_other_targets_make_other_rows(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    show_separated(session, four_stems())
    song = session.song
    assert song is not None
    reserve_stems(song, 1, "voice")
    session.transport.take_stems()
    session.stems_reset.emit()
    assert [row.lane.key for row in window.lanes._rows] == ["mixture", "vocals"]
    assert len(window.lanes.meters) == 1
    qtbot.wait(20)


def test_ruler_and_overview_are_as_wide_as_the_lanes_at_every_size(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    show_separated(session, four_stems())
    lanes = window.lanes
    for size in ((1200, 800), (900, 460), (1500, 900), (860, 420), (1200, 800)):
        window.resize(*size)
        qtbot.waitUntil(lambda: lanes.ruler.width() == lanes.overview.width() == lanes.lane("mixture").width())
