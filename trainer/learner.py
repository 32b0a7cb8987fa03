"""What is trained for one target: a network with its optimiser, schedule, early stop and averaged weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.optim.lr_scheduler import ReduceLROnPlateau

from trainer.batches import Batch
from trainer.config import TrainConfig
from trainer.device import device_of
from trainer.objective import objective_class, target_batch
from trainer.parallel import ALONE, Group, share_batch_norm
from trainer.scaler import Scaler
from trainer.trainee import Trainee
from umx_gui.engine.models.network import NetworkShape, OpenUnmix, max_bin_of

_COOLDOWN = 10


@dataclass
class Stopper:
    """Early stop: how many epochs have passed since the best validation loss."""

    patience: int
    best: float = math.inf
    best_epoch: int = 0
    waited: int = 0

    def see(self, loss: float, epoch: int) -> bool:
        """Take an epoch's validation loss; whether it is the best so far."""
        if loss < self.best:
            self.best, self.best_epoch, self.waited = loss, epoch, 0
            return True
        self.waited += 1
        return False

    @property
    def stop(self) -> bool:
        """Whether patience is at its end."""
        return self.waited >= self.patience


class Learner:
    """One target's training. It draws on torch's generator for dropout, and keeps all else in its state."""

    def __init__(self, target: str, config: TrainConfig, scaler: Scaler, group: Group = ALONE) -> None:
        self.target = target
        self._config, self._group = config, group
        network = OpenUnmix(network_shape(config), scaler.mean, scaler.scale).to(device_of(config))
        share_batch_norm(network, group)
        self.trainee = Trainee(target, config, network, group)
        self.objective = objective_class(config.objective)(self.trainee)
        self._plateau = ReduceLROnPlateau(
            self.trainee.optimizer, factor=config.lr_decay_gamma, patience=config.lr_decay_patience, cooldown=_COOLDOWN
        )
        self._stopper = Stopper(config.patience)
        self.loss_sum, self.n_steps = 0.0, 0
        self._log_sums: dict[str, float] = {}

    @property
    def network(self) -> OpenUnmix:
        """The network that is trained."""
        return self.trainee.network

    @property
    def stopped(self) -> bool:
        """Whether its early stop has come."""
        return self._stopper.stop

    @property
    def best(self) -> tuple[float, int]:
        """The best validation loss and its epoch."""
        return self._stopper.best, self._stopper.best_epoch

    @property
    def lr(self) -> float:
        """The learning rate."""
        return float(self.trainee.optimizer.param_groups[0]["lr"])

    def set_position(self, position: float) -> None:
        """Where the run is, 0 to 1: a cosine schedule sets its rate from that alone, down to a hundredth."""
        if self._config.lr_schedule == "cosine":
            rate = self._config.lr * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(position, 1.0))))
            for group in self.trainee.optimizer.param_groups:
                group["lr"] = rate

    def step(self, batch: Batch, cropped: Tensor, which: int) -> float | None:
        """One step of the target's objective; None (no step) where its truth is known nowhere, in no process.

        cropped: what `input_of` makes of the batch. A loss that is not finite, be it any of the objective's, is
        returned instead of the first one.
        """
        weights = batch.weights[:, which]
        # The mean over the items of all processes, of which each is given its part.
        if not (n_known := self._group.mean(int((weights > 0).sum()), self.trainee.device)):
            return None
        self.network.train()
        self.trainee.optimizer.zero_grad(set_to_none=True)
        losses, logs = self.objective.step(target_batch(batch, cropped, weights / n_known, which))
        for value in losses.values():
            if not math.isfinite(value):
                return value
        if not losses:
            return None
        value = next(iter(losses.values()))
        self.loss_sum += value
        self.n_steps += 1
        for name, log in (*list(losses.items())[1:], *logs.items()):
            self._log_sums[name] = self._log_sums.get(name, 0.0) + log
        return value

    def weights(self) -> dict[str, Tensor]:
        """The weights to validate and to publish: the averaged ones where there are any. A copy."""
        return self.trainee.weights()

    def evaluated(self) -> OpenUnmix:
        """A network with those weights, ready to be used, on the run's device."""
        network = OpenUnmix(network_shape(self._config))
        network.load_state_dict(self.weights())
        return network.eval().to(self.trainee.device)

    def end_epoch(self, valid_loss: float, epoch: int) -> bool:
        """Take the validation loss into schedule and early stop; whether it is the best so far."""
        if self._config.lr_schedule == "plateau":
            self._plateau.step(valid_loss)
        self.loss_sum, self.n_steps, self._log_sums = 0.0, 0, {}
        return self._stopper.see(valid_loss, epoch)

    @property
    def train_loss(self) -> float:
        """The mean training loss of the running epoch."""
        return self.loss_sum / max(self.n_steps, 1)

    @property
    def logs(self) -> dict[str, float]:
        """The means of the objective's other losses and logs in the running epoch."""
        return {name: value / max(self.n_steps, 1) for name, value in self._log_sums.items()}

    def load_weights(self, state: dict[str, Tensor]) -> None:
        """Start from another network's weights."""
        self.network.load_state_dict(state)

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs."""
        stopper = self._stopper
        return {
            "network": self.network.state_dict(),
            "optimizer": self.trainee.optimizer.state_dict(),
            "plateau": self._plateau.state_dict(),
            "stopper": {"best": stopper.best, "best_epoch": stopper.best_epoch, "waited": stopper.waited},
            "average": self.trainee.average,
            "n_averaged": self.trainee.n_averaged,
            "loss_sum": self.loss_sum,
            "n_steps": self.n_steps,
            "log_sums": self._log_sums,
            "objective": self.objective.state_dict(),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.network.load_state_dict(state["network"])
        self.trainee.optimizer.load_state_dict(state["optimizer"])
        self._plateau.load_state_dict(state["plateau"])
        for name, value in state["stopper"].items():
            setattr(self._stopper, name, value)
        device = self.trainee.device
        self.trainee.average = {name: value.to(device) for name, value in state["average"].items()}
        self.trainee.n_averaged = state["n_averaged"]
        self.loss_sum, self.n_steps = state["loss_sum"], state["n_steps"]
        # Runs begun before objectives could be chosen have neither.
        self._log_sums = state.get("log_sums", {})
        self.objective.load_state_dict(state.get("objective", {}))


def network_shape(config: TrainConfig) -> NetworkShape:
    """The shape of the networks a run trains."""
    return NetworkShape(
        n_bins=config.n_bins,
        max_bin=max_bin_of(config.bandwidth, config.nfft, config.sample_rate),
        n_channels=config.nb_channels,
        hidden_size=config.hidden_size,
        n_layers=config.nb_layers,
        unidirectional=config.unidirectional,
    )


def input_of(batch: Batch, config: TrainConfig) -> Tensor:
    """What all networks of a run take of a batch: its lowest bins [N B, C max_bin], in the run's precision."""
    max_bin = network_shape(config).max_bin
    dtype = torch.bfloat16 if config.precision == "bf16" else torch.float32
    n_frames, n_batch, n_channels, _ = batch.mixture.shape
    return batch.mixture[..., :max_bin].reshape(n_frames * n_batch, n_channels * max_bin).to(dtype)
