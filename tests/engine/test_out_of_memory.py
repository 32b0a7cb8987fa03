"""Memory that runs out: smaller blocks, then the CPU, the same stems, and one word about it; or a plain error."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from random_models import random_model
from test_separator import blocks, song

from umx_gui import errors
from umx_gui.engine import Separator
from umx_gui.engine.separation.inference.stack import FoldedNetwork, LSTMCell
from umx_gui.engine.work import SlowedDown

SEAMS = [(FoldedNetwork, "encode"), (LSTMCell, "run"), (FoldedNetwork, "join"), (FoldedNetwork, "mask")]


def fail_on_call(monkeypatch, seam, when) -> None:
    """Make a step of the networks run out of memory at the calls for which `when(n)` is true, n = 1, 2, ..."""
    owner, name = seam
    original, count = getattr(owner, name), 0

    def step(*args):
        nonlocal count
        count += 1
        if when(count):
            raise torch.OutOfMemoryError("out of memory")
        return original(*args)

    monkeypatch.setattr(owner, name, step)


@pytest.fixture(scope="module")
def expected():
    mixture = song(np.random.default_rng(2), 14.0)
    return mixture, Separator(random_model()).separate_all(mixture).samples


@pytest.fixture
def elsewhere(monkeypatch):
    """Another device: the processor under a name of its own, from which it can be fallen back to the plain CPU."""
    monkeypatch.setattr("umx_gui.engine.separation.separator.choose_device", lambda _: torch.device("cpu", 0))


@pytest.mark.parametrize("n", range(1, 11))
@pytest.mark.parametrize("seam", SEAMS, ids=lambda s: s[1])
def test_the_stems_are_the_same(monkeypatch, elsewhere, expected, seam, n):
    mixture, stems = expected
    fail_on_call(monkeypatch, seam, lambda k: k == n)
    separator = Separator(random_model())
    items = list(separator.separate(mixture))
    found = blocks(items)
    assert np.abs(np.concatenate([b.samples for b in found], axis=2) - stems).max() < 1e-4
    assert [b.stop for b in found[:-1]] == [b.start for b in found[1:]]
    assert sum(isinstance(i, SlowedDown) for i in items) == 1


def test_what_never_fits_ends_on_the_cpu_with_an_error(monkeypatch, elsewhere, expected):
    fail_on_call(monkeypatch, SEAMS[1], lambda _: True)
    separator = Separator(random_model())
    told = []
    with pytest.raises(errors.OutOfMemoryError):
        told.extend(i for i in separator.separate(expected[0]) if isinstance(i, SlowedDown))
    assert separator.device == torch.device("cpu")


def test_only_the_device_is_too_small(monkeypatch, elsewhere, expected):
    mixture, stems = expected
    separator = Separator(random_model())
    fail_on_call(monkeypatch, SEAMS[1], lambda _: separator.device != torch.device("cpu"))
    items = list(separator.separate(mixture))
    told = [i.device for i in items if isinstance(i, SlowedDown)]
    assert told[-1] == "cpu"
    np.testing.assert_array_equal(np.concatenate([b.samples for b in blocks(items)], axis=2), stems)


def test_a_draft_that_does_not_fit_is_left_out(monkeypatch, expected):
    mixture, stems = expected
    fail_on_call(monkeypatch, SEAMS[0], lambda k: k == 1)
    found = blocks(Separator(random_model()).stream(mixture))
    assert all(b.final for b in found)
    np.testing.assert_array_equal(np.concatenate([b.samples for b in found], axis=2), stems)
