"""What a run at work writes into its folder for those who watch, and the lock that keeps a second one away."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from trainer.config import TrainConfig
from trainer.events import EpochDone, Event, Paused, PauseToken, StepDone, outcome
from umx_gui.engine.runs.run_folder import BEST, EXCERPTS, PAUSE, PID, PROGRESS, STOP, RunState
from umx_gui.engine.storage.file_set import typed_errors
from umx_gui.engine.storage.files import open_plain, try_lock
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled, RunBusyError, UmxError
from umx_gui.messages import describe

_EVERY_S = 1.0
_TRIES, _PAUSE_S = 10, 0.05  # whoever looks whether a run is at work holds its lock for an instant


class LiveRun:
    """Holds a run's folder while it is trained; `tell` it what happens.

    A file run.stop in the folder cancels the token, and run.pause sets the other one as long as it is there.
    What cannot be written here never ends a training.
    """

    def __init__(self, config: TrainConfig, cancel: CancelToken, pause: PauseToken | None = None) -> None:
        self._folder, self._cancel, self._pause = Path(config.output), cancel, pause or PauseToken()
        self._epochs = config.epochs * max(len(config.seeds), 1)
        self._fd = -1
        self._made = False
        self._written, self._told_state = 0.0, ""
        self._began: tuple[float, float] | None = None  # time and share of all epochs when the first step was done
        self._now: dict[str, Any] = {"state": RunState.PREPARING.value, "host": socket.gethostname()}

    def __enter__(self) -> LiveRun:
        """Take the folder. Raises RunBusyError, OutputNotWritableError and DiskFullError."""
        with typed_errors(self._folder):
            self._made = not self._folder.exists()
            self._folder.mkdir(parents=True, exist_ok=True)
            self._refuse_links()
            self._fd = open_plain(self._folder / PID, os.O_RDWR | os.O_CREAT)
            if not self._lock():
                os.close(self._fd)
                raise RunBusyError(self._folder)
            os.ftruncate(self._fd, 0)
            os.write(self._fd, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode())
        with contextlib.suppress(OSError):
            (self._folder / STOP).unlink(missing_ok=True)
            (self._folder / PAUSE).unlink(missing_ok=True)
        self._write()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if isinstance(error, (Cancelled, KeyboardInterrupt)):
            self._now["state"] = RunState.STOPPED.value
        elif error is not None:
            self._now["state"] = RunState.FAILED.value
            told = isinstance(error, UmxError)
            self._now["detail"] = describe(error).one_line() if told else f"{type(error).__name__}: {error}"
        self._write()
        os.close(self._fd)
        if error is not None and self._made and not (self._folder / "config.json").exists():
            # Nothing came of it: leave no folder that was not there.
            with contextlib.suppress(OSError):
                for name in (PID, PROGRESS):
                    (self._folder / name).unlink(missing_ok=True)
                self._folder.rmdir()

    def tell(self, event: Event) -> None:
        """Take an event of the run."""
        now = time.monotonic()
        if isinstance(event, Paused):
            # The pause is no part of what the rest is estimated from.
            self._began = None
            self._now.update(state=RunState.PAUSED.value, epoch=event.epoch, step=event.step, left_s=None)
            self._look()
            if now - self._written >= _EVERY_S or self._told_state != RunState.PAUSED.value:
                self._write()
            return
        if isinstance(event, StepDone):
            last = event.step == event.steps
            state = RunState.VALIDATING if last else RunState.TRAINING
            share = (event.epoch - 1 + event.step / event.steps) / self._epochs
            self._note(state, event.epoch, event.step, event.steps, left_s=self._left_s(now, share))
            if not last and now - self._written < _EVERY_S:
                return
            self._look()
        elif isinstance(event, EpochDone):
            state = RunState.TRAINING
            self._note(state, event.epoch, event.line["steps"], event.line["steps"], self._now.get("left_s"))
        else:
            self._now["state"] = RunState.DONE.value
            self._now["left_s"] = 0.0
            self._now["detail"] = outcome(event)
        self._write()

    def _look(self) -> None:
        """See what is asked of the run."""
        with contextlib.suppress(OSError):
            if (self._folder / STOP).exists():
                self._cancel.cancel()
            self._pause.set_paused((self._folder / PAUSE).exists())

    def _refuse_links(self) -> None:
        """A run's folder may come from anybody. Raises OSError where a part of it is a link that leads elsewhere."""
        for name in (PID, BEST, EXCERPTS):
            if (self._folder / name).is_symlink():
                raise OSError(errno.ELOOP, f"{name} in it is a link")

    def _lock(self) -> bool:
        for _ in range(_TRIES):
            if try_lock(self._fd, unsupported=True):
                return True
            time.sleep(_PAUSE_S)
        return False

    def _left_s(self, now: float, share: float) -> float | None:
        if self._began is None:
            self._began = (now, share)
        start, share_then = self._began
        done = share - share_then
        return (now - start) * (1 - share) / done if done > 0 else None

    def _note(self, state: RunState, epoch: int, step: int, steps: int, left_s: float | None) -> None:
        self._now.update(state=state.value, epoch=epoch, step=step, steps=steps, left_s=left_s)

    def _write(self) -> None:
        """In one go, but not forced to the disk: it is worth nothing after a power cut."""
        self._written, self._told_state = time.monotonic(), str(self._now["state"])
        temp = self._folder / f".{PROGRESS}.new"
        with contextlib.suppress(OSError):
            temp.unlink(missing_ok=True)  # nor is a link written through
            with temp.open("x", encoding="utf-8") as file:
                file.write(json.dumps(self._now))
            temp.replace(self._folder / PROGRESS)
