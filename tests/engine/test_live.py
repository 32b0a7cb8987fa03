"""Sound as it arrives: the whole song's masks, a filter that knows only the past, and the latency that is stated."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from random_models import TINY, UNIDIRECTIONAL, random_model
from test_separator import db, song

from umx_gui import errors
from umx_gui.engine import Separator, SeparatorOptions
from umx_gui.engine.separation.wiener import WienerOptions, wiener
from umx_gui.engine.separation.wiener_causal import CausalWiener


def in_pieces(samples: np.ndarray, size: int):
    return (samples[:, at : at + size] for at in range(0, samples.shape[1], size))


@pytest.fixture(scope="module")
def separator():
    return Separator(random_model(UNIDIRECTIONAL, ("vocals", "drums")), SeparatorOptions(n_iter=0))


@pytest.mark.parametrize("size", [64, 1000, 44_100, 10**7])
def test_without_em_it_equals_the_whole_song(separator, rng, size):
    mixture = song(rng, 2.3)
    blocks = list(separator.live(in_pieces(mixture.samples, size), mixture.sample_rate))
    assert blocks[0].start == 0
    assert blocks[-1].stop == mixture.n_samples
    assert all(a.stop == b.start for a, b in pairwise(blocks))
    live = np.concatenate([b.samples for b in blocks], axis=2)
    assert db(separator.separate_all(mixture).samples, live) > 100


@pytest.mark.parametrize("n_samples", [1, 700, 2048, 4096, 5000])
@pytest.mark.parametrize("sample_rate", [44_100, 48_000])
def test_short_songs_have_their_length(separator, rng, n_samples, sample_rate):
    x = rng.standard_normal((1, n_samples)).astype(np.float32)
    blocks = list(separator.live(in_pieces(x, 512), sample_rate))
    assert sum(b.samples.shape[2] for b in blocks) == n_samples
    assert all(np.isfinite(b.samples).all() for b in blocks)


def test_the_latency_is_what_is_stated(separator, rng):
    mixture = song(rng, 3.0)
    fed = given = 0
    lags = []

    def feeding():
        nonlocal fed
        for piece in in_pieces(mixture.samples, 256):
            fed += piece.shape[1]
            yield piece

    for block in separator.live(feeding(), 44_100):
        if fed < mixture.n_samples:
            lags.append(fed - block.stop)
            given = block.stop
    assert given > 2 * 44_100
    stated = separator.live_latency_s * 44_100
    assert max(lags) <= stated + 1024 + 256


def test_with_em_it_is_near_the_whole_songs_filter(rng):
    model, mixture = random_model(UNIDIRECTIONAL, ("vocals", "drums")), song(rng, 6.0)
    separator = Separator(model, SeparatorOptions(n_iter=1))
    live = np.concatenate([b.samples for b in separator.live(in_pieces(mixture.samples, 4096), 44_100)], axis=2)
    assert db(mixture.samples, live.sum(0)) > 90
    assert db(separator.separate_all(mixture).samples, live) > 10


def test_networks_that_need_the_future_are_refused(rng):
    separator = Separator(random_model(TINY))
    with pytest.raises(errors.OptionError):
        list(separator.live(in_pieces(song(rng, 0.1).samples, 100), 44_100))


@pytest.mark.parametrize("n_iter", [1, 2])
@pytest.mark.parametrize("n_channels", [1, 2])
def test_the_causal_filter_does_not_look_ahead_and_pieces_do_not_matter(rng, n_channels, n_iter):
    masks = [torch.from_numpy(rng.random((40, n_channels, 9)).astype(np.float32)) for _ in range(3)]
    x = torch.from_numpy((rng.standard_normal((n_channels, 40, 9, 2)) @ [1, 1j]).astype(np.complex64))
    options = WienerOptions(n_iter, exact_sum=True)
    whole = CausalWiener(options)(masks, x)
    pieces = CausalWiener(options)
    parts = [pieces([m[a : a + 7] for m in masks], x[:, a : a + 7]) for a in range(0, 40, 7)]
    assert torch.allclose(torch.cat(parts, 2), whole, atol=1e-5)
    other = x.clone()
    other[:, 20:] *= 0.5
    assert torch.equal(CausalWiener(options)(masks, other)[:, :, :20], whole[:, :, :20])


def test_with_endless_memory_the_last_frame_knows_what_the_window_knows(rng):
    masks = [torch.from_numpy(rng.random((30, 2, 9)).astype(np.float32)) for _ in range(3)]
    x = torch.from_numpy((rng.standard_normal((2, 30, 9, 2)) @ [1, 1j]).astype(np.complex64))
    causal = CausalWiener(WienerOptions(), memory=1e9)(masks, x)
    assert torch.allclose(causal[:, :, -1], wiener(masks, x)[:, :, -1], atol=1e-4)
