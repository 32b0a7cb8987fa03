"""What the machine lacks for a window or for sound, asked before Qt can abort the process.

Qt ends the process (SIGABRT, not catchable) when a library of its window plugin or the display is missing, and its text
always blames the same library. So each one is tried here first. Standard library only: `run.py` uses this before
anything is installed.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from umx_gui.errors import LibrariesMissingError, NoDisplayError


@dataclass(frozen=True, slots=True)
class Library:
    """A shared library by the name it is loaded by, and the Debian package that holds it."""

    soname: str
    package: str


QT = (
    Library("libglib-2.0.so.0", "libglib2.0-0"),
    Library("libGL.so.1", "libgl1"),
    Library("libEGL.so.1", "libegl1"),
    Library("libfontconfig.so.1", "libfontconfig1"),
    Library("libdbus-1.so.3", "libdbus-1-3"),
    Library("libxkbcommon.so.0", "libxkbcommon0"),
)
X11 = (
    Library("libxcb.so.1", "libxcb1"),
    Library("libX11-xcb.so.1", "libx11-xcb1"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4"),
    Library("libxcb-image.so.0", "libxcb-image0"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    Library("libxcb-randr.so.0", "libxcb-randr0"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0"),
    Library("libxcb-shape.so.0", "libxcb-shape0"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)
WAYLAND = (
    Library("libwayland-client.so.0", "libwayland-client0"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0"),
    Library("libwayland-egl.so.1", "libwayland-egl1"),
)
SOUND = (Library("libportaudio.so.2", "libportaudio2"),)


def is_linux() -> bool:
    """Whether libraries come from the system's packages here; on macOS and Windows the wheels hold them all."""
    return sys.platform.startswith("linux")


def missing(libraries: Iterable[Library]) -> tuple[Library, ...]:
    """Those of the libraries that cannot be loaded."""
    return tuple(library for library in libraries if not _loads(library.soname))


def missing_for_window(environ: Mapping[str, str] = os.environ) -> tuple[Library, ...]:
    """The libraries a window needs and the machine lacks: Qt's own, and those of the display in use."""
    if not is_linux():
        return ()
    needed = missing(QT)
    platform = environ.get("QT_QPA_PLATFORM", "")
    if platform and not platform.startswith(("xcb", "wayland")):
        return needed
    # With both displays at hand Qt takes whichever loads, so either set of libraries will do.
    ways = []
    if environ.get("WAYLAND_DISPLAY") and not platform.startswith("xcb"):
        ways.append(missing(WAYLAND))
    if environ.get("DISPLAY") or not ways:
        ways.append(missing(X11))
    return needed + min(ways, key=len)


def missing_for_sound() -> tuple[Library, ...]:
    """The libraries playback needs and the machine lacks; all else works without them."""
    return missing(SOUND) if is_linux() else ()


def no_display_reason(environ: Mapping[str, str] = os.environ) -> str:
    """Why no window can open here, in a few words; empty where one can."""
    platform = environ.get("QT_QPA_PLATFORM", "")
    if not is_linux() or (platform and not platform.startswith(("xcb", "wayland"))):
        return ""
    wayland, x11 = environ.get("WAYLAND_DISPLAY", ""), environ.get("DISPLAY", "")
    if not wayland and not x11:
        return "neither DISPLAY nor WAYLAND_DISPLAY is set"
    if (wayland and _wayland_answers(wayland, environ)) or (x11 and _x11_answers(x11)):
        return ""
    return f"the display {wayland or x11} does not answer"


def require_window(environ: Mapping[str, str] = os.environ) -> None:
    """Return where a window can open. Raises NoDisplayError or LibrariesMissingError where it cannot."""
    if reason := no_display_reason(environ):
        raise NoDisplayError(reason)
    if lacking := missing_for_window(environ):
        raise LibrariesMissingError(tuple(x.soname for x in lacking), apt_line(x.package for x in lacking))


def apt_command(packages: Iterable[str]) -> list[str]:
    """The command that installs Debian packages, and never removes one. It needs the rights of root."""
    return ["apt-get", "install", "-y", "--no-install-recommends", "--no-remove", *packages]


def apt_line(packages: Iterable[str]) -> str:
    """What to type to install Debian packages; empty where there is no apt."""
    if shutil.which("apt-get") is None:
        return ""
    return " ".join((["sudo"] if not is_root() else []) + apt_command(packages))


def is_root() -> bool:
    """Whether the process may install packages without asking for more rights."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def in_container() -> bool:
    """Whether this is a container: a machine made for a purpose, not somebody's desktop."""
    if any(Path(name).exists() for name in ("/.dockerenv", "/run/.containerenv", "/run/systemd/container")):
        return True
    if os.environ.get("container") or os.environ.get("KUBERNETES_SERVICE_HOST"):  # noqa: SIM112 - systemd's spelling
        return True
    try:
        groups = Path("/proc/1/cgroup").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return any(word in groups for word in ("docker", "lxc", "kubepods", "containerd", "libpod"))


def _loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def _x11_answers(display: str) -> bool:
    """Ask as Qt will, so that access rights count too; unknown (yes) where libxcb itself is missing."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed


def _wayland_answers(name: str, environ: Mapping[str, str]) -> bool:
    path = Path(environ.get("XDG_RUNTIME_DIR", "")) / name
    with socket.socket(socket.AF_UNIX) as s:
        try:
            s.connect(str(path))
        except OSError:
            return False
    return True
