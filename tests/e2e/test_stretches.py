"""A stretch is selected, separated alone, undone and exported in the real window, with mouse and keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from screen_server import Screen
from window_process import WindowProcess

RATE = 44100
pytestmark = pytest.mark.screen


def song(path: Path) -> Path:
    t = np.arange(12 * RATE) / RATE
    rng = np.random.default_rng(5)
    x = 0.2 * np.sin(2 * np.pi * 220 * t) * (0.2 + (t % 0.5)) + 0.02 * rng.standard_normal(t.size)
    sf.write(path, np.stack([x, 0.7 * x], axis=1), RATE)
    return path


def shift_drag(window: WindowProcess, screen: Screen, from_share: float, to_share: float) -> None:
    x, y, width, _ = window.place("Drums waveform")
    a, b = round(x + from_share * width), round(x + to_share * width)
    screen.xdotool("keydown", "shift")
    screen.xdotool("mousemove", a, y + 20, "sleep", 0.1, "mousedown", 1, "sleep", 0.1)
    for step in range(1, 6):
        screen.xdotool("mousemove", a + (b - a) * step // 5, y + 20, "sleep", 0.05)
    screen.xdotool("mouseup", 1, "sleep", 0.1)
    screen.xdotool("keyup", "shift")


def test_select_separate_undo_and_export(
    start_window: Callable[..., WindowProcess], screen: Screen, tmp_path: Path
) -> None:
    window = start_window(song(tmp_path / "song.wav"))
    window.wait_for(lambda s: s["final"] == 1.0 and s["state"] == "ready", timeout_s=90)
    window.focus()
    shift_drag(window, screen, 0.25, 0.5)
    window.wait_for(lambda s: s["selection"])
    seen = window.now()  # the whole way of the mouse
    start, stop = seen["selection"]
    assert abs(start - 3 * RATE) < RATE / 5
    assert abs(stop - 6 * RATE) < RATE / 5
    assert seen["loop"] is None
    window.key("ctrl+shift+r")
    window.wait_for(lambda s: s["stretches"] == [[start, stop, 1, 0]], timeout_s=60)
    assert window.seen["sum_check"] == "exact"
    window.key("ctrl+z")
    window.wait_for(lambda s: s["stretches"] == [])
    window.key("ctrl+shift+z")
    window.wait_for(lambda s: s["stretches"] == [[start, stop, 1, 0]])
    assert window.seen["sum_check"] == "exact"
    window.open_dialog("ctrl+alt+e", "Export stems")
    window.click(*_in_dialog(window, "Folder"))
    screen.xdotool("key", "ctrl+a")
    screen.xdotool("type", "--delay", "20", str(tmp_path / "out"))
    screen.xdotool("key", "Return")
    window.wait_for(lambda s: "written to" in s["notice"] or "files are in" in s["notice"], timeout_s=60)
    files = sorted((tmp_path / "out").rglob("*.wav"))
    assert len(files) == 4
    stems = [sf.read(path, dtype="float64")[0] for path in files]
    assert {len(stem) for stem in stems} == {stop - start}, "exactly what is selected"
    mixture = sf.read(tmp_path / "song.wav", start=start, stop=stop, dtype="float64")[0]
    assert np.abs(sum(stems) - mixture).max() < 2**-20
    window.focus()
    window.open_dialog("ctrl+s", "Save the session as")
    screen.xdotool("key", "ctrl+a")
    screen.xdotool("type", "--delay", "20", str(tmp_path / "night"))
    screen.xdotool("key", "Return")
    window.wait_for(lambda s: s["recent"][:1] == [str(tmp_path / "night.umx")])
    window.close()
    assert window.process.returncode == 0
    saved = json.loads((tmp_path / "night.umx").read_text())["stretches"]
    assert [(s["start"], s["stop"], s["model"]["name"]) for s in saved] == [(start, stop, "tiny")]
    again = start_window(tmp_path / "night.umx")
    again.wait_for(lambda s: s["stretches"] == [[start, stop, 1, 0]] and s["final"] == 1.0, timeout_s=90)
    again.wait_for(lambda s: s["sum_check"] == "exact")


def _in_dialog(window: WindowProcess, name: str) -> tuple[int, int]:
    return window.middle(name)
