"""Stems add up: the remainder of rounding finds its place in every sample, and is measured rightly."""

from __future__ import annotations

import math

import numpy as np
import pytest

from umx_gui.engine.exact_sum import (
    finite,
    is_split,
    needs_dither,
    null_db,
    quantise,
    settle_float,
    share_remainder,
    tpdf_dither,
)
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled


def split(rng: np.random.Generator, n_stems: int, shape: tuple[int, int], level: float = 0.2) -> tuple:
    """Random stems [J, C, T] and their mixture [C, T], as float32 holds them."""
    stems = (rng.standard_normal((n_stems, *shape)) * level).astype(np.float32)
    return stems, stems.sum(axis=0)


@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize("n_stems", [1, 2, 4, 6])
def test_integer_stems_sum_to_the_mixture(rng: np.random.Generator, bits: int, n_stems: int) -> None:
    stems, mixture = split(rng, n_stems, (2, 10_000), 0.05)
    whole, _ = quantise(mixture, bits)
    rounded, _ = quantise(stems, bits)
    settled = share_remainder(rounded, whole, n_stems - 1, bits)
    assert np.array_equal(settled.sum(axis=0), whole)
    # Only the named stem changed, and by no more than rounding leaves.
    assert np.array_equal(settled[:-1], rounded[:-1])
    assert np.abs(settled[-1] - rounded[-1]).max() <= n_stems


@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize("sign", [1, -1])
def test_excess_goes_to_the_stem_with_most_headroom(bits: int, sign: int) -> None:
    top = (1 << (bits - 1)) - 1
    # The named stem can take 2 of the 10 steps that are missing; of the two others the third has more headroom.
    rounded = sign * np.array([top - 2, -top // 2, -top // 2 - 1], np.int32).reshape(3, 1, 1)
    whole = rounded.sum(axis=0, dtype=np.int32) + sign * 10
    settled = share_remainder(rounded, whole, 0, bits)
    spare = 0 if sign > 0 else 1  # the range has one more step below than above
    assert (sign * (settled - rounded)).ravel().tolist() == [2 + spare, 0, 8 - spare]


@pytest.mark.parametrize("level", [0.9, 3.0])
def test_it_always_fits_whatever_clips(rng: np.random.Generator, level: float) -> None:
    stems, mixture = split(rng, 4, (2, 5000), level)
    whole, n_clipped = quantise(mixture, 16)
    assert n_clipped > 100
    settled = share_remainder(quantise(stems, 16)[0], whole, 3, 16)
    assert np.array_equal(settled.sum(axis=0), whole)
    assert settled.min() >= -32768
    assert settled.max() <= 32767


def test_the_corners_of_the_range_fit() -> None:
    corners = np.array([-32768, -1, 0, 1, 32767], np.int32)
    stems = np.stack(np.meshgrid(corners, corners, corners, indexing="ij")).reshape(3, 1, -1)
    for whole in corners:
        mixture = np.full((1, stems.shape[-1]), whole, np.int32)
        settled = share_remainder(stems, mixture, 2, 16)
        assert np.array_equal(settled.sum(axis=0), mixture)
        assert settled.min() >= -32768
        assert settled.max() <= 32767


def test_the_callers_stems_stay_as_they_are(rng: np.random.Generator) -> None:
    stems, mixture = split(rng, 3, (1, 100))
    rounded = quantise(stems, 16)[0]
    before, before_float = rounded.copy(), stems.copy()
    share_remainder(rounded, quantise(mixture, 16)[0], 0, 16)
    settle_float(stems, mixture, 0)
    assert np.array_equal(rounded, before)
    assert np.array_equal(stems, before_float)


@pytest.mark.parametrize("bits", [16, 24])
def test_what_was_of_these_bits_comes_back(bits: int) -> None:
    full = 1 << (bits - 1)
    steps = np.unique(np.linspace(-full, full - 1, 70_000).astype(np.int32))
    samples = (steps / full).astype(np.float32)
    rounded, n_clipped = quantise(samples, bits)
    assert np.array_equal(rounded, steps)
    assert n_clipped == 0


def test_clipped_samples_are_held_and_counted() -> None:
    rounded, n_clipped = quantise(np.array([1.5, -1.5, 1.0, -1.0, 0.0], np.float32), 16)
    assert rounded.tolist() == [32767, -32768, 32767, -32768, 0]
    assert n_clipped == 2


def test_float_stems_sum_within_140_db(rng: np.random.Generator) -> None:
    stems, mixture = split(rng, 4, (2, 50_000))
    off = stems * np.float32(1.0001)
    assert null_db(off, mixture) > -100
    assert null_db(settle_float(off, mixture, 3), mixture) < -140


@pytest.mark.parametrize("level", [0.01, 0.3, 30.0])
def test_a_split_is_told_from_stems_of_which_one_is_missing(rng: np.random.Generator, level: float) -> None:
    stems, mixture = split(rng, 4, (2, 10_000), level)
    assert is_split(stems, mixture)
    assert not is_split(stems[:3], mixture)
    assert not is_split(stems * np.float32(1.01), mixture)
    assert is_split(stems[:, :, :0], mixture[:, :0])


def test_null_db_knows_its_scale(rng: np.random.Generator) -> None:
    mixture = rng.standard_normal((2, 100_000)).astype(np.float32)
    stems = np.stack([mixture * np.float32(0.5), mixture * np.float32(0.5)])
    assert null_db(stems, mixture) == -math.inf
    assert null_db(stems * np.float32(0.9), mixture) == pytest.approx(-20.0, abs=1e-3)
    assert null_db(stems, np.zeros_like(mixture)) == math.inf
    assert null_db(np.zeros((2, 2, 10), np.float32), np.zeros((2, 10), np.float32)) == -math.inf


def test_null_db_takes_what_is_no_number_for_silence() -> None:
    mixture = np.ones((1, 10), np.float32)
    stems = mixture[None].copy()
    stems[0, 0, 3] = np.nan
    assert null_db(stems, mixture) == pytest.approx(-10.0, abs=1e-6)


def test_null_db_stops_when_asked() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        null_db(np.zeros((1, 1, 10), np.float32), np.zeros((1, 10), np.float32), cancel)


def test_dither_makes_the_error_independent_of_the_signal(rng: np.random.Generator) -> None:
    # A sine of a third of a step vanishes without dither; with it, it is there on average.
    t = np.arange(200_000)
    sine = (np.sin(2 * np.pi * t / 100) / 32768 / 3).astype(np.float32)
    assert not quantise(sine, 16)[0].any()
    rounded, _ = quantise(sine, 16, tpdf_dither(sine.shape, rng))
    assert np.dot(rounded, np.sin(2 * np.pi * t / 100)) / len(t) * 2 == pytest.approx(1 / 3, rel=0.1)
    error = rounded - sine.astype(np.float64) * 32768
    assert error.std() == pytest.approx(0.5, rel=0.02)


def test_silence_and_16_bit_audio_need_no_dither(rng: np.random.Generator) -> None:
    assert not needs_dither(np.zeros((2, 100), np.float32), 16)
    assert not needs_dither((rng.integers(-32768, 32767, 100) / 32768).astype(np.float32), 16)
    assert needs_dither(rng.standard_normal(100).astype(np.float32), 16)


def test_finite_replaces_and_counts() -> None:
    samples = np.array([1.0, np.nan, np.inf, -np.inf], np.float32)
    good, n_bad = finite(samples)
    assert good.tolist() == [1.0, 0.0, 0.0, 0.0]
    assert n_bad == 3
    assert np.isnan(samples[1])
