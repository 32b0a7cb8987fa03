"""Driving the real window from outside: start it, wait until it shows something, use its mouse and keyboard."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from drag_source import TITLE
from screen_server import Screen

HERE = Path(__file__).parent
_SLOWEST = 5.0
Seen = dict[str, Any]


class WindowProcess:
    """The application on a screen; `seen` is the last state it printed."""

    def __init__(self, screen: Screen, environment: Mapping[str, str], *files: Path) -> None:
        self.screen = screen
        self.environment = {**screen.env, **environment}
        self.seen: Seen = {}
        self._errors = (Path(environment["UMX_CONFIG_DIR"]).parent / "stderr.txt").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "observed_window.py"), *map(str, files)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, condition: Callable[[Seen], object], timeout_s: float = 30.0) -> Seen:
        """Return the state once the condition holds; fails with the last state seen, if it takes far too long."""
        timeout_s *= _SLOWEST
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            seen = self.seen
            if seen and condition(seen):
                return seen
            if self.process.poll() is not None:
                break
            time.sleep(0.03)
        rest = {k: v for k, v in self.seen.items() if k != "places"}
        raise AssertionError(f"not seen within {timeout_s} s; last {rest}; {self.errors()}")

    def now(self) -> Seen:
        """What it shows after all that was done to it before: what was printed last may be older than that."""
        for _ in range(2):
            self.seen = {}
            self.wait_for(lambda seen: True)
        return self.seen

    def place(self, name: str) -> tuple[int, int, int, int]:
        """Where the widget of this accessible name is on the screen."""
        seen = self.wait_for(lambda s: name in s["places"])
        x, y, width, height = seen["places"][name]
        return x, y, width, height

    def middle(self, name: str) -> tuple[int, int]:
        """The centre of a widget."""
        x, y, width, height = self.place(name)
        return x + width // 2, y + height // 2

    def focus(self) -> None:
        """Give the window the keyboard."""
        found = self.screen.xdotool("search", "--sync", "--onlyvisible", "--name", "umx-gui$").split()[-1]
        self.screen.xdotool("windowactivate", "--sync", found)
        self.wait_for(lambda s: s["active"])

    def key(self, *keys: str) -> None:
        """Press keys, named as xdotool names them."""
        self.screen.xdotool("key", "--delay", "60", *keys)

    def open_dialog(self, keys: str, title: str) -> None:
        """Press keys in the window, and wait until the dialog of this title is there and has the keyboard."""
        self.wait_for(lambda s: s["active"])
        self.key(keys)
        self.wait_for(lambda s: s["has_keyboard"] == title)

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Click on the screen."""
        self.screen.xdotool("mousemove", x, y, "sleep", "0.05", "click", button)

    def errors(self) -> str:
        """What it wrote to stderr."""
        self._errors.flush()
        self._errors.seek(0)
        return self._errors.read()

    def close(self) -> float:
        """Ask it to close as a window manager's session does; how long it took to end, in seconds."""
        start = time.monotonic()
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(5)
        if self.process.stdout is not None:
            self.process.stdout.close()
        taken = time.monotonic() - start
        self._errors.close()
        return taken

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.seen = json.loads(line)


def drag(screen: Screen, start: tuple[int, int], stop: tuple[int, int], steps: int = 6) -> None:
    """A real drag with the left button: past the start distance in small steps, then on, then let go.

    Both programs must have seen each step before the next, so on a busy machine the hand is slow.
    """
    slow = slowness()
    moves: list[object] = ["mousemove", *start, "sleep", 0.1 * slow, "mousedown", 1, "sleep", 0.1 * slow]
    for dx, dy in ((6, 3), (10, 5), (10, 5)):
        moves += ["mousemove_relative", dx, dy, "sleep", 0.06 * slow]
    for k in range(1, steps + 1):
        x, y = (round(a + (b - a) * k / steps) for a, b in zip(start, stop, strict=True))
        moves += ["mousemove", x, y, "sleep", 0.08 * slow]
    screen.xdotool(*moves, "mousemove_relative", 3, 3, "sleep", 0.25 * slow, "mouseup", 1)


def lines_of(process: subprocess.Popen[str]) -> queue.Queue[str]:
    """What a process prints, line by line, as it comes."""
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        with suppress(ValueError):  # closed
            for line in process.stdout:
                lines.put(line.strip())

    threading.Thread(target=read, daemon=True).start()
    return lines


def drag_until_taken(screen: Screen, said: queue.Queue[str], to: tuple[int, int]) -> str:
    """Drag what drag_source.py offers to a place; what that program then says. A busy machine may miss a drag."""
    for tried in range(6):
        found = screen.xdotool("search", "--sync", "--onlyvisible", "--name", TITLE).split()[-1]
        screen.xdotool("windowactivate", "--sync", found)
        lines = screen.xdotool("getwindowgeometry", "--shell", found).split()
        geometry = dict(line.split("=") for line in lines)
        drag(screen, (int(geometry["X"]) + 40, int(geometry["Y"]) + 30), to)
        with suppress(queue.Empty):
            if (result := said.get(timeout=10 + 10 * tried)) != "result IgnoreAction":
                return result
    raise AssertionError("nothing was dropped")


def slowness() -> float:
    """How much longer than on an idle machine things may take: by how many programs want each core, 1 to 5."""
    return min(max(os.getloadavg()[0] / (os.cpu_count() or 1), 1.0), _SLOWEST)


def make_home(folder: Path, models: Path) -> dict[str, str]:
    """A private home in a folder, and the environment that makes the application live there."""
    config = folder / "config"
    config.mkdir(parents=True)
    (config / "settings.json").write_text('{"version": 1, "demo_shown": true, "model": "tiny"}')
    return {
        "HOME": str(folder),
        "UMX_CONFIG_DIR": str(config),
        "UMX_MODELS_DIR": str(models),
        **{f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("DATA", "CACHE", "STATE")},
    }
