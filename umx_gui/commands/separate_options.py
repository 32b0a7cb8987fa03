"""The options of `umx-gui separate`, and what they ask for."""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path

from umx_gui.engine.export.exporter import ExportOptions
from umx_gui.engine.export.projects import PROJECTS
from umx_gui.engine.export.writers import SUFFIXES
from umx_gui.engine.naming import FIELDS, TARGET_NAME
from umx_gui.engine.sharding import ALL, Shard, parsed_shard, shard_of
from umx_gui.engine.songs.separation import SongOptions
from umx_gui.errors import OptionError

DESCRIPTION = """Separate songs into stems. Each song gets a folder, <song>_<model>, with a file for each stem, of the
song's own length and sample rate."""

EPILOG = """A name list ends at the next option: put the files first, or -- before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(SongOptions):
    """What was asked for."""

    files: tuple[Path, ...]
    model: str | None
    outdir: Path
    json_progress: bool
    verbose: bool
    shard: Shard = ALL
    receipts: bool = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    _add_what(parser)
    _add_how(parser)
    _add_output(parser)


def to_request(args: argparse.Namespace) -> Request:
    """The request the options make. Raises OptionError where they contradict each other."""
    targets = tuple(name.strip() for text in args.targets or () for name in text.split(",") if name.strip())
    if args.only_networks and not targets:
        raise OptionError("only-networks", "name the targets, too: --targets vocals")
    residual = args.residual_name or ("residual" if args.residual else None)
    depth: int | str = args.bit_depth if args.bit_depth == "32f" else int(args.bit_depth)
    export = ExportOptions(
        format=args.format,
        bit_depth=depth,
        bitrate_kbps=args.bitrate,
        exact_sum=args.exact_sum,
        overwrite=args.overwrite,
        remainder_to=None,
        template=args.template,
        numbered=args.number,
        gain_db=args.gain,
        common_gain=args.common_gain,
        project=args.project or "",
    )
    return Request(
        files=tuple(args.files),
        model=args.model,
        outdir=args.outdir,
        targets=targets,
        only_networks=args.only_networks,
        n_iter=args.niter,
        softmask=args.softmask,
        residual=residual,
        wiener_win_len=args.wiener_win_len,
        aggregate=args.aggregate,
        groups=dict(args.group),
        start_s=args.start,
        duration_s=args.duration,
        at_model_rate=args.rate == "model",
        export=export,
        filter=args.filter,
        fast=args.fast,
        device="cpu" if args.no_cuda else args.device,
        threads=args.threads,
        json_progress=args.json_progress,
        verbose=args.verbose,
        shard=shard_of() if args.shard is None else args.shard,
        receipts=args.receipts,
    )


def _add_what(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="the songs, in any usual format")
    parser.add_argument(
        "--model",
        metavar="NAME_OR_FOLDER",
        help="an installed model, or a model folder; or several by target: vocals=umxl+mine,*=umxhq",
    )
    parser.add_argument(
        "--targets", nargs="+", metavar="NAME", help="the stems to write; all networks run all the same (default: all)"
    )
    parser.add_argument(
        "--only-networks", action="store_true", help="run the networks of --targets only: faster, and worse"
    )
    parser.add_argument("--residual", action="store_true", help="one more stem: what the targets leave of the mixture")
    parser.add_argument("--residual-name", type=_target, metavar="NAME", help="write the residual, under this name")
    parser.add_argument(
        "--aggregate",
        type=_aggregate,
        default={},
        metavar="JSON",
        help='write sums of stems instead: {"vocals": ["vocals"], "accompaniment": ["drums", "bass", "other"]}',
    )
    parser.add_argument(
        "--group",
        type=_group,
        action="append",
        default=[],
        metavar="NAME=A,B",
        help='write a sum of stems, too; "*" is all, "-vocals" leaves one out; "accompaniment" is short for '
        '"accompaniment=*,-vocals", and "no drums" for "no drums=*,-drums"',
    )
    parser.add_argument("--start", type=_seconds, default=0.0, metavar="S", help="begin here, in seconds")
    parser.add_argument("--duration", type=_some_seconds, metavar="S", help="separate so many seconds only")


def _add_how(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--niter", type=_count, default=1, metavar="N", help="EM iterations of the filter (default 1)")
    parser.add_argument("--softmask", action="store_true", help="begin the filter with a softmask")
    parser.add_argument(
        "--wiener-win-len",
        type=_count,
        default=300,
        metavar="N",
        help="frames per independent block of the filter; 0: the whole song (default 300)",
    )
    parser.add_argument("--filter", choices=("em", "norbert"), default="em", help="whose filter (default em, our own)")
    parser.add_argument("--fast", action="store_true", help="networks in bfloat16: faster, about 45 dB exact")
    parser.add_argument("--device", default="auto", metavar="auto|cpu|cuda|mps", help="where the networks run")
    parser.add_argument("--no-cuda", action="store_true", help="the same as --device cpu")
    parser.add_argument("--threads", type=_positive, metavar="N", help="processor threads (default: all)")


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--outdir", type=Path, default=Path(), metavar="DIR", help="where the songs' folders are made")
    parser.add_argument(
        "--format", "--ext", type=_format, default="wav", metavar="|".join(SUFFIXES), help="the files' format"
    )
    parser.add_argument("--bit-depth", choices=("16", "24", "32f"), default="24", help="of WAV and FLAC (default 24)")
    parser.add_argument("--bitrate", type=_positive, metavar="KBPS", help="of OGG, MP3, M4A and .stem.mp4, in kbit/s")
    parser.add_argument(
        "--rate", choices=("source", "model"), default="source", help="the stems' sample rate (default: the song's)"
    )
    parser.add_argument(
        "--no-exact-sum", dest="exact_sum", action="store_false", help="leave stems as the filter makes them"
    )
    parser.add_argument(
        "--template",
        default="{target}",
        metavar="TEXT",
        help="the files' names, made of " + ", ".join(f"{{{name}}}" for name in FIELDS) + " (default {target})",
    )
    parser.add_argument("--gain", type=_decibels, default=0.0, metavar="DB", help="make all files louder or softer")
    parser.add_argument(
        "--common-gain", action="store_true", help="make all files softer, alike, if something would clip"
    )
    parser.add_argument(
        "--project", choices=tuple(PROJECTS), help="write a file, too, that opens all stems in this program"
    )
    parser.add_argument(
        "--no-receipt", dest="receipts", action="store_false", help="write no file that says how the stems were made"
    )
    parser.add_argument("--number", action="store_true", help="keep files that are there already, and number the new")
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there already")
    parser.add_argument(
        "--shard",
        type=_shard,
        metavar="I/N",
        help="separate the I-th of N parts of the songs (default: what torchrun or srun says, else all)",
    )
    parser.add_argument("--json-progress", action="store_true", help="report in JSON lines on stdout")
    parser.add_argument("--verbose", action="store_true", help="say more on stderr")


def _format(text: str) -> str:
    name = text.lower().removeprefix(".")
    if name not in SUFFIXES:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(SUFFIXES)}")
    return name


def _shard(text: str) -> Shard:
    try:
        return parsed_shard(text)
    except ValueError as e:
        raise argparse.ArgumentTypeError(str(e)) from e


def _target(text: str) -> str:
    if not TARGET_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError("a name holds letters, digits, spaces, _ and - only, 64 at most")
    return text


def _aggregate(text: str) -> dict[str, tuple[str, ...]]:
    try:
        content = json.loads(text)
    except ValueError as e:
        raise argparse.ArgumentTypeError(f"this is no JSON: {e}") from e
    good = isinstance(content, dict) and all(
        isinstance(names, list) and all(isinstance(name, str) for name in names) for names in content.values()
    )
    if not good or not content:
        raise argparse.ArgumentTypeError('it must look like {"accompaniment": ["drums", "bass", "other"]}')
    return {_target(name): tuple(names) for name, names in content.items()}


def _group(text: str) -> tuple[str, tuple[str, ...]]:
    """A group's name and its members, from "name=a,b" or one of the short forms."""
    name, _, listed = text.partition("=")
    members = tuple(part.strip() for part in listed.split(",") if part.strip())
    if not members and name.strip().lower().startswith("no "):
        members = ("*", "-" + name.strip()[3:].strip())
    if not members and name.strip() == "accompaniment":
        members = ("*", "-vocals")
    if not members:
        raise argparse.ArgumentTypeError('say what it is made of: "accompaniment=drums,bass,other"')
    return _target(name.strip()), members


def _decibels(text: str) -> float:
    value = float(text)
    if not -120 <= value <= 120:
        raise argparse.ArgumentTypeError("it must be within 120 dB either way")
    return value


def _seconds(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or value < 0:
        raise argparse.ArgumentTypeError("it must be 0 or more")
    return value


def _some_seconds(text: str) -> float:
    if (value := _seconds(text)) == 0:
        raise argparse.ArgumentTypeError("it must be more than 0")
    return value


def _count(text: str) -> int:
    if (value := int(text)) < 0:
        raise argparse.ArgumentTypeError("it must be 0 or more")
    return value


def _positive(text: str) -> int:
    if (value := int(text)) < 1:
        raise argparse.ArgumentTypeError("it must be 1 or more")
    return value
