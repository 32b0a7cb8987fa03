"""The commands `umx-trainer pause`, `continue` and `stop`: what one may ask of a run that is at work."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from umx_gui.engine.runs.run_folder import ask_to_stop, is_run, read_run, set_paused
from umx_gui.errors import OutputNotWritableError, RunError

COMMANDS = {
    "pause": "have a run save a checkpoint and wait, holding its memory",
    "continue": "have a paused run go on",
    "stop": "have a run save a checkpoint and end",
}


def add_controls(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the commands."""
    for name, words in COMMANDS.items():
        commands.add_parser(name, help=words).add_argument("run", type=Path, help="the run's folder")


def run_control(options: dict[str, Any]) -> int:
    """Run the command; returns the exit code. Raises RunError and OutputNotWritableError."""
    run, command = options["run"], options["command"]
    if not is_run(run):
        raise RunError(run, "it holds neither config.json nor history.jsonl, so it is no run folder")
    if not read_run(run).state.running:
        raise RunError(run, "no process is at work on it")
    if command == "stop":
        if not ask_to_stop(run):
            raise RunError(run, "its process is not one that can be told from here")
    elif not set_paused(run, command == "pause"):
        raise OutputNotWritableError(run, "the wish cannot be written there")
    sys.stdout.write(
        {"pause": "It pauses", "continue": "It goes on", "stop": "It stops"}[command] + " at its next step.\n"
    )
    return 0
