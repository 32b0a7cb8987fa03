"""Sound helpers of the training-data assembly: files, levels, pitch, tempo, formants, simple effects.

Signals are float32 arrays [C, T] with C = 2 at 44.1 kHz unless a docstring says otherwise.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from scipy import signal

RATE = 44_100
Audio = NDArray[np.float32]
Random = np.random.Generator


def read_audio(path: Path) -> Audio:
    """Reads a file as [2, T] at 44.1 kHz; mono is copied to both channels."""
    data, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if rate != RATE:
        data = soxr.resample(data, rate, RATE)
    sound = np.asarray(data.T, dtype=np.float32)
    return np.repeat(sound, 2, axis=0) if sound.shape[0] == 1 else sound[:2]


def write_wav(path: Path, sound: Audio) -> None:
    """Writes [2, T] as a 16-bit WAV at 44.1 kHz; peaks beyond full scale would clip, so callers set the level first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound.T, RATE, subtype="PCM_16")


def gain(db: float) -> float:
    """The linear factor of a gain in dB."""
    return float(10.0 ** (db / 20.0))


def frame_rms(sound: Audio, frame_s: float = 0.05) -> NDArray[np.float64]:
    """RMS of consecutive frames over both channels, [N]."""
    size = int(frame_s * RATE)
    count = max(sound.shape[1] // size, 1)
    cut = sound[:, : count * size]
    if cut.shape[1] < size:
        return np.array([float(np.sqrt(np.mean(np.square(sound), dtype=np.float64) + 1e-20))])
    power = np.mean(np.square(cut.reshape(sound.shape[0], count, size)), axis=(0, 2), dtype=np.float64)
    return np.asarray(np.sqrt(power + 1e-20), dtype=np.float64)


def normalise(sound: Audio, rms_db: float = -20.0, peak_db: float = -1.0) -> Audio:
    """Sets the RMS of the active parts (frames within 35 dB of the loudest), then keeps the peak below `peak_db`."""
    frames = frame_rms(sound)
    if frames.max() < 1e-6:
        return sound
    active = frames[frames > frames.max() * gain(-35.0)]
    sound = sound * np.float32(gain(rms_db) / float(np.sqrt(np.mean(active**2))))
    top = float(np.abs(sound).max())
    limit = gain(peak_db)
    if top > limit:
        over = min(top / limit, gain(6.0))
        sound = soft_clip(sound, limit * top / limit / over)
        sound = sound * np.float32(min(1.0, limit / float(np.abs(sound).max())))
    return sound.astype(np.float32)


def soft_clip(sound: Audio, ceiling: float) -> Audio:
    """Bends peaks above 70 % of the ceiling smoothly below it; leaves everything else as it is."""
    knee = 0.7 * ceiling
    size = np.abs(sound)
    bent = knee + (ceiling - knee) * np.tanh((size - knee) / (ceiling - knee))
    return np.where(size > knee, np.sign(sound) * bent, sound).astype(np.float32)


def fade(sound: Audio, in_s: float, out_s: float) -> Audio:
    """Linear fades at both ends, on a copy."""
    sound = sound.copy()
    length = sound.shape[1]
    rise, fall = min(int(in_s * RATE), length), min(int(out_s * RATE), length)
    if rise:
        sound[:, :rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    if fall:
        sound[:, length - fall :] *= np.linspace(1, 0, fall, dtype=np.float32)
    return sound


def trim(sound: Audio, below_db: float = -45.0) -> Audio:
    """Cuts leading and trailing stretches more than `below_db` under the loudest frame."""
    frames = frame_rms(sound, 0.02)
    loud = np.flatnonzero(frames > frames.max() * gain(below_db))
    size = int(0.02 * RATE)
    first, last = max(int(loud[0]) - 1, 0) * size, (int(loud[-1]) + 3) * size
    return fade(sound[:, first:last], 0.005, 0.02)


def add_at(target: Audio, sound: Audio, start: int, factor: float = 1.0) -> None:
    """Adds `sound` into `target` from sample `start` on; what lies beyond either end is dropped."""
    skip = max(-start, 0)
    begin = max(start, 0)
    length = min(sound.shape[1] - skip, target.shape[1] - begin)
    if length > 0:
        target[:, begin : begin + length] += sound[:, skip : skip + length] * np.float32(factor)


def varispeed(sound: Audio, ratio: float) -> Audio:
    """Plays faster by `ratio`: pitch and formants go up, the length goes down."""
    if abs(ratio - 1.0) < 1e-4:
        return sound
    return np.asarray(soxr.resample(sound.T, RATE * ratio, RATE).T, dtype=np.float32)


def stretch(sound: Audio, factor: float) -> Audio:
    """Makes a sound `factor` times as long at the same pitch (waveform-similarity overlap-add, 46 ms frames)."""
    if abs(factor - 1.0) < 0.005 or sound.shape[1] < 8192:
        return sound
    size, hop, reach = 2048, 1024, 512
    window = np.hanning(size + 1)[:size].astype(np.float32)
    padded = np.pad(sound, ((0, 0), (reach, size * 2 + reach * 2)))
    mono = padded.mean(axis=0)
    count = int(sound.shape[1] * factor) // hop
    out = np.zeros((2, count * hop + size), dtype=np.float32)
    position = reach
    for index in range(count):
        if index:
            nominal = reach + int(index * hop / factor)
            wanted = mono[position + hop : position + hop + size]
            area = mono[nominal - reach : nominal + reach + size]
            match = signal.correlate(area[::2], wanted[::2], mode="valid", method="fft")
            energy = np.convolve(area[::2] ** 2, np.ones(size // 2, dtype=np.float32), mode="valid")
            position = nominal - reach + 2 * int(np.argmax(match / np.sqrt(energy + 1e-9)))
            position = min(position, padded.shape[1] - size - hop)
        out[:, index * hop : index * hop + size] += padded[:, position : position + size] * window
    return out[:, : count * hop]


def move_formants(sound: Audio, ratio: float) -> Audio:
    """Shifts the spectral envelope by `ratio` and leaves the pitch (cepstral envelope, 46 ms frames)."""
    if abs(ratio - 1.0) < 0.01 or sound.shape[1] < 4096:
        return sound
    size, order = 2048, 60
    _, _, spectrum = signal.stft(sound, RATE, nperseg=size, noverlap=size * 3 // 4)
    level = np.log(np.abs(spectrum) + 1e-7)
    cepstrum = np.fft.irfft(level, axis=1)
    cepstrum[:, order : size - order + 1] = 0
    envelope = np.fft.rfft(cepstrum, axis=1).real
    bins = np.arange(size // 2 + 1)
    source = np.minimum(bins / ratio, size // 2)
    low = source.astype(int)
    high = np.minimum(low + 1, size // 2)
    part = (source - low)[None, :, None]
    moved = envelope[:, low] * (1 - part) + envelope[:, high] * part
    shaped = spectrum * np.exp(np.clip(moved - envelope, -3.5, 2.5))
    _, result = signal.istft(shaped, RATE, nperseg=size, noverlap=size * 3 // 4)
    return np.asarray(result[:, : sound.shape[1]], dtype=np.float32)


def revoice(sound: Audio, semitones: float, formants: float, tempo: float) -> Audio:
    """Changes pitch (semitones), formants (ratio against the original) and tempo (ratio) of a voice independently."""
    pitch = 2.0 ** (semitones / 12.0)
    sound = varispeed(stretch(sound, pitch / tempo), pitch)
    return move_formants(sound, formants / pitch)


def vibrato(sound: Audio, depth_cents: float, rate_hz: float) -> Audio:
    """Wobbles the pitch sinusoidally by `depth_cents`."""
    time = np.arange(sound.shape[1])
    depth = (2 ** (depth_cents / 1200) - 1) * RATE / (2 * np.pi * rate_hz)
    where = time + depth * np.sin(2 * np.pi * rate_hz * time / RATE)
    return np.stack([np.interp(where, time, row) for row in sound]).astype(np.float32)
