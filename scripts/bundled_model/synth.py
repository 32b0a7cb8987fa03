"""Small software synthesiser: subtractive and FM voices for basses, pads and leads, and electronic drum sounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from composer import Note
from numpy.typing import NDArray
from scipy import signal
from sounds import RATE, Audio, Random, add_at

Mono = NDArray[np.float64]


@dataclass(frozen=True)
class Patch:
    """Settings of a synthesiser voice. Cutoffs are multiples of the note's frequency; times in seconds."""

    wave: str
    voices: int
    detune_cents: float
    bright: float
    dark: float
    filter_s: float
    attack_s: float
    decay_s: float
    sustain: float
    release_s: float
    sub: float


def random_patch(random: Random, role: str) -> Patch:
    """A patch fitting a role: bass, sub, pad, pluck or lead."""
    wave = str(random.choice(["saw", "saw", "square", "triangle", "fm"]))
    bright, dark = float(random.uniform(6, 40)), float(random.uniform(2, 8))
    if role == "sub":
        return Patch("sine", 1, 0, 8, 4, 0.3, 0.003, float(random.uniform(0.4, 1.5)), 0.3, 0.08, 0)
    if role == "bass":
        spread = float(random.uniform(0, 14))
        return Patch(wave, int(random.choice([1, 2])), spread, bright, dark, 0.15, 0.003, 0.3, 0.7, 0.05, 0.5)
    if role == "pad":
        return Patch("saw" if wave == "fm" else wave, 5, 14, dark * 1.5, dark * 2, 1.0, 0.25, 1.0, 0.8, 0.6, 0.0)
    if role == "pluck":
        return Patch(wave, int(random.choice([1, 3])), 9, bright, dark, 0.12, 0.002, 0.25, 0.15, 0.12, 0.0)
    voices, spread = int(random.choice([1, 3, 7])), float(random.uniform(4, 18))
    return Patch(wave, voices, spread, bright, dark, 0.4, 0.01, 0.4, 0.8, 0.1, 0.0)


def _wave(kind: str, phase: Mono, frequency: float) -> Mono:
    """One oscillator; saw and square have their corners rounded over a sample so that aliasing stays low."""
    turn = phase % 1.0
    if kind == "sine":
        return np.asarray(np.sin(2 * np.pi * turn))
    if kind == "triangle":
        return np.asarray(4 * np.abs(turn - 0.5) - 1)
    if kind == "fm":
        return np.asarray(np.sin(2 * np.pi * turn + 2.0 * np.sin(4 * np.pi * turn)))
    saw = 2 * turn - 1 - _corner(turn, frequency / RATE)
    if kind == "saw":
        return np.asarray(saw)
    other = (phase + 0.5) % 1.0
    return np.asarray(0.7 * (saw - (2 * other - 1 - _corner(other, frequency / RATE))))


def _corner(turn: Mono, step: float) -> Mono:
    """Polynomial correction of a saw's jump (PolyBLEP)."""
    fix = np.zeros_like(turn)
    early, late = turn < step, turn > 1 - step
    x = turn[early] / step
    fix[early] = x + x - x * x - 1
    x = (turn[late] - 1) / step
    fix[late] = x * x + x + x + 1
    return fix


def _envelope(patch: Patch, held: int, total: int) -> Mono:
    """Attack, decay to sustain, release after `held` samples."""
    time = np.arange(total) / RATE
    level = patch.sustain + (1 - patch.sustain) * np.exp(-time / patch.decay_s)
    level *= np.minimum(time / patch.attack_s, 1.0)
    level[held:] *= np.exp(-4 * np.arange(total - held) / RATE / patch.release_s)
    return np.asarray(level)


def play_patch(notes: list[Note], patch: Patch, seconds: float, random: Random) -> Audio:
    """Renders notes with a patch to [2, T]."""
    result = np.zeros((2, int(seconds * RATE)), dtype=np.float32)
    for note in notes:
        held = max(int(note.length_s * RATE), 400)
        total = held + int(patch.release_s * RATE)
        frequency = 440.0 * 2 ** ((note.pitch - 69) / 12)
        time = np.arange(total) / RATE
        sides = np.zeros((2, total))
        for index in range(patch.voices):
            place = 0.0 if patch.voices == 1 else 2 * index / (patch.voices - 1) - 1
            pitch = frequency * 2 ** (place * patch.detune_cents / 1200)
            sound = _wave(patch.wave, time * pitch + float(random.random()) * (patch.voices > 1), pitch)
            sides += np.array([[1 - 0.7 * place], [1 + 0.7 * place]]) * sound
        sides += patch.sub * np.sin(np.pi * frequency * time) * patch.voices
        soft, sharp = (_darken(sides, frequency * cut) for cut in (patch.dark, patch.bright))
        mix = np.exp(-time / patch.filter_s)
        shaped = (sharp * mix + soft * (1 - mix)) * _envelope(patch, held, total)
        level = (note.velocity / 127) ** 1.5 * 0.2 / np.sqrt(patch.voices)
        add_at(result, shaped.astype(np.float32), int(note.start_s * RATE), float(level))
    return result


