"""A toy dataset of tones and noise at 8 kHz, and runs small enough to be trained in a second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from toy_runs import RATE, STEMS, make_dataset

from trainer.config import TrainConfig, config_from


@pytest.fixture(autouse=True)
def _one_thread() -> object:
    """Toy networks are slower on two threads than on one; what they compute must not depend on the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def root(tmp_path: Path, rng: np.random.Generator) -> Path:
    """Three songs to train on and one to validate on: vocals are low tones, drums are noise bursts."""
    return make_dataset(tmp_path / "data", rng)


@pytest.fixture
def toy(root: Path, tmp_path: Path) -> Callable[..., TrainConfig]:
    """A config for a toy run; any option can be given."""

    def make(**options: object) -> TrainConfig:
        values: dict[str, object] = {
            "root": str(root),
            "output": str(tmp_path / "run"),
            "targets": STEMS,
            "epochs": 2,
            "batch_size": 4,
            "steps_per_epoch": 6,
            "seq_dur": 0.5,
            "nfft": 256,
            "nhop": 128,
            "hidden_size": 16,
            "nb_layers": 2,
            "bandwidth": 3000,
            "sample_rate": RATE,
            "nb_workers": 0,
            "checkpoint_minutes": 60.0,
            "lr": 5e-3,
        }
        return config_from({**values, **options})

    return make
