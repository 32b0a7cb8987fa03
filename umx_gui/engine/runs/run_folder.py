"""What the folder of a training run tells those who watch it, here or on another machine.

config.json      the options
history.jsonl    one line an epoch
run.pid          the process that trains; it keeps the file locked, and so a run cannot be trained twice at once
progress.json    where it is, written about once a second
run.stop         asks it to stop, where signals cannot
run.pause        has it wait as long as it is there
excerpts/        epoch-NNN/<target>.flac: how it sounds
train.log        what it says, if a window started it
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from umx_gui.engine.naming import printable
from umx_gui.engine.runs.run_history import HISTORY, number
from umx_gui.engine.storage.files import open_plain, read_small, try_lock

CONFIG, PID, PROGRESS, STOP, LOG = "config.json", "run.pid", "progress.json", "run.stop", "train.log"
CHECKPOINT, BEST = "checkpoint.pt", "best"
PAUSE, EXCERPTS = "run.pause", "excerpts"
# A run on another machine that said nothing for so long is taken for dead; a validation may take minutes.
SILENT_S = 900.0
_LOG_TAIL = 4096


class RunState(Enum):
    """What a run is doing."""

    NEW = "not started"
    STARTING = "starting"
    PREPARING = "preparing"
    TRAINING = "training"
    VALIDATING = "validating"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    DONE = "done"

    @property
    def running(self) -> bool:
        """Whether a process is at work on it."""
        return self in _RUNNING


_RUNNING = (
    *(RunState.STARTING, RunState.PREPARING, RunState.TRAINING, RunState.VALIDATING),
    *(RunState.PAUSED, RunState.STOPPING),
)


@dataclass(frozen=True, slots=True)
class RunNews:
    """Where a run is. Numbers are 0 where they are not known, `left_s` is None then.

    here: whether it is this machine's, and so can be stopped and resumed. detail: why it failed, or ended.
    """

    folder: Path
    state: RunState
    targets: tuple[str, ...] = ()
    epochs: int = 0
    epoch: int = 0
    step: int = 0
    steps: int = 0
    left_s: float | None = None
    detail: str = ""
    here: bool = True
    resumable: bool = False
    publishable: bool = False

    @property
    def fraction(self) -> float | None:
        """How much of all epochs is done."""
        if self.epochs < 1 or self.epoch < 1:
            return None
        done = self.epoch - 1 + (self.step / self.steps if self.steps else 0.0)
        return min(max(done / self.epochs, 0.0), 1.0)


def is_run(folder: Path) -> bool:
    """Whether a folder looks like a run's."""
    return (folder / CONFIG).is_file() or (folder / HISTORY).is_file()


def read_run(folder: Path, history_epochs: int = 0) -> RunNews:
    """What a run's folder tells now; `history_epochs` is the last epoch of its history. Never fails."""
    config, progress = _json(folder / CONFIG), _json(folder / PROGRESS)
    targets = config.get("targets")
    host = progress.get("host", socket.gethostname())
    held = is_held(folder)
    here = held or host == socket.gethostname()
    state = _state(folder, progress, held, here)
    seeds = config.get("seeds")
    epochs = _count(config.get("epochs")) * (max(len(seeds), 1) if isinstance(seeds, list) else 1)
    if not progress:
        state = RunState.DONE if 0 < epochs <= history_epochs and not held else state
        progress = {"epoch": history_epochs}
    left_s = number(progress.get("left_s"))
    known = state.running and left_s >= 0
    return RunNews(
        folder=folder,
        state=state,
        targets=tuple(printable(str(t))[:64] for t in targets[:32]) if isinstance(targets, list) else (),
        epochs=epochs,
        epoch=_count(progress.get("epoch")),
        step=_count(progress.get("step")),
        steps=_count(progress.get("steps")),
        left_s=left_s if known else None,
        detail=_detail(folder, progress, state),
        here=here,
        resumable=(folder / CHECKPOINT).is_file(),
        publishable=(folder / BEST / "separator.json").is_file(),
    )


def is_held(folder: Path) -> bool:
    """Whether a process of this machine is training this run now."""
    try:
        fd = open_plain(folder / PID, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    except OSError:
        return False
    try:
        return not try_lock(fd, unsupported=True)
    finally:
        os.close(fd)


def ask_to_stop(folder: Path) -> bool:
    """Ask the run's process to save a checkpoint and end; False where none of this machine is at work."""
    pid = _json(folder / PID).get("pid")
    if not is_held(folder) or type(pid) is not int or pid < 2:
        return False
    try:
        if sys.platform == "win32":
            # A console event reaches only processes of the same console, and a window has none.
            (folder / STOP).touch()
        else:
            os.kill(pid, signal.SIGTERM)
    except OSError:
        return False
    return True


def set_paused(folder: Path, on: bool) -> bool:
    """Have a run wait, or go on; False where it cannot be told. It hears of it within a step, and saves first."""
    try:
        if on:
            os.close(open_plain(folder / PAUSE, os.O_WRONLY | os.O_CREAT))
        else:
            (folder / PAUSE).unlink(missing_ok=True)
    except OSError:
        return False
    return True


def last_words(folder: Path) -> str:
    """The last line of what a run that a window started has said; "" where there is none."""
    with contextlib.suppress(OSError), os.fdopen(open_plain(folder / LOG, os.O_RDONLY), "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - _LOG_TAIL, 0))
        lines = file.read(_LOG_TAIL).decode("utf-8", "replace").replace("\r", "\n").split("\n")
        return next((printable(line).strip()[:400] for line in reversed(lines) if line.strip()), "")
    return ""


def _state(folder: Path, progress: Mapping[str, Any], held: bool, here: bool) -> RunState:
    try:
        told = RunState(progress.get("state", RunState.NEW.value))
    except ValueError:
        told = RunState.NEW
    if held:
        return told if told.running else RunState.PREPARING
    if not told.running:
        if told is not RunState.NEW:
            return told
        if (folder / CHECKPOINT).is_file() or (folder / HISTORY).is_file():
            return RunState.STOPPED
        return RunState.FAILED if last_words(folder) else RunState.NEW
    return told if not here and _silent_s(folder) < SILENT_S else RunState.INTERRUPTED


def _silent_s(folder: Path) -> float:
    try:
        return time.time() - (folder / PROGRESS).stat().st_mtime
    except OSError:
        return float("inf")


def _detail(folder: Path, progress: Mapping[str, Any], state: RunState) -> str:
    if state not in (RunState.FAILED, RunState.DONE):
        return ""
    return printable(str(progress.get("detail", "")))[:400] or (last_words(folder) if state is RunState.FAILED else "")


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(read_small(path))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 31 else 0
