"""The command `umx-trainer train`: its options, and a run from them."""

from __future__ import annotations

import argparse
import contextlib
import signal
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from trainer.config import (
    AUGMENTATIONS,
    OWN_OBJECTIVES,
    PRECISIONS,
    SCHEDULES,
    TARGETS,
    TrainConfig,
    config_from,
    read_config,
)
from trainer.data_options import add_data_options, complete
from umx_gui.engine.work import CancelToken
from umx_gui.errors import OptionError

_GROUPS = {
    "run": (
        *("output", "epochs", "patience", "seed", "device", "threads", "nb_workers", "checkpoint_minutes"),
        *("excerpts", "excerpt_s"),
    ),
    "network": (
        *("hidden_size", "nb_layers", "bandwidth", "nb_channels", "sample_rate", "nfft", "nhop", "scaler_items"),
    ),
    "learning": (
        *("batch_size", "lr", "lr_schedule", "lr_decay_patience", "lr_decay_gamma", "weight_decay", "max_grad_norm"),
        *("ema", "precision", "objective"),
    ),
    "data": ("root",),
    "items": (
        *("seq_dur", "samples_per_track", "steps_per_epoch", "aligned_share", "real_share", "no_vocals_share"),
        *("vocals_only_share",),
    ),
}
_HELP = {
    "root": "the dataset's folder",
    "output": "the run's folder, which is made",
    "epochs": "the most epochs",
    "seed": "what all that is drawn depends on",
    "nb_channels": "1 or 2",
    "sample_rate": "in Hz; the files must have it",
    "nfft": "window of the transform in samples",
    "nhop": "from window to window in samples",
    "hidden_size": "width of the network",
    "nb_layers": "layers of the LSTM",
    "weight_decay": "of Adam",
    "lr_schedule": "lowered where the loss stays, or along a cosine over all epochs",
    "precision": "of the forward pass",
    "batch_size": "items in a batch",
    "lr": "learning rate",
    "patience": "epochs without progress before the early stop",
    "lr_decay_patience": "epochs without progress before the learning rate is lowered",
    "lr_decay_gamma": "factor by which it is lowered",
    "seq_dur": "length of an excerpt in seconds",
    "nb_workers": "processes that make batches (0: none)",
    "samples_per_track": "excerpts per track in an epoch",
    "bandwidth": "what the network sees, in Hz from zero",
    "steps_per_epoch": "steps in an epoch (0: as many as --samples-per-track makes)",
    "ema": "keep an average of the weights with this decay, and use that (0: none)",
    "max_grad_norm": "limit of the gradient's norm (0: none)",
    "threads": "threads of PyTorch (0: its own choice)",
    "aligned_share": "share of items whose stems come from one track",
    "real_share": "share of real tracks where there are synthetic ones too",
    "no_vocals_share": "share of items without vocals",
    "vocals_only_share": "share of items with vocals alone",
    "scaler_items": "measure the input scaler on this many drawn items (0: on whole songs)",
    "objective": "what is learnt: mse, or a class of yours as package.module:Class",
    "device": "auto, cpu or cuda; auto takes a GPU if there is one",
    "excerpts": "of how many epochs a few seconds of each stem are kept to be heard (0: none)",
    "excerpt_s": "how many seconds",
    "checkpoint_minutes": "minutes between checkpoints within an epoch",
}
_USAGE = """%(prog)s --root DIR --output DIR --targets NAME [NAME ...] [options]
       %(prog)s --checkpoint DIR [options]"""
_CHOICES = {"lr_schedule": SCHEDULES, "precision": PRECISIONS}
# What a resumed run may be told anew; all else would make it another run.
_MAY_CHANGE = {
    "root", "epochs", "nb_workers", "threads", "patience", "lr", "lr_schedule", "steps_per_epoch",
    "device", "excerpts", "excerpt_s",
    "checkpoint_minutes", "precision", "max_grad_norm", "samples_per_track", "aligned_share", "real_share", "gain_db",
    "cache", "cache_gb", "skip_bad",
}  # fmt: skip


