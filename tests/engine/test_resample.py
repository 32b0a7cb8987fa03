"""Resampling: exact lengths, sines that stay sines, a stream equal to the whole, and odd rates without a price."""

from __future__ import annotations

import time

import numpy as np
import pytest

from umx_gui.engine.resample import Resampler, resample, resampled_length

RATES = [1_000, 8_000, 22_050, 35_467, 44_100, 48_000, 192_000, 768_000]


def sine(n_samples: int, rate: int, pitch_hz: float = 440.0) -> np.ndarray:
    return np.sin(2 * np.pi * pitch_hz * np.arange(n_samples) / rate).astype(np.float32)[None]


@pytest.mark.parametrize("out_rate", RATES)
@pytest.mark.parametrize("in_rate", RATES)
def test_lengths_are_exact(in_rate: int, out_rate: int) -> None:
    for n_samples in (0, 1, 2, 37, 5000):
        out = resample(sine(n_samples, in_rate).repeat(2, axis=0), in_rate, out_rate)
        assert out.shape == (2, resampled_length(n_samples, in_rate, out_rate))
        assert abs(out.shape[1] - n_samples * out_rate / in_rate) <= 0.5
        assert out.dtype == np.float32
        assert np.isfinite(out).all()


@pytest.mark.parametrize(
    ("in_rate", "out_rate"), [(44_100, 48_000), (48_000, 44_100), (8_000, 44_100), (44_100, 35_467)]
)
def test_a_sine_stays_that_sine(in_rate: int, out_rate: int) -> None:
    out = resample(sine(in_rate, in_rate), in_rate, out_rate)
    difference = out - sine(out_rate, out_rate)
    # Not delayed, not weakened; the ends are left out, where a filter sees silence.
    assert np.abs(difference[:, 2000:-2000]).max() < 1e-5


def test_what_the_new_rate_cannot_hold_is_gone() -> None:
    out = resample(sine(96_000, 96_000, 30_000), 96_000, 44_100)
    assert 20 * np.log10(np.abs(out[:, 2000:-2000]).max()) < -100


def test_there_and_back() -> None:
    wanted = sine(44_100, 44_100, 3_000)
    back = resample(resample(wanted, 44_100, 48_000), 48_000, 44_100)
    assert back.shape == wanted.shape
    assert np.abs(back - wanted)[:, 500:-500].max() < 1e-5


@pytest.mark.parametrize("block", [1, 97, 4096])
def test_a_stream_equals_the_whole(rng: np.random.Generator, block: int) -> None:
    samples = rng.standard_normal((2, 1500 if block == 1 else 20_011)).astype(np.float32)
    stream = Resampler(44_100, 48_000, 2)
    parts = [stream.feed(samples[:, at : at + block]) for at in range(0, samples.shape[1], block)]
    streamed = np.concatenate([*parts, stream.finish()], axis=1)
    assert np.abs(streamed - resample(samples, 44_100, 48_000)).max() < 1e-5


def test_channels_do_not_mix() -> None:
    samples = np.concatenate([sine(5000, 44_100), np.zeros((3, 5000), np.float32)])
    out = resample(samples, 44_100, 48_000)
    assert np.abs(out[0]).max() > 0.9
    assert not out[1:].any()


def test_a_prime_rate_costs_no_more_than_others(rng: np.random.Generator) -> None:
    # 10 s at 35467 Hz: a polyphase filter for every phase would take more than 20 GB.
    samples = rng.standard_normal((2, 354_670)).astype(np.float32)
    start = time.process_time()
    out = resample(samples, 35_467, 44_100)
    assert time.process_time() - start < 2
    assert out.shape == (2, 441_000)


def test_equal_rates_change_nothing() -> None:
    samples = sine(100, 44_100)
    assert resample(samples, 44_100, 44_100) is samples
    stream = Resampler(44_100, 44_100, 1)
    assert np.array_equal(np.concatenate([stream.feed(samples), stream.finish()], axis=1), samples)


def test_the_callers_array_is_left_alone() -> None:
    samples = sine(5000, 44_100)
    before = samples.copy()
    resample(samples, 44_100, 22_050)
    assert np.array_equal(samples, before)
