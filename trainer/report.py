"""What a run says while it goes: a progress bar and a line per epoch for people, lines of JSON for programs."""

from __future__ import annotations

import json
import sys
import time
from typing import Protocol

from tqdm import tqdm

from trainer.events import EpochDone, Event, Paused, StepDone, outcome
from umx_gui.engine.runs.run_words import left_clock

_JSON_EVERY_S = 1.0
_LOG_EVERY_S = 60.0  # where nobody looks, and every state of the bar stays in a file


class Reports(Protocol):
    """Anything that can be told what happens."""

    def tell(self, event: Event) -> None:
        """Take an event of a run."""


class Report:
    """A bar for the steps of an epoch, on a terminal; a line per epoch anywhere."""

    def __init__(self, epochs: int = 0) -> None:
        self._bar: tqdm[None] | None = None
        self._paused = False
        self._epochs = epochs
        self._began: tuple[float, float] | None = None

    def tell(self, event: Event) -> None:
        """Take an event of a run."""
        if isinstance(event, Paused):
            if not self._paused:
                self._end_bar()
                self._say("paused; umx-trainer continue, or the window, has it go on")
            self._paused = True
            return
        self._paused = False
        if isinstance(event, StepDone):
            if self._bar is None:
                seen = sys.stderr.isatty()
                self._bar = tqdm(
                    total=event.steps, initial=event.step - 1, desc=f"epoch {event.epoch}", unit="step",
                    mininterval=1.0 if seen else _LOG_EVERY_S, delay=0.0 if seen else _LOG_EVERY_S, leave=False,
                )  # fmt: skip
            # What is too long for the line is cut off at its end: of four losses, not of the time that is left.
            told = {k: f"{v:#.3g}" for k, v in event.losses.items()}
            self._bar.set_postfix({**self._left(event), **told}, refresh=False)
            self._bar.update()
            return
        self._end_bar()
        self._say(_epoch_lines(event) if isinstance(event, EpochDone) else f"done: {outcome(event)}")

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _left(self, event: StepDone) -> dict[str, str]:
        """The time that all epochs still take, were it to go on like this; the bar itself tells the epoch's."""
        if not self._epochs:
            return {}
        share, now = (event.epoch - 1 + event.step / event.steps) / self._epochs, time.monotonic()
        self._began = self._began or (share, now)
        done = share - self._began[0]
        if done <= 0:
            return {}
        return {"all": f"{left_clock((now - self._began[1]) * (1 - share) / done)} left"}

    def _say(self, text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


class JsonReport:
    """One JSON object a line; steps at most once a second."""

    def __init__(self) -> None:
        self._last = 0.0
        self._paused = False

    def tell(self, event: Event) -> None:
        """Take an event of a run."""
        now = time.monotonic()
        if isinstance(event, Paused):
            if not self._paused:
                self._say({"event": "paused", "epoch": event.epoch, "step": event.step})
            self._paused = True
            return
        self._paused = False
        if isinstance(event, StepDone):
            if now - self._last < _JSON_EVERY_S and event.step < event.steps:
                return
            self._last = now
            line = {"event": "step", "epoch": event.epoch, "step": event.step, "steps": event.steps}
            self._say({**line, "losses": event.losses})
        elif isinstance(event, EpochDone):
            self._say({"event": "epoch", **event.line})
        else:
            done: dict[str, object] = {"event": "done"}
            done["reasons"] = {target: reason.name.lower() for target, reason in event.reasons.items()}
            self._say({**done, "seeds": event.seeds} if event.seeds else done)

    def _say(self, line: dict[str, object]) -> None:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def _epoch_lines(event: EpochDone) -> str:
    """An epoch in a line; of several targets, a line for each below its number."""
    targets = event.line["targets"]
    width = max((len(target) for target in targets), default=0)
    lines = []
    for target, values in targets.items():
        gain = ""
        if values["sdr_db"] is not None:
            gain = f"  SDR {values['sdr_db']:.2f} dB (gain {values['sdr_db'] - values['mixture_sdr_db']:+.2f})"
        lines.append(f"{target:<{width}}  train {values['train_loss']:<9.4f} valid {values['valid_loss']:<9.4f}{gain}")
    head = f"epoch {event.epoch}"
    return f"{head}  {lines[0]}" if len(lines) == 1 else "\n  ".join([head, *lines])
