"""A run's state in words, for the window and for the terminal."""

from __future__ import annotations

from umx_gui.engine.runs.run_folder import RunNews, RunState
from umx_gui.words import mark, tr

_STATES = {
    RunState.NEW: mark("Not started"),
    RunState.INTERRUPTED: mark("Interrupted"),
    RunState.STARTING: mark("Starting"),
    RunState.PREPARING: mark("Preparing"),
    RunState.TRAINING: mark("Training"),
    RunState.VALIDATING: mark("Validating"),
    RunState.PAUSED: mark("Paused"),
    RunState.STOPPING: mark("Stopping"),
    RunState.DONE: mark("Done"),
    RunState.STOPPED: mark("Stopped"),
    RunState.FAILED: mark("Failed"),
}
_LONGEST_S = 1e8


def state_words(news: RunNews, between: str = " · ") -> str:
    """A run's state in a line: Training · epoch 3 of 40 · step 12 of 250 · 0:42:10 left."""
    parts = [tr(_STATES[news.state])]
    if news.epoch and news.epochs:
        parts.append(tr("epoch {epoch} of {epochs}", epoch=news.epoch, epochs=news.epochs))
    if news.steps and news.state is RunState.TRAINING:
        parts.append(tr("step {step} of {steps}", step=news.step, steps=news.steps))
    if news.left_s is not None:
        parts.append(tr("{time} left", time=left_clock(news.left_s)))
    if not news.here:
        parts.append(tr("on another machine"))
    return between.join(parts)


def left_clock(seconds: float) -> str:
    """The time that a run still takes, with hours and seconds at any length: 0:42:10."""
    minutes, rest = divmod(int(min(max(seconds, 0.0), _LONGEST_S)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"
