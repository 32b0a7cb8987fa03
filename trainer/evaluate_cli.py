"""The command `umx-trainer evaluate`: its options, and what it says while it goes."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.data_options import DATASETS, LAYOUT_SCORED, MIXED, add_data_options, data_options
from umx_gui.engine.sharding import Shard, shard_of
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled, OptionError

if TYPE_CHECKING:
    from trainer.evaluate_options import EvaluateOptions

_DESCRIPTION = """Score a model on songs whose stems are known. DATASET_ROOT is a folder of track folders, each with a
file per stem (vocals.wav, drums.flac, ...) and perhaps a mixture file, or with --dataset musdb the folder of MUSDB18 or
MUSDB18-HQ; with --dataset sourcefolder the mixtures are those that a training validates on. The output folder gets a
JSON file per song, in museval's layout, and tables."""
_EPILOG = """Processes that srun or torchrun started share the songs; else name the part of each with --shard. All have
the same output folder; whichever ends last writes the tables of all."""


def add_evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    out = commands.add_parser("evaluate", help="score a model", description=_DESCRIPTION, epilog=_EPILOG)
    out.add_argument("model", help="an installed model, or a model folder")
    out.add_argument("root", type=Path, metavar="DATASET_ROOT", help="the songs")
    out.add_argument("--output", type=Path, required=True, metavar="DIR", help="where the scores go")
    out.add_argument("--dataset", default="folder", choices=DATASETS, help="what the songs are")
    out.add_argument(
        "--subset", default="", help="folder of the dataset that is scored (default test; of a sourcefolder valid)"
    )
    out.add_argument("--is-wav", action="store_true", help="MUSDB18-HQ: folders of WAV files, not .stem.mp4")
    out.add_argument("--targets", nargs="+", metavar="NAME", help="stems to score (default: all the model makes)")
    out.add_argument("--window", type=float, default=1.0, metavar="S", help="BSS Eval's window in seconds (default 1)")
    out.add_argument("--hop", type=float, default=1.0, metavar="S", help="from window to window (default 1)")
    out.add_argument(
        "--lose-own-only",
        action="store_true",
        help="a window in which a stem is silent is lost to that stem only, not to all targets as in museval",
    )
    out.add_argument("--pad", action="store_true", help="fill up shorter files of a song with silence, not refuse it")
    out.add_argument(
        "--workers", type=int, default=0, metavar="N", help="processes (default: as cores and memory allow)"
    )
    out.add_argument("--resume", action="store_true", help="go on: songs that are in the output folder are not redone")
    out.add_argument(
        "--shard",
        type=_shard,
        metavar="I/N",
        help="do the I-th of N parts of the songs (default: what torchrun or srun says, else all)",
    )
    out.add_argument("--json-progress", action="store_true", help="tell progress as lines of JSON")
    add_data_options(out, dict.fromkeys((*LAYOUT_SCORED, *MIXED)))
    out.add_argument(
        "--seq-dur", type=float, default=6.0, metavar="S", help="sourcefolder: seconds of a mixture, as in the training"
    )
    _add_separation(out)


def _add_separation(out: argparse.ArgumentParser) -> None:
    out.add_argument("--niter", type=int, default=1, metavar="N", help="EM iterations of the filter (default 1)")
    out.add_argument("--softmask", action="store_true", help="begin the filter with a softmask")
    out.add_argument("--residual", action="store_true", help="one more stem: what the targets leave of the mixture")
    out.add_argument("--residual-name", metavar="NAME", help="the same, under this name")
    out.add_argument(
        "--wiener-win-len", type=int, default=300, metavar="N", help="frames per filter block; 0: the song"
    )
    out.add_argument("--filter", choices=("em", "norbert"), default="em", help="whose filter (default em, our own)")
    out.add_argument("--only-networks", action="store_true", help="run the networks of --targets only")
    out.add_argument("--fast", action="store_true", help="networks in bfloat16")
    out.add_argument("--device", default="auto", metavar="auto|cpu|cuda|mps", help="where the networks run")


def options_of(given: dict[str, Any]) -> EvaluateOptions:
    """What the command line asks for. Raises OptionError."""
    from trainer.evaluate_options import EvaluateOptions
    from umx_gui.engine.separation.options import SeparatorOptions

    names = given["targets"]
    if given["only_networks"] and not names:
        raise OptionError("--only-networks", "name the targets, too: --targets vocals")
    residual = given["residual_name"] or ("residual" if given["residual"] else None)
    separation = SeparatorOptions(
        n_iter=given["niter"],
        softmask=given["softmask"],
        residual=residual,
        wiener_win_len=given["wiener_win_len"],
        filter=given["filter"],
        device=given["device"],
        fast=given["fast"],
        only_targets=tuple(n for n in names if n != residual) if given["only_networks"] else None,
    )
    same = (
        "model",
        "root",
        "output",
        "dataset",
        "subset",
        "is_wav",
        "seq_dur",
        "lose_own_only",
        "pad",
        "workers",
        "resume",
    )
    return EvaluateOptions(
        **{name: given[name] for name in same},
        data=data_options({name: given[name] for name in (*LAYOUT_SCORED, *MIXED, "dataset", "is_wav")}),
        shard=shard_of() if given["shard"] is None else given["shard"],
        targets=tuple(names) if names else None,
        window_s=given["window"],
        hop_s=given["hop"],
        separation=separation,
    )


def run_evaluate(given: dict[str, Any]) -> int:
    """Run the command; returns the exit code: 1 where a song could not be scored. Raises UmxError."""
    # Read when numpy is loaded. Work is spread over processes; threads that wait for each other only slow it down.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from trainer.evaluate import evaluate
    from trainer.evaluate_report import EvaluationReport

    options = options_of(given)
    cancel = CancelToken()
    signal.signal(signal.SIGINT, lambda *_: cancel.cancel())
    signal.signal(signal.SIGTERM, lambda *_: cancel.cancel())
    report = EvaluationReport(given["json_progress"])
    try:
        for event in evaluate(options, cancel):
            report.tell(event)
    except Cancelled:
        sys.stderr.write("Stopped. Go on with --resume.\n")
        return 130
    finally:
        report.close()
    return report.exit_code


def _shard(text: str) -> Shard:
    part, slash, parts = text.partition("/")
    if not (slash and part.isdecimal() and parts.isdecimal()):
        raise argparse.ArgumentTypeError("it must look like 1/4")
    return int(part), int(parts)
