"""What happens in a training run, as values: the run yields them, reports and the run's folder are told them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class StopReason(Enum):
    """Why the training of a target ended."""

    EPOCHS = "all epochs are done"
    PATIENCE = "the validation loss no longer falls"


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
class Paused:
    """The run waits, with a checkpoint written; told again and again until it goes on."""

    epoch: int
    step: int


@dataclass(frozen=True)
class Finished:
    """The end of the run, and why each target's training ended; of several seeds, which was the best for each."""

    reasons: dict[str, StopReason]
    seeds: dict[str, int] = field(default_factory=dict)


Event = StepDone | EpochDone | Paused | Finished


class PauseToken:
    """Set and cleared by whoever hears of a wish to pause; looked at between steps."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set_paused(self, on: bool) -> None:
        """Ask the run to wait, or to go on."""
        (self._event.set if on else self._event.clear)()

    @property
    def paused(self) -> bool:
        """Whether the run was asked to wait."""
        return self._event.is_set()


def outcome(event: Finished) -> str:
    """Why the training of each target ended, in words, and which seed was the best; what holds for all, said once."""
    parts = _by_value({target: reason.value for target, reason in event.reasons.items()}, "{value}", "{names}: {value}")
    seeds = {target: str(seed) for target, seed in event.seeds.items()}
    return "; ".join([*parts, *_by_value(seeds, "best of seed {value}", "{names} best of seed {value}")])


def _by_value(values: Mapping[str, str], of_all: str, of_some: str) -> list[str]:
    named: dict[str, list[str]] = {}
    for target, value in values.items():
        named.setdefault(value, []).append(target)
    form = of_all if len(named) == 1 else of_some
    return [form.format(value=value, names=", ".join(names)) for value, names in named.items()]
