"""Models of one to eight channels, and songs of other channels than theirs."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import random_model

from umx_gui.engine import Audio, Separator, SeparatorOptions
from umx_gui.engine.downmix import matrix
from umx_gui.engine.models.model import ModelSpec
from umx_gui.engine.models.network import NetworkShape
from umx_gui.engine.separation.inference.mixture import fit_channels

RATE = 16_000


def model_of(n_channels: int):
    """A small model of three targets for so many channels."""
    kind = (ModelSpec(RATE, 512, 128, n_channels), NetworkShape(257, 200, n_channels, 8, 1, False))
    return random_model(kind, ("vocals", "drums", "other"))


def song(rng: np.random.Generator, n_channels: int, rate: int = RATE) -> Audio:
    """A second and a half, different in each channel."""
    t = np.arange(rate * 3 // 2) / rate
    tones = np.stack([np.sin(2 * np.pi * (220 + 55 * c) * t) for c in range(n_channels)])
    return Audio((0.1 * tones + 0.05 * rng.standard_normal(tones.shape)).astype(np.float32), rate)


@pytest.mark.parametrize("n_iter", [0, 1, 2])
@pytest.mark.parametrize("n_channels", range(1, 9))
def test_models_of_all_channels_separate_and_sum(rng, n_channels, n_iter):
    mixture = song(rng, n_channels)
    stems = Separator(model_of(n_channels), SeparatorOptions(n_iter=n_iter, wiener_win_len=60)).separate_all(mixture)
    assert stems.samples.shape == (3, n_channels, mixture.n_samples)
    assert np.isfinite(stems.samples).all()
    np.testing.assert_allclose(stems.samples.sum(0), mixture.samples, atol=1e-6)
    energy = np.square(stems.samples).sum(-1)
    assert energy.min() > 1e-3, "every stem has something in every channel"
    assert not np.allclose(stems.samples[0], mixture.samples / 3, atol=1e-3)


def test_more_channels_give_what_stereo_gives_twice(rng):
    # Where the second pair holds what the first one holds, masks and filter must find the same.
    pair = song(rng, 2)
    four = Audio(np.concatenate([pair.samples, pair.samples]), RATE)
    options = SeparatorOptions(n_iter=0, exact_sum=False)
    stems = Separator(model_of(4), options).separate_all(four).samples
    assert stems.shape == (3, 4, pair.n_samples)
    by_stereo = Separator(model_of(4), options).separate_all(pair).samples
    np.testing.assert_allclose(by_stereo, (stems[:, :2] + stems[:, 2:]) / 2, atol=1e-6)


@pytest.mark.parametrize("of_song", [1, 2, 6])
@pytest.mark.parametrize("of_model", [1, 2, 4, 8])
@pytest.mark.parametrize("rate", [RATE, 44_100])
def test_songs_of_other_channels_sum_to_themselves(rng, of_song, of_model, rate):
    mixture = song(rng, of_song, rate)
    stems = Separator(model_of(of_model), SeparatorOptions(wiener_win_len=60)).separate_all(mixture)
    assert stems.samples.shape == (3, *mixture.samples.shape)
    np.testing.assert_allclose(stems.samples.sum(0), mixture.samples, atol=1e-6)


@pytest.mark.parametrize("n_channels", [3, 4, 6, 7, 8])
def test_channels_go_by_turns(rng, n_channels):
    samples = rng.standard_normal((n_channels, 100)).astype(np.float32)
    np.testing.assert_allclose(fit_channels(samples, 2), matrix(n_channels, "") @ samples, atol=1e-6)
    np.testing.assert_allclose(fit_channels(samples, 1)[0], samples.mean(0), atol=1e-6)
    pair = samples[:2]
    many = fit_channels(pair, n_channels)
    assert [np.array_equal(row, pair[i % 2]) for i, row in enumerate(many)] == [True] * n_channels
    np.testing.assert_allclose(fit_channels(many, 2), pair, atol=1e-6)
