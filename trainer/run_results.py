"""What a run writes down of its epochs: the line of the history, and each target's best weights as a model folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from trainer import checkpoint
from trainer.config import TrainConfig
from trainer.learner import Learner
from trainer.validate import Score
from umx_gui.engine.models.model import ModelSpec, save_network, spec_json
from umx_gui.engine.models.network import OpenUnmix


class Bests:
    """Each target's best validation loss of all seeds, and the seed it came from."""

    def __init__(self, values: Mapping[str, Sequence[float]] | None = None) -> None:
        self.values = {target: list(value) for target, value in (values or {}).items()}

    def take(self, target: str, loss: float, seed: int) -> bool:
        """Note a loss; whether it is the best of all seeds."""
        if target in self.values and not loss < self.values[target][0]:
            return False
        self.values[target] = [loss, seed]
        return True

    def seeds(self) -> dict[str, int]:
        """The best seed of each target."""
        return {target: int(seed) for target, (_, seed) in self.values.items()}


def history_line(number: int, steps: int, n_tracks: int, scores: Mapping[Learner, Score]) -> dict[str, Any]:
    """The line of an epoch; to be made before the learners begin the next."""
    lines = {learner.target: _line(learner, score) for learner, score in scores.items()}
    return {"epoch": number, "steps": steps, "tracks": n_tracks, "targets": lines}


def write_best(
    folder: Path, config: TrainConfig, learner: Learner, network: OpenUnmix, history: Sequence[dict[str, Any]]
) -> None:
    """Write a target's network into the run's model folder. history: the epochs of its seed."""
    best = folder / checkpoint.BEST
    best.mkdir(exist_ok=True)
    spec = ModelSpec(config.sample_rate, config.nfft, config.nhop, config.nb_channels)
    lines = [line["targets"][learner.target] for line in history if learner.target in line["targets"]]
    about = {
        "args": {**replace(config, seeds=()).to_json(), "target": learner.target},
        "best_loss": learner.best[0],
        "best_epoch": learner.best[1],
        "train_loss_history": [line["train_loss"] for line in lines],
        "valid_loss_history": [line["valid_loss"] for line in lines],
        "sdr_db": lines[-1]["sdr_db"],
    }
    save_network(best, learner.target, network.cpu(), spec, about, with_pth=False)
    checkpoint.write_separator(best, spec_json(spec))


def _line(learner: Learner, score: Score) -> dict[str, Any]:
    values = {k: round(v, 4) if k != "loss" and v is not None else v for k, v in asdict(score).items()}
    line = {
        "train_loss": learner.train_loss,
        "valid_loss": score.loss,
        "sdr_db": values["sdr_db"],
        "mixture_sdr_db": values["mixture_sdr_db"],
        "lr": learner.lr,
    }
    if learner.logs:
        line["logs"] = learner.logs
    return line
