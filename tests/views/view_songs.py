"""Real songs for the views' tests: real samples, real summaries, filled as the session fills them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from umx_gui.app.open_song.song import MIXTURE, Song
from umx_gui.app.separation.separating import Recipe
from umx_gui.app.session import Session
from umx_gui.engine.audio import Block, FloatArray, Stems
from umx_gui.engine.decoding.audio_info import AudioInfo
from umx_gui.engine.storage.scratch import Scratch

RATE = 44100
TARGETS = ("vocals", "drums", "bass", "other")


def tone(hertz: float, duration_s: float, amplitude: float = 0.5, rate: int = RATE) -> FloatArray:
    """A sine as stereo [2, T]."""
    t = np.arange(round(duration_s * rate)) / rate
    return np.tile((amplitude * np.sin(2 * np.pi * hertz * t)).astype(np.float32), (2, 1))


@lru_cache(maxsize=8)
def four_stems(duration_s: float = 2.0) -> FloatArray:
    """Stems [4, 2, T] that are told apart by eye: a gliding voice, beats, a low tone, a chord."""
    t = np.arange(round(duration_s * RATE)) / RATE
    rng = np.random.default_rng(4)
    voice = 0.3 * np.sin(2 * np.pi * (300 * t + 20 * np.sin(3 * t)))
    beats = 0.5 * rng.uniform(-1, 1, t.size) * np.exp(-((t % 0.25) * 40))
    low = 0.2 * np.sin(2 * np.pi * 55 * t)
    chord = sum(0.05 * np.sin(2 * np.pi * f * t) for f in (440.0, 554.4, 659.3))
    return np.stack([np.stack([x, x]) for x in (voice, beats, low, chord)]).astype(np.float32)


def make_song(stems: FloatArray, *, name: str = "Song.flac", tags: dict[str, str] | None = None) -> Song:
    """A decoded song whose mixture is the sum of these stems [J, C, T]; nothing is separated yet."""
    mixture = stems.sum(0)
    n_channels, n_samples = mixture.shape
    path = Path("/music") / name
    info = AudioInfo(path, RATE, n_channels, n_samples, "flac", "flac", "PCM_16", True, tags or {})
    song = Song.reserve(path, info, n_channels, n_samples, Scratch())
    song.mixture[:] = mixture
    song.peaks[MIXTURE].update(0, n_samples)
    song.mixture_there(n_samples)
    song.complete = True
    return song


def reserve_stems(song: Song, n_targets: int = 4, model: str = "tiny") -> None:
    """Empty stems, as at the start of a separation."""
    region, samples = song.scratch.reserve((n_targets, song.n_channels, song.n_samples))
    stems = Stems(TARGETS[:n_targets], np.asarray(samples, np.float32) if n_targets == 0 else samples, RATE)
    song.reset_stems(stems, region, Recipe(model))


def show(session: Session, song: Song) -> None:
    """Open this song in the session, as if its file had just been read."""
    session._show(song)


def fill(session: Session, stems: FloatArray, start: int, stop: int, final: bool = True) -> None:
    """A block of the separation arrives."""
    song = session.song
    assert song is not None
    song.put(Block(start, stop, stems[:, :, start:stop], final), 1.0, 0.0)
    session.stems_filled.emit(start, stop, final)


def show_separated(session: Session, stems: FloatArray, **about: object) -> Song:
    """Open a song whose stems are all there."""
    song = make_song(stems, **about)  # type: ignore[arg-type]
    reserve_stems(song, len(stems))
    song.put(Block(0, song.n_samples, stems, True), 1.0, 0.0)
    show(session, song)
    return song
