"""What a lane is drawn as, in numbers: bytes for one colour table, or colours where several stems share a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from umx_gui.app.open_song.reference_pictures import error_key, reference_key
from umx_gui.app.open_song.song import DIFFERENCE as DIFFERENCE_KEY
from umx_gui.app.open_song.song import MIXTURE, Song
from umx_gui.engine.summaries import FLOOR_DB
from umx_gui.views.lanes import raster
from umx_gui.views.lanes.lane_modes import (
    BOTH,
    COMPOSITE,
    DIFFERENCE,
    ERROR,
    MASK,
    REFERENCE,
    REFERENCE_WAVE,
    SPECTROGRAM,
    WAVEFORM,
)
from umx_gui.views.lanes.tile_pictures import TilePictures

_SOLID_BELOW = 100  # samples per column: less than a period of a low voice
WAVES = (WAVEFORM, BOTH, REFERENCE_WAVE)
"""The modes in which a stem's waveform is seen."""
SPECTRUM_SHARES = {WAVEFORM: 0.0, REFERENCE_WAVE: 0.0, BOTH: 0.6, REFERENCE: 0.5}
"""How much of a lane's height the stem's spectrogram takes, where that is not all."""
_DB_PER_STEP = -FLOOR_DB / 255
_LOUDEST_PART = 0.7  # how bright the mixture's loudest bins are in the colours of the stems
_MASK_FADE_DB = 18.0
_NOTHING = np.float32(1e-13)  # a power below all that is told apart
Color = tuple[int, int, int]
Picture = NDArray[np.uint8 | np.uint32]


@dataclass(frozen=True, slots=True)
class View:
    """What a picture depends on besides the sound. Columns lie on a grid of `per_column` samples, so that a picture
    that was scrolled is the same picture, moved.

    levels_db: the quietest and loudest that are told apart; colors: for a composite, the ground and the stems'.
    """

    mode: str
    per_column: float
    height: int
    width: int
    gain: float
    split: bool
    axis: str
    levels_db: tuple[float, float]
    colors: tuple[Color, ...] = ()

    @property
    def halves(self) -> bool:
        """Whether the stem is above its reference."""
        return self.mode in (REFERENCE_WAVE, REFERENCE)

    @property
    def spectrum_rows(self) -> int:
        """How many of the rows, from the top, show a spectrogram."""
        if self.mode == BOTH:
            return min(max(round(SPECTRUM_SHARES[BOTH] * self.height), 1), self.height)
        return 0 if self.mode in (WAVEFORM, REFERENCE_WAVE) else self.height


def color_of(color: QColor) -> Color:
    """Red, green and blue, 0..255."""
    return color.red(), color.green(), color.blue()


def tile_keys(mode: str, key: str, song: Song) -> tuple[str, ...]:
    """The spectrograms that a lane needs in this mode."""
    if mode in (SPECTROGRAM, BOTH):
        return (key,)
    if mode == DIFFERENCE:
        return (DIFFERENCE_KEY,) if DIFFERENCE_KEY in song.tiles else ()
    if mode == COMPOSITE:
        return (*song.targets, MIXTURE)
    more = {MASK: (key, MIXTURE), REFERENCE: (key, reference_key(key)), ERROR: (error_key(key),)}
    return more.get(mode, ())


Spectra = dict[tuple[str, int], TilePictures]
"""The spectrograms that a lane has drawn from, by key and height."""


def catch_up(spectra: Spectra) -> bool:
    """Whether something was drawn coarser than it should be: draw all of it now."""
    behind = any(pictures.behind for pictures in spectra.values())
    for pictures in spectra.values():
        pictures.behind = False
    return behind