def add_train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    train = commands.add_parser("train", help="train a model", argument_default=argparse.SUPPRESS, usage=_USAGE)
    known = {field.name: field for field in fields(TrainConfig)}
    groups = {title: train.add_argument_group(title) for title in _GROUPS}
    run, network, items = groups["run"], groups["network"], groups["items"]
    run.add_argument(
        "--targets", nargs="+", metavar="NAME",
        help="targets to train in one run: stems, accompaniment, no drums; or all (vocals drums bass other)",
    )  # fmt: skip
    run.add_argument(
        "--target", action="append", dest="target_list", metavar="NAME", help="one of them; may be repeated"
    )
    run.add_argument("--checkpoint", type=Path, metavar="DIR", help="go on with the run in this folder")
    run.add_argument("--seeds", nargs="+", type=int, metavar="N", help="train once with each seed; the best is kept")
    run.add_argument("--json-progress", action="store_true", help="tell progress as lines of JSON")
    run.add_argument("--tensorboard", action="store_true", help="write curves for TensorBoard into the run's folder")
    network.add_argument(
        "--model", metavar="NAME", help="start from the weights, and the sizes, of this model, by name or folder"
    )
    network.add_argument("--unidirectional", action="store_true", help="a network that does not look ahead")
    items.add_argument(
        "--source-augmentations", nargs="*", metavar="NAME", help=f"of {', '.join(AUGMENTATIONS)}"
    )  # fmt: skip
    items.add_argument(
        "--gain-db", nargs=2, type=float, metavar=("LOW", "HIGH"), help="range of the gain, instead of 0.25 to 1.25"
    )
    for title, names in _GROUPS.items():
        for name in names:
            _add(groups[title], known[name])
    add_data_options(groups["data"])


def _add(group: argparse._ArgumentGroup, field: Field[Any]) -> None:
    """Declare an option of a run."""
    needed, choices = field.default is MISSING, _CHOICES.get(field.name)
    kind: type = str if needed else type(field.default)
    metavar = None if choices else "DIR" if needed else {int: "N", float: "X"}.get(kind, "NAME")
    note = _HELP[field.name] if needed else f"{_HELP[field.name]} (default {field.default})"
    group.add_argument(
        f"--{field.name.replace('_', '-')}", type=kind, choices=choices, metavar=metavar, help=note
    )  # fmt: skip


def config_of(options: dict[str, Any]) -> tuple[TrainConfig, bool]:
    """The config that the options ask for, and whether it is a resumed run's. Raises OptionError, DatasetError."""
    given = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    given = {
        k: v
        for k, v in given.items()
        if k not in ("command", "json_progress", "checkpoint", "target_list", "tensorboard")
    }
    targets = [*options.get("target_list", []), *given.pop("targets", [])]
    if targets:
        given["targets"] = tuple(TARGETS if targets == ["all"] else targets)
    if "source_augmentations" in given:
        given["source_augmentations"] = tuple(given["source_augmentations"])
    for name in ("gain_db", "seeds"):
        if name in given:
            given[name] = tuple(given[name])
    if (run := options.get("checkpoint")) is None:
        given = complete(given)
        for name in ("root", "output", "targets"):
            if name not in given:
                raise OptionError(f"--{name}", "it is needed, unless --checkpoint names a run to go on with")
        if given.get("model"):
            from trainer.fine_tuning import with_sizes

            given = with_sizes(given)
        return config_from(given), False
    old = read_config(run)
    if old.objective not in OWN_OBJECTIVES and "objective" not in given:
        # It is code, and the folder may be anybody's.
        raise OptionError("--objective", f"this run's is {old.objective}, which is code: name it to run it")
    for name, value in given.items():
        if name not in _MAY_CHANGE and value != getattr(old, name):
            raise OptionError(f"--{name.replace('_', '-')}", "a run that goes on keeps it; start a new run instead")
    return config_from({**old.to_json(), **given, "output": str(run)}), True


def run_train(options: dict[str, Any]) -> int:
    """Run the command; returns the exit code. Raises UmxError and Cancelled."""
    config, resume = config_of(options)
    # Only now, so that --help and mistakes in the options are answered at once.
    from trainer.board import Board
    from trainer.events import PauseToken
    from trainer.live import LiveRun
    from trainer.memory import keep_memory
    from trainer.parallel import join
    from trainer.report import JsonReport, Report, Reports
    from trainer.train import Run

    cancel, pause = CancelToken(), PauseToken()
    signal.signal(signal.SIGINT, lambda *_: cancel.cancel())
    signal.signal(signal.SIGTERM, lambda *_: cancel.cancel())
    keep_memory()
    group = join()
    try:
        if not group.first:
            for _ in Run(config, resume, group).events(cancel, pause):
                continue
            return 0
        epochs = config.epochs * max(len(config.seeds), 1)
        with contextlib.ExitStack() as open_things:
            live = open_things.enter_context(LiveRun(config, cancel, pause))
            listeners: list[Reports] = [live, JsonReport() if options.get("json_progress") else Report(epochs)]
            if options.get("tensorboard"):
                listeners.append(open_things.enter_context(Board(Path(config.output))))
            for event in Run(config, resume, group).events(cancel, pause):
                for listener in listeners:
                    listener.tell(event)
    finally:
        group.leave()
    return 0
