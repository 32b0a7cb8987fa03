"""A training run, from its first batch or from a checkpoint, as a generator of what happens."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from trainer import checkpoint
from trainer.batches import BatchSource
from trainer.config import TrainConfig
from trainer.dataset import Track, scan
from trainer.learner import Learner, StopReason, input_of
from trainer.scaler import Scaler, scaler_of
from trainer.validate import Score, validate, validation_songs
from umx_gui.engine.models.model import ModelSpec, load_model, save_network, spec_json
from umx_gui.engine.work import CancelToken
from umx_gui.errors import OptionError, TrainingDivergedError


@dataclass(frozen=True)
class StepDone:
    """After a step: its number within the epoch, and each target's mean loss of the epoch so far."""

    epoch: int
    step: int
    steps: int
    losses: dict[str, float]


@dataclass(frozen=True)
class EpochDone:
    """After an epoch: its line of the history."""

    epoch: int
    line: dict[str, Any]


@dataclass(frozen=True)
class Finished:
    """The end of the run, and why each target's training ended."""

    reasons: dict[str, StopReason]


class Run:
    """One run in its folder. Everything that decides the next step is in `_state`, so that a kill loses only time."""

    def __init__(self, config: TrainConfig, resume: bool = False) -> None:
        self.config = config
        self.folder = Path(config.output)
        if config.threads:
            torch.set_num_threads(config.threads)
        self._root = Path(config.root)
        self._songs = validation_songs(scan(self._root / "valid", config.sample_rate), str(self._root / "valid"))
        self._tracks: tuple[Track, ...] = ()
        self._epoch, self._step, self._steps = 1, 0, 0
        self._history: list[dict[str, Any]] = []
        if resume:
            self._learners = self._resume()
        else:
            self._learners = self._begin()

    def _begin(self) -> list[Learner]:
        tracks = self._scan()
        checkpoint.new_run(self.folder, self.config)
        torch.manual_seed(self.config.seed)
        scaler = scaler_of(tracks, self.config)
        learners = [Learner(target, self.config, scaler) for target in self.config.targets]
        if self.config.model:
            model = load_model(self.config.model)
            for learner in learners:
                if learner.target not in model.targets:
                    raise OptionError("--model", f"it has no target {learner.target}")
                if model.networks[learner.target].shape != learner.network.shape:
                    raise OptionError("--model", "its sizes differ from the options of this run")
                learner.load_weights(model.networks[learner.target].state_dict())
        return learners

    def _resume(self) -> list[Learner]:
        state = checkpoint.load_checkpoint(self.folder)
        checkpoint.remove_leftovers(self.folder)
        checkpoint.write_config(self.folder, self.config)
        ones = torch.ones(self.config.n_bins).numpy().astype("float64")
        learners = [Learner(target, self.config, Scaler(ones, ones)) for target in self.config.targets]
        for learner in learners:
            learner.load_state(state["learners"][learner.target])
        self._epoch, self._step, self._steps = state["epoch"], state["step"], state["steps"]
        self._tracks = checkpoint.unpack_tracks(state["tracks"])
        self._history = state["history"]
        torch.set_rng_state(state["rng"])
        return learners

    def _scan(self) -> tuple[Track, ...]:
        folder = self._root / "train"
        tracks = scan(folder, self.config.sample_rate)
        stems = {stem for track in tracks for stem in track.stems}
        if missing := [target for target in self.config.targets if target not in stems]:
            raise OptionError("--targets", f"no track in {folder} has a stem called {missing[0]}")
        return tracks

    def events(self, cancel: CancelToken | None = None) -> Iterator[StepDone | EpochDone | Finished]:
        """Train. Raises Cancelled after saving a checkpoint, TrainingDivergedError, DatasetError."""
        cancel = cancel or CancelToken()
        checkpoint.write_history(self.folder, self._history)
        with BatchSource(self.config) as source:
            while self._epoch <= self.config.epochs and any(not x.stopped for x in self._learners):
                yield from self._train_epoch(source, cancel)
                yield self._end_epoch()
        reasons = {x.target: StopReason.PATIENCE if x.stopped else StopReason.EPOCHS for x in self._learners}
        yield Finished(reasons)

    def _train_epoch(self, source: BatchSource, cancel: CancelToken) -> Iterator[StepDone]:
        """The rest of an epoch. Its tracks are those found when it began; new ones join at the next."""
        if not self._step:
            self._tracks = self._scan()
            self._steps = self.config.steps_per_epoch or max(
                len(self._tracks) * self.config.samples_per_track // self.config.batch_size, 1
            )
        source.start(self._tracks, self._epoch, self._step, self._steps)
        saved = time.monotonic()
        while self._step < self._steps:
            if cancel.cancelled:
                self._save()
                cancel.check()
            batch = source.next()
            position = (self._epoch - 1 + self._step / self._steps) / self.config.epochs
            cropped = input_of(batch, self.config)
            for which, learner in enumerate(self._learners):
                if learner.stopped:
                    continue
                learner.set_position(position)
                loss = learner.step(batch, cropped, which)
                if loss is not None and not math.isfinite(loss):
                    raise TrainingDivergedError((self._epoch - 1) * self._steps + self._step, batch.tracks)
            self._step += 1
            if time.monotonic() - saved > self.config.checkpoint_minutes * 60:
                self._save()
                saved = time.monotonic()
            yield StepDone(self._epoch, self._step, self._steps, {x.target: x.train_loss for x in self._learners})

    def _end_epoch(self) -> EpochDone:
        """Validate, keep what is best, and write it all down; the checkpoint comes last."""
        active = [x for x in self._learners if not x.stopped]
        scores = validate({x.target: x.evaluated() for x in active}, self._songs, self.config)
        line: dict[str, Any] = {"epoch": self._epoch, "steps": self._steps, "tracks": len(self._tracks), "targets": {}}
        better = []
        for learner in active:
            line["targets"][learner.target] = _line(learner, scores[learner.target])
            if learner.end_epoch(scores[learner.target].loss, self._epoch):
                better.append(learner)
        self._history.append(line)
        for learner in better:
            self._write_best(learner)
        done = EpochDone(self._epoch, line)
        self._epoch, self._step = self._epoch + 1, 0
        self._save()
        checkpoint.write_history(self.folder, self._history)
        return done

    def _write_best(self, learner: Learner) -> None:
        config, best = self.config, self.folder / checkpoint.BEST
        best.mkdir(exist_ok=True)
        spec = ModelSpec(config.sample_rate, config.nfft, config.nhop, config.nb_channels)
        lines = [line["targets"][learner.target] for line in self._history if learner.target in line["targets"]]
        about = {
            "args": {**config.to_json(), "target": learner.target},
            "best_loss": learner.best[0],
            "best_epoch": learner.best[1],
            "train_loss_history": [line["train_loss"] for line in lines],
            "valid_loss_history": [line["valid_loss"] for line in lines],
            "sdr_db": lines[-1]["sdr_db"],
        }
        save_network(best, learner.target, learner.evaluated(), spec, about, with_pth=False)
        checkpoint.write_separator(best, spec_json(spec))

    def _save(self) -> None:
        state = {
            "format": 1,
            "epoch": self._epoch,
            "step": self._step,
            "steps": self._steps,
            "tracks": checkpoint.pack_tracks(self._tracks),
            "history": self._history,
            "rng": torch.get_rng_state(),
            "learners": {x.target: x.state() for x in self._learners},
        }
        checkpoint.save_checkpoint(self.folder, state)


def _line(learner: Learner, score: Score) -> dict[str, Any]:
    values = {k: round(v, 4) if k != "loss" and v is not None else v for k, v in asdict(score).items()}
    return {
        "train_loss": learner.train_loss,
        "valid_loss": score.loss,
        "sdr_db": values["sdr_db"],
        "mixture_sdr_db": values["mixture_sdr_db"],
        "lr": learner.lr,
    }
