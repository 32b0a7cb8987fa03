"""A private virtual screen (Xvfb) with a window manager (openbox), for tests that need a real window."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

PROGRAMS = ("Xvfb", "openbox", "xdotool")
START_LIMIT_S = 60.0
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Screen:
    """A running screen: its display name, and the environment that puts a Qt application on it."""

    display: str

    @property
    def env(self) -> dict[str, str]:
        """The environment for a process whose windows belong on this screen."""
        kept = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "XAUTHORITY")}
        return {**kept, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}

    def xdotool(self, *arguments: object) -> str:
        """Run xdotool on this screen and return what it prints."""
        command = ["xdotool", *map(str, arguments)]
        return subprocess.run(command, env=self.env, check=True, capture_output=True, text=True, timeout=600).stdout


def missing_programs() -> list[str]:
    """The programs this needs and the machine lacks."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


@contextmanager
def screen_server(width: int = 1600, height: int = 1000) -> Iterator[Screen]:
    """Start the screen on a free display number and end it, with its window manager, on leaving."""
    for tries_left in reversed(range(_TRIES)):
        with ExitStack() as stack:
            try:
                screen = _start(stack, width, height)
            except RuntimeError:
                # Another screen that ended just then may have taken the number's socket with it.
                if not tries_left:
                    raise
                continue
            yield screen
            return


def _start(stack: ExitStack, width: int, height: int) -> Screen:
    read_fd, write_fd = os.pipe()
    # Xvfb itself picks the number and says it when it listens: no race for a display, no sleep.
    command = ["Xvfb", "-displayfd", str(write_fd), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write_fd,), stderr=subprocess.DEVNULL)
    stack.callback(_end, server)
    os.close(write_fd)
    with os.fdopen(read_fd) as said:
        number = said.readline().strip()
    if not number:
        raise RuntimeError("Xvfb did not start")
    screen = Screen(f":{number}")
    no = subprocess.DEVNULL
    manager = subprocess.Popen(["openbox", "--sm-disable"], env=screen.env, stdout=no, stderr=no)
    stack.callback(_end, manager)
    _wait_for_manager(screen)
    return screen


def _wait_for_manager(screen: Screen) -> None:
    """Return once the window manager answers; without one xdotool refuses to count desktops."""
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        with suppress(subprocess.CalledProcessError):
            screen.xdotool("get_num_desktops")
            return
        time.sleep(0.05)
    raise RuntimeError("the window manager did not start")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)
