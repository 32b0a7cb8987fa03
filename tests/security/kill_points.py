"""Kills writers at many points of their way, and looks at what is left: `kill_points.py FOLDER POINTS NAME ...`.

One process prepares and checks; each run of the writer is a fork of it, which quick death costs nothing. Half of the
points are calls into the system, numbered (before a rename, between two of them, after the last); half are moments, for
what C libraries write without asking Python. The last line of the output is a JSON object.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from writers import Writer, writer

CALLS = ("replace", "rename", "fsync", "unlink", "chmod", "link", "open", "close", "write", "mkdir", "rmdir")


class Deadly:
    """Counts the system calls of this process; kills it at the one of number `at`."""

    def __init__(self, at: int) -> None:
        self.count, self._at = 0, at
        for name in CALLS:
            setattr(os, name, self._counted(getattr(os, name)))

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: object, **named: object) -> object:
            self.count += 1
            if self.count == self._at:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **named)

        return counted


def run(subject: Writer, folder: Path, call: int = 0, moment_s: float | None = None) -> tuple[int, int, float]:
    """Run the writer in a fork: how it ended (0 or -signal), its number of calls, and how long it took."""
    read, write = os.pipe()
    began = time.monotonic()
    if (pid := os.fork()) == 0:
        deadly = Deadly(call)
        try:
            subject.act(folder)
        except BaseException as error:  # noqa: BLE001 - a fork must not go on with its parent's work
            os.write(write, f"{type(error).__name__}: {error}".encode()[:500])
            os._exit(1)
        os.write(write, str(deadly.count).encode())
        os._exit(0)
    os.close(write)
    if moment_s is not None:
        time.sleep(max(moment_s - (time.monotonic() - began), 0))
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code in (0, -signal.SIGKILL), said
    return code, int(said or 0), time.monotonic() - began


def everything_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def main(name: str, place: Path, n_points: int) -> dict[str, object]:
    """Kill the writer at this many points; how often it was killed, and which states were found."""
    torch.set_num_threads(1)
    place.mkdir(parents=True, exist_ok=True)
    subject = writer(name, place)
    template, folder, looked_at = place / "template", place / "folder", place / "looked at"
    template.mkdir()
    subject.prepare(template)
    shutil.copytree(template, folder)
    code, n_calls, duration_s = run(subject, folder)
    assert code == 0
    assert subject.check(folder) == "new"
    assert everything_in(folder) == subject.files
    states: Counter[str] = Counter()
    killed = 0
    n_calls_tried = -(-n_points // 2)
    for point in range(n_points):
        shutil.rmtree(folder)
        shutil.copytree(template, folder)
        if point < n_calls_tried:
            code, _, _ = run(subject, folder, call=1 + point * n_calls // max(n_calls_tried - 1, 1))
        else:
            moment_s = duration_s * 1.1 * (point - n_calls_tried) / max(n_points - n_calls_tried, 1)
            code, _, _ = run(subject, folder, moment_s=moment_s)
        killed += code != 0
        shutil.rmtree(looked_at, ignore_errors=True)
        shutil.copytree(folder, looked_at)
        states[subject.check(looked_at)] += 1
        # The next run succeeds, and tidies up after the one that was killed, looked at or not.
        assert run(subject, folder)[0] == 0
        assert everything_in(folder) == subject.files, everything_in(folder) ^ subject.files
        assert subject.check(folder) == "new"
    return {"points": n_points, "killed": killed, "calls": n_calls, "states": states}


def told(name: str, place: Path, n_points: int) -> dict[str, object]:
    """The same, with what went wrong as a text."""
    try:
        return main(name, place, n_points)
    except Exception:  # noqa: BLE001 - the other writers are to be tried, too
        return {"failed": traceback.format_exc()}


if __name__ == "__main__":
    folder, points = Path(sys.argv[1]), int(sys.argv[2])
    print(json.dumps({name: told(name, folder / name, points) for name in sys.argv[3:]}))
