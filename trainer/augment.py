"""Changes to training excerpts. All are functions of a generator, so that an item can be made again exactly."""

from __future__ import annotations

import math

import numpy as np
import soxr
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.signal import lfilter

from umx_gui.engine.audio import FloatArray

GAIN = (0.25, 1.25)
LEVEL_DB = (-28.0, -12.0)
REFERENCE_LEVEL = 0.1
# Drums change their nature soonest. Electric basses end at 41 Hz, synthetic ones go down to half of that.
SEMITONES = {"drums": (-1.5, 1.5), "bass": (-10.0, 4.0)}
SEMITONES_ELSE = (-4.0, 4.0)
TILT_DB = 6.0
CUTOFF_HZ = (10_000.0, 20_000.0)
_TRANSITION_HZ = 200.0


def gain(samples: FloatArray, rng: Generator, range_db: tuple[float, float] | None = None) -> FloatArray:
    """A gain drawn evenly between 0.25 and 1.25, as in the reference, or evenly in dB within a range. [C, T]."""
    factor = rng.uniform(*GAIN) if range_db is None else 10 ** (rng.uniform(*range_db) / 20)
    return samples * np.float32(factor)


def channelswap(samples: FloatArray, rng: Generator) -> FloatArray:
    """Left and right exchanged in half of the cases. [C, T]."""
    return samples[::-1] if samples.shape[0] == 2 and rng.random() < 0.5 else samples


def polarity(samples: FloatArray, rng: Generator) -> FloatArray:
    """The sign changed in half of the cases. [C, T]."""
    return -samples if rng.random() < 0.5 else samples


def tilt(samples: FloatArray, rng: Generator, sample_rate: int) -> FloatArray:
    """A first-order shelf: highs up to 6 dB above or below the lows, from a corner of 300 to 3000 Hz. [C, T]."""
    shelf_db = rng.uniform(-TILT_DB, TILT_DB)
    corner_hz = math.exp(rng.uniform(math.log(300.0), math.log(3000.0)))
    # H(s) = (g s + w) / (s + w): 1 at low, g at high frequencies; bilinear transform with k = tan(w / 2).
    g, k = 10 ** (shelf_db / 20), math.tan(math.pi * corner_hz / sample_rate)
    b = np.array([g + k, k - g], np.float32) / np.float32(1 + k)
    a = np.array([1.0, (k - 1) / (k + 1)], np.float32)
    out: FloatArray = lfilter(b, a, samples, axis=-1).astype(np.float32, copy=False)
    return out


def draw_speed(rng: Generator, stem: str) -> float:
    """A factor of speed, and so of pitch: half of the excerpts stay as they are."""
    if rng.random() < 0.5:
        return 1.0
    return float(2 ** (rng.uniform(*SEMITONES.get(stem, SEMITONES_ELSE)) / 12))


def change_speed(samples: FloatArray, speed: float, n_samples: int) -> FloatArray:
    """Played `speed` times as fast: [C, about n_samples * speed] to [C, n_samples], silence where it is too short."""
    if speed == 1.0:
        return samples[:, :n_samples]
    resampled = soxr.resample(np.ascontiguousarray(samples.T), speed, 1.0, quality="LQ").T[:, :n_samples]
    out = np.zeros((samples.shape[0], n_samples), np.float32)
    out[:, : resampled.shape[1]] = resampled
    return out


def draw_cutoff_hz(rng: Generator, max_hz: int | None) -> float | None:
    """Where a lossy codec would end the mixture: none in half of the cases, and often where a part of it ends."""
    if rng.random() < 0.5:
        return None
    if max_hz is not None and rng.random() < 0.5:
        return float(max_hz)
    return float(rng.uniform(*CUTOFF_HZ))


def bandlimit(cutoff_hz: float | None, n_bins: int, sample_rate: int) -> NDArray[np.float32]:
    """Gains [F] of a low pass with a straight edge of 200 Hz, for magnitudes of mixture and targets alike."""
    if cutoff_hz is None:
        return np.ones(n_bins, np.float32)
    frequencies = np.linspace(0, sample_rate / 2, n_bins)
    return np.clip((cutoff_hz - frequencies) / _TRANSITION_HZ + 0.5, 0, 1).astype(np.float32)


def draw_level(mixture: FloatArray, rng: Generator) -> float:
    """The gain that brings a mixture [C, T] to a level drawn evenly between -28 and -12 dBFS (rms); 1 in silence."""
    level = 10 ** (rng.uniform(*LEVEL_DB) / 20)
    now = rms(mixture)
    return level / now if now > 1e-5 else 1.0


def rms(samples: FloatArray) -> float:
    """The root mean square over channels and samples."""
    return math.sqrt(float(np.mean(np.square(samples, dtype=np.float32)))) if samples.size else 0.0
