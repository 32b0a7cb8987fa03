"""Down-mixing: mono and stereo untouched, more channels by a matrix that never clips."""

from __future__ import annotations

import numpy as np
import pytest

from umx_gui.engine.downmix import LAYOUTS, downmix, matrix


@pytest.mark.parametrize("n_channels", [1, 2])
def test_mono_and_stereo_stay(n_channels: int) -> None:
    samples = np.ones((n_channels, 10), np.float32)
    assert downmix(samples, "") is samples


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_keeps_its_sides_and_full_scale(layout: str) -> None:
    places = LAYOUTS[layout]
    rows = matrix(len(places), layout)
    left, right = places.index("FL"), places.index("FR")
    assert rows[0, left] == rows[1, right] > 0
    assert rows[1, left] == rows[0, right] == 0
    assert np.allclose(sorted(rows[0]), sorted(rows[1]))  # no side is favoured
    assert rows.sum(axis=1).max() <= 1 + 1e-6
    if "LFE" in places:
        assert not rows[:, places.index("LFE")].any()


def test_five_one_by_the_book() -> None:
    half = 0.5**0.5
    scale = 1 + 2 * half
    wanted = np.array([[1, 0, half, 0, half, 0], [0, 1, half, 0, 0, half]]) / scale
    assert np.allclose(matrix(6, "5.1"), wanted)
    assert np.allclose(matrix(6, "5.1(side)"), wanted)


@pytest.mark.parametrize("n_channels", [3, 6, 7, 64])
def test_unknown_places_go_by_turns(n_channels: int) -> None:
    samples = np.arange(n_channels, dtype=np.float32)[:, None].repeat(5, axis=1)
    mixed = downmix(samples, "")
    assert np.allclose(mixed[0], samples[0::2].mean(axis=0))
    assert np.allclose(mixed[1], samples[1::2].mean(axis=0))


def test_a_layout_that_does_not_fit_is_unknown() -> None:
    assert np.allclose(matrix(4, "5.1"), matrix(4, ""))
    assert np.allclose(matrix(3, "FL+FR+XX"), matrix(3, ""))


def test_places_may_be_listed() -> None:
    assert np.allclose(matrix(3, "FL+FR+FC"), matrix(3, "3.0"))
