"""Simple studio effects with random settings: reverb, echo, chorus, doubling, equaliser, compression, distortion."""

from __future__ import annotations

import numpy as np
from scipy import signal
from sounds import RATE, Audio, Random, add_at, gain


def reverb(sound: Audio, random: Random, seconds: float, wet_db: float) -> Audio:
    """Adds the tail of an invented room: early reflections and decaying noise that loses treble."""
    length = int(seconds * RATE * 1.2)
    time = np.arange(length) / RATE
    noise = random.standard_normal((2, length)) * np.exp(-6.9 * time / seconds)
    dull = signal.sosfilt(signal.butter(1, random.uniform(2500, 7000), "low", fs=RATE, output="sos"), noise)
    bright = noise * np.exp(-25.0 * time / seconds)
    room = 0.7 * dull + 0.3 * bright
    room[:, : int(random.uniform(0.005, 0.04) * RATE)] = 0
    for _ in range(6):
        room[random.integers(2), random.integers(int(0.004 * RATE), int(0.05 * RATE))] += random.uniform(-8, 8)
    room = signal.sosfilt(signal.butter(1, 150, "high", fs=RATE, output="sos"), room)
    room /= np.sqrt(np.sum(room**2, axis=1, keepdims=True))
    wet = signal.oaconvolve(sound, room.astype(np.float32), axes=1)[:, : sound.shape[1]]
    return np.asarray(sound + wet * gain(wet_db), dtype=np.float32)


def echo(sound: Audio, delay_s: float, feedback: float, wet_db: float) -> Audio:
    """Adds repeats that swap sides; the length stays."""
    result: Audio = sound.copy()
    copy, factor = sound, gain(wet_db)
    for turn in range(1, 6):
        copy = copy[::-1]
        add_at(result, copy, int(turn * delay_s * RATE), factor)
        factor *= feedback
    return result


def chorus(sound: Audio, random: Random, depth_ms: float = 3.0, wet_db: float = -4.0) -> Audio:
    """Adds a copy whose delay wanders, with opposite phase on the two sides."""
    time = np.arange(sound.shape[1])
    speed = random.uniform(0.2, 1.2)
    rows = []
    for row, phase in zip(sound, (0.0, np.pi / 2), strict=True):
        delay = (12.0 + depth_ms * np.sin(2 * np.pi * speed * time / RATE + phase)) * RATE / 1000
        rows.append(row + gain(wet_db) * np.interp(time - delay, time, row))
    return np.asarray(np.stack(rows), dtype=np.float32)


def double(sound: Audio, random: Random) -> Audio:
    """Two late copies, left and right, whose timing and so pitch wander a little, as double tracking sounds."""
    result: Audio = sound.copy()
    time = np.arange(sound.shape[1])
    knots = np.arange(0, sound.shape[1] + RATE, RATE // 3)
    for side in (0, 1):
        drift = np.convolve(random.uniform(-0.006, 0.006, knots.shape[0]), [0.25, 0.5, 0.25], mode="same")
        delay = np.interp(time, knots, drift + float(random.uniform(0.014, 0.03))) * RATE
        copy = np.stack([np.interp(time - delay, time, row) for row in sound]).astype(np.float32)
        add_at(result, copy * np.array([[1.0 - 0.8 * side], [0.2 + 0.8 * side]], dtype=np.float32), 0, 0.6)
    return result


def equalise(sound: Audio, random: Random, reach_db: float = 5.0) -> Audio:
    """Two random bells between 100 Hz and 9 kHz."""
    for _ in range(2):
        centre, width = float(np.exp(random.uniform(np.log(100), np.log(9000)))), random.uniform(0.5, 1.4)
        lift, angle = 10 ** (random.uniform(-reach_db, reach_db) / 40), 2 * np.pi * centre / RATE
        alpha = np.sin(angle) / (2 * width)
        top = np.array([1 + alpha * lift, -2 * np.cos(angle), 1 - alpha * lift])
        bottom = np.array([1 + alpha / lift, -2 * np.cos(angle), 1 - alpha / lift])
        sound = signal.lfilter(top / bottom[0], bottom / bottom[0], sound, axis=1).astype(np.float32)
    return sound


def high_pass(sound: Audio, corner_hz: float) -> Audio:
    """Second-order high-pass."""
    sos = signal.butter(2, corner_hz, "high", fs=RATE, output="sos")
    return np.asarray(signal.sosfilt(sos, sound, axis=1), dtype=np.float32)


def low_pass(sound: Audio, corner_hz: float) -> Audio:
    """Fourth-order low-pass."""
    sos = signal.butter(4, corner_hz, "low", fs=RATE, output="sos")
    return np.asarray(signal.sosfilt(sos, sound, axis=1), dtype=np.float32)


def compress(sound: Audio, threshold_db: float, ratio: float, release_s: float = 0.12) -> Audio:
    """Feed-forward compressor with a smoothed level of 5 ms steps, both channels linked."""
    step = 220
    count = -(-sound.shape[1] // step)
    padded = np.pad(sound, ((0, 0), (0, count * step - sound.shape[1])))
    peak = np.abs(padded).reshape(2, count, step).max(axis=(0, 2))
    keep = float(np.exp(-step / RATE / release_s))
    level = np.empty(count)
    held = 0.0
    for index, value in enumerate(peak):
        held = max(float(value), held * keep)
        level[index] = held
    over = np.maximum(20 * np.log10(level + 1e-9) - threshold_db, 0.0)
    factor = 10 ** (-over * (1 - 1 / ratio) / 20)
    curve = np.interp(np.arange(sound.shape[1]), np.arange(count) * step, factor)
    return np.asarray(sound * curve, dtype=np.float32)


def distort(sound: Audio, drive_db: float, cabinet_hz: float = 4500.0) -> Audio:
    """Amplifier-like saturation followed by the dull response of a loudspeaker cabinet."""
    driven = np.tanh(high_pass(sound, 90.0) * gain(drive_db) + 0.1) - np.tanh(0.1)
    return low_pass(np.asarray(driven, dtype=np.float32), cabinet_hz)


def pan(sound: Audio, side: float) -> Audio:
    """Turns a stereo signal towards one side; -1 is left, 1 is right (constant power)."""
    angle = (side + 1) * np.pi / 4
    weights = np.array([[np.cos(angle)], [np.sin(angle)]]) * np.sqrt(2)
    return np.asarray(sound * weights, dtype=np.float32)
