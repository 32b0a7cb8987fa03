"""From the command line of `run.py` to umx-gui or pytest, preparing on the way what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.launcher.environment import Environment
from scripts.launcher.packages import prepare_tests, prepare_venv_module, prepare_window
from scripts.launcher.talk import LaunchError, say
from umx_gui import syscheck

ROOT = Path(__file__).resolve().parents[2]
TEST_EXTRAS = ("lint", "test")
# Like -m umx_gui, but for the working folder: a numpy.py among the user's songs must not be taken for NumPy.
_START = "import sys; sys.path[:] = [p for p in sys.path if p]; import runpy; "
APPLICATION = ("-c", _START + "runpy.run_module('umx_gui', run_name='__main__', alter_sys=True)")
# All tests, by two processes; whoever names some wants them in order, and to be asked by a debugger.
ALL_TESTS = ("-n", "2", "--dist", "loadgroup")
# What umx-gui does without display and sound.
HEADLESS = ("separate", "verify", "models", "integrate", "doctor", "-h", "--help", "--version")


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for: our own words, and what belongs to umx-gui or pytest."""

    test: bool
    cpu: bool
    yes: bool
    rest: tuple[str, ...]


def main(arguments: Sequence[str]) -> int:
    """Prepare what is missing, then become umx-gui or pytest. Returns the exit code where that cannot be."""
    options = read_options(arguments)
    environment = Environment(ROOT)
    try:
        program = prepare(options, environment)
    except LaunchError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("\nStopped. The same command goes on from here.")
        return 130
    return become([str(environment.python), *program])


def read_options(arguments: Sequence[str]) -> Options:
    """Take our own words off the front."""
    rest = list(arguments)
    ours = set()
    while rest and rest[0] in ("test", "--cpu", "--yes"):
        ours.add(rest.pop(0))
    return Options("test" in ours, "--cpu" in ours, "--yes" in ours, tuple(rest))


def prepare(options: Options, environment: Environment) -> list[str]:
    """See that everything is installed. Returns what to run, as arguments for the environment's Python."""
    extras = TEST_EXTRAS if options.test else ()
    first_time = not environment.is_ready(extras, options.cpu)
    program = ["-m", "pytest", *(options.rest or ALL_TESTS)] if options.test else [*APPLICATION, *options.rest]
    if first_time and not environment.python.exists():
        prepare_venv_module(options.yes)
    if options.test:
        prepare_tests(options.yes, first_time)
        os.chdir(ROOT)
    elif not (options.rest and options.rest[0] in HEADLESS):
        if reason := syscheck.no_display_reason():
            program = without_display(reason, options.rest)
        else:
            prepare_window(options.yes, first_time)
    if first_time:
        environment.install(extras, options.cpu)
    return program


def without_display(reason: str, files: Sequence[str]) -> list[str]:
    """Say that no window can open, and separate instead: the files, or the demo song where none is named."""
    demo = [str(path) for path in sorted((ROOT / "resources" / "demo").glob("demo.*"))][:1]
    say(f"No window can open here: {reason}.")
    say(f"Separating {'your files' if files else 'the demo song'} into ./stems instead.")
    say("Whenever you like: python3 run.py separate SONG ...")
    # The stems of the demo are ours to write again; those of the user's songs are not.
    again = [] if files else ["--overwrite"]
    return [*APPLICATION, "separate", *(files or demo), "--outdir", "stems", *again]


def become(command: Sequence[str]) -> int:
    """Replace this process by the command where the system can, so that signals reach it directly."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], list(command))
    try:
        return subprocess.call(command)
    except KeyboardInterrupt:
        return 130
