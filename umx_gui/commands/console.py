"""Where a command says what it does: results on stdout, everything else on stderr, or JSON lines.

Streams may be missing (a Windows program without a console), closed, or of an encoding that lacks a character: none of
that ends the work.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from umx_gui.engine.naming import printable
from umx_gui.engine.songs.stages import SHARES
from umx_gui.engine.work import Progress
from umx_gui.messages import Message

_EVENT_GAP_S = 0.1
# Shares of a song's time, for one bar that never runs backwards.
_STAGES = {
    **SHARES,
    "downloading": (0.0, 1.0),
    "copying": (0.0, 1.0),
}


class Console:
    """The way out for one command. With `json_lines` stdout holds one JSON object a line, and nothing else."""

    def __init__(self, json_lines: bool = False, verbose: bool = False) -> None:
        self._json, self._verbose = json_lines, verbose
        self._bar: tqdm[None] | None = None
        self._label = ""
        self._told_at = -math.inf
        self._told: tuple[str, float] = ("", -1.0)

    def say(self, text: str) -> None:
        """A line of the result; not in JSON mode, where `event` says it."""
        if not self._json:
            self._write(sys.stdout, text + "\n")

    def event(self, event: str, **fields: object) -> None:
        """A JSON line, in JSON mode."""
        if self._json:
            self._write(sys.stdout, json.dumps({"event": event, **fields}) + "\n")

    def note(self, message: Message) -> None:
        """Something the user should know, though the work goes on."""
        self.event("note", title=message.title, reason=message.reason, action=message.action)
        self._write(sys.stderr, printable(message.one_line()) + "\n")

    def detail(self, text: str) -> None:
        """Something for those who asked for more."""
        if self._verbose:
            self._write(sys.stderr, printable(text) + "\n")

    def error(self, message: Message) -> None:
        """Why the work, or one song of it, did not succeed."""
        self.event("error", title=message.title, reason=message.reason, action=message.action)
        self._write(sys.stderr, "umx-gui: " + printable(message.one_line()) + "\n")

    def ask(self, question: str) -> bool:
        """Ask the user at the terminal; no where there is none."""
        if self._json or not all(s is not None and _is_terminal(s) for s in (sys.stdin, sys.stderr)):
            return False
        self._write(sys.stderr, f"{question} [y/N] ")
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    @contextmanager
    def song(self, label: str) -> Iterator[None]:
        """A bar for one song, where stderr is a terminal."""
        self._label, self._told = label, ("", -1.0)
        if sys.stderr is not None and _is_terminal(sys.stderr):
            self._bar = tqdm(
                total=1.0, desc=printable(label), bar_format="{desc} {percentage:3.0f}%|{bar}|{postfix}", leave=False
            )
        try:
            yield
        finally:
            if self._bar is not None:
                self._bar.close()
                self._bar = None

    def progress(self, stage: str, progress: Progress) -> None:
        """How far the song is, at most ten times a second."""
        now = time.monotonic()
        ends = progress.fraction >= 1.0 and self._told != (stage, 1.0)
        if now - self._told_at < _EVENT_GAP_S and not ends:
            return
        start, share = _STAGES[stage]
        total = start + share * progress.fraction
        self._told_at, self._told = now, (stage, progress.fraction)
        rounded = None if progress.remaining_s is None else round(progress.remaining_s, 1)
        self.event(
            "progress",
            file=self._label,
            stage=stage,
            fraction=round(progress.fraction, 4),
            total=round(total, 4),
            remaining_s=rounded,
        )
        if self._bar is not None:
            self._bar.set_postfix_str(stage + (f", {_time(progress.remaining_s)} left" if progress.remaining_s else ""))
            self._bar.update(max(total - self._bar.n, 0.0))

    def _write(self, stream: TextIO | None, text: str) -> None:
        if stream is None:
            return
        if self._bar is not None:
            self._bar.clear()
        try:
            stream.write(_encodable(text, stream))
            stream.flush()
        except (OSError, ValueError):
            # Nobody reads on (a closed pipe). What is written to files is worth finishing all the same.
            _to_nowhere(stream)
        if self._bar is not None:
            self._bar.refresh()


def path_text(path: Path) -> str:
    """A path as it is typed; bytes that are no text are shown as such."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _encodable(text: str, stream: TextIO) -> str:
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding, "replace")


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        return False


def _to_nowhere(stream: TextIO) -> None:
    """Let Python's own flush at the end succeed, which else changes the exit code."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