def columns(song: Song, key: str, view: View, first: int, last: int, spectra: Spectra) -> Picture:
    """The columns [first, last) of the grid as a picture [height, last - first]."""
    start, stop, n = first * view.per_column, last * view.per_column, last - first
    if view.mode == WAVEFORM:
        return _waveform(song, key, view, start, stop, n, view.height)
    upper_half, lower_half = view.height - view.height // 2, view.height // 2
    if view.mode == REFERENCE_WAVE:
        above = _waveform(song, key, view, start, stop, n, upper_half)
        return np.concatenate([above, _waveform(song, reference_key(key), view, start, stop, n, lower_half)])

    def spectrum(of: str, n_rows: int = view.spectrum_rows) -> raster.Bytes:
        pictures = spectra.get((of, n_rows))
        if pictures is None or not pictures.fits(song.tiles[of], n_rows, view.axis):
            pictures = spectra[of, n_rows] = TilePictures(song.tiles[of], n_rows, view.axis)
        return pictures.columns(start, stop, n)

    if view.mode == BOTH:
        upper, left = spectrum(key), view.height - view.spectrum_rows
        if not left:
            return upper
        return np.concatenate([upper, _waveform(song, key, view, start, stop, n, left)])
    if view.mode == REFERENCE:
        return np.concatenate([spectrum(key, upper_half), spectrum(reference_key(key), lower_half)])
    if view.mode == ERROR:
        return spectrum(error_key(key))
    if view.mode == COMPOSITE:
        return composite([spectrum(target) for target in song.targets], spectrum(MIXTURE), view)
    if view.mode == MASK:
        return mask(spectrum(key), spectrum(MIXTURE), view.levels_db[0])
    wanted = DIFFERENCE_KEY if view.mode == DIFFERENCE else key
    return spectrum(wanted) if wanted in song.tiles else np.zeros((view.height, n), np.uint8)


def _waveform(song: Song, key: str, view: View, start: float, stop: float, n: int, height: int) -> raster.Bytes:
    if view.per_column < 1.0:
        return np.zeros((height, n), np.uint8)  # the samples themselves are drawn above
    peaks, solid = song.peaks[key], view.per_column < _SOLID_BELOW
    if not view.split:
        return raster.waveform(peaks.query(start, stop, n), height, view.gain, solid)
    halves = (height // 2, height - height // 2)
    parts = [
        raster.waveform(peaks.query(start, stop, n, channel), half, view.gain, solid)
        for channel, half in enumerate(halves)
    ]
    return np.concatenate(parts)


def mask(stem: raster.Bytes, mixture: raster.Bytes, low_db: float) -> raster.Bytes:
    """The stem's share of the mixture's amplitude, 255 where all of it is the stem's; it fades where the mixture is as
    quiet as `low_db`, for there the share says nothing.
    """
    shares = _mask_table()[stem.astype(np.int16) - mixture.astype(np.int16) + 255]
    fading = (np.arange(256) * _DB_PER_STEP + FLOOR_DB - low_db) / _MASK_FADE_DB
    heard = np.clip(fading * 256, 0, 256).astype(np.uint16)
    faded: raster.Bytes = ((shares * heard[mixture]) >> 8).astype(np.uint8)
    return faded


def composite(stems: Sequence[raster.Bytes], mixture: raster.Bytes, view: View) -> raster.Colors:
    """The mixture's spectrogram in the colours of its stems: mixed by their powers, as bright as the mixture is loud.

    Where no stem is there yet, it is grey.
    """
    low, high = view.levels_db
    level = np.clip((mixture * np.float32(_DB_PER_STEP) + np.float32(FLOOR_DB - low)) / np.float32(high - low), 0, 1)
    grey = np.float32(150.0)
    total = np.full(mixture.shape, _NOTHING, np.float32)
    mixed = np.full((*mixture.shape, 3), _NOTHING * grey, np.float32)
    for stem, color in zip(stems, view.colors[1:], strict=False):
        power = _power_table()[stem]
        total += power
        for channel in range(3):
            mixed[..., channel] += power * np.float32(color[channel])
    mixed /= total[..., None]
    ground = np.array(view.colors[0], np.float32)
    strength = np.clip(level / np.float32(_LOUDEST_PART), 0, 1)[..., None]
    over = np.clip((level - np.float32(_LOUDEST_PART)) / np.float32(1 - _LOUDEST_PART), 0, 1)[..., None]
    loud = np.float32(255.0 if ground.sum() < 384 else 0.0)
    mixed = ground + (mixed - ground) * strength
    mixed += (loud - mixed) * over * np.float32(0.6)
    rgb = mixed.astype(np.uint32)
    colors: raster.Colors = (0xFF000000 | rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2]).astype(np.uint32)
    return colors


@lru_cache(maxsize=1)
def _mask_table() -> raster.Bytes:
    """From the difference of two levels, -255..255 steps, to a share of 255."""
    shares = 10 ** (np.arange(-255, 256) * _DB_PER_STEP / 20)
    table: raster.Bytes = np.round(np.minimum(shares, 1.0) * 255).astype(np.uint8)
    return table


@lru_cache(maxsize=1)
def _power_table() -> NDArray[np.float32]:
    """From a level's byte to its power; the ground is none."""
    table = (10 ** ((np.arange(256) * _DB_PER_STEP + FLOOR_DB) / 10)).astype(np.float32)
    table[0] = 0.0
    return table
