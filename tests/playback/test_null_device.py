"""The player without sound keeps time like the one with it."""

from __future__ import annotations

import pytest
from songs import RATE_HZ, TestSong

from umx_gui.playback.mix import Mix
from umx_gui.playback.null_device import NullDevice


class Clock:
    """Seconds that pass when told to."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def deck(song: TestSong, clock: Clock) -> NullDevice:
    device = NullDevice(clock)
    song.load_into(device)
    return device


def test_stands_at_the_start(deck):
    assert (deck.position, deck.playing, deck.at_end) == (0, False, False)


def test_plays_by_the_clock(deck, clock):
    deck.play()
    clock.now_s += 0.5
    assert deck.position == RATE_HZ // 2
    assert deck.playing
    deck.pause()
    clock.now_s += 5
    assert deck.position == RATE_HZ // 2
    assert not deck.playing


def test_stops_at_the_end_and_starts_over(deck, clock, song):
    deck.play()
    clock.now_s += 10
    assert deck.position == song.n_samples
    assert deck.at_end
    assert not deck.playing
    deck.play()
    clock.now_s += 4410.5 / RATE_HZ
    assert deck.position == 4410
    assert deck.playing


def test_a_seek_after_the_end_does_not_start_it(deck, clock):
    deck.play()
    clock.now_s += 10
    deck.seek(1000)
    clock.now_s += 1
    assert deck.position == 1000
    assert not deck.playing


@pytest.mark.parametrize(("sought", "reached"), [(-5, 0), (44_100, 44_100), (10**9, 88_200)])
def test_a_seek_is_held_within_the_song(deck, sought, reached):
    deck.seek(sought)
    assert deck.position == reached


def test_repeats_a_loop(deck, clock):
    deck.set_loop((10_000, 20_000))
    deck.seek(10_000)
    deck.play()
    clock.now_s += 25_000.5 / RATE_HZ
    assert deck.position == 15_000
    deck.set_loop(None)
    clock.now_s += 10_000.5 / RATE_HZ
    assert deck.position == 25_000


def test_levels_follow_the_number_of_stems(deck, song):
    assert deck.levels.shape == (4, 2)
    deck.set_stems(None)
    assert deck.levels.shape == (1, 2)
    deck.set_mix(Mix(()))
    assert (deck.available, deck.error, deck.underruns) == (True, None, 0)


def test_close_and_reopen(deck):
    deck.seek(500)
    deck.play()
    deck.reopen()
    assert (deck.position, deck.playing) == (500, False)
    deck.close()
    assert (deck.position, deck.playing) == (0, False)
