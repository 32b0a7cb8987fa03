"""Songs to be scored: short, at 8 kHz, with estimates that are near the truth but not it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import soundfile as sf
import torch

from trainer.evaluate_options import EvaluateOptions
from trainer.reference_songs import References
from umx_gui.engine.models.model import Model, ModelSpec, save_model
from umx_gui.engine.models.network import NetworkShape, OpenUnmix

RATE = 8000
TARGETS = ("vocals", "drums")


def stems_of(
    rng: np.random.Generator, names=TARGETS, seconds: float = 4.0, n_channels: int = 1
) -> dict[str, np.ndarray]:
    """Noises [C, T] of their own colours and rhythms, as 16 bits store them."""
    n = int(seconds * RATE)
    stems = {}
    for index, name in enumerate(names):
        noise = rng.standard_normal((n_channels, n + index))
        wave = sum(noise[:, k : n + k] for k in range(index + 1)) * (
            0.6 + 0.4 * np.sin(np.arange(n) / (700 + 99 * index))
        )
        stems[name] = (np.round(0.05 * wave * 32768) / 32768).astype(np.float32)
    return stems


def estimates_of(stems: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Each stem with something of the others and something new."""
    mixture = sum(stems.values())
    return {
        name: (0.8 * s + 0.15 * mixture + 0.1 * np.abs(s) * rng.standard_normal(s.shape)).astype(np.float32)
        for name, s in stems.items()
    }


def references(stems: dict[str, np.ndarray]) -> References:
    """What scoring gets of a song."""
    return References(stems, np.asarray(sum(stems.values())), RATE)


def write_song(folder: Path, stems: dict[str, np.ndarray], subtype: str = "PCM_16", suffix: str = ".wav") -> None:
    """A track folder."""
    folder.mkdir(parents=True)
    for name, samples in stems.items():
        sf.write(folder / f"{name}{suffix}", samples.T, RATE, subtype=subtype)


def write_model(folder: Path, targets=TARGETS, seed: int = 1) -> Path:
    """A model of random weights for 8 kHz."""
    torch.manual_seed(seed)
    shape = NetworkShape(n_bins=129, max_bin=100, hidden_size=8, n_layers=1)
    networks = {target: OpenUnmix(shape).eval() for target in targets}
    save_model(folder, Model(folder.name, ModelSpec(RATE, 256, 64), networks), with_pth=False)
    return folder


def options(**given: object) -> EvaluateOptions:
    """Options for `compare`, which looks at neither model nor folders."""
    return EvaluateOptions(**{"model": "none", "root": Path("songs"), "output": Path("scores"), **given})


def strict_json(path: Path) -> dict[str, object]:
    """A file's contents, read as JSON is defined: without NaN and Infinity."""

    def refuse(word: str) -> float:
        raise AssertionError(f"{word} is not JSON")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
