"""Equaliser, room and compressor, heard as signals."""

from __future__ import annotations

import numpy as np
import pytest

from trainer import effects

RATE = 44_100


def applied(effect, wave, rng):
    """The first result that differs from the wave: half of the cases leave it alone."""
    for _ in range(40):
        out = effect(wave, rng, RATE)
        if out is not wave:
            return out
    raise AssertionError("the effect was never applied")


EFFECTS = pytest.mark.parametrize("effect", [effects.equalise, effects.reverberate, effects.compress])


@EFFECTS
def test_half_of_the_cases_stay_as_they_are(effect, rng):
    wave = rng.standard_normal((2, 500)).astype(np.float32)
    kept = sum(effect(wave, rng, RATE) is wave for _ in range(200))
    assert 60 < kept < 140


@EFFECTS
def test_the_length_and_the_callers_wave_stay(effect, rng):
    wave = rng.standard_normal((2, 30_001)).astype(np.float32)
    before = wave.copy()
    out = applied(effect, wave, rng)
    assert out.shape == wave.shape
    assert out.dtype == np.float32
    assert np.isfinite(out).all()
    np.testing.assert_array_equal(wave, before)


@EFFECTS
def test_the_same_seed_gives_the_same_sound(effect, rng):
    wave = rng.standard_normal((2, 8000)).astype(np.float32)
    a, b = (effect(wave, np.random.default_rng(5), RATE) for _ in range(2))
    np.testing.assert_array_equal(a, b)


@EFFECTS
def test_silence_stays_silent(effect, rng):
    wave = np.zeros((2, 4000), np.float32)
    assert all(not effect(wave, rng, RATE).any() for _ in range(10))


def test_the_equaliser_changes_some_bands_and_never_more_than_twice_its_reach(rng):
    impulse = np.zeros((1, 1 << 15), np.float32)
    impulse[0, 0] = 1
    for _ in range(20):
        response_db = 20 * np.log10(np.abs(np.fft.rfft(applied(effects.equalise, impulse, rng)[0])) + 1e-9)
        assert np.abs(response_db).max() <= 2 * effects.EQ_DB + 0.5
        assert np.ptp(response_db) > 0.05


def test_a_loud_wave_is_not_clipped_by_the_equaliser(rng):
    t = np.arange(RATE) / RATE
    wave = (4 * np.sin(2 * np.pi * 100 * t)).astype(np.float32)[None]
    gains = [np.abs(applied(effects.equalise, wave, rng)[0, 10_000:]).max() / 4 for _ in range(20)]
    assert max(gains) > 1.01


def test_a_room_rings_on_and_dies_away(rng):
    wave = np.zeros((2, 2 * RATE), np.float32)
    wave[:, 100] = 1
    out = applied(effects.reverberate, wave, rng)
    np.testing.assert_allclose(out[:, :100], 0, atol=1e-6)
    early, late = (np.square(out[:, a:b]).sum() for a, b in ((101, 4000), (60_000, 88_000)))
    assert early > 1e-3
    assert late < 1e-6 * early
    assert not np.allclose(out[0, 101:4000], out[1, 101:4000])


def test_the_compressor_lowers_what_is_loud_and_leaves_what_is_soft(rng):
    t = np.arange(2 * RATE) / RATE
    level = np.where(t < 1, 0.02, 0.9)
    wave = (level * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)[None]
    out = applied(effects.compress, wave, rng)
    soft, loud = (np.abs(out[0, a:b]).max() for a, b in ((20_000, 40_000), (60_000, 88_000)))
    assert soft == pytest.approx(0.02, rel=0.02)
    assert loud < 0.85
