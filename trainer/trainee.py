"""One target's network as an objective sees it, and the step of gradient descent that moves it."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from trainer.config import TrainConfig
from trainer.parallel import Group
from umx_gui.engine.models.network import OpenUnmix


class Trainee:
    """What an objective is given: `network` on `device`, the target's name, the run's options, and `descend`."""

    def __init__(self, target: str, config: TrainConfig, network: OpenUnmix, group: Group) -> None:
        self.target, self.config, self.network, self.group = target, config, network, group
        self.optimizer = torch.optim.Adam(
            network.parameters(), lr=config.lr, weight_decay=config.weight_decay, fused=True
        )
        self.average: dict[str, Tensor] = {}
        self.n_averaged = 0

    @property
    def device(self) -> torch.device:
        """Where the network is, and batches are."""
        return self.network.input_mean.device

    def precision(self) -> torch.autocast:
        """A context for forward passes in the run's precision."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.config.precision == "bf16")

    def descend(self, loss: Tensor) -> float:
        """Move the network down the gradient of a scalar, averaged over the processes; returns its value.

        A loss that is not finite, in any process, is returned before anything has changed.
        """
        value = self.group.mean(float(loss.detach()), self.device)
        if not math.isfinite(value):
            return value
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.group.average(self.network.parameters())
        if self.config.max_grad_norm > 0:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.config.max_grad_norm)
        self.optimizer.step()
        self._follow()
        return value

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the averaged weights towards the present ones; early averages are shorter, so the start is forgotten."""
        if not self.config.ema:
            return
        self.n_averaged += 1
        decay = min(self.config.ema, (1 + self.n_averaged) / (10 + self.n_averaged))
        for name, value in self.network.state_dict().items():
            if not value.is_floating_point() or name not in self.average:
                self.average[name] = value.clone()
            else:
                self.average[name].lerp_(value, 1 - decay)

    def weights(self) -> dict[str, Tensor]:
        """The weights to validate and to publish: the averaged ones where there are any. A copy."""
        state = self.average or self.network.state_dict()
        return {name: value.detach().clone() for name, value in state.items()}
