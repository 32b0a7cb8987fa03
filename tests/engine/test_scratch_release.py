"""Mapped arrays can give their memory back and keep their contents."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from umx_gui.engine.storage.scratch import Scratch, release


def mapped_bytes() -> int:
    """The memory of this process that files are mapped to."""
    status = Path("/proc/self/status").read_text()
    return sum(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith(("RssFile", "RssShmem")))


def test_released_memory_is_given_back_and_contents_stay() -> None:
    with Scratch() as scratch:
        array = scratch.reserve((2, 8_000_000))[1].view(np.float32)
        array[:] = 3
        before = mapped_bytes() if sys.platform == "linux" else 0
        release(array[1:, 5:])
        if sys.platform == "linux":
            assert before - mapped_bytes() > 60_000_000
        assert (array == 3).all()


def test_other_arrays_are_left_alone() -> None:
    array = np.ones((2, 1000))
    release(array)
    assert (array == 1).all()


@pytest.mark.parametrize("shape", [(0,), (3, 0)])
def test_empty_arrays_have_nothing_to_give(shape: tuple[int, ...]) -> None:
    with Scratch() as scratch:
        release(scratch.reserve(shape)[1])
