"""The command line `umx-trainer`. Exit codes: 0 done, 1 failed with a message, 2 usage, 130 cancelled."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from trainer.config import AUGMENTATIONS, PRECISIONS, SCHEDULES, TARGETS, TrainConfig, config_from, read_config
from trainer.evaluate_cli import add_evaluate, run_evaluate
from umx_gui.engine.faults import expected, log_fault
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled, OptionError, UmxError
from umx_gui.messages import Message, describe

_log = logging.getLogger("trainer")

_HELP = {
    "batch_size": "items in a batch",
    "lr": "learning rate",
    "patience": "epochs without progress before the early stop",
    "lr_decay_patience": "epochs without progress before the learning rate is lowered",
    "lr_decay_gamma": "factor by which it is lowered",
    "seq_dur": "length of an excerpt in seconds",
    "nb_workers": "processes that make batches (0: none)",
    "samples_per_track": "excerpts per track in an epoch",
    "bandwidth": "what the network sees, in Hz from zero",
    "steps_per_epoch": "steps in an epoch, instead of excerpts per track",
    "ema": "keep an average of the weights with this decay, and use that (0: none)",
    "max_grad_norm": "limit of the gradient's norm (0: none)",
    "threads": "threads of PyTorch (0: its own choice)",
    "aligned_share": "share of items whose stems come from one track",
    "real_share": "share of real tracks where there are synthetic ones too",
    "no_vocals_share": "share of items without vocals",
    "vocals_only_share": "share of items with vocals alone",
    "scaler_items": "measure the input scaler on this many drawn items instead of whole songs",
    "checkpoint_minutes": "minutes between checkpoints within an epoch",
}
_CHOICES = {"lr_schedule": SCHEDULES, "precision": PRECISIONS, "dataset": ("folder",)}
# What a resumed run may be told anew; all else would make it another run.
_MAY_CHANGE = {
    "root", "epochs", "nb_workers", "threads", "patience", "lr", "lr_schedule", "steps_per_epoch",
    "checkpoint_minutes", "precision", "max_grad_norm", "samples_per_track", "aligned_share", "real_share", "gain_db",
}  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    top = argparse.ArgumentParser(prog="umx-trainer", description="Train Open-Unmix models.")
    commands = top.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train a model", argument_default=argparse.SUPPRESS)
    train.add_argument("--target", action="append", dest="target_list", help="a target to train; may be repeated")
    train.add_argument("--targets", nargs="+", help="targets to train in one run, or all (vocals drums bass other)")
    train.add_argument("--model", help="start from the weights of this model, by name or folder")
    train.add_argument("--checkpoint", type=Path, help="go on with the run in this folder")
    train.add_argument("--source-augmentations", nargs="*", help=f"of {', '.join(AUGMENTATIONS)}")
    train.add_argument(
        "--gain-db", nargs=2, type=float, metavar=("LOW", "HIGH"), help="range of the gain, instead of 0.25 to 1.25"
    )
    train.add_argument("--json-progress", action="store_true", help="tell progress as lines of JSON")
    train.add_argument("--unidirectional", action="store_true", help="a network that does not look ahead")
    for field in fields(TrainConfig):
        if field.name in ("targets", "model", "source_augmentations", "unidirectional", "gain_db"):
            continue
        kind = str if field.default is MISSING else type(field.default)
        note = _HELP.get(field.name, "")
        if field.default is not MISSING:
            note = f"{note} (default {field.default})".strip()
        train.add_argument(f"--{field.name.replace('_', '-')}", type=kind, choices=_CHOICES.get(field.name), help=note)
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
    return top


def config_of(options: dict[str, Any]) -> tuple[TrainConfig, bool]:
    """The config that the options ask for, and whether it is a resumed run's. Raises OptionError, DatasetError."""
    given = {k: v for k, v in options.items() if k not in ("command", "json_progress", "checkpoint", "target_list")}
    targets = [*options.get("target_list", []), *given.pop("targets", [])]
    if targets:
        given["targets"] = tuple(TARGETS if targets == ["all"] else targets)
    if "source_augmentations" in given:
        given["source_augmentations"] = tuple(given["source_augmentations"])
    if "gain_db" in given:
        given["gain_db"] = tuple(given["gain_db"])
    if (run := options.get("checkpoint")) is None:
        for name in ("root", "output", "targets"):
            if name not in given:
                raise OptionError(f"--{name}", "it is needed, unless --checkpoint names a run to go on with")
        return config_from(given), False
    old = read_config(run)
    for name, value in given.items():
        if name not in _MAY_CHANGE and value != getattr(old, name):
            raise OptionError(f"--{name.replace('_', '-')}", "a run that goes on keeps it; start a new run instead")
    return config_from({**old.to_json(), **given, "output": str(run)}), True


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code. Whatever goes wrong is said in one sentence."""
    options = vars(parser().parse_args(argv))
    if argv is None and not sys.warnoptions:
        # What libraries warn their programmers of is nothing for users.
        warnings.simplefilter("ignore")
    try:
        run = {"train": _train, "publish": _publish, "watch": _watch, "evaluate": run_evaluate}[options["command"]]
        return run(options)
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


def _train(options: dict[str, Any]) -> int:
    config, resume = config_of(options)
    # Only now, so that --help and mistakes in the options are answered at once.
    from trainer.live import LiveRun
    from trainer.memory import keep_memory
    from trainer.report import JsonReport, Report
    from trainer.train import Run

    cancel = CancelToken()
    signal.signal(signal.SIGINT, lambda *_: cancel.cancel())
    signal.signal(signal.SIGTERM, lambda *_: cancel.cancel())
    keep_memory()
    report = JsonReport() if options.get("json_progress") else Report()
    with LiveRun(config, cancel) as live:
        for event in Run(config, resume).events(cancel):
            live.tell(event)
            report.tell(event)
    return 0


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
