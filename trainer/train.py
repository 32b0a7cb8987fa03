"""A training run, from its first batch or from a checkpoint, as a generator of what happens."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from trainer import checkpoint
from trainer.batches import Batch, BatchSource, Wanted
from trainer.config import TrainConfig
from trainer.data_edge import note_edge
from trainer.dataset import Track, items_per_epoch, stems_of, tracks_of
from trainer.device import Mover, device_of
from trainer.events import EpochDone, Event, Finished, Paused, PauseToken, StepDone, StopReason
from trainer.excerpts import write_excerpts
from trainer.fine_tuning import starting_weights
from trainer.learner import Learner, input_of
from trainer.parallel import ALONE, Group, own_part
from trainer.run_results import Bests, history_line, write_best
from trainer.scaler import Scaler, scaler_of
from trainer.segments import songs_to_validate
from trainer.sums import source_of
from trainer.validate import add_up, validate_songs
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled, OptionError, TrainingDivergedError

_PAUSE_S = 0.2


class Run:
    """One run in its folder. Everything that decides the next step is in `_state`, so that a kill loses only time.

    With several seeds it is trained once for each, one after another; the epochs are counted on, and the best of all
    is kept. In a group of processes each draws its own items, and the first one writes.
    """

    def __init__(self, config: TrainConfig, resume: bool = False, group: Group = ALONE) -> None:
        self.folder = Path(config.output)
        self._group = group
        if config.threads:
            torch.set_num_threads(config.threads)
        self._seeds = config.seeds or (config.seed,)
        self.config = replace(config, seed=self._seeds[0])
        self._device = device_of(config)
        self._root = Path(config.root)
        self._songs = songs_to_validate(config)
        self._tracks: tuple[Track, ...] = ()
        self._turn, self._offset, self._epoch, self._step, self._steps = 0, 0, 1, 0, 0
        self._history: list[dict[str, Any]] = []
        self._bests = Bests()
        if resume:
            self._learners = self._resume(config)
        else:
            self._learners = self._begin(config)

    def _begin(self, config: TrainConfig) -> list[Learner]:
        tracks = self._scan()
        # Before the generator is set: making networks draws on it, and a resumed run makes none of the model's.
        self._start = starting_weights(config)
        if self._group.first:
            checkpoint.new_run(self.folder, config)
            if self._start and len(self._seeds) > 1:
                checkpoint.save_start(self.folder, self._start)
            note_edge(self.folder, tracks, config)
        torch.manual_seed(self.config.seed)
        self._scaler: Scaler = self._group.shared(scaler_of(tracks, self.config) if self._group.first else None)
        return self._fresh()

    def _fresh(self) -> list[Learner]:
        """Learners as they are before the first step of a seed; the generator's state is set by it."""
        learners = [Learner(target, self.config, self._scaler, self._group) for target in self.config.targets]
        for learner in learners if self._start else ():
            learner.load_weights(self._start[learner.target])
        if self._group.size > 1:
            # From here on each process draws its own dropout; the weights are the same, of one seed.
            torch.manual_seed(self.config.seed * 1000 + self._group.rank)
        return learners

    def _resume(self, config: TrainConfig) -> list[Learner]:
        state = checkpoint.load_checkpoint(self.folder)
        if self._group.first:
            checkpoint.remove_leftovers(self.folder)
            checkpoint.write_config(self.folder, config)
        with checkpoint.taking_over(self.folder):
            # Runs of one seed, and those begun before there could be several, hold no more than the first part of this.
            self._turn, self._offset = (checkpoint.whole(state.get(name, 0)) for name in ("turn", "offset"))
            self._bests = Bests(state.get("bests", {}))
            self.config = replace(config, seed=self._seeds[self._turn])
            ones = torch.ones(config.n_bins).numpy().astype("float64")
            mean, scale = state.get("scaler", (torch.from_numpy(ones), torch.from_numpy(ones)))
            self._scaler = Scaler(mean.numpy(), scale.numpy())
        self._start = {}
        learners = self._fresh()
        if config.model and self._turn + 1 < len(self._seeds):
            # Runs of earlier versions kept no copy.
            self._start = checkpoint.load_start(self.folder) or starting_weights(config)
        with checkpoint.taking_over(self.folder):
            for learner in learners:
                if self._start:
                    learner.load_weights(self._start[learner.target])
                learner.load_state(state["learners"][learner.target])
            self._epoch, self._step, self._steps = (checkpoint.whole(state[k]) for k in ("epoch", "step", "steps"))
            self._tracks = checkpoint.unpack_tracks(state["tracks"])
            self._history = [dict(line) for line in state["history"]]
            generators = state["generators"] if "generators" in state else [checkpoint.generators_of(state["rng"])]
            if self._group.rank < len(generators):
                checkpoint.set_generators(generators[self._group.rank])
        return learners

    def _scan(self) -> tuple[Track, ...]:
        folder = self._root / "train"
        tracks = tracks_of(self.config, "train")
        stems = stems_of(tracks)
        if missing := [source for t in self.config.targets if (source := source_of(t, stems)) not in stems]:
            raise OptionError("--targets", f"no track in {folder} has a stem called {missing[0]}")
        return tracks

    def events(self, cancel: CancelToken | None = None, pause: PauseToken | None = None) -> Iterator[Event]:
        """Train. Raises Cancelled after saving a checkpoint, TrainingDivergedError, DatasetError."""
        cancel, pause = cancel or CancelToken(), pause or PauseToken()
        if self._group.first:
            checkpoint.write_history(self.folder, self._history)
        while True:
            with BatchSource(self.config, self._wanted()) as source:
                while self._epoch <= self.config.epochs and any(not x.stopped for x in self._learners):
                    yield from self._train_epoch(source, cancel, pause)
                    yield self._end_epoch()
            if self._turn + 1 >= len(self._seeds):
                break
            self._next_seed()
        reasons = {x.target: StopReason.PATIENCE if x.stopped else StopReason.EPOCHS for x in self._learners}
        yield Finished(reasons, self._bests.seeds() if len(self._seeds) > 1 else {})

    def _next_seed(self) -> None:
        self._turn, self._offset = self._turn + 1, self._offset + self._epoch - 1
        self._epoch, self._step = 1, 0
        self.config = replace(self.config, seed=self._seeds[self._turn])
        torch.manual_seed(self.config.seed)
        self._learners = self._fresh()

    def _wanted(self) -> Wanted:
        """What batches must hold: a GPU makes the magnitudes itself."""
        on_cpu = self._device.type == "cpu"
        waves = not on_cpu or any(getattr(x.objective, "needs_waves", False) for x in self._learners)
        return Wanted(on_cpu, waves, self._group.rank, self._group.size)

    def _train_epoch(self, source: BatchSource, cancel: CancelToken, pause: PauseToken) -> Iterator[StepDone | Paused]:
        """The rest of an epoch. Its tracks are those found when it began; new ones join at the next."""
        if not self._step:
            self._tracks = self._group.shared(self._scan() if self._group.first else None)
            items = items_per_epoch(self._tracks, self.config)
            self._steps = self.config.steps_per_epoch or max(
                items // (self.config.batch_size * self._group.size), 1
            )  # fmt: skip
        source.start(self._tracks, self._epoch, self._step, self._steps)
        move = Mover(self.config, self._device) if self._device.type != "cpu" else None
        saved = time.monotonic()
        while self._step < self._steps:
            yield from self._heed(cancel, pause)
            batch = source.next() if move is None else move(source.next())
            self._one_step(batch)
            self._step += 1
            due = time.monotonic() - saved > self.config.checkpoint_minutes * 60
            if self._group.total(float(due and self._group.first), self._device):
                self._save()
                saved = time.monotonic()
            losses = {x.target: x.train_loss for x in self._learners}
            yield StepDone(self._offset + self._epoch, self._step, self._steps, losses)

    def _heed(self, cancel: CancelToken, pause: PauseToken) -> Iterator[Paused]:
        """Stop, or wait, if any process of the group was asked to: all of them do. Raises Cancelled."""
        waited = False
        while wish := self._group.total(1000.0 * cancel.cancelled + pause.paused, self._device):
            if not waited or wish >= 1000:
                self._save()
            if wish >= 1000:
                raise Cancelled
            waited = True
            yield Paused(self._offset + self._epoch, self._step)
            time.sleep(_PAUSE_S)

    def _one_step(self, batch: Batch) -> None:
        """A step of every target. Raises TrainingDivergedError, with the tracks of the batch, in all processes."""
        position = (self._epoch - 1 + self._step / self._steps) / self.config.epochs
        cropped = input_of(batch, self.config)
        for which, learner in enumerate(self._learners):
            if learner.stopped:
                continue
            learner.set_position(position)
            loss = learner.step(batch, cropped, which)
            if loss is not None and not math.isfinite(loss):
                tracks = tuple(dict.fromkeys(name for names in self._group.gathered(batch.tracks) for name in names))
                step = (self._offset + self._epoch - 1) * self._steps + self._step + 1
                raise TrainingDivergedError(step, tracks, (self.folder / checkpoint.CHECKPOINT).exists())

    def _end_epoch(self) -> EpochDone:
        """Validate, keep what is best, and write it all down; the checkpoint comes last."""
        active = [x for x in self._learners if not x.stopped]
        networks = {x.target: x.evaluated() for x in active}
        # Each process scores its own songs; put in order again, they add up as if one had scored them all.
        parts = self._group.gathered(validate_songs(networks, own_part(self._songs, self._group), self.config))
        ordered = [parts[i % self._group.size][i // self._group.size] for i in range(len(self._songs))]
        scores = add_up(ordered, networks)
        number = self._offset + self._epoch
        line = history_line(number, self._steps, len(self._tracks), {x: scores[x.target] for x in active})
        if len(self._seeds) > 1:
            line["seed"] = self.config.seed
        better = [x for x in active if x.end_epoch(scores[x.target].loss, self._epoch)]
        self._history.append(line)
        for learner in better:
            # Made even if not written: a network draws its first weights, and later ones must not depend on that.
            network = learner.evaluated()
            if self._bests.take(learner.target, scores[learner.target].loss, self.config.seed) and self._group.first:
                write_best(self.folder, self.config, learner, network, self._history[self._offset :])
        if self._group.first:
            write_excerpts(self.folder, number, networks, self._songs[0], self.config)
        self._epoch, self._step = self._epoch + 1, 0
        self._save()
        if self._group.first:
            checkpoint.write_history(self.folder, self._history)
        return EpochDone(number, line)

    def _save(self) -> None:
        generators = self._group.gathered(checkpoint.generators())
        if not self._group.first:
            return
        state = {
            "format": 1,
            "turn": self._turn,
            "offset": self._offset,
            "bests": self._bests.values,
            "scaler": (torch.from_numpy(self._scaler.mean), torch.from_numpy(self._scaler.scale)),
            "epoch": self._epoch,
            "step": self._step,
            "steps": self._steps,
            "tracks": checkpoint.pack_tracks(self._tracks),
            "history": self._history,
            "generators": generators,
            "learners": {x.target: x.state() for x in self._learners},
        }
        checkpoint.save_checkpoint(self.folder, state)