def _darken(sound: Mono, corner_hz: float) -> Mono:
    """Second-order low-pass with a corner kept inside the band."""
    sos = signal.butter(2, min(max(corner_hz, 60.0), 18_000.0), "low", fs=RATE, output="sos")
    return np.asarray(signal.sosfilt(sos, sound, axis=1))


def electronic_kit(random: Random) -> dict[int, Audio]:
    """A drum machine with its own settings: sounds by General MIDI note."""
    kick_s, snare_s = float(random.uniform(0.15, 0.6)), float(random.uniform(0.1, 0.3))
    kit = {36: _thump(random.uniform(42, 62), random.uniform(3, 9), kick_s, random.uniform(0.02, 0.06))}
    tone = _thump(random.uniform(150, 220), 1.6, 0.12, 0.02) * np.float32(0.6)
    kit[38] = _join(tone, _hiss(random, snare_s, random.uniform(800, 2500), 0.7))
    kit[39] = _clap(random)
    kit[37] = _thump(random.uniform(600, 1700), 1.2, 0.03, 0.005)
    metal = float(random.uniform(5000, 9000))
    kit[42] = _hiss(random, float(random.uniform(0.03, 0.08)), metal, 0.5)
    kit[46] = _hiss(random, float(random.uniform(0.25, 0.5)), metal, 0.5)
    kit[49] = _hiss(random, float(random.uniform(1.0, 2.0)), 3500, 0.5)
    kit[51] = _hiss(random, 0.4, 7000, 0.25)
    for note, pitch in ((41, 80), (45, 110), (48, 150)):
        kit[note] = _thump(pitch * random.uniform(0.9, 1.2), 1.7, 0.3, 0.05)
    kit[70] = _hiss(random, 0.05, 6000, 0.3)
    return kit


def _thump(base_hz: float, sweep: float, decay_s: float, fall_s: float) -> Audio:
    """A sine that falls from `sweep` times its pitch: kick, tom, rim."""
    time = np.arange(int(RATE * decay_s * 3)) / RATE
    pitch = base_hz * (1 + (sweep - 1) * np.exp(-time / fall_s))
    sound = np.tanh(1.5 * np.sin(2 * np.pi * np.cumsum(pitch) / RATE) * np.exp(-time / decay_s * 1.6))
    return np.repeat(sound[None].astype(np.float32), 2, axis=0)


def _hiss(random: Random, decay_s: float, corner_hz: float, level: float) -> Audio:
    """Decaying high-passed noise, slightly different on the two sides: hats, cymbals, snare wires."""
    time = np.arange(int(RATE * decay_s * 3)) / RATE
    noise = random.standard_normal((1, time.shape[0])) + 0.3 * random.standard_normal((2, time.shape[0]))
    sos = signal.butter(2, corner_hz, "high", fs=RATE, output="sos")
    sound = signal.sosfilt(sos, noise, axis=1) * np.exp(-time / decay_s * 2)
    return np.asarray(sound / np.abs(sound).max() * level, dtype=np.float32)


def _clap(random: Random) -> Audio:
    """Three quick bursts and a tail."""
    result = np.zeros((2, int(0.3 * RATE)), dtype=np.float32)
    for index in range(4):
        burst = _hiss(random, 0.012 if index < 3 else 0.1, 900, 0.6)
        add_at(result, burst, int(index * random.uniform(0.009, 0.013) * RATE))
    return result


def _join(first: Audio, second: Audio) -> Audio:
    """Sum of two sounds of unequal length."""
    result = np.zeros((2, max(first.shape[1], second.shape[1])), dtype=np.float32)
    add_at(result, first, 0)
    add_at(result, second, 0)
    return result
