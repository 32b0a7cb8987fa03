"""SDR of a whole track and SI-SDR, against their closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from umx_gui.engine.scoring.metrics import null_db, sdr_db, si_sdr_db
from umx_gui.errors import ScoringError


@pytest.fixture
def stem(rng):
    return rng.standard_normal((2, 150_000)).astype(np.float32)


def orthogonal(stem, rng, below_db):
    """Noise without any part of the stem in it, so many decibels below it."""
    s, noise = stem.astype(np.float64), rng.standard_normal(stem.shape)
    noise -= s * np.vdot(s, noise) / np.vdot(s, s)
    return noise * np.sqrt(np.vdot(s, s) / np.vdot(noise, noise)) * 10 ** (-below_db / 20)


@pytest.mark.parametrize("below_db", [-3.0, 10.0, 40.0])
def test_orthogonal_noise_counts_in_full(stem, rng, below_db):
    noisy = stem.astype(np.float64) + orthogonal(stem, rng, below_db)
    assert sdr_db(stem, noisy) == pytest.approx(below_db, abs=1e-9)
    assert si_sdr_db(stem, noisy) == pytest.approx(below_db, abs=1e-9)


@pytest.mark.parametrize("gain", [0.1, 0.5, -1.0, 3.0])
def test_a_gain_matters_to_the_one_and_not_to_the_other(stem, rng, gain):
    noisy = stem.astype(np.float64) + orthogonal(stem, rng, 10.0)
    assert si_sdr_db(stem, gain * noisy) == pytest.approx(10.0, abs=1e-6)
    # |s - g (s + n)|^2 = (1 - g)^2 + g^2 / 10 for unit |s|^2.
    expected = -10 * math.log10((1 - gain) ** 2 + gain**2 / 10)
    assert sdr_db(stem, gain * noisy) == pytest.approx(expected, abs=1e-6)


def test_the_ends_of_the_scale(stem):
    silence = np.zeros_like(stem)
    assert sdr_db(stem, stem) == math.inf
    assert sdr_db(stem, silence) == 0.0
    assert si_sdr_db(stem, 0.25 * stem) > 250
    assert math.isnan(sdr_db(silence, stem))
    assert math.isnan(si_sdr_db(silence, stem))
    assert math.isnan(si_sdr_db(stem, silence))


def test_what_cannot_be_compared_is_refused(stem):
    broken = stem.copy()
    broken[0, 7] = np.nan
    for metric in (sdr_db, si_sdr_db):
        with pytest.raises(ScoringError, match=r"its estimate holds samples that are not numbers \(1\)"):
            metric(stem, broken)
        with pytest.raises(ScoringError, match="149999 against 150000 samples"):
            metric(stem, stem[:, :-1])


def test_the_null_is_the_same_everywhere(stem):
    assert null_db(np.stack([stem, stem]), 2 * stem) == -math.inf
