"""Pseudo-songs out of single sung syllables: each is moved to a melody note and held for the note's length."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy import signal
from sounds import RATE, Audio, Random, add_at, fade, normalise, read_audio, revoice, stretch, trim, vibrato

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9), (0, 3, 5, 7, 10))


def pitch_of(sound: Audio) -> float:
    """MIDI pitch of a sung syllable, from the autocorrelation of its loudest 0.2 s (80 to 700 Hz)."""
    mono = sound.mean(axis=0)
    size = min(8820, mono.shape[0])
    energy = np.convolve(mono**2, np.ones(size, dtype=np.float32), mode="valid")
    start = int(np.argmax(energy))
    piece = mono[start : start + size]
    match = signal.correlate(piece, piece, mode="full", method="fft")[size - 1 :]
    match = match / (match[0] + 1e-12) * size / np.maximum(size - np.arange(match.shape[0]), 1)
    low, high = RATE // 700, RATE // 80
    best = low + int(np.argmax(match[low:high]))
    # The first peak nearly as high as the best one avoids an octave too low.
    for lag in range(low, best):
        if match[lag] > 0.9 * match[best] and match[lag] >= match[lag - 1] and match[lag] >= match[lag + 1]:
            best = lag
            break
    return float(69 + 12 * np.log2(RATE / best / 440.0))


def sing_syllables(folder: Path, random: Random, seconds: float) -> Audio:
    """A melody of phrases with breaths between them, about `seconds` long, [2, T]."""
    bank = [trim(read_audio(path)) for path in sorted(folder.glob("*.ogg"))]
    bank = [sound for sound in bank if sound.shape[1] > 0.12 * RATE]
    pitches = [pitch_of(sound) for sound in bank]
    centre = float(np.median(pitches)) + float(random.uniform(-3, 3))
    scale = SCALES[int(random.integers(len(SCALES)))]
    root = int(random.integers(12))
    ladder = [n for n in range(36, 90) if (n - root) % 12 in scale and abs(n - centre) <= 7]
    beat = 60.0 / float(random.uniform(75, 150))
    result = np.zeros((2, int(seconds * RATE)), dtype=np.float32)
    time, step = 0.2, len(ladder) // 2
    while time < seconds - 6:
        phrase = np.zeros((2, int(8 * RATE)), dtype=np.float32)
        spent = 0.0
        for _ in range(int(random.integers(4, 12))):
            length = beat * float(random.choice([0.5, 0.5, 0.5, 1, 1, 1, 1.5, 2]))
            if spent + length > 6:
                break
            step = int(np.clip(step + random.choice([-2, -1, -1, 0, 1, 1, 2]), 0, len(ladder) - 1))
            pick = int(random.integers(len(bank)))
            note = hold(bank[pick], ladder[step] - pitches[pick], length * 1.04)
            add_at(phrase, note, int(spent * RATE))
            spent += length
        phrase = phrase[:, : int((spent + 0.1) * RATE)]
        add_at(result, vibrato(phrase, float(random.uniform(5, 35)), float(random.uniform(4.8, 6.2))), int(time * RATE))
        time += spent + beat * float(random.choice([0.5, 1, 2, 3, 4]))
    return result


def hold(sound: Audio, semitones: float, seconds: float) -> Audio:
    """One syllable at its note: moved in pitch (at most an octave), the vowel after 90 ms stretched to the length."""
    semitones = float(np.clip(semitones, -12, 12))
    moved = normalise(revoice(sound, semitones, 2 ** (semitones / 36), 1.0))
    start = int(0.09 * RATE)
    wanted = int(seconds * RATE) - start
    if moved.shape[1] - start > 8192 and wanted > moved.shape[1] - start:
        moved = np.concatenate([moved[:, :start], stretch(moved[:, start:], wanted / (moved.shape[1] - start))], axis=1)
    return fade(moved[:, : int(seconds * RATE)], 0.004, min(0.05, seconds / 4))
