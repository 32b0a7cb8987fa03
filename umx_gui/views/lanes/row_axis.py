"""From the rows of a spectrum, equally wide in hertz, to the rows of a picture on some frequency axis."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from umx_gui.views.lanes.axes import hertz_at

Bytes = NDArray[np.uint8]


def rows(linear: Bytes, height: int, sample_rate: int, axis: str) -> Bytes:
    """Rows of equal width in Hz [R, n], low ones first, as rows [height, n] of the axis, high ones first."""
    edges = _row_edges(height, linear.shape[0], sample_rate, axis)
    n_wide = int(np.searchsorted(np.diff(edges), 1.0))
    centres = (edges[:-1] + edges[1:]) / 2
    picture = np.empty((height, linear.shape[1]), np.uint8)
    picture[:n_wide] = between(linear, centres[:n_wide], axis=0)
    if n_wide < height:
        cells = np.minimum(np.round(edges[n_wide:]).astype(np.int64), linear.shape[0] - 1)
        picture[n_wide:] = np.maximum.reduceat(linear[: cells[-1] + 1], cells[:-1], axis=0)
    return picture[::-1]


def between(values: Bytes, at: NDArray[np.float64], axis: int) -> Bytes:
    """Values between two neighbours, in steps of 1/256."""
    at = np.clip(at, 0, values.shape[axis] - 1)
    low = np.floor(at).astype(np.int64)
    high = np.minimum(low + 1, values.shape[axis] - 1)
    share = np.round((at - low) * 256).astype(np.uint32)
    share = share[:, None] if axis == 0 else share[None, :]
    a, b = np.take(values, low, axis), np.take(values, high, axis)
    result: Bytes = ((a * (256 - share) + b * share) >> 8).astype(np.uint8)
    return result


@lru_cache(maxsize=32)
def _row_edges(height: int, n_rows: int, sample_rate: int, axis: str) -> NDArray[np.float64]:
    hertz = hertz_at(np.arange(height + 1) / height, sample_rate, axis)
    edges: NDArray[np.float64] = np.minimum(hertz / (sample_rate / 2) * (n_rows - 1), n_rows - 1)
    return edges
