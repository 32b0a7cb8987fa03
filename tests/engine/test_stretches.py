"""A stretch by itself is what the whole song's separation has there, and its joints keep the sum."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from umx_gui.engine.audio import Audio, Block, FloatArray, Stems
from umx_gui.engine.exact_sum import null_db
from umx_gui.engine.models.model import load_model
from umx_gui.engine.separation.separator import Separator, SeparatorOptions
from umx_gui.engine.separation.stretches import fitted, join, separate_stretch, share, with_context

RATE = 44100
TARGETS = ("vocals", "drums", "other")


def noise(seed: int, n_channels: int, n: int, n_stems: int = 1) -> FloatArray:
    return np.random.default_rng(seed).standard_normal((n_stems, n_channels, n)).astype(np.float32) * 0.1


def stretch_of(separator: Separator, mixture: Audio, start: int, stop: int) -> FloatArray:
    blocks = [b for b in separate_stretch(separator, mixture, start, stop) if isinstance(b, Block)]
    assert blocks[0].start == start
    assert blocks[-1].stop == stop
    assert all(b.final for b in blocks)
    assert all(a.stop == b.start for a, b in pairwise(blocks))
    return np.concatenate([b.samples for b in blocks], axis=-1)


@pytest.mark.parametrize(("rate", "closest_db"), [(44100, -60.0), (48000, -40.0)])
def test_a_stretch_is_near_what_the_whole_song_has_there(tiny_models: Path, rate: int, closest_db: float) -> None:
    mixture = Audio(noise(1, 2, 30 * rate)[0], rate)
    separator = Separator(load_model(tiny_models / "tiny"), SeparatorOptions(wiener_win_len=75))
    start, stop = 12 * rate + 17, 15 * rate + 5
    alone = stretch_of(separator, mixture, start, stop)
    assert null_db(alone, mixture.samples[:, start:stop]) < -120
    whole = separator.separate_all(mixture).samples[:, :, start:stop]
    error = 10 * math.log10(max(float(np.square(alone - whole).sum() / np.square(whole).sum()), 1e-30))
    assert error < closest_db


@pytest.mark.parametrize(("start", "stop"), [(0, 5000), (3 * RATE - 400, 3 * RATE), (0, 3 * RATE), (7, 8)])
def test_stretches_at_the_edges_of_the_song(tiny_models: Path, start: int, stop: int) -> None:
    mixture = Audio(noise(2, 1, 3 * RATE)[0], RATE)
    separator = Separator(load_model(tiny_models / "tiny"))
    assert stretch_of(separator, mixture, start, stop).shape == (4, 1, stop - start)


def test_the_context_ends_on_the_windows_of_the_whole_song() -> None:
    assert with_context(1000, 1100, 10_000, 300, 100) == (900, 1200)
    assert with_context(50, 9_990, 10_000, 300, 100) == (0, 10_000)
    assert with_context(0, 10, 10, 1e9, 100) == (0, 10)


def test_shares_rise_and_fall_but_not_at_the_ends_of_the_song() -> None:
    inside = share(100, 20_100, 100, 20_100, 50_000, RATE)
    assert inside[0] < 0.001
    assert inside[-1] < 0.001
    assert (inside[882:-882] == 1).all()
    assert (np.diff(inside[:882]) > 0).all()
    whole = share(0, 50_000, 0, 50_000, 50_000, RATE)
    assert (whole == 1).all()
    short = share(10, 20, 10, 20, 100, RATE)
    assert short.max() < 1.01


@pytest.mark.parametrize(
    "take_targets", [TARGETS, ("vocals",), ("vocals", "drums", "bass", "other"), ("other", "vocals", "drums")]
)
def test_a_joint_keeps_the_sum(take_targets: tuple[str, ...]) -> None:
    n = 20_000
    base = noise(3, 2, n, 3)
    mixture = base.sum(0, dtype=np.float64).astype(np.float32)
    stems = Stems(TARGETS, base.copy(), RATE)
    raw = noise(4, 2, 8000, len(take_targets))
    raw[-1] += mixture[:, 6000:14_000] - raw.sum(0)
    take = Stems(take_targets, raw, RATE)
    join(stems, mixture, take, 6000, 6000, 14_000, base[:, :, 6000:14_000])
    assert null_db(stems.samples, mixture) < -120
    assert_array_equal(stems.samples[:, :, :6000], base[:, :, :6000])
    assert_array_equal(stems.samples[:, :, 14_000:], base[:, :, 14_000:])
    assert_allclose(stems["vocals"][:, 7000:13_000], take["vocals"][:, 1000:7000], atol=1e-6)
    edge = np.abs(stems.samples[:, :, 6000] - base[:, :, 6000]).max()
    assert edge < 1e-4, "no step where the stretch begins"


def test_a_joint_made_in_pieces_is_the_same() -> None:
    n = 9000
    base, mixture = noise(5, 2, n, 3), noise(6, 2, n)[0]
    take = Stems(TARGETS, noise(7, 2, 4000, 3), RATE)
    at_once, pieces = Stems(TARGETS, base.copy(), RATE), Stems(TARGETS, base.copy(), RATE)
    join(at_once, mixture, take, 2000, 2000, 6000, base[:, :, 2000:6000])
    for a, b in ((2000, 2100), (2100, 3333), (3333, 5900), (5900, 6000)):
        join(pieces, mixture, take, 2000, a, b, base[:, :, a:b])
    assert_array_equal(at_once.samples, pieces.samples)


def test_nothing_fades_into_nothing() -> None:
    stems = Stems(TARGETS, np.zeros((3, 2, 9000), np.float32), RATE)
    take = Stems(TARGETS, noise(8, 2, 4000, 3), RATE)
    join(stems, take.samples.sum(0), take, 2000, 2000, 6000, None)
    assert_array_equal(stems.samples[:, :, 2000:6000], take.samples)


def test_one_network_alone_changes_its_stem_and_the_taker_only() -> None:
    base = noise(9, 2, 100, 3)
    mixture = base.sum(0)
    voice = Stems(("vocals", "residual"), np.stack([base[0] * 0.5, mixture - base[0] * 0.5]), RATE)
    found = fitted(voice, TARGETS, base, mixture)
    assert_array_equal(found[0], base[0] * 0.5)
    assert_array_equal(found[1], base[1])
    assert_allclose(found[2], base[2] + base[0] * 0.5, atol=1e-6)
