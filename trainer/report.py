"""What a run says while it goes: a progress bar and a line per epoch for people, lines of JSON for programs."""

from __future__ import annotations

import json
import sys
import time
from typing import Protocol

from tqdm import tqdm

from trainer.train import EpochDone, Finished, StepDone

_JSON_EVERY_S = 1.0
Event = StepDone | EpochDone | Finished


class Reports(Protocol):
    """Anything that can be told what happens."""

    def tell(self, event: Event) -> None:
        """Take an event of a run."""


class Report:
    """A bar for the steps of an epoch, on a terminal; a line per epoch anywhere."""

    def __init__(self) -> None:
        self._bar: tqdm[None] | None = None

    def tell(self, event: Event) -> None:
        """Take an event of a run."""
        if isinstance(event, StepDone):
            if self._bar is None:
                self._bar = tqdm(
                    total=event.steps, initial=event.step - 1, desc=f"epoch {event.epoch}", unit="step",
                    mininterval=1.0 if sys.stderr.isatty() else 60.0, leave=False,
                )  # fmt: skip
            self._bar.set_postfix({k: f"{v:.3f}" for k, v in event.losses.items()}, refresh=False)
            self._bar.update()
            return
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        if isinstance(event, EpochDone):
            self._say(_epoch_line(event))
        else:
            self._say("done: " + "; ".join(f"{target}: {reason.value}" for target, reason in event.reasons.items()))

    def _say(self, text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


class JsonReport:
    """One JSON object a line; steps at most once a second."""

    def __init__(self) -> None:
        self._last = 0.0

    def tell(self, event: Event) -> None:
        """Take an event of a run."""
        now = time.monotonic()
        if isinstance(event, StepDone):
            if now - self._last < _JSON_EVERY_S and event.step < event.steps:
                return
            self._last = now
            line = {"event": "step", "epoch": event.epoch, "step": event.step, "steps": event.steps}
            self._say({**line, "losses": event.losses})
        elif isinstance(event, EpochDone):
            self._say({"event": "epoch", **event.line})
        else:
            self._say({"event": "done", "reasons": {t: reason.name.lower() for t, reason in event.reasons.items()}})

    def _say(self, line: dict[str, object]) -> None:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def _epoch_line(event: EpochDone) -> str:
    parts = []
    for target, values in event.line["targets"].items():
        gain = ""
        if values["sdr_db"] is not None:
            gain = f", SDR {values['sdr_db']:.2f} dB ({values['sdr_db'] - values['mixture_sdr_db']:+.2f})"
        parts.append(f"{target} train {values['train_loss']:.4f} valid {values['valid_loss']:.4f}{gain}")
    return f"epoch {event.epoch}: " + "; ".join(parts)
