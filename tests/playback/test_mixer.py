"""The mixer of the sound process, sample for sample, without a device."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest
from songs import BLOCK, RATE_HZ, UNITY, Deck, make_song

from umx_gui.playback.mix import FILL_GRAIN, Mix, Strip
from umx_gui.playback.mixer import FADE_S

FADE = round(FADE_S * RATE_HZ)
MIXES = [
    UNITY,
    Mix((Strip(solo=True), Strip(), Strip())),
    Mix((Strip(), Strip(mute=True), Strip())),
    Mix((Strip(gain_db=-6), Strip(pan=-0.4), Strip(gain_db=3, pan=1)), master_gain_db=-2),
    Mix((Strip(), Strip(), Strip()), original=True),
]


@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("n_channels", [1, 2])
def test_plays_what_render_says_from_the_first_sample(mix, n_channels):
    song = make_song(0.5, n_channels)
    deck = Deck(song, mix)
    deck.control.set_play(True)
    heard = deck.hear(song.n_samples)
    assert np.array_equal(heard, song.heard(mix))


def test_after_the_end_comes_silence(song):
    deck = Deck(song)
    deck.control.seek(song.n_samples - 1500)
    deck.control.set_play(True)
    heard = deck.hear(3000)
    assert np.array_equal(heard[FADE:1500], song.heard(UNITY, song.n_samples - 1500 + FADE))
    assert not heard[1500:].any()
    status = deck.control.status()
    assert status.at_end
    assert status.position == song.n_samples


def test_standing_still_is_silent(song):
    deck = Deck(song)
    assert not deck.hear(5000).any()
    assert deck.control.status().position == 0


def test_pause_fades_and_play_goes_on_from_there(song):
    deck = Deck(song)
    deck.control.set_play(True)
    deck.hear(10 * BLOCK)
    deck.control.set_play(False)
    last = deck.hear(2 * BLOCK)
    full = song.heard(UNITY, 10 * BLOCK, 10 * BLOCK + FADE)
    assert not last[FADE:].any()
    assert np.allclose(last[:FADE], full * np.linspace(1, 0, FADE + 1)[1:, None], atol=1e-6)
    assert deck.control.status().position == 10 * BLOCK + FADE
    deck.control.set_play(True)
    first = deck.hear(BLOCK)
    full = song.heard(UNITY, 10 * BLOCK + FADE, 11 * BLOCK + FADE)
    assert np.array_equal(first[FADE:], full[FADE:])
    assert np.allclose(first[:FADE], full[:FADE] * np.linspace(0, 1, FADE + 1)[1:, None], atol=1e-6)


def test_seek_fades_over_and_is_exact_after(song):
    deck = Deck(song)
    deck.control.set_play(True)
    deck.hear(4 * BLOCK)
    deck.control.seek(50_000)
    heard = deck.hear(4 * BLOCK)
    assert np.array_equal(heard[FADE:], song.heard(UNITY, 50_000 + FADE, 50_000 + 4 * BLOCK))
    ramp = np.linspace(0, 1, FADE + 1)[1:, None]
    old = song.heard(UNITY, 4 * BLOCK, 4 * BLOCK + FADE)
    new = song.heard(UNITY, 50_000, 50_000 + FADE)
    assert np.allclose(heard[:FADE], old * (1 - ramp) + new * ramp, atol=1e-6)


def test_a_sine_never_clicks():
    """Seek, pause, play, solo and mute on a low sine: no step larger than the fades allow."""
    song = make_song(2.0)
    t = np.arange(song.n_samples) / RATE_HZ
    song.stems[:] = 0.3 * np.sin(2 * np.pi * 50 * t)
    deck = Deck(song)
    deck.control.set_play(True)
    heard = [deck.hear(3 * BLOCK)]
    deck.control.seek(30_123)
    heard.append(deck.hear(2 * BLOCK))
    deck.set(Mix((Strip(solo=True), Strip(), Strip())))
    heard.append(deck.hear(2 * BLOCK))
    deck.control.set_play(False)
    heard.append(deck.hear(2 * BLOCK))
    deck.control.set_play(True)
    deck.set(Mix((Strip(mute=True), Strip(gain_db=-20, pan=1), Strip())))
    heard.append(deck.hear(4 * BLOCK))
    steps = np.abs(np.diff(np.concatenate(heard), axis=0)).max()
    steepest = 0.9 * (2 * np.pi * 50 / RATE_HZ) + 0.9 * 2 / FADE
    assert steps < steepest


def test_gains_move_over_one_block(song):
    half = Mix((Strip(gain_db=-20),) * 3)
    deck = Deck(song)
    deck.control.set_play(True)
    deck.hear(2 * BLOCK)
    deck.set(half)
    heard = deck.hear(3 * BLOCK)
    ramp = np.linspace(1, 0.1, BLOCK + 1)[1:, None]
    assert np.allclose(heard[:BLOCK], song.heard(UNITY, 2 * BLOCK, 3 * BLOCK) * ramp, atol=1e-6)
    assert np.array_equal(heard[BLOCK:], song.heard(half, 3 * BLOCK, 5 * BLOCK))


@pytest.mark.parametrize("loop", [(20_000, 31_234), (0, 4_096), (70_000, 88_200), (5_000, 5_700)])
def test_a_loop_is_joined_to_the_sample(song, loop):
    deck = Deck(song)
    deck.set(UNITY, loop)
    deck.control.seek(loop[0])
    deck.control.set_play(True)
    length = loop[1] - loop[0]
    n = -(-3 * length // BLOCK) * BLOCK + BLOCK
    heard = deck.hear(n)
    once = song.heard(UNITY, *loop)
    expected = np.concatenate([once] * (-(-n // length)))[:n]
    begin = 0 if loop[0] == 0 else FADE
    assert np.array_equal(heard[begin:], expected[begin:])


def test_a_loop_behind_the_playhead_is_not_entered(song):
    deck = Deck(song)
    deck.set(UNITY, (1_000, 9_000))
    deck.control.seek(10_000)
    deck.control.set_play(True)
    heard = deck.hear(10 * BLOCK)
    assert np.array_equal(heard[FADE:], song.heard(UNITY, 10_000 + FADE, 10_000 + 10 * BLOCK))


def test_a_loop_taken_away_plays_on(song):
    deck = Deck(song)
    deck.set(UNITY, (0, 8_000))
    deck.control.set_play(True)
    deck.hear(8 * BLOCK)
    position = deck.control.status().position
    deck.set(UNITY, None)
    assert np.array_equal(deck.hear(10 * BLOCK), song.heard(UNITY, position, position + 10 * BLOCK))


@pytest.mark.parametrize("loop", [(1000, 1001), (90_000, 99_000), (88_199, 500_000), (500, 400)])
def test_a_loop_that_cannot_be_is_none(song, loop):
    deck = Deck(song)
    deck.set(UNITY, loop)
    deck.control.set_play(True)
    assert np.array_equal(deck.hear(song.n_samples), song.heard(UNITY))
    assert deck.control.status().at_end


def test_without_stems_the_mixture_is_heard(song):
    deck = Deck(song, with_stems=False)
    deck.control.set_play(True)
    assert np.array_equal(deck.hear(20 * BLOCK), song.mixture[:, : 20 * BLOCK].T)


def test_without_stems_a_solo_is_silent(song):
    deck = Deck(song, Mix((Strip(solo=True), Strip(), Strip())), with_stems=False)
    deck.control.set_play(True)
    assert not deck.hear(4 * BLOCK).any()


def test_stems_take_over_where_they_are_there(song):
    song.fill[:6] = 0
    deck = Deck(song)
    deck.control.set_play(True)
    heard = deck.hear(40 * BLOCK)
    joint = 6 * FILL_GRAIN
    expected = song.heard(UNITY, 0, 40 * BLOCK)
    assert np.array_equal(heard[:joint], expected[:joint])
    assert np.array_equal(heard[joint + BLOCK :], expected[joint + BLOCK :])


def test_the_mixture_takes_over_before_stems_end(song):
    """Unfilled stems are never heard: the crossfade lies where they are still there."""
    song.fill[6:] = 0
    song.stems[..., 6 * FILL_GRAIN :] = 9.0
    deck = Deck(song)
    deck.control.set_play(True)
    heard = deck.hear(40 * BLOCK)
    joint = 6 * FILL_GRAIN
    assert np.abs(heard).max() < 1.0
    assert np.array_equal(heard[: joint - 2 * BLOCK], song.heard(UNITY, 0, joint - 2 * BLOCK))
    assert np.array_equal(heard[joint:], song.mixture[:, joint : 40 * BLOCK].T)


def test_a_loop_into_a_gap_leaves_the_stems_before_it(song):
    song.fill[0] = 0
    song.stems[..., :FILL_GRAIN] = 9.0
    deck = Deck(song)
    deck.set(UNITY, (0, 20_480))
    deck.control.set_play(True)
    assert np.abs(deck.hear(60 * BLOCK)).max() < 1.0


def test_filling_while_playing_is_heard(song):
    song.fill[:] = 0
    deck = Deck(song)
    deck.control.set_play(True)
    assert np.array_equal(deck.hear(4 * BLOCK), song.mixture[:, : 4 * BLOCK].T)
    song.fill[:] = 1
    deck.hear(BLOCK)
    assert np.array_equal(deck.hear(4 * BLOCK), song.heard(UNITY, 5 * BLOCK, 9 * BLOCK))


def test_other_stems_are_taken_over_with_a_fade(song):
    other = make_song(2.0, n_stems=4)
    other.stems *= 0.5
    deck = Deck(song)
    deck.control.set_play(True)
    deck.hear(4 * BLOCK)
    mix = Mix((Strip(),) * 4)
    deck.set(mix)
    deck.song = other
    deck.mixer.source = deck.source()
    heard = deck.hear(4 * BLOCK)
    assert np.array_equal(heard[FADE:], other.heard(mix, 4 * BLOCK + FADE, 8 * BLOCK))
    assert deck.control.status().position == 8 * BLOCK


def test_a_device_may_ask_for_odd_blocks(song):
    deck = Deck(song)
    deck.control.set_play(True)
    sizes = [1, 700, 1024, 3000, 17, 2048, 5]
    parts = []
    for size in sizes:
        out = np.empty((size, 2), np.float32)
        deck.mixer.fill(out, 0.0)
        parts.append(out)
    assert np.array_equal(np.concatenate(parts), song.heard(UNITY, 0, sum(sizes)))


def test_levels_are_peaks_after_the_gains(song):
    mix = Mix((Strip(gain_db=-20), Strip(mute=True), Strip(pan=1)))
    deck = Deck(song, mix)
    deck.control.set_play(True)
    heard = deck.hear(10 * BLOCK)
    levels = deck.control.take_levels(3)
    stems = song.stems[..., : 10 * BLOCK]
    assert levels.shape == (4, 2)
    assert np.allclose(levels[0], np.abs(stems[0]).max(1) / 10, rtol=1e-5)
    assert not levels[1].any()
    assert levels[2, 0] == 0
    assert np.allclose(levels[2, 1], np.abs(stems[2].sum(0)).max(), rtol=1e-5)
    assert np.allclose(levels[3], np.abs(heard).max(0))
    assert not deck.control.take_levels(3).any(), "read and reset"


@pytest.mark.parametrize("n", [0, 1])
def test_the_shortest_songs(n):
    song = make_song(n / RATE_HZ)
    deck = Deck(song)
    deck.control.set_play(True)
    heard = deck.hear(2 * BLOCK)
    assert np.array_equal(heard[:n], song.heard(UNITY))
    assert not heard[n:].any()
    assert deck.control.status().at_end


def test_a_block_takes_a_small_part_of_its_time(song):
    """The callback has 23 ms; five rows with ramps must stay far below it, on a busy machine too (best of 50)."""
    deck = Deck(song)
    deck.control.set_play(True)
    times = []
    for i in range(50):
        deck.set(Mix((Strip(gain_db=-i, pan=0.3),) * 3))
        start = perf_counter()
        deck.hear(BLOCK)
        times.append(perf_counter() - start)
    assert min(times) < 0.005
