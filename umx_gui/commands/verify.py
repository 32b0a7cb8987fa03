"""`umx-gui verify`: make a session's stems anew, and say whether they are the same."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from umx_gui import messages
from umx_gui.commands.console import Console, path_text
from umx_gui.commands.doors import DONE, FAILED
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.naming import printable
from umx_gui.engine.sessions.remake import FileVerdict, StemVerdict, Verdict, remake
from umx_gui.engine.work import CancelToken, Progress, SlowedDown

DESCRIPTION = """Separate the song of a session, or of the receipt beside exported stems, anew, and compare. The exit
code is 0 if every stem is equal, bit by bit, and every exported file is as it was written, else 1. Where the filter
was another one than can be had here (compiled, or PyTorch's), stems within -110 dB count as equal but for rounding."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = DESCRIPTION
    parser.add_argument("session", type=Path, metavar="FILE.umx", help="a session, or a receipt")
    parser.add_argument("--song", type=Path, metavar="FILE", help="where the song is, if it cannot be found")
    parser.add_argument(
        "--within", type=_decibels, default=-math.inf, metavar="DB", help="stems this near count as equal, such as -100"
    )
    parser.add_argument("--device", default="auto", metavar="auto|cpu|cuda|mps", help="where the networks run")
    parser.add_argument("--json-progress", action="store_true", help="report in JSON lines on stdout")


def verify(args: argparse.Namespace, console: Console, cancel: CancelToken) -> int:
    """Print how far apart old and new stems are, one line each. Raises UmxError and Cancelled."""
    verdict: Verdict | None = None
    with console.song(args.session.name):
        for step in remake(args.session, ModelRegistry(), cancel, args.song, args.device):
            if isinstance(step, Verdict):
                verdict = step
            elif isinstance(step, SlowedDown):
                console.note(messages.slowed_down(step.device))
            elif isinstance(step, Progress):
                console.progress("reading" if step.stage == "reading" else "separating", step)
    assert verdict is not None
    for stem in verdict.stems:
        _tell_stem(stem, console)
    for file in verdict.files:
        _tell_file(file, console)
    equal = verdict.within(args.within) or verdict.rounding_only
    then, now = verdict.filters
    if verdict.rounding_only:
        console.say(
            f"The stems are equal but for rounding: the filter was “{printable(then)}” then, and is “{now}” here."
        )
    elif equal and not verdict.equal:
        console.say(f"The stems are within {args.within:g} dB.")
    else:
        console.say("The stems are equal." if verdict.equal else "The stems are not equal.")
    code = DONE if equal else FAILED
    console.event(
        "done", code=code, equal=verdict.equal, rounding=verdict.rounding_only, filters=[printable(then), now]
    )
    return code


def _tell_stem(stem: StemVerdict, console: Console) -> None:
    name = printable(stem.target)
    if stem.distance_db == -math.inf:
        words = "equal, bit by bit"
    elif stem.distance_db == math.inf:
        words = "not made any more"
    elif math.isnan(stem.distance_db):
        words = "different"
    else:
        words = f"{stem.distance_db:.1f} dB apart"
    console.say(f"{name}: {words}")
    distance = stem.distance_db if math.isfinite(stem.distance_db) else None
    console.event("stem", target=name, equal=stem.distance_db == -math.inf, distance_db=distance)


def _tell_file(file: FileVerdict, console: Console) -> None:
    console.say(f"{path_text(Path(printable(file.file)))}: {file.state}")
    console.event("file", file=printable(file.file), state=file.state)


def _decibels(text: str) -> float:
    value = float(text)
    if math.isnan(value) or value > 0:
        raise argparse.ArgumentTypeError("it is 0 or less, in decibels")
    return value
