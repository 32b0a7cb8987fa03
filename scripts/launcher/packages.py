"""The system's packages: what a window, sound and the tests need, and one door through which apt installs it."""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from scripts.launcher.talk import LaunchError, last_lines, run, say
from umx_gui import syscheck
from umx_gui.errors import LibrariesMissingError
from umx_gui.messages import describe

# What only the tests use: a program (or the pattern of a file), and its Debian package.
SCREEN_TOOLS = (("Xvfb", "xvfb"), ("xauth", "xauth"), ("xdotool", "xdotool"), ("openbox", "openbox"))
SOUND_TOOLS = (
    ("pipewire", "pipewire"),
    ("pipewire-pulse", "pipewire-pulse"),
    ("/usr/share/alsa/alsa.conf.d/*pipewire-default.conf", "pipewire-alsa"),
    ("wireplumber", "wireplumber"),
    ("parec", "pulseaudio-utils"),
    ("dbus-run-session", "dbus"),
)
FILE_TOOLS = (("ffmpeg", "ffmpeg"),)


def prepare_venv_module(yes: bool) -> None:
    """Debian keeps ensurepip, the venv module's other half, in a package of its own. Raises LaunchError without it."""
    if _has_venv():
        return
    package = f"python3.{sys.version_info[1]}-venv"
    offer("Python's venv module", [package], yes)
    importlib.invalidate_caches()
    if not _has_venv():
        hint = f"On Debian or Ubuntu: sudo apt-get install {package}"
        raise LaunchError(f"This Python cannot make virtual environments (venv or ensurepip is missing). {hint}")


def prepare_window(yes: bool, first_time: bool) -> None:
    """See that a window can open. Raises LaunchError where it cannot; sound is only offered."""
    lacking, silent = syscheck.missing_for_window(), syscheck.missing_for_sound()
    if lacking or (silent and first_time):
        offer("a window and sound", [library.package for library in (*lacking, *silent)], yes)
        lacking, silent = syscheck.missing_for_window(), syscheck.missing_for_sound()
    if lacking:
        line = syscheck.apt_line(x.package for x in lacking)
        error = LibrariesMissingError(tuple(x.soname for x in lacking), line)
        raise LaunchError(describe(error).one_line())
    if silent:
        line = syscheck.apt_line(x.package for x in silent) or "install PortAudio with your package manager"
        say(f"Without sound for now (separating and saving work). To hear it: {line}")


def prepare_tests(yes: bool, first_time: bool) -> None:
    """See to what the tests use: those that lack something skip and say so. Raises LaunchError where Qt cannot load."""
    if not syscheck.is_linux():
        return
    if first_time or yes:
        libraries = (*syscheck.missing(syscheck.QT + syscheck.X11), *syscheck.missing_for_sound())
        offer("a window and sound", [library.package for library in libraries], yes)
        # One call each: where apt refuses one (PipeWire beside PulseAudio, say), the others are installed all the same.
        for purpose, tools in (("a screen", SCREEN_TOOLS), ("sound", SOUND_TOOLS), ("video files", FILE_TOOLS)):
            offer(f"the tests with {purpose}", [package for tool, package in tools if not found(tool)], yes)
    if lacking := syscheck.missing(syscheck.QT):
        line = syscheck.apt_line(x.package for x in lacking)
        raise LaunchError(f"Qt cannot load: {', '.join(x.soname for x in lacking)} missing. {line}".rstrip())


def found(tool: str) -> bool:
    """Whether a program is on the path, or a file of this pattern exists."""
    if tool.startswith("/"):
        return any(Path("/").glob(tool[1:]))
    return shutil.which(tool) is not None


def offer(purpose: str, packages: Iterable[str], yes: bool) -> None:
    """Install Debian packages if that is wanted: after a question, or unasked with `yes` or as root in a container."""
    packages = list(packages)
    if not packages or shutil.which("apt-get") is None:
        return
    say(f"Missing for {purpose}: {' '.join(packages)}")
    elevate = [] if syscheck.is_root() else ["sudo"]
    if elevate and shutil.which("sudo") is None:
        say(f"As root:\n    {' '.join(syscheck.apt_command(packages))}")
    elif yes or (syscheck.is_root() and syscheck.in_container()) or _agrees():
        apt_install(elevate, packages)
    else:
        say(f"To install:\n    {syscheck.apt_line(packages)}")


def apt_install(elevate: Sequence[str], packages: Sequence[str]) -> None:
    """Install with apt; where its lists are missing or too old for that, fetch them and try again."""
    say("Installing them with apt-get ...")
    quiet = [*elevate, "env", "DEBIAN_FRONTEND=noninteractive"]
    command = [*quiet, *syscheck.apt_command(packages)]
    lists = any(Path("/var/lib/apt/lists").glob("*Packages*"))
    done = run(command) if lists else None
    if done is None or done.returncode:
        run([*quiet, "apt-get", "update"])
        done = run(command)
    if done.returncode:
        say(f"apt-get did not succeed:\n{last_lines(done.stdout)}")


def _agrees() -> bool:
    return sys.stdin.isatty() and input("Install them now? [Y/n] ").strip().lower() in ("", "y", "yes")


def _has_venv() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip"))
