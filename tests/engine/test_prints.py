"""Prints of stems: equal ones are equal, and the distance of others is known without them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from export_helpers import song

from umx_gui.engine.audio import Stems
from umx_gui.engine.sessions.document import StemPrint
from umx_gui.engine.sessions.prints import distance_db, print_stems
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import Cancelled


def prints(stems: Stems) -> list[StemPrint]:
    return [step for step in print_stems(stems, CancelToken()) if isinstance(step, StemPrint)]


def test_equal_stems_are_equal_and_one_bit_is_noticed() -> None:
    stems = song(140_000)[0]
    first = prints(stems)
    assert [p.target for p in first] == list(stems.targets)
    assert prints(stems) == first
    samples = stems.samples.copy()
    samples[1, 1, 139_999] = np.nextafter(samples[1, 1, 139_999], np.float32(1))
    second = prints(Stems(stems.targets, samples, 44100))
    far = [distance_db(a, b) for a, b in zip(first, second, strict=True)]
    assert far[0] == far[2] == far[3] == -math.inf
    assert -300 < far[1] < -150


@pytest.mark.parametrize("db", [0, -40, -100, -140])
def test_the_distance_is_measured_within_a_decibel(db: int) -> None:
    """Both for noise and for a hum whose period is that of the sketch."""
    stems = song(200_000)[0]
    t = np.arange(200_000)
    for added in (np.random.default_rng(5).standard_normal(t.size), np.sin(2 * np.pi * t / 512)):
        unit = added / np.sqrt(np.mean(added**2))
        level = np.sqrt(np.mean(stems.samples[0] ** 2)) * 10 ** (db / 20)
        samples = stems.samples.astype(np.float64)
        samples[0] += level * unit
        other = Stems(stems.targets, samples.astype(np.float32), 44100)
        rest = other.samples[0].astype(np.float64) - stems.samples[0]
        exact = 10 * np.log10(np.square(rest).sum() / np.square(stems.samples[0], dtype=np.float64).sum())
        assert distance_db(prints(stems)[0], prints(other)[0]) == pytest.approx(exact, abs=1.0)


def test_silence_and_damaged_sketches() -> None:
    silent = prints(Stems(("a",), np.zeros((1, 2, 700), np.float32), 44100))[0]
    loud = prints(Stems(("a",), np.ones((1, 2, 700), np.float32), 44100))[0]
    assert distance_db(silent, silent) == -math.inf
    assert distance_db(silent, loud) == math.inf
    assert distance_db(loud, silent) == pytest.approx(0.0)
    for sketch in ("", "x", "AAAA", loud.sketch[:-4]):
        assert math.isnan(distance_db(StemPrint("a", "00" * 32, sketch), loud))


def test_printing_can_be_stopped_and_says_how_far_it_is() -> None:
    cancel = CancelToken()
    steps = print_stems(song(140_000)[0], cancel)
    assert isinstance(next(steps), Progress)
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(steps)
