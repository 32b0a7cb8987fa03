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

from umx_gui.engine.sessions.session_file import read_session

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


def wait_until_kept(folder: Path, loop: tuple[int, int]) -> None:
    """Until the autosave has all that `work` did; a second of an idle machine."""
    deadline = time.monotonic() + 120
    while True:
        kept = [read_session(path) for path in folder.glob("*.umx")]
        if [(s.loop, s.strips["drums"].solo, s.strips["bass"].mute) for s in kept if s.strips] == [(loop, True, True)]:
            return
        assert time.monotonic() < deadline, kept
        time.sleep(0.05)


def test_saved_closed_moved_and_opened_again(
    start_window: Callable[..., WindowProcess], screen: Screen, song: Path, tmp_path: Path
) -> None:
    window = start_window(song)
    separated(window)
    work(window)
    window.open_dialog("ctrl+s", "Save the session as")
    screen.xdotool("key", "ctrl+a")
    screen.xdotool("type", "--delay", "20", str(song.parent / "night"))
    screen.xdotool("key", "Return")
    window.wait_for(lambda s: "saved as “night.umx”" in s["notice"])
    window.wait_for(lambda s: s["recent"][:1] == [str(song.parent / "night.umx")])
    deadline = time.monotonic() + 120
    while not json.loads((song.parent / "night.umx").read_text())["stems"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    window.close()
    assert window.process.returncode == 0
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
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "drums: " in done.stdout


def test_after_kill_9_the_next_start_offers_what_was_open(
    start_window: Callable[..., WindowProcess], song: Path
) -> None:
    window = start_window(song)
    separated(window)
    work(window)
    loop = window.now()["loop"]
    wait_until_kept(Path(window.environment["UMX_CONFIG_DIR"]) / "autosave", tuple(loop))
    window.process.kill()
    window.process.wait(60)
    again = start_window()
    again.wait_for(lambda s: s["notice"] == "umx-gui did not end as it should", timeout_s=60)
    assert again.seen["song"] is None, "nothing is opened unasked"
    again.click(*again.middle("Take it up"))
    separated(again)
    after = again.wait_for(lambda s: s["solo"] == ["drums"] and s["loop"])
    assert (after["mute"], after["loop"], after["song"]) == (["bass"], loop, str(song))
    again.close()
    third = start_window()
    time.sleep(1.5)
    assert third.seen["notice"] == "", "it is offered once"
