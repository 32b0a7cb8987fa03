"""Sounds of the application's tests, and real files of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile as sf
from pytestqt.qtbot import QtBot

from umx_gui.app.open_song.song import Song
from umx_gui.app.session import Session, SessionState
from umx_gui.engine.audio import FloatArray

MakeSession = Callable[..., Session]

RATE = 44100


def sound(duration_s: float, n_channels: int = 2, rate: int = RATE, seed: int = 1) -> FloatArray:
    """A plucked chord over noise bursts [C, T]: tonal, percussive, and different in each channel."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(duration_s * rate)) / rate
    tones = sum(np.sin(2 * np.pi * f * t) for f in (110.0, 277.2, 659.3))
    bursts = rng.standard_normal((n_channels, t.size)) * np.exp(-((t % 0.5) * 30))
    x = 0.1 * tones * np.exp(-(t % 0.5) * 3) + 0.1 * bursts
    return np.asarray(x, dtype=np.float32)


def write(path: Path, samples: FloatArray, rate: int = RATE, subtype: str | None = "PCM_16") -> Path:
    """Write samples [C, T] as a file of the kind its name says."""
    sf.write(path, samples.T, rate, subtype=subtype)
    return path


def open_and_wait(session: Session, path: Path, qtbot: QtBot, state: SessionState = SessionState.READY) -> Song:
    """Open a file and wait until the session has come to a state."""
    session.open(path)
    qtbot.waitUntil(lambda: session.song is not None and session.song.path == path)
    qtbot.waitUntil(lambda: session.state is state, timeout=60_000)
    assert session.song is not None
    return session.song
