"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest

from umx_gui.views.kit import formats


@pytest.mark.parametrize(
    ("seconds", "decimals", "words"),
    [
        (0, 0, "0:00"),
        (42.999, 0, "0:42"),
        (59.999, 2, "0:59.99"),
        (60, 0, "1:00"),
        (238.04, 2, "3:58.04"),
        (3723.5, 1, "1:02:03.5"),
        (-3, 0, "0:00"),
        (0.1 + 0.2, 1, "0:00.3"),
    ],
)
def test_clock(seconds: float, decimals: int, words: str) -> None:
    assert formats.clock(seconds, decimals) == words


@pytest.mark.parametrize(
    ("db", "words"),
    [(0, "0.0"), (-0.04, "0.0"), (3, "+3.0"), (-9.5, "\u22129.5"), (-math.inf, "\u2212\u221e"), (-60, "\u221260.0")],
)
def test_decibels(db: float, words: str) -> None:
    assert formats.decibels(db) == words


@pytest.mark.parametrize(("pan", "words"), [(0, "C"), (0.004, "C"), (-1, "L100"), (0.4, "R40")])
def test_pan(pan: float, words: str) -> None:
    assert formats.pan_words(pan) == words


def test_the_rest() -> None:
    assert formats.rate(44100) == "44.1\u202fkHz"
    assert formats.rate(8000) == "8\u202fkHz"
    assert formats.target_name("lead_guitar") == "Lead guitar"
    assert formats.amplitude_db(0) == -math.inf
    assert formats.amplitude_db(0.5) == pytest.approx(-6.02, abs=0.01)
