"""Sound as bytes: what is loud is bright, at the place where it belongs."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot
from view_songs import RATE, tone

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.summaries import Peaks, SpectrogramTiles
from umx_gui.views.kit.color_tables import spectrogram_table, wave_table
from umx_gui.views.lanes import raster


def peaks_of(samples: FloatArray) -> Peaks:
    peaks = Peaks(samples)
    peaks.update(0, samples.shape[1])
    return peaks


def test_a_sine_reaches_as_far_as_its_amplitude() -> None:
    samples = tone(100, 1.0, amplitude=0.5)
    picture = raster.waveform(peaks_of(samples).query(0, RATE, 200), height=101)
    lit = np.flatnonzero(picture.max(1) > 40)
    assert lit[0] == pytest.approx(50.5 - 0.5 * 49.5, abs=1)
    assert lit[-1] + 1 == pytest.approx(50.5 + 0.5 * 49.5, abs=1)


def test_the_core_is_as_high_as_the_rms() -> None:
    samples = tone(100, 1.0, amplitude=0.8)
    column = raster.waveform(peaks_of(samples).query(0, RATE, 20), height=201)[:, 10]
    bright = np.flatnonzero(column > 240)
    assert (bright[-1] - bright[0]) / 2 == pytest.approx(0.8 / np.sqrt(2) * 99.5, abs=2)
    assert column[100 - int(0.75 * 99.5)] == pytest.approx(0.6 * 255, abs=2)


def test_silence_is_a_thin_line_and_a_click_is_where_it_is() -> None:
    samples = np.zeros((1, 100_000), np.float32)
    silent = raster.waveform(peaks_of(samples).query(0, 100_000, 100), height=50)
    assert silent.max() < 60
    assert np.count_nonzero(silent.max(1)) == 1
    samples[0, 40_500] = 0.9
    picture = raster.waveform(peaks_of(samples).query(0, 100_000, 100), height=50)
    loud = np.flatnonzero(picture[5] > 0)
    assert loud.tolist() == [40]


def test_gain_stretches_and_full_scale_stays_inside() -> None:
    columns = peaks_of(tone(100, 0.5, amplitude=0.1)).query(0, RATE // 2, 50)
    flat = raster.waveform(columns, 80)
    tall = raster.waveform(columns, 80, gain=8.0)
    assert np.count_nonzero(tall > 40) > 5 * np.count_nonzero(flat > 40)
    over = raster.waveform(columns, 80, gain=1000.0)
    assert over[0].max() == 0


@pytest.mark.parametrize("visible_s", [0.2, 2.0])
@pytest.mark.parametrize("hertz", [110.0, 1000.0, 8000.0])
def test_a_tone_is_brightest_at_its_frequency(hertz: float, visible_s: float) -> None:
    samples = tone(hertz, 2.0)
    tiles = SpectrogramTiles(samples, RATE)
    tiles.update(0, samples.shape[1])
    height = 200
    picture = raster.spectrogram(tiles, 0, visible_s * RATE, 60, height)
    assert picture.shape == (height, 60)
    row = int(np.argmax(picture[:, 30]))
    assert row == pytest.approx(raster.frequency_y(hertz, height, RATE), abs=5)


def test_far_zoom_fades_between_frames() -> None:
    samples = np.concatenate([tone(1000, 1.0, 0.01), tone(1000, 1.0, 1.0)], axis=1)
    tiles = SpectrogramTiles(samples, RATE)
    tiles.update(0, samples.shape[1])
    row = raster.spectrogram(tiles, RATE - 3000, RATE + 3000, 600, 100).max(0).astype(int)
    assert row[-1] - row[0] > 60
    assert np.abs(np.diff(row)).max() <= 8


@pytest.mark.parametrize("rate", [8000, 44100, 192_000])
@pytest.mark.parametrize("height", [1, 2, 71, 1500])
def test_any_rate_and_height_makes_a_picture(rate: int, height: int) -> None:
    samples = tone(440, 0.3, rate=rate)
    tiles = SpectrogramTiles(samples, rate)
    tiles.update(0, samples.shape[1])
    assert raster.spectrogram(tiles, -100, samples.shape[1] + 100, 33, height).shape == (height, 33)


def test_tables_go_from_the_ground_to_the_colour() -> None:
    table = wave_table("#000000", "#F0A33C")
    assert (table[0], table[255]) == (0xFF000000, 0xFFF0A33C)
    dim = wave_table("#000000", "#F0A33C", 0.5)
    assert QColor.fromRgba(dim[255]).lightness() < QColor.fromRgba(table[255]).lightness()
    spectrum = spectrogram_table("#101010", "#56B4E9", "#FFFFFF")
    assert spectrum[20] == 0xFF101010
    assert spectrum[255] == 0xFFFFFFFF
    lightness = [QColor.fromRgba(c).lightness() for c in spectrum]
    assert lightness == sorted(lightness)


@pytest.mark.parametrize("width", [1, 3, 4, 57])
def test_a_pixmap_shows_the_bytes(qtbot: QtBot, width: int) -> None:
    picture = np.arange(width * 2, dtype=np.uint8).reshape(2, width)
    image = raster.pixmap(picture, tuple(0xFF000000 | i for i in range(256)), 1.0).toImage()
    assert [[image.pixelColor(x, y).blue() for x in range(width)] for y in range(2)] == picture.tolist()
