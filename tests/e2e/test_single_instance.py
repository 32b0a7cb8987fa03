"""A second start hands its files to the first window and ends; a killed one leaves nothing in the way."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from screen_server import Screen
from window_process import WindowProcess, make_home

ROOT = Path(__file__).resolve().parents[2]
RATE = 44100
pytestmark = pytest.mark.screen


@pytest.fixture
def home(tmp_path: Path, tiny_models: Path) -> dict[str, str]:
    return {**make_home(tmp_path / "home", tiny_models), "PYTHONPATH": str(ROOT)}


@pytest.fixture
def window(screen: Screen, home: dict[str, str]) -> Iterator[WindowProcess]:
    first = WindowProcess(screen, home)
    first.wait_for(lambda seen: True, timeout_s=60)
    yield first
    first.close()


@pytest.fixture
def songs(tmp_path: Path) -> list[Path]:
    """Two songs, one of them in a name that is hard on careless programs."""
    paths = [tmp_path / "My Söng #1 100%.wav", tmp_path / "b.wav"]
    for path in paths:
        sf.write(path, 0.1 * np.random.default_rng(1).standard_normal((RATE, 2)), RATE)
    return paths


def second(screen: Screen, home: Mapping[str, str], cwd: Path, *arguments: str) -> int:
    """Start the application once more; its exit code."""
    command = [sys.executable, "-m", "umx_gui", *arguments]
    return subprocess.run(command, env={**screen.env, **home}, cwd=cwd, timeout=300).returncode


def test_a_second_start_opens_its_files_in_the_first_window(
    screen: Screen, home: dict[str, str], window: WindowProcess, songs: list[Path], tmp_path: Path
) -> None:
    found = screen.xdotool("search", "--sync", "--onlyvisible", "--name", "umx-gui$").split()[-1]
    screen.xdotool("windowminimize", "--sync", found)
    assert second(screen, home, tmp_path, songs[0].name, songs[1].name) == 0
    seen = window.wait_for(lambda s: s["song"] is not None)
    assert seen["song"] == str(songs[0])
    window.wait_for(lambda s: s["active"])
    window.focus()
    window.key("n")
    window.wait_for(lambda s: s["song"] == str(songs[1]))
    assert second(screen, home, tmp_path) == 0  # without files it only comes to the front
    assert window.process.poll() is None


def handles(pid: int, number: int) -> bool:
    """Whether a process has seen to a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def test_a_new_window_can_be_asked_for(
    screen: Screen, home: dict[str, str], window: WindowProcess, songs: list[Path], tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "umx_gui", "--new-window", str(songs[0])]
    with subprocess.Popen(command, env={**screen.env, **home}, cwd=tmp_path) as other:
        found: Callable[[], list[str]] = lambda: screen.xdotool(  # noqa: E731
            "search", "--sync", "--onlyvisible", "--pid", str(other.pid)
        ).split()
        assert found()
        assert window.seen["song"] is None
        while not handles(other.pid, signal.SIGTERM):  # it is seen a moment before it can be told
            time.sleep(0.05)
        other.send_signal(signal.SIGTERM)
        assert other.wait(120) == 0


def test_after_a_kill_the_next_start_is_the_first(
    screen: Screen, home: dict[str, str], window: WindowProcess, songs: list[Path], tmp_path: Path
) -> None:
    window.process.kill()
    window.process.wait(60)
    assert (tmp_path / "home" / "config" / "window.socket").exists()
    again = WindowProcess(screen, home)
    try:
        again.wait_for(lambda seen: True, timeout_s=60)
        assert second(screen, home, tmp_path, str(songs[1])) == 0
        assert again.wait_for(lambda s: s["song"] is not None)["song"] == str(songs[1])
    finally:
        again.close()
