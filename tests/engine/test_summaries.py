"""The summaries agree with the samples they stand for, however they were filled."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from umx_gui.engine.summaries import Peaks, SpectrogramTiles


@pytest.mark.parametrize("n_samples", [1, 255, 256, 1000, 300_001])
@pytest.mark.parametrize("n_columns", [1, 7, 640])
def test_peaks_contain_every_sample_of_their_column(rng, n_samples, n_columns):
    x = rng.standard_normal((2, n_samples)).astype(np.float32)
    peaks = Peaks(x)
    peaks.update(0, n_samples)
    columns = peaks.query(0, n_samples, n_columns)
    assert columns.lo.min() == x.min()
    assert columns.hi.max() == x.max()
    edges = np.linspace(0, n_samples, n_columns + 1)
    for k in range(n_columns):
        inside = x[:, int(np.ceil(edges[k])) : int(edges[k + 1])]
        if inside.size:
            assert columns.hi[k] >= inside.max()
            assert columns.lo[k] <= inside.min()


def test_peaks_filled_in_pieces_in_any_order_equal_peaks_filled_at_once(rng):
    x = rng.standard_normal((2, 500_000)).astype(np.float32)
    whole = Peaks(x)
    whole.update(0, x.shape[1])
    growing = np.zeros_like(x)
    pieces = Peaks(growing)
    for start in rng.permutation(np.arange(0, x.shape[1], 33_333)):
        growing[:, start : start + 33_333] = x[:, start : start + 33_333]
        pieces.update(int(start), int(start) + 33_333)
    for span in [(0, 500_000), (1234.5, 4321.5), (100_000, 100_050)]:
        a, b = whole.query(*span, 300), pieces.query(*span, 300)
        np.testing.assert_array_equal(a.lo, b.lo)
        np.testing.assert_array_equal(a.hi, b.hi)
        np.testing.assert_allclose(a.rms, b.rms, atol=1e-6)


def test_rms_of_a_sine_is_its_level():
    t = np.arange(200_000) / 44100
    x = (0.5 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)[None]
    peaks = Peaks(x)
    peaks.update(0, x.shape[1])
    assert peaks.query(0, 196_608, 3).rms == pytest.approx(0.5 / np.sqrt(2), rel=1e-2)


def test_nothing_is_drawn_outside_the_song():
    x = np.ones((1, 1000), np.float32)
    peaks = Peaks(x)
    peaks.update(0, 1000)
    columns = peaks.query(-1000, 2000, 3)
    assert columns.hi.tolist() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize("hz", [440.0, 5000.0, 15_000.0])
def test_a_full_scale_sine_reads_zero_db_at_its_row(hz):
    t = np.arange(44100 * 2) / 44100
    x = np.sin(2 * np.pi * hz * t).astype(np.float32)[None]
    tiles = SpectrogramTiles(x, 44100)
    tiles.update(0, x.shape[1])
    column = tiles.query(20_000, 40_000, 1)[:, 0]
    row = int(column.argmax())
    assert abs(row * 44100 / 2048 - hz) <= 44100 / 2048
    assert column[row] >= 249  # within 1.5 dB (scalloping) of 0 dBFS
    assert column[(row + 200) % 1025] == 0


def test_tiles_filled_in_pieces_equal_tiles_filled_at_once(rng):
    x = (0.1 * rng.standard_normal((2, 200_000))).astype(np.float32)
    whole = SpectrogramTiles(x, 44100)
    whole.update(0, x.shape[1])
    growing = np.zeros_like(x)
    pieces = SpectrogramTiles(growing, 44100)
    for start in range(0, x.shape[1], 30_000):
        growing[:, start : start + 30_000] = x[:, start : start + 30_000]
        pieces.update(start, start + 30_000)
    np.testing.assert_array_equal(whole.query(0, 200_000, 400), pieces.query(0, 200_000, 400))


def test_bands_take_their_loudest_row():
    t = np.arange(44100) / 44100
    x = np.sin(2 * np.pi * 1000 * t).astype(np.float32)[None]
    tiles = SpectrogramTiles(x, 44100)
    tiles.update(0, x.shape[1])
    edges = np.array([0, 20, 40, 60, 400, 1025])
    rows = tiles.query(10_000, 30_000, 1)[:, 0]
    bands = tiles.query(10_000, 30_000, 1, edges)[:, 0]
    assert bands.tolist() == [int(rows[a:b].max()) for a, b in pairwise(edges)]


def test_hours_of_audio_keep_the_spectrogram_small():
    tiles = SpectrogramTiles(
        np.lib.stride_tricks.as_strided(np.zeros(1, np.float32), (1, 44100 * 3 * 3600), (0, 0)), 44100
    )
    assert tiles.n_bytes < 80e6
