"""Checkpoints that can be read and cannot be gone on from: one sentence, and the file stays."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
import torch

from trainer.checkpoint import CHECKPOINT, PREVIOUS
from trainer.train import Run
from umx_gui.errors import RunError
from umx_gui.messages import describe


class Calls:
    """A pickle that would make a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> Any:
        return Path.mkdir, (self.folder,)


def without_learners(state: dict[str, Any]) -> None:
    del state["learners"]


def of_another_program(state: dict[str, Any]) -> None:
    weights = state["learners"]["vocals"]
    state.clear()
    state.update(state_dict=weights, epoch=3, best_loss=0.1)


def of_another_size(state: dict[str, Any]) -> None:
    def cut(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: cut(one) for key, one in value.items()}
        return value[:1] if isinstance(value, torch.Tensor) and value.ndim == 2 else value

    state["learners"] = cut(state["learners"])


def counted_in_words(state: dict[str, Any]) -> None:
    state["epoch"] = "three"


def before_the_first_step(state: dict[str, Any]) -> None:
    state["step"] = -(1 << 70)


def with_half_a_generator(state: dict[str, Any]) -> None:
    state["generators"] = [{"cpu": torch.zeros(3, dtype=torch.uint8)}]


def with_tracks_of_numbers(state: dict[str, Any]) -> None:
    state["tracks"] = [1, 2, 3]


@pytest.mark.parametrize(
    "harm",
    [
        without_learners,
        of_another_program,
        of_another_size,
        counted_in_words,
        before_the_first_step,
        with_half_a_generator,
        with_tracks_of_numbers,
    ],
)
def test_a_checkpoint_that_does_not_fit_is_one_sentence(toy: Any, tmp_path: Path, harm: Any) -> None:
    config = toy(epochs=1, steps_per_epoch=1)
    list(Run(config).events())
    path = tmp_path / "run" / CHECKPOINT
    state = torch.load(path, weights_only=True)
    harm(state)
    torch.save(state, path)
    put = path.read_bytes()
    with pytest.raises(RunError) as refused:
        list(Run(config, resume=True).events())
    assert "does not fit its settings" in describe(refused.value).one_line()
    assert path.read_bytes() == put


def test_a_checkpoint_that_calls_something_is_not_gone_on_from(toy: Any, tmp_path: Path) -> None:
    config = toy(epochs=1, steps_per_epoch=1)
    list(Run(config).events())
    run = tmp_path / "run"
    (run / CHECKPOINT).write_bytes(pickle.dumps(Calls(tmp_path / "canary")))
    (run / PREVIOUS).unlink(missing_ok=True)
    with pytest.raises(RunError, match="no checkpoint to go on from"):
        Run(config, resume=True)
    assert not (tmp_path / "canary").exists()
