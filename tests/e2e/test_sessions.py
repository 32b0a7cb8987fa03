"""Work is never lost: saved by keys in the real window, opened again by name, and taken up after kill -9."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from screen_server import Screen
from window_process import WindowProcess

ROOT = Path(__file__).resolve().parents[2]
RATE = 44100
pytestmark = pytest.mark.screen


@pytest.fixture
def song(tmp_path: Path) -> Path:
    t = np.arange(4 * RATE) / RATE
    tone = 0.2 * np.sin(2 * np.pi * 220 * t) * (0.2 + (t % 0.5))
    path = tmp_path / "music" / "song.wav"
    path.parent.mkdir()
    sf.write(path, np.stack([tone, tone], axis=1), RATE)
    return path


def separated(window: WindowProcess) -> None:
    window.wait_for(lambda s: s["final"] == 1.0 and s["state"] == "ready", timeout_s=90)


def work(window: WindowProcess) -> None:
    """Solo drums, mute bass, loop what is seen: with keys."""
    window.focus()
    window.key("2", "shift+3", "l")
    window.wait_for(lambda s: s["solo"] == ["drums"] and s["mute"] == ["bass"] and s["loop"])


def press_and_expect(window: WindowProcess, key: str, dialog: str) -> None:
    window.key(key)
    window.wait_for(lambda s: dialog in s["dialogs"])
    time.sleep(0.3)  # until the dialog has the keyboard


def test_saved_closed_moved_and_opened_again(
    start_window: Callable[..., WindowProcess], screen: Screen, song: Path, tmp_path: Path
) -> None:
    window = start_window(song)
    separated(window)
    work(window)
    press_and_expect(window, "ctrl+s", "Save the session as")
    screen.xdotool("key", "ctrl+a")
    screen.xdotool("type", "--delay", "20", str(song.parent / "night"))
    screen.xdotool("key", "Return")
    window.wait_for(lambda s: "saved as “night.umx”" in s["notice"])
    window.wait_for(lambda s: s["recent"][:1] == [str(song.parent / "night.umx")])
    deadline = time.monotonic() + 20
    while not json.loads((song.parent / "night.umx").read_text())["stems"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert window.close() < 20
    elsewhere = shutil.move(song.parent, tmp_path / "elsewhere")
    again = start_window(Path(elsewhere) / "night.umx")
    separated(again)
    seen = again.wait_for(lambda s: s["solo"] == ["drums"] and s["mute"] == ["bass"])
    assert seen["song"] == str(Path(elsewhere) / "song.wav")
    again.focus()
    again.key("ctrl+shift+z", "2")
    again.wait_for(lambda s: s["solo"] == [])
    again.key("ctrl+z")
    again.wait_for(lambda s: s["solo"] == ["drums"])
    command = [sys.executable, "-m", "umx_gui", "verify", str(Path(elsewhere) / "night.umx"), "--within", "-100"]
    env = {**again.environment, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "drums: " in done.stdout


def test_after_kill_9_the_next_start_offers_what_was_open(
    start_window: Callable[..., WindowProcess], song: Path
) -> None:
    window = start_window(song)
    separated(window)
    work(window)
    seen = window.wait_for(lambda s: s["loop"])
    time.sleep(2.5)  # a change is kept within a second
    window.process.kill()
    window.process.wait(10)
    again = start_window()
    again.wait_for(lambda s: s["notice"] == "umx-gui did not end as it should", timeout_s=60)
    assert again.seen["song"] is None, "nothing is opened unasked"
    again.click(*again.middle("Take it up"))
    separated(again)
    after = again.wait_for(lambda s: s["solo"] == ["drums"] and s["loop"])
    assert (after["mute"], after["loop"], after["song"]) == (["bass"], seen["loop"], str(song))
    again.close()
    third = start_window()
    time.sleep(1.5)
    assert third.seen["notice"] == "", "it is offered once"
