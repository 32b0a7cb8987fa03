"""Augmentations, heard as signals."""

from __future__ import annotations

import numpy as np
import pytest

from trainer import augment

RATE = 44100


def sine(frequency_hz, n=RATE, channels=2):
    wave = np.sin(2 * np.pi * frequency_hz * np.arange(n) / RATE).astype(np.float32)
    return np.stack([wave] * channels)


def level_at(wave, frequency_hz):
    t = np.arange(wave.shape[-1]) / RATE
    return 2 * abs(np.mean(wave[0] * np.exp(-2j * np.pi * frequency_hz * t)))


def test_gain_stays_in_the_range_of_the_reference(rng):
    gains = [augment.gain(np.ones((2, 4), np.float32), rng)[0, 0] for _ in range(500)]
    assert 0.25 <= min(gains) < 0.3
    assert 1.2 < max(gains) <= 1.25


def test_channels_are_swapped_half_of_the_time_and_mono_never(rng):
    wave = np.stack([np.ones(4, np.float32), np.zeros(4, np.float32)])
    swapped = sum(augment.channelswap(wave, rng)[1, 0] for _ in range(400))
    assert 150 < swapped < 250
    assert augment.channelswap(wave[:1], rng) is not None
    np.testing.assert_array_equal(augment.channelswap(wave[:1], rng), wave[:1])


def test_polarity_keeps_the_sound(rng):
    wave = sine(440)
    signs = {float(augment.polarity(wave, rng)[0, 25] / wave[0, 25]) for _ in range(50)}
    assert signs == {1.0, -1.0}


def test_tilt_leaves_the_lows_and_moves_the_highs_by_at_most_six_db(rng):
    for _ in range(5):
        state = rng.bit_generator.state
        low = augment.tilt(sine(20), rng, RATE)
        rng.bit_generator.state = state
        high = augment.tilt(sine(18000), rng, RATE)
        assert level_at(low[:, RATE // 2 :], 20) == pytest.approx(1, abs=0.02)
        assert 10 ** (-6.1 / 20) < level_at(high[:, RATE // 2 :], 18000) < 10 ** (6.1 / 20)


def test_a_faster_tone_is_higher(rng):
    n = RATE // 2
    wave = augment.change_speed(sine(1000, int(n * 1.25) + 64), 1.25, n)
    assert wave.shape == (2, n)
    assert np.argmax(np.abs(np.fft.rfft(wave[0]))) * RATE / n == pytest.approx(1250, abs=2)


def test_an_excerpt_that_is_too_short_ends_in_silence():
    wave = augment.change_speed(sine(1000, 1000), 2.0, 1000)
    assert wave.shape == (2, 1000)
    assert np.abs(wave[:, :450]).max() > 0.9
    assert np.abs(wave[:, 520:]).max() == 0


def test_drums_are_shifted_less(rng):
    speeds = np.array([augment.draw_speed(rng, "drums") for _ in range(400)])
    assert 0.4 < np.mean(speeds == 1.0) < 0.6
    assert np.abs(12 * np.log2(speeds)).max() <= 1.5
    assert np.abs(12 * np.log2([augment.draw_speed(rng, "vocals") for _ in range(400)])).max() > 2.5


def test_the_band_ends_where_it_should():
    gains = augment.bandlimit(12000.0, 2049, RATE)
    frequencies = np.linspace(0, RATE / 2, 2049)
    assert np.all(gains[frequencies < 11890] == 1)
    assert np.all(gains[frequencies > 12110] == 0)
    np.testing.assert_array_equal(augment.bandlimit(None, 5, RATE), np.ones(5))


def test_a_track_that_ends_at_12_khz_often_sets_the_edge(rng):
    cutoffs = [augment.draw_cutoff_hz(rng, 12000) for _ in range(400)]
    assert 70 < cutoffs.count(12000.0) < 130
    assert 150 < cutoffs.count(None) < 250


def test_the_level_is_drawn_and_silence_stays_silent(rng):
    wave = 0.01 * sine(440)
    levels = [20 * np.log10(augment.rms(wave * augment.draw_level(wave, rng))) for _ in range(300)]
    assert min(levels) == pytest.approx(-28, abs=0.5)
    assert max(levels) == pytest.approx(-12, abs=0.5)
    assert augment.draw_level(np.zeros((2, 9), np.float32), rng) == 1.0
