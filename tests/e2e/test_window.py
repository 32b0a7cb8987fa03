"""The window with a real mouse and keyboard: solo, mute, seek, loop, zoom, and gone within seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from screen_server import Screen
from window_process import WindowProcess, drag

RATE = 44100
pytestmark = pytest.mark.screen


@pytest.fixture
def window(shared_window: WindowProcess) -> WindowProcess:
    """The shared window with the keyboard, its mixer neutral, its playhead at the start, without a loop."""
    shared_window.focus()
    if shared_window.seen["loop"]:
        shared_window.key("l")
    shared_window.key("ctrl+BackSpace", "Home", "ctrl+0")
    shared_window.wait_for(lambda s: not (s["solo"] or s["mute"] or s["loop"] or s["position"]))
    return shared_window


def test_solo_mute_and_seek_by_keyboard(window: WindowProcess) -> None:
    window.key("1")
    assert window.wait_for(lambda s: s["solo"])["solo"] == ["vocals"]
    window.key("1", "3")
    window.wait_for(lambda s: s["solo"] == ["bass"])
    window.key("3", "shift+2")
    seen = window.wait_for(lambda s: s["mute"] and not s["solo"])
    assert seen["mute"] == ["drums"]
    window.key("End")
    window.wait_for(lambda s: s["position"] == 20 * RATE)
    window.key("Left")
    window.wait_for(lambda s: s["position"] == 15 * RATE)
    window.key("Home")
    window.wait_for(lambda s: s["position"] == 0)
    window.key("space")
    window.wait_for(lambda s: s["playing"] and s["position"] > 0)
    window.key("space")
    window.wait_for(lambda s: not s["playing"])
    window.open_dialog("question", "Keyboard and mouse")
    window.key("Escape")
    window.wait_for(lambda s: not s["dialogs"])


def test_solo_mute_seek_loop_and_zoom_by_mouse(window: WindowProcess, screen: Screen) -> None:
    window.click(*window.middle("Solo Drums"))
    assert window.wait_for(lambda s: s["solo"])["solo"] == ["drums"]
    window.click(*window.middle("Mute Other"))
    assert window.wait_for(lambda s: s["mute"])["mute"] == ["other"]
    x, y, width, height = window.place("Bass waveform")
    window.click(x + width // 4, y + height // 2)
    seen = window.wait_for(lambda s: s["position"] > 0)
    assert seen["position"] == pytest.approx(5 * RATE, rel=0.02)
    drag(screen, (x + width // 2, y + height // 2), (x + width * 3 // 4, y + height // 2))
    window.wait_for(lambda s: s["loop"] and s["loop"][1] > 14 * RATE)
    seen = window.now()  # the whole way of the mouse
    assert seen["loop"][0] == pytest.approx(10 * RATE, rel=0.02)
    assert seen["loop"][1] == pytest.approx(15 * RATE, rel=0.03)
    at = x + width // 2
    screen.xdotool("mousemove", at, y + 20, "keydown", "ctrl", "click", 4, "click", 4, "click", 4, "keyup", "ctrl")
    window.wait_for(lambda s: s["view"][1] - s["view"][0] < 12 * RATE)
    seen = window.now()
    start, stop = seen["view"]
    assert (start + stop) / 2 == pytest.approx(10 * RATE, rel=0.02)


def test_tab_reaches_a_button_and_space_presses_it(window: WindowProcess) -> None:
    for _ in range(60):
        before = window.seen["focus"]
        window.key("Tab")
        # What is seen lags behind what is pressed: without waiting, the next Tab would leave the button again.
        if window.wait_for(lambda s, last=before: s["focus"] != last)["focus"] == "Solo Vocals":
            break
    window.key("space")
    seen = window.wait_for(lambda s: s["solo"])
    assert seen["solo"] == ["vocals"]
    assert not seen["playing"]


def test_it_closes_at_once_and_remembers_its_place(start_window: Callable[..., WindowProcess], tmp_path: Path) -> None:
    window = start_window()
    # The window is gone at once; the rest is the interpreter leaving memory, slow on a busy machine.
    assert window.close() < 8.0
    assert window.process.returncode == 0
    assert "window_geometry" in (tmp_path / "home" / "config" / "settings.json").read_text()
