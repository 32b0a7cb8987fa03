"""Play, pause, seek and loop, with the clock as the device; and what is said where there is no sound."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from app_sounds import sound as samples
from app_sounds import write
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.open_song.opening import Ended, open_song
from umx_gui.app.open_song.song import Song
from umx_gui.app.sound.mix_state import MAX_GAIN_DB, MixState
from umx_gui.app.sound.transport import Transport
from umx_gui.engine.work import CancelToken
from umx_gui.playback.mix import Mix, Strip
from umx_gui.playback.null_device import NullDevice


@pytest.fixture
def song(song_file: Path) -> Song:
    *_, last = open_song(song_file, CancelToken())
    assert isinstance(last, Ended)
    return last.song


@pytest.fixture
def transport(qtbot: QtBot, song: Song, told: Told) -> Iterator[Transport]:
    transport = Transport(NullDevice)
    told.listen(transport.told)
    transport.load(song)
    yield transport
    transport.close()


def test_it_plays_from_where_it_stands_and_pauses_there(transport: Transport, qtbot: QtBot) -> None:
    positions: list[int] = []
    transport.position_changed.connect(positions.append)
    transport.seek(10_000)
    transport.play()
    qtbot.waitUntil(lambda: transport.position > 15_000)
    transport.pause()
    qtbot.wait(100)
    stands = transport.position
    qtbot.wait(100)
    assert transport.position == stands
    assert positions == sorted(positions)
    assert positions[0] == 10_000
    assert not transport._timer.isActive(), "nothing is polled while nothing moves"


def test_positions_are_polled_at_thirty_hertz(transport: Transport, qtbot: QtBot) -> None:
    positions: list[int] = []
    transport.position_changed.connect(positions.append)
    assert transport._timer.interval() == 1000 // 30
    begun = time.perf_counter()
    transport.play()
    qtbot.waitUntil(lambda: len(positions) >= 15)
    assert len(positions) <= 1 + 33 * (time.perf_counter() - begun), "not more often: Qt may be a little early"


def test_at_the_end_it_stops_and_starts_over(transport: Transport, song: Song, qtbot: QtBot) -> None:
    playing: list[bool] = []
    transport.playing_changed.connect(playing.append)
    transport.seek(song.n_samples - 2000)
    transport.play()
    qtbot.waitUntil(lambda: playing == [True, False])
    assert transport.position == song.n_samples
    transport.play()
    assert transport.position == 0
    assert transport.playing


def test_seeking_stays_within_the_song(transport: Transport, song: Song) -> None:
    transport.seek(-5)
    assert transport.position == 0
    transport.seek_by_s(1.0)
    assert transport.position == song.sample_rate
    transport.seek(10**9)
    assert transport.position == song.n_samples


def test_a_loop_is_repeated(transport: Transport, qtbot: QtBot) -> None:
    transport.set_loop((4000, 1000))
    assert transport.loop == (1000, 4000)
    seen: list[int] = []
    transport.position_changed.connect(seen.append)
    transport.seek(1000)
    transport.play()
    qtbot.waitUntil(lambda: sum(b < a for a, b in pairwise(seen)) >= 3)
    assert max(seen) < 4000
    transport.set_loop((5000, 5010))
    assert transport.loop is None, "too short to be meant"


def test_another_song_starts_anew_but_keeps_the_mix(transport: Transport, tmp_path: Path, qtbot: QtBot) -> None:
    transport.mix.set_gain_db("vocals", -6)
    transport.set_loop((1000, 50_000))
    transport.seek(5000)
    transport.play()
    *_, last = open_song(write(tmp_path / "b.wav", samples(1.0)), CancelToken())
    assert isinstance(last, Ended)
    transport.load(last.song)
    assert (transport.playing, transport.position, transport.loop) == (False, 0, None)
    assert transport.n_samples == 44100
    assert transport.mix.strip("vocals").gain_db == -6
    transport.load(None)
    transport.play()
    assert not transport.playing
    assert transport.n_samples == 0


@pytest.mark.usefixtures("no_sound")
def test_without_sound_the_playhead_runs_and_says_why(qtbot: QtBot, song: Song, told: Told) -> None:
    transport = Transport()
    told.listen(transport.told)
    transport.load(song)
    transport.play()
    qtbot.waitUntil(lambda: not transport.available)
    qtbot.waitUntil(lambda: transport.position > 2000)
    assert told.only().title == "No sound can be played"
    assert transport.playing
    transport.pause()
    transport.play()
    assert len(told.messages) == 2, "each press of play says it"
    transport.close()


@pytest.mark.sound
@pytest.mark.usefixtures("sound")
def test_with_a_device_the_playhead_follows_the_sound(qtbot: QtBot, song: Song, told: Told) -> None:
    transport = Transport()
    told.listen(transport.told)
    transport.load(song)
    transport.seek(20_000)
    transport.play()
    qtbot.waitUntil(lambda: transport.position > 40_000)
    assert transport.available
    assert transport.levels()[-1].max() > 0.01
    transport.pause()
    transport.mix.set_master_gain_db(-60)
    transport.seek(0)
    assert transport.position == 0
    transport.close()
    assert told.nothing()


def test_mixer_strips_are_set_by_name(qapp: object) -> None:
    mix = MixState()
    news: list[Mix] = []
    mix.mix_changed.connect(lambda: news.append(mix.mix))
    mix.set_targets(("vocals", "drums"))
    mix.set_gain_db("drums", 99)
    mix.set_pan("drums", -2)
    mix.toggle_mute("vocals")
    mix.toggle_mute("vocals")
    assert news[-1] == Mix((Strip(), Strip(gain_db=MAX_GAIN_DB, pan=-1.0)))
    count = len(news)
    mix.set_pan("drums", -1)
    mix.set_master_gain_db(0)
    mix.set_original(False)
    assert len(news) == count, "what changes nothing is no news"
    mix.set_targets(("drums", "bass"))
    assert mix.mix.strips[0].pan == -1.0, "kept by name"
    mix.reset()
    assert mix.mix == Mix((Strip(), Strip()))


def test_solo_is_additive_or_exclusive(qapp: object) -> None:
    mix = MixState()
    mix.set_targets(("vocals", "drums", "bass"))

    def soloed() -> list[str]:
        return [t for t in mix.targets if mix.strip(t).solo]

    mix.toggle_solo("vocals")
    mix.toggle_solo("drums")
    assert soloed() == ["vocals", "drums"]
    mix.toggle_solo("bass", exclusive=True)
    assert soloed() == ["bass"]
    mix.toggle_solo("bass", exclusive=True)
    assert soloed() == []
    assert not mix.any_solo
    mix.toggle_solo("drums")
    mix.toggle_solo("bass")
    mix.toggle_solo("bass", exclusive=True)
    assert soloed() == ["bass"], "exclusive while others are soloed: alone, not off"


def test_levels_have_a_row_per_strip(transport: Transport) -> None:
    assert transport.levels().shape == (1, 2)
    assert np.all(transport.levels() == 0)
