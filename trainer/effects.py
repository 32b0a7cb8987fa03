"""What a studio does to a stem: equaliser, room, compressor. Functions of (wave [C, T], rng); half of the cases stay.

torchaudio's filters do the work; it is loaded only where such an augmentation is asked for.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator

from umx_gui.engine.audio import FloatArray

EQ_DB = 9.0
EQ_HZ = (80.0, 10_000.0)
ROOM_S = (0.2, 1.2)
ROOM_DB = (-24.0, -8.0)
RATIO = (1.5, 6.0)
_THRESHOLD_UNDER_PEAK_DB = (-24.0, -8.0)
_ATTACK_S, _RELEASE_S = 0.005, 0.12
_STEP = 32


def equalise(wave: FloatArray, rng: Generator, sample_rate: int) -> FloatArray:
    """Two bell filters, each up to 9 dB up or down, one to two octaves wide."""
    if rng.random() < 0.5:
        return wave
    import torch
    from torchaudio.functional import equalizer_biquad

    out = torch.from_numpy(np.ascontiguousarray(wave))
    for _ in range(2):
        centre_hz = math.exp(rng.uniform(*np.log(EQ_HZ)))
        # Clamping would be an effect of its own: the wave is brought far below full scale for the filter.
        out = 1e3 * equalizer_biquad(
            out * 1e-3, sample_rate, centre_hz, float(rng.uniform(-EQ_DB, EQ_DB)), float(rng.uniform(0.7, 1.4))
        )
    result: FloatArray = out.numpy()
    return result


def reverberate(wave: FloatArray, rng: Generator, sample_rate: int) -> FloatArray:
    """A room added: noise that falls by 60 dB within 0.2 to 1.2 s, other in each channel, at -24 to -8 dB."""
    if rng.random() < 0.5:
        return wave
    import torch
    from torchaudio.functional import fftconvolve

    length_s = rng.uniform(*ROOM_S)
    n = int(length_s * sample_rate)
    room = rng.standard_normal((wave.shape[0], n)) * 10 ** (-3 * np.arange(n) / n)
    room *= 10 ** (rng.uniform(*ROOM_DB) / 20) / np.sqrt(np.sum(room**2, axis=1, keepdims=True))
    dry = torch.from_numpy(np.ascontiguousarray(wave))
    wet = fftconvolve(dry, torch.from_numpy(room.astype(np.float32)))[:, : wave.shape[1]]
    result: FloatArray = (dry + wet).numpy()
    return result


def compress(wave: FloatArray, rng: Generator, sample_rate: int) -> FloatArray:
    """A compressor: what exceeds a threshold 8 to 24 dB under the peak is let through by 1 / 1.5 to 1 / 6, in dB."""
    peak = float(np.abs(wave).max()) if wave.size else 0.0
    if rng.random() < 0.5 or peak < 1e-6:
        return wave
    threshold = peak * 10 ** (rng.uniform(*_THRESHOLD_UNDER_PEAK_DB) / 20)
    slope = 1 - 1 / rng.uniform(*RATIO)
    level = _envelope(np.abs(wave).max(0), sample_rate)
    gain = np.minimum(1.0, (threshold / np.maximum(level, 1e-9)) ** slope)
    return (wave * gain.astype(np.float32)).astype(np.float32)


def _envelope(level: FloatArray, sample_rate: int) -> FloatArray:
    """The level with a quick rise and a slow fall, followed every 32 samples and joined by straight lines."""
    n_steps = -(-level.size // _STEP)
    peaks = np.maximum.reduceat(level, np.arange(0, level.size, _STEP))
    up, down = (math.exp(-_STEP / (s * sample_rate)) for s in (_ATTACK_S, _RELEASE_S))
    followed, now = np.empty(n_steps), 0.0
    for k, peak in enumerate(peaks):
        keep = up if peak > now else down
        now = keep * now + (1 - keep) * float(peak)
        followed[k] = now
    smooth: FloatArray = np.interp(np.arange(level.size), np.arange(n_steps) * _STEP, followed).astype(np.float32)
    return smooth
