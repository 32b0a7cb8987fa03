"""Toy sounds, and how two runs are compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile as sf
import torch

RATE = 8000
STEMS = ("vocals", "drums")


def tone(frequency_hz: float, n_samples: int, amplitude: float = 0.3) -> np.ndarray:
    """A stereo sine [T, 2], swelling twice a second so that it is no constant."""
    t = np.arange(n_samples) / RATE
    wave = amplitude * np.sin(2 * np.pi * frequency_hz * t) * (0.6 + 0.4 * np.sin(4 * np.pi * t))
    return np.stack([wave, 0.7 * wave], axis=1).astype(np.float32)


def clicks(n_samples: int, rng: np.random.Generator) -> np.ndarray:
    """Noise bursts [T, 2], four a second."""
    envelope = np.exp(-(np.arange(n_samples) % (RATE // 4)) / 200)
    return (0.5 * envelope[:, None] * rng.standard_normal((n_samples, 2))).astype(np.float32)


def make_dataset(folder: Path, rng: np.random.Generator) -> Path:
    """Three songs to train on and one to validate on: vocals are low tones, drums are noise bursts."""
    for name, n in (("train/a", 16000), ("train/b", 20000), ("train/c", 12000), ("valid/d", 16000)):
        path = folder / name
        path.mkdir(parents=True)
        sf.write(path / "vocals.wav", tone(400 + float(rng.uniform(-10, 10)), n), RATE, subtype="PCM_16")
        sf.write(path / "drums.wav", clicks(n, rng), RATE, subtype="PCM_16")
    return folder


def digest(run: Path) -> dict[str, float]:
    """Every weight and average of a run's checkpoint, as sums that differ when any bit does."""
    state = torch.load(run / "checkpoint.pt", weights_only=True)
    found = {}
    for target, learner in state["learners"].items():
        for part in ("network", "average"):
            for name, value in learner[part].items():
                found[f"{target} {part} {name}"] = hash(value.numpy().tobytes())
        for index, slots in learner["optimizer"]["state"].items():
            found[f"{target} optimizer {index}"] = hash(slots["exp_avg_sq"].numpy().tobytes())
    return found
