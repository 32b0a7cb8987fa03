"""How the launcher speaks, and how it lets other programs speak."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence


class LaunchError(Exception):
    """A reason not to go on, in words for the user."""


def say(text: str) -> None:
    """Tell the user at once."""
    print(text, flush=True)


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command and keep what it says; it may still ask for a password on the terminal."""
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")


def last_lines(text: str, count: int = 12) -> str:
    """The end of a text, indented."""
    return "\n".join("    " + line for line in text.strip().splitlines()[-count:])
