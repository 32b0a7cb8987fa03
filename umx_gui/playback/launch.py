"""Starts the sound process, sends it news, and sees it off."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from umx_gui.engine.storage.scratch import Region
from umx_gui.playback.job import Job

_ROOT = Path(__file__).resolve().parents[2]
_LOG = logging.getLogger(__name__)


def python_module(name: str) -> list[str]:
    """The command that runs one of our modules in a Python of its own."""
    return [sys.executable, "-m", name]


def child_options() -> dict[str, Any]:
    """How our small processes are started.

    The working folder is the one our package is imported from, so that no file of the user's current folder is taken
    for a module; a session of their own keeps Ctrl+C in a terminal from reaching them before the window has closed.
    """
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    env.pop("PYTHONSAFEPATH", None)  # it would hide the working folder
    options: dict[str, Any] = {"cwd": _ROOT, "env": env}
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    else:
        options["start_new_session"] = True
    return options


class SoundProcess:
    """A running sound process. It lives as long as the pipe to it: when we die, however we die, it goes too."""

    def __init__(self, job: Job, descriptors: Sequence[int]) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        options = child_options()
        if sys.platform != "win32":
            options["pass_fds"] = tuple(descriptors)
        self._process = subprocess.Popen(
            python_module("umx_gui.playback.audio_process"),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            **options,
        )
        self._send(job.to_json())

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """Its exit code (negative: the signal that ended it), None while it runs."""
        return self._process.poll()

    def send_stems(self, stems: Region | None) -> None:
        """Tell it where other stems are."""
        self._send(json.dumps({"stems": None if stems is None else asdict(stems)}))

    def leave(self) -> None:
        """Ask it to fade out and go, without waiting."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            with suppress(OSError):
                self._process.stdin.close()

    def end(self, limit_s: float) -> None:
        """Wait until it has gone; end it by force after `limit_s` seconds."""
        self.leave()
        try:
            self._process.wait(limit_s)
        except subprocess.TimeoutExpired:
            _LOG.warning("the sound process did not leave in %.1f s", limit_s)
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def last_words(self) -> str:
        """The last line it wrote to its error stream, such as that of a traceback."""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def _send(self, line: str) -> None:
        stdin = self._process.stdin
        if stdin is not None and not stdin.closed:
            # A process that is gone is noticed by its exit code, not here.
            with suppress(OSError):
                stdin.write(line.encode() + b"\n")
                stdin.flush()
