"""What is trained for one target: a network with its optimiser, schedule, early stop and averaged weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

from trainer.batches import Batch
from trainer.config import TrainConfig
from trainer.forward import training_loss
from trainer.scaler import Scaler
from umx_gui.engine.models.network import NetworkShape, OpenUnmix, max_bin_of

_COOLDOWN = 10


class StopReason(Enum):
    """Why the training of a target ended."""

    EPOCHS = "all epochs are done"
    PATIENCE = "the validation loss no longer falls"


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

    def __init__(self, target: str, config: TrainConfig, scaler: Scaler) -> None:
        self.target = target
        self._config = config
        self.network = OpenUnmix(network_shape(config), scaler.mean, scaler.scale)
        self._optimizer = torch.optim.Adam(
            self.network.parameters(), lr=config.lr, weight_decay=config.weight_decay, fused=True
        )
        self._plateau = ReduceLROnPlateau(
            self._optimizer, factor=config.lr_decay_gamma, patience=config.lr_decay_patience, cooldown=_COOLDOWN
        )
        self._stopper = Stopper(config.patience)
        self._average: dict[str, Tensor] = {}
        self._n_averaged = 0
        self.loss_sum, self.n_steps = 0.0, 0

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
        return float(self._optimizer.param_groups[0]["lr"])

    def set_position(self, position: float) -> None:
        """Where the run is, 0 to 1: a cosine schedule sets its rate from that alone, down to a hundredth."""
        if self._config.lr_schedule == "cosine":
            rate = self._config.lr * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(position, 1.0))))
            for group in self._optimizer.param_groups:
                group["lr"] = rate

    def step(self, batch: Batch, cropped: Tensor, which: int) -> float | None:
        """One step of gradient descent on the target's loss; None (no step) where its truth is known nowhere.

        cropped: what `input_of` makes of the batch. A loss that is not finite is returned before anything has changed.
        """
        weights = batch.weights[:, which]
        if not (n_known := int((weights > 0).sum())):
            return None
        self.network.train()
        self._optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=self._config.precision == "bf16"):
            loss = training_loss(self.network, cropped, batch.mixture, batch.targets[which], weights / n_known)
        value = float(loss.detach())
        if not math.isfinite(value):
            return value
        loss.backward()  # type: ignore[no-untyped-call]
        if self._config.max_grad_norm > 0:
            nn.utils.clip_grad_norm_(self.network.parameters(), self._config.max_grad_norm)
        self._optimizer.step()
        self._follow()
        self.loss_sum += value
        self.n_steps += 1
        return value

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the averaged weights towards the present ones; early averages are shorter, so the start is forgotten."""
        if not self._config.ema:
            return
        self._n_averaged += 1
        decay = min(self._config.ema, (1 + self._n_averaged) / (10 + self._n_averaged))
        for name, value in self.network.state_dict().items():
            if not value.is_floating_point() or name not in self._average:
                self._average[name] = value.clone()
            else:
                self._average[name].lerp_(value, 1 - decay)

    def weights(self) -> dict[str, Tensor]:
        """The weights to validate and to publish: the averaged ones where there are any. A copy."""
        state = self._average or self.network.state_dict()
        return {name: value.detach().clone() for name, value in state.items()}

    def evaluated(self) -> OpenUnmix:
        """A network with those weights, ready to be used."""
        network = OpenUnmix(network_shape(self._config))
        network.load_state_dict(self.weights())
        return network.eval()

    def end_epoch(self, valid_loss: float, epoch: int) -> bool:
        """Take the validation loss into schedule and early stop; whether it is the best so far."""
        if self._config.lr_schedule == "plateau":
            self._plateau.step(valid_loss)
        self.loss_sum, self.n_steps = 0.0, 0
        return self._stopper.see(valid_loss, epoch)

    @property
    def train_loss(self) -> float:
        """The mean training loss of the running epoch."""
        return self.loss_sum / max(self.n_steps, 1)

    def load_weights(self, state: dict[str, Tensor]) -> None:
        """Start from another network's weights."""
        self.network.load_state_dict(state)

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs."""
        stopper = self._stopper
        return {
            "network": self.network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "plateau": self._plateau.state_dict(),
            "stopper": {"best": stopper.best, "best_epoch": stopper.best_epoch, "waited": stopper.waited},
            "average": self._average,
            "n_averaged": self._n_averaged,
            "loss_sum": self.loss_sum,
            "n_steps": self.n_steps,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._plateau.load_state_dict(state["plateau"])
        for name, value in state["stopper"].items():
            setattr(self._stopper, name, value)
        self._average, self._n_averaged = state["average"], state["n_averaged"]
        self.loss_sum, self.n_steps = state["loss_sum"], state["n_steps"]


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
