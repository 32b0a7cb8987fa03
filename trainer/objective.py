"""What a network learns: an objective takes a batch and moves the network. The default is the reference's.

An objective of your own is a class with this protocol; `--objective package.module:Class` names it. docs/extending.md
shows two. It is code, so a run folder alone never chooses it: only the command line does.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

import torch
from torch import Tensor

from trainer.batches import Batch
from trainer.config import OWN_OBJECTIVES
from trainer.forward import training_loss
from trainer.trainee import Trainee
from umx_gui.errors import OptionError

Values = dict[str, float]


@dataclass(frozen=True)
class TargetBatch:
    """A batch as one target's objective sees it.

    mixture, target: magnitudes [N, B, C, F]. cropped: the mixture's lowest bins [N B, C max_bin], in the run's
    precision. weights: [B] of the items' errors; they add up to 1 or so, 0 where the truth is not known. songs: for
    each item the names of the tracks it was made of. mixture_wave, target_wave: [B, C, T], where the objective
    `needs_waves`, else empty.
    """

    mixture: Tensor
    target: Tensor
    cropped: Tensor
    weights: Tensor
    songs: tuple[tuple[str, ...], ...]
    mixture_wave: Tensor
    target_wave: Tensor


class Objective(Protocol):
    """Made with the `Trainee` it moves, once for each target. It may keep optimisers, networks and averages of its own.

    needs_waves: whether batches carry audio, too.
    """

    needs_waves: ClassVar[bool]

    def step(self, batch: TargetBatch) -> tuple[Values, Values]:
        """Move the network once; returns losses and logs, by name.

        The first loss is the target's training loss; none at all says that nothing was learnt of this batch. Every
        loss must be finite, else the run stops at its last good checkpoint. Logs are anything worth a curve; the
        history holds their means over an epoch. With several processes each sees its own items, and all must call
        `descend` equally often.
        """

    def state_dict(self) -> dict[str, Any]:
        """All that a resumed run needs besides the network and its optimiser: tensors and plain values."""

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state."""


class MagnitudeError:
    """The reference's objective: the mean squared error of magnitudes."""

    needs_waves: ClassVar[bool] = False

    def __init__(self, trainee: Trainee) -> None:
        self._trainee = trainee

    def step(self, batch: TargetBatch) -> tuple[Values, Values]:
        """One step of gradient descent."""
        with self._trainee.precision():
            loss = training_loss(self._trainee.network, batch.cropped, batch.mixture, batch.target, batch.weights)
        return {"loss": self._trainee.descend(loss)}, {}

    def state_dict(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Nothing."""


def target_batch(batch: Batch, cropped: Tensor, weights: Tensor, which: int) -> TargetBatch:
    """A batch as the objective of its target number `which` sees it."""
    waves = _played(batch.waves, batch.gains) if batch.waves.numel() else batch.waves
    return TargetBatch(
        mixture=batch.mixture,
        target=batch.targets[which],
        cropped=cropped,
        weights=weights.to(batch.mixture.device),
        songs=batch.songs,
        mixture_wave=waves[:, 0] if waves.numel() else waves,
        target_wave=waves[:, 1 + which] if waves.numel() else waves,
    )


def _played(waves: Tensor, gains: Tensor) -> Tensor:
    """Waves [B, S, C, T] filtered as the magnitudes were, with gains [B, F]."""
    if bool((gains == 1).all()):
        return waves
    spec = torch.fft.rfft(waves)
    curve = torch.nn.functional.interpolate(gains[:, None], size=spec.shape[-1], mode="linear", align_corners=True)
    filtered: Tensor = torch.fft.irfft(spec * curve[:, :, None], n=waves.shape[-1])
    return filtered


_OWN: dict[str, Callable[[Trainee], Objective]] = {"mse": MagnitudeError}


def objective_class(name: str) -> Callable[[Trainee], Objective]:
    """The class of an objective of ours, or of `package.module:Class`, which is imported. Raises OptionError."""
    if name in OWN_OBJECTIVES:
        return _OWN[name]
    module, _, attribute = name.partition(":")
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))  # as `python -m` does, so that it matters not how the trainer was started
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as e:
        raise OptionError("--objective", f"“{name}” cannot be imported ({e})") from e
    if not (isinstance(found, type) and all(hasattr(found, n) for n in ("step", "state_dict", "load_state_dict"))):
        raise OptionError("--objective", f"“{name}” is no class with step, state_dict and load_state_dict")
    return found
