"""The mix as pure functions: what a strip does, to the last bit."""

from __future__ import annotations

import math

import numpy as np
import pytest

from umx_gui.playback.mix import FILL_GRAIN, SILENT, Mix, Strip, amplitude, gain_matrix, gains, render


def stereo(rng: np.random.Generator, n_stems: int = 3, n_samples: int = 1000) -> np.ndarray:
    return rng.uniform(-1, 1, (n_stems, 2, n_samples)).astype(np.float32)


def test_unity_is_the_plain_sum_bit_for_bit(rng):
    stems = stereo(rng)
    assert np.array_equal(render(stems, Mix((Strip(),) * 3)), stems[0] + stems[1] + stems[2])


def test_one_stem_at_unity_is_itself(rng):
    stems = stereo(rng, 1)
    assert np.array_equal(render(stems, Mix((Strip(),))), stems[0])


def test_solo_silences_the_others(rng):
    stems = stereo(rng)
    mix = Mix((Strip(), Strip(solo=True), Strip()))
    assert np.array_equal(render(stems, mix), stems[1])


def test_two_solos_are_heard_together(rng):
    stems = stereo(rng)
    mix = Mix((Strip(solo=True), Strip(solo=True), Strip()))
    assert np.array_equal(render(stems, mix), stems[0] + stems[1])


def test_mute_wins_over_solo(rng):
    mix = Mix((Strip(solo=True, mute=True), Strip(), Strip()))
    assert not render(stereo(rng), mix).any()


def test_gain_is_in_decibels(rng):
    stems = stereo(rng, 1)
    assert np.allclose(render(stems, Mix((Strip(gain_db=-6.0206),))), stems[0] / 2, atol=1e-5)
    assert np.allclose(render(stems, Mix((Strip(gain_db=20.0),))), stems[0] * 10, rtol=1e-6)


def test_master_gain_and_strip_gain_add_up(rng):
    stems = stereo(rng, 1)
    both = render(stems, Mix((Strip(gain_db=-6.0),), master_gain_db=-14.0))
    assert np.allclose(both, stems[0] * 0.1, rtol=1e-6)


def test_minus_infinity_is_silence(rng):
    assert not render(stereo(rng, 1), Mix((Strip(gain_db=-math.inf),))).any()
    assert amplitude(0.0) == 1.0


@pytest.mark.parametrize("pan", [-1.0, -0.7, -0.25, 0.0, 0.1, 0.5, 1.0])
def test_pan_keeps_the_power_of_unrelated_sides(rng, pan):
    stem = rng.standard_normal((1, 2, 200_000)).astype(np.float32)
    heard = render(stem, Mix((Strip(pan=pan),)))
    assert np.isclose((heard**2).mean(1).sum(), (stem**2).mean(2).sum(), rtol=0.01)


@pytest.mark.parametrize(("pan", "silent_side"), [(-1.0, 1), (1.0, 0)])
def test_hard_pan_loses_nothing_of_the_stem(rng, pan, silent_side):
    stems = stereo(rng, 1)
    heard = render(stems, Mix((Strip(pan=pan),)))
    assert not heard[silent_side].any()
    assert np.array_equal(heard[1 - silent_side], stems[0].sum(0))


def test_pan_is_symmetric(rng):
    stems = stereo(rng, 1)
    left = render(stems, Mix((Strip(pan=-0.3),)))
    right = render(stems[:, ::-1], Mix((Strip(pan=0.3),)))
    assert np.allclose(left, right[::-1], atol=1e-7)


def test_mono_is_heard_on_both_sides(rng):
    mono = rng.uniform(-1, 1, (2, 1, 500)).astype(np.float32)
    heard = render(mono, Mix((Strip(), Strip())))
    assert np.array_equal(heard, np.stack([mono[0, 0] + mono[1, 0]] * 2))


def test_original_is_the_mixture_whatever_the_strips_say(rng):
    stems, mixture = stereo(rng), stereo(rng)[0]
    mix = Mix((Strip(solo=True), Strip(gain_db=3), Strip(mute=True)), original=True)
    assert np.array_equal(render(stems, mix, mixture), mixture)
    assert not gain_matrix(mix).any()


def test_original_obeys_the_master(rng):
    stems, mixture = stereo(rng), stereo(rng)[0]
    heard = render(stems, Mix((Strip(),) * 3, master_gain_db=-20, original=True), mixture)
    assert np.allclose(heard, mixture / 10, rtol=1e-6)


def test_the_mixture_stands_in_where_stems_are_not_there(rng):
    n = 3 * FILL_GRAIN
    stems, mixture = stereo(rng, 3, n), stereo(rng, 1, n)[0]
    fill = np.array([2, 0, 1], np.uint8)
    heard = render(stems, Mix((Strip(),) * 3), mixture, fill)
    middle = slice(FILL_GRAIN, 2 * FILL_GRAIN)
    expected = stems[0] + stems[1] + stems[2]
    expected[:, middle] = mixture[:, middle]
    assert np.array_equal(heard, expected)


@pytest.mark.parametrize("chosen", [Strip(solo=True), Strip(mute=True)])
def test_what_is_chosen_and_not_there_is_silence(rng, chosen):
    n = 2 * FILL_GRAIN
    stems, mixture = stereo(rng, 2, n), stereo(rng, 1, n)[0]
    mix = Mix((chosen, Strip()))
    heard = render(stems, mix, mixture, np.array([0, 2], np.uint8))
    assert not heard[:, :FILL_GRAIN].any()
    assert heard[:, FILL_GRAIN:].any()
    assert gains(mix).mixture_alone == SILENT


def test_a_stretch_is_rendered_as_in_the_whole(rng):
    n = 3 * FILL_GRAIN
    stems, mixture = stereo(rng, 2, n), stereo(rng, 1, n)[0]
    mix, fill = Mix((Strip(pan=0.2), Strip(gain_db=-3))), np.array([2, 0, 2], np.uint8)
    whole = render(stems, mix, mixture, fill)
    part = slice(1000, 2 * FILL_GRAIN + 17)
    assert np.array_equal(render(stems[..., part], mix, mixture[:, part], fill, 1000), whole[:, part])


def test_nothing_is_written_into_the_callers_arrays(rng):
    stems = stereo(rng)
    before = stems.copy()
    render(stems, Mix((Strip(gain_db=-1, pan=0.5),) * 3))
    assert np.array_equal(stems, before)


def test_wrong_values_are_refused_at_the_door(rng):
    with pytest.raises(ValueError, match="pan"):
        Strip(pan=1.5)
    with pytest.raises(ValueError, match="gain_db"):
        Strip(gain_db=math.nan)
    with pytest.raises(ValueError, match="2 strips for 3 stems"):
        render(stereo(rng), Mix((Strip(),) * 2))
    with pytest.raises(ValueError, match="mixture"):
        render(stereo(rng), Mix((Strip(),) * 3, original=True))


def test_a_mix_is_fitted_to_the_stems():
    mix = Mix((Strip(mute=True), Strip(pan=1)), master_gain_db=-3)
    assert mix.padded(3) == Mix((*mix.strips, Strip()), -3)
    assert mix.padded(1) == Mix((Strip(mute=True),), -3)


def test_the_original_is_heard_where_stems_are_not_there_too(rng):
    n = 2 * FILL_GRAIN
    stems, mixture = stereo(rng, 2, n), stereo(rng, 1, n)[0]
    mix = Mix((Strip(mute=True), Strip(solo=True)), original=True)
    assert np.array_equal(render(stems, mix, mixture, np.array([0, 2], np.uint8)), mixture)
