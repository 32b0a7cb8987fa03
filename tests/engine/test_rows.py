"""Rows kept in memory or in a file: what was put in comes out, from any thread."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from umx_gui.engine.separation.inference.rows import IN_MEMORY_BYTES, Rows, RowStore

IN_FILE = IN_MEMORY_BYTES + 1
no_file = pytest.mark.skipif(sys.platform == "win32", reason="rows are never in a file there")


@pytest.fixture(params=["memory", pytest.param("file", marks=no_file)])
def store(request, tmp_path) -> RowStore:
    """What gives out rows, in memory or in a file."""
    return RowStore(IN_FILE if request.param == "file" else IN_MEMORY_BYTES, tmp_path)


@pytest.fixture
def rows(store) -> Rows:
    """Room for 500 rows of 7 numbers, behind others in the same file."""
    store.take(100, 3)
    return store.take(500, 7)


def test_stretches_written_in_any_order_are_read_in_any_other(rows):
    rng = np.random.default_rng(0)
    truth = rng.standard_normal((500, 7)).astype(np.float32)
    spans = [(a, min(a + 37, 500)) for a in range(0, 500, 37)]
    for i in rng.permutation(len(spans)):
        a, b = spans[i]
        rows.put(a, torch.from_numpy(truth[a:b]))
    for _ in range(50):
        a, b = sorted(int(n) for n in rng.integers(0, 501, 2))
        np.testing.assert_array_equal(rows.get(a, b).numpy(), truth[a:b])


def test_what_is_written_over_is_gone_and_its_neighbours_stay(rows):
    rows.put(0, torch.zeros(500, 7))
    rows.put(100, torch.full((3, 7), 2.0))
    rows.put(101, torch.full((1, 7), 3.0))
    assert rows.get(98, 105)[:, 0].tolist() == [0, 0, 2, 3, 2, 0, 0]


def test_rows_that_are_not_contiguous_are_written_as_they_read(rows):
    wide = torch.arange(140.0).reshape(10, 14)
    rows.put(5, wide[:, ::2])
    assert torch.equal(rows.get(5, 15), wide[:, ::2])


def test_threads_use_different_stretches_at_once(rows):
    def work(k: int) -> bool:
        for turn in range(20):
            rows.put(50 * k, torch.full((50, 7), float(100 * turn + k)))
            if not (rows.get(50 * k, 50 * k + 50) == 100 * turn + k).all():
                return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert all(pool.map(work, range(10)))
    assert rows.get(0, 500)[:, 0].reshape(10, 50).unique(dim=1).flatten().tolist() == [1900.0 + k for k in range(10)]


def test_rows_given_out_do_not_touch_each_other(store):
    shapes = [(100, 7), (33, 1), (1, 4000), (100, 7)]
    taken = [store.take(*shape) for shape in shapes]
    for k, (rows, (n_rows, width)) in enumerate(zip(taken, shapes, strict=True)):
        rows.put(0, torch.full((n_rows, width), float(k)))
    for k, (rows, (n_rows, width)) in enumerate(zip(taken, shapes, strict=True)):
        assert rows.get(0, n_rows).shape == (n_rows, width)
        assert (rows.get(0, n_rows) == k).all()


def test_rows_given_back_are_used_again_by_those_of_their_shape(store):
    one, two = store.take(100, 7), store.take(100, 7)
    store.give(one)
    assert store.take(100, 8) is not one
    assert store.take(100, 7) is one
    assert store.take(100, 7) is not two
    store.give(two)
    store.clear()
    assert store.take(100, 7) is not two


@no_file
def test_what_is_cleared_takes_no_space_and_the_rest_stays(tmp_path):
    store = RowStore(IN_FILE, tmp_path)
    large, small = store.take(1 << 18, 8), store.take(100, 8)
    large.put(0, torch.ones(1 << 18, 8))
    small.put(0, torch.ones(100, 8))
    descriptor = store._scratch.fileno()
    before = os.fstat(descriptor).st_blocks
    store.give(large)
    store.clear()
    if sys.platform == "linux":
        assert os.fstat(descriptor).st_blocks * 512 <= before * 512 - (8 << 20) + (1 << 17)
    assert (small.get(0, 100) == 1).all()


@no_file
def test_many_rows_lie_in_a_file_without_a_name(tmp_path):
    store = RowStore(IN_FILE, tmp_path)
    store.take(1000, 7)
    assert os.fstat(store._scratch.fileno()).st_size >= 4 * 7 * 1000
    assert list(tmp_path.iterdir()) == []
    assert RowStore(IN_MEMORY_BYTES, tmp_path)._scratch is None


@no_file
def test_a_file_that_ends_early_is_an_error_and_no_endless_loop(tmp_path):
    store = RowStore(IN_FILE, tmp_path)
    rows = store.take(500, 7)
    os.ftruncate(store._scratch.fileno(), 4 * 7 * 100 + 2)
    assert rows.get(90, 100).shape == (10, 7)
    with pytest.raises(OSError, match="ended early"):
        rows.get(90, 101)
