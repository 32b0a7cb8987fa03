"""The virtual environment in .venv: made once, filled with pip, and stamped when it is whole."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from scripts.launcher.talk import LaunchError, last_lines, run, say

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
_DOWNLOAD = re.compile(r"Downloading (?:\S*/)?([\w.]+)-\S+ \((\d{2,}(?:\.\d+)? MB|\S+ GB)\)")


@dataclass(frozen=True, slots=True)
class State:
    """What an installation depends on, and what it holds; the stamp is this, written last."""

    pyproject: str  # SHA-256 of the project file
    root: str  # where the checkout lies: it may be moved
    python: str  # the Python behind the environment: the system may replace it
    extras: tuple[str, ...] = ()
    cpu: bool = False

    def same_place(self, other: State) -> bool:
        """Whether the other is of the same project file, folder and Python, whatever it holds."""
        return replace(self, extras=other.extras, cpu=other.cpu) == other

    def holds(self, wanted: State) -> bool:
        """Whether all that is wanted is there."""
        return self.same_place(wanted) and set(wanted.extras) <= set(self.extras) and self.cpu >= wanted.cpu


class Environment:
    """The virtual environment of a checkout at `root`."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / ".venv"
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self._mark = self.folder / "made-by-run-py"  # without it the environment is somebody else's
        self._stamp = self.folder / "installed.json"

    def wanted(self, extras: Iterable[str], cpu: bool) -> State:
        """The state that would hold these extras, as of now."""
        digest = hashlib.sha256((self.root / "pyproject.toml").read_bytes()).hexdigest()
        return State(digest, str(self.root), os.path.realpath(self.python), tuple(sorted(extras)), cpu)

    def stamp(self) -> State | None:
        """The state of the last installation that came to its end; None where there is none."""
        try:
            fields = json.loads(self._stamp.read_text(encoding="utf-8"))
            return State(**{**fields, "extras": tuple(fields["extras"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def is_ready(self, extras: Iterable[str], cpu: bool) -> bool:
        """Whether there is nothing to install. Quick: starts no process."""
        have = self.stamp()
        return have is not None and self.python.exists() and have.holds(self.wanted(extras, cpu))

    def install(self, extras: Iterable[str], cpu: bool) -> None:
        """Make or mend the environment and install the project into it. Raises LaunchError with the reason."""
        before = self.stamp()
        if cpu and before is not None and not before.cpu and self._mark.exists():
            say("Making .venv again, for PyTorch without CUDA ...")
            shutil.rmtree(self.folder)
        self._make()
        if before is not None and before.same_place(self.wanted(extras, cpu)):
            extras = {*extras, *before.extras}
        wanted = self.wanted(extras, cpu or (before is not None and before.cpu))
        # From here to the end the environment is neither the old one nor the new.
        self._stamp.unlink(missing_ok=True)
        cuda = sys.platform.startswith("linux") and not wanted.cpu
        say(f"Installing into .venv, a few minutes the first time{' (6 GB; less with --cpu)' if cuda else ''} ...")
        if wanted.cpu:
            self._pip("--index-url", CPU_INDEX, *self.torch_requirements())
        self._pip("-e", f".[{','.join(wanted.extras)}]" if wanted.extras else ".")
        part = self._stamp.with_suffix(".part")
        part.write_text(json.dumps(asdict(wanted)), encoding="utf-8")
        part.replace(self._stamp)
        say("Installed.")

    def torch_requirements(self) -> list[str]:
        """The lines of the project file that ask for PyTorch's packages (before 3.11 Python reads no TOML)."""
        text = (self.root / "pyproject.toml").read_text(encoding="utf-8")
        return re.findall(r'^ *"(torch(?:audio)?\b[^"]*)",?$', text, re.MULTILINE)

    def _make(self) -> None:
        """Keep an environment that works, whichever Python made it; make ours again; never delete another's."""
        if self._works():
            return
        if self.folder.exists():
            if not self._mark.exists():
                raise LaunchError(f"{self.folder} is of no use: too old a Python, or broken. Move it away first.")
            shutil.rmtree(self.folder)
        say("Making .venv ...")
        self.folder.mkdir()
        self._mark.write_text("run.py made this folder and may make it again.\n", encoding="utf-8")
        done = run([sys.executable, "-m", "venv", str(self.folder)])
        if done.returncode:
            raise LaunchError(f"The virtual environment could not be made:\n{last_lines(done.stdout)}")

    def _works(self) -> bool:
        """Whether the environment's Python starts, is new enough and has pip."""
        if not self.python.exists():
            return False
        question = "import pip, sys; sys.exit(sys.version_info < (3, 10))"
        return run([str(self.python), "-c", question]).returncode == 0

    def _pip(self, *arguments: str) -> None:
        """Install with pip, with one short line for each large download. Raises LaunchError with pip's last words."""
        command = [str(self.python), "-m", "pip", "install", "--disable-pip-version-check", *arguments]
        said: list[str] = []
        with subprocess.Popen(
            command, cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as process:
            for line in process.stdout or ():
                said.append(line)
                if large := _DOWNLOAD.search(line):
                    say(f"  {large[1]} ({large[2]})")
                elif line.startswith("Installing collected packages"):
                    say("  unpacking ...")
        if process.returncode:
            advice = "Is there a network, and space on the disk? The same command tries again."
            raise LaunchError(f"pip did not succeed:\n{last_lines(''.join(said))}\n{advice}")
