"""The command line `umx-trainer`. Exit codes: 0 done, 1 failed with a message, 2 usage, 130 cancelled."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trainer.check_cli import add_check, run_check
from trainer.control_cli import COMMANDS, add_controls, run_control
from trainer.evaluate_cli import add_evaluate, run_evaluate
from trainer.train_cli import add_train, run_train
from umx_gui.engine.faults import expected, log_fault
from umx_gui.errors import Cancelled, OptionError, UmxError
from umx_gui.messages import Message, describe

_log = logging.getLogger("trainer")


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    top = argparse.ArgumentParser(prog="umx-trainer", description="Train Open-Unmix models.")
    commands = top.add_subparsers(dest="command", required=True)
    add_train(commands)
    out = commands.add_parser("publish", help="make a model of a run's best weights")
    out.add_argument("run", type=Path, help="the run's folder")
    out.add_argument("name", help="the model's name")
    out.add_argument("--out", type=Path, help="write NAME into this folder, instead of among your models")
    out.add_argument("--fp32", action="store_true", help="store full precision, not half")
    out.add_argument("--no-pth", action="store_true", help="leave out the files that openunmix loads")
    out.add_argument("--licence", default="not stated", help="the licence of the weights")
    look = commands.add_parser("watch", help="show a run's epochs while it goes on")
    look.add_argument("run", type=Path, help="the run's folder")
    look.add_argument("--once", action="store_true", help="show them once and end")
    add_evaluate(commands)
    add_check(commands)
    add_controls(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code. Whatever goes wrong is said in one sentence."""
    options = vars(parser().parse_args(argv))
    if argv is None and not sys.warnoptions:
        # What libraries warn their programmers of is nothing for users.
        warnings.simplefilter("ignore")
    try:
        if options["command"] in COMMANDS:
            return run_control(options)
        run = {
            "train": run_train, "publish": _publish, "watch": _watch, "evaluate": run_evaluate,
            "check-dataset": run_check,
        }  # fmt: skip
        return run[options["command"]](options)
    except (Cancelled, KeyboardInterrupt):
        _say("Stopped. Go on with --checkpoint." if options["command"] == "train" else "Stopped.")
        return 130
    except BrokenPipeError:
        # Nobody reads on. Python's own flush at the end would fail, too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the command line is one of the named doors
        return _failed(expected(error))


def _failed(error: Exception) -> int:
    """Say why it failed, and log what nobody expected; returns the exit code."""
    message = describe(error)
    if not isinstance(error, UmxError) and (path := log_fault(error, _log)):
        message = Message(message.title, message.reason, f"{message.action}: {path}")
    _say(message.one_line())
    return 2 if isinstance(error, OptionError) else 1


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _watch(options: dict[str, Any]) -> int:
    from trainer.watch import watch

    watch(options["run"], options["once"])
    return 0


def _publish(options: dict[str, Any]) -> int:
    from trainer.publish import publish

    half = not options["fp32"]
    folder = publish(options["run"], options["name"], options["out"], half, options["licence"], not options["no_pth"])
    print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
