"""Pitch and tempo of an excerpt, together or each alone. All are functions of (wave [C, T], numbers drawn before).

The tempo is changed by a phase vocoder (Flanagan and Golden 1966; Laroche and Dolson 1999): frames are taken from the
wave at one rate and put down at another, each turned so that every partial goes on where the frame before left it. The
turn is that of all channels together, so that their phases towards each other, and with them the places, stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from trainer import augment
from umx_gui.engine.audio import FloatArray

# Names among the augmentations: both together, pitch alone, tempo alone.
PITCH, SHIFT, STRETCH = "pitch", "shift", "stretch"
TEMPO = (0.85, 1.18)
_WINDOW, _HOP = 2048, 512
_MARGIN = 64


@dataclass(frozen=True)
class Play:
    """How many times as high (`pitch`) and as fast (`tempo`) a recording is played."""

    pitch: float = 1.0
    tempo: float = 1.0

    def needed(self, n_samples: int) -> int:
        """How many samples of the recording give so many."""
        return n_samples if self == AS_IT_IS else int(n_samples * self.tempo) + _MARGIN


AS_IT_IS = Play()


def draw_play(rng: Generator, stem: str, names: Sequence[str]) -> Play:
    """How a stem is played, by the augmentations asked for; each leaves half of the excerpts as they are."""
    speed = augment.draw_speed(rng, stem) if PITCH in names else 1.0
    shift = augment.draw_speed(rng, stem) if SHIFT in names else 1.0
    tempo = 1.0
    if STRETCH in names and rng.random() >= 0.5:
        tempo = float(np.exp(rng.uniform(*np.log(TEMPO))))
    return Play(speed * shift, speed * tempo)


def play(wave: FloatArray, how: Play, n_samples: int) -> FloatArray:
    """The recording [C, how.needed(n_samples)] as [C, n_samples]; silence where it is too short."""
    if how.pitch == how.tempo:
        return augment.change_speed(wave, how.pitch, n_samples)
    # Slower or faster without another pitch first, then what is left as speed: pitch and tempo move together there.
    stretched = change_tempo(wave, how.tempo / how.pitch)
    return augment.change_speed(stretched, how.pitch, n_samples) if how.pitch != 1.0 else _fitted(stretched, n_samples)


def shift_pitch(wave: FloatArray, factor: float) -> FloatArray:
    """The same wave [C, T] `factor` times as high, as long and as fast as before."""
    return play(wave, Play(factor, 1.0), wave.shape[1])


def change_tempo(wave: FloatArray, tempo: float) -> FloatArray:
    """The wave [C, T] `tempo` times as fast at the same pitch: [C, round(T / tempo)]."""
    n_out = max(round(wave.shape[1] / tempo), 1)
    n_frames = -(-(n_out + _WINDOW) // _HOP)
    # A window of silence in front (and a hop for the frames before), so that the first sample has its full weight.
    front = _WINDOW // 2
    padded = np.pad(wave, ((0, 0), (front + _HOP, front + _WINDOW + int(_HOP * (n_frames + 2) * max(tempo, 1.0)))))
    at = np.round(np.arange(n_frames) * _HOP * tempo).astype(int) + _HOP
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    views = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW, axis=1)
    frames = np.fft.rfft(views[:, at] * window)
    now = frames.sum(axis=0)
    before = np.fft.rfft(views[:, at - _HOP].sum(axis=0) * window)
    # How far each partial turns within a hop is measured, and added up over the frames that are put down.
    turn = np.angle(now * np.conj(before))
    turn[0] = np.angle(now[0])
    rotation = np.exp(1j * (np.cumsum(turn, axis=0) - np.angle(now)))
    pieces = np.fft.irfft(frames * rotation, _WINDOW).astype(np.float32) * window
    out = np.zeros((wave.shape[0], (n_frames - 1) * _HOP + _WINDOW), np.float32)
    weight = np.zeros(out.shape[1], np.float32)
    for k in range(n_frames):
        out[:, k * _HOP : k * _HOP + _WINDOW] += pieces[:, k]
        weight[k * _HOP : k * _HOP + _WINDOW] += window**2
    out /= np.maximum(weight, np.float32(1e-3))
    return out[:, front : front + n_out]


def _fitted(wave: FloatArray, n_samples: int) -> FloatArray:
    short = n_samples - wave.shape[1]
    return np.pad(wave, ((0, 0), (0, short))) if short > 0 else np.ascontiguousarray(wave[:, :n_samples])
