"""Pictures of sound as bytes: 0 is the ground, 255 the brightest; a colour table turns them into a lane's colour.

Waveform and spectrogram take the same road, so that muting, soloing or another theme changes a table of 256 colours
and computes nothing anew.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPixmap

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.summaries import Columns, SpectrogramTiles
from umx_gui.views.lanes.axes import LOG, share_of
from umx_gui.views.lanes.tile_pictures import TilePictures

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
    """The stretch [start, stop) of samples as a picture [height, n_columns], low frequencies at the bottom, once."""
    return TilePictures(tiles, height, axis).columns(start, stop, n_columns)


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
