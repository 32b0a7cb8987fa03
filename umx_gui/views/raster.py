"""Pictures of sound as bytes: 0 is the ground, 255 the brightest; a colour table turns them into a lane's colour.

Waveform and spectrogram take the same road, so that muting, soloing or another theme changes a table of 256 colours
and computes nothing anew.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPixmap

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.summaries import Columns, SpectrogramTiles
from umx_gui.views.axes import LOG, hertz_at, share_of

Bytes = NDArray[np.uint8]
Colors = NDArray[np.uint32]
"""A picture in its final colours, 0xFFRRGGBB."""
_BODY, _CORE, _AXIS = 0.6, 0.4, 0.16  # how bright the peaks are, and what the RMS core adds


def waveform(columns: Columns, height: int, gain: float = 1.0, solid: bool = False) -> Bytes:
    """Columns as a waveform [height, n_columns]: peaks dimmer, their RMS core bright, edges smooth.

    `solid` draws all of it bright: for columns so short that their RMS says nothing.
    """
    middle = height / 2
    reach = middle - 1.0
    top, bottom = _span(columns.lo * gain, columns.hi * gain, middle, reach)
    core = np.minimum(columns.rms * gain, 1.0) * reach
    core_top = top if solid else np.maximum(middle - core, top)
    core_bottom = bottom if solid else np.minimum(middle + core, bottom)
    rows = np.arange(height, dtype=np.float32)[:, None]
    shade: FloatArray = _BODY * _cover(rows, top, bottom) + _CORE * _cover(rows, core_top, core_bottom)
    shade[height // 2] = np.maximum(shade[height // 2], _AXIS)  # silence is a line, too
    return np.asarray(shade * 255.0, np.uint8)


def _span(lo: FloatArray, hi: FloatArray, middle: float, reach: float) -> tuple[FloatArray, FloatArray]:
    """The upper and lower edge of each column in pixels: neighbours touch, and what is not silent is seen."""
    hi, lo = hi.copy(), lo.copy()
    hi[1:] = np.maximum(hi[1:], lo[:-1])
    lo[1:] = np.minimum(lo[1:], hi[:-1])
    top = middle - np.clip(hi, -1, 1) * reach
    bottom = middle - np.clip(lo, -1, 1) * reach
    thin = np.where((hi == 0) & (lo == 0), 0.0, np.maximum(1.0 - (bottom - top), 0.0)) / 2
    return (top - thin).astype(np.float32), (bottom + thin).astype(np.float32)


def _cover(rows: FloatArray, top: FloatArray, bottom: FloatArray) -> FloatArray:
    """How much of each pixel [row, column] lies between two edges, 0..1."""
    cover: FloatArray = np.clip(np.minimum(rows + 1, bottom) - np.maximum(rows, top), 0.0, 1.0)
    return cover


def spectrogram(
    tiles: SpectrogramTiles, start: float, stop: float, n_columns: int, height: int, axis: str = LOG
) -> Bytes:
    """The stretch [start, stop) of samples as a picture [height, n_columns], low frequencies at the bottom.

    Where frames or bins are further apart than pixels they fade into each other; where they are closer, the loudest is
    seen.
    """
    if (stop - start) / max(n_columns, 1) >= tiles.hop:
        return _rows(tiles.query(start, stop, n_columns), height, tiles.sample_rate, axis)
    first = int(start // tiles.hop)
    n_frames = int(stop // tiles.hop) + 2 - first
    # Half a frame earlier: columns of the query are centred in their stretch, frames are not.
    begin = (first - 0.5) * tiles.hop
    frames = _rows(tiles.query(begin, begin + n_frames * tiles.hop, n_frames), height, tiles.sample_rate, axis)
    at = np.linspace(start, stop, n_columns, endpoint=False) / tiles.hop - first
    return _between(frames, at, axis=1)


def _rows(linear: Bytes, height: int, sample_rate: int, axis: str) -> Bytes:
    """Rows of equal width in Hz [R, n], low ones first, as rows [height, n] of the axis, high ones first."""
    edges = _row_edges(height, linear.shape[0], sample_rate, axis)
    n_wide = int(np.searchsorted(np.diff(edges), 1.0))
    centres = (edges[:-1] + edges[1:]) / 2
    picture = np.empty((height, linear.shape[1]), np.uint8)
    picture[:n_wide] = _between(linear, centres[:n_wide], axis=0)
    if n_wide < height:
        cells = np.minimum(np.round(edges[n_wide:]).astype(np.int64), linear.shape[0] - 1)
        picture[n_wide:] = np.maximum.reduceat(linear[: cells[-1] + 1], cells[:-1], axis=0)
    return picture[::-1]


def _between(values: Bytes, at: NDArray[np.float64], axis: int) -> Bytes:
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


def frequency_y(hertz: float, height: float, sample_rate: int, axis: str = LOG) -> float:
    """Where a frequency lies on that axis, in pixels from the top."""
    return float(height * (1 - share_of(hertz, sample_rate, axis)))


def pixmap(picture: Bytes, table: tuple[int, ...], ratio: float) -> QPixmap:
    """A picture [height, width] in the colours of a table; `ratio` is device pixels per logical pixel."""
    height, width = picture.shape
    padded = np.pad(picture, ((0, 0), (0, -width % 4)))
    image = QImage(padded.data, width, height, padded.shape[1], QImage.Format.Format_Indexed8)
    image.setColorTable(list(table))
    result = QPixmap.fromImage(image)
    result.setDevicePixelRatio(ratio)
    return result


def color_pixmap(picture: Colors, ratio: float) -> QPixmap:
    """A picture [height, width] that has its colours already."""
    height, width = picture.shape
    whole = np.ascontiguousarray(picture)
    image = QImage(whole.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    result = QPixmap.fromImage(image)
    result.setDevicePixelRatio(ratio)
    return result
