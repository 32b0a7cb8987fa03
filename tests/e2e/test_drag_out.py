"""Sound is dragged into another program, as a file: a stem, a group, what is heard, the loop, the selection."""

from __future__ import annotations

import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from drop_target import TITLE
from screen_server import Screen
from window_process import HERE, WindowProcess, drag

RATE = 44100
HEARD = "Drag out what I hear"
pytestmark = pytest.mark.screen

Take = Callable[..., tuple[str, np.ndarray]]


@pytest.fixture
def window(shared_window: WindowProcess) -> WindowProcess:
    """The shared window with the keyboard, its mixer neutral, without a loop."""
    shared_window.focus()
    if shared_window.seen["loop"]:
        shared_window.key("l")
    shared_window.key("ctrl+BackSpace", "Home", "ctrl+0")
    shared_window.wait_for(lambda s: not (s["solo"] or s["mute"] or s["loop"] or s["position"]))
    return shared_window


@pytest.fixture
def take(window: WindowProcess, screen: Screen, tmp_path: Path) -> Take:
    """Drag what has this name into another program; the file's name there, and its samples [T, C]."""

    def drag_out(name: str, *held: str) -> tuple[str, np.ndarray]:
        copy = tmp_path / "taken.wav"
        target = subprocess.Popen(
            [sys.executable, str(HERE / "drop_target.py"), str(copy)], env=screen.env, stdout=subprocess.PIPE, text=True
        )
        assert target.stdout is not None
        try:
            assert target.stdout.readline().strip() == "ready"
            found = screen.xdotool("search", "--sync", "--onlyvisible", "--name", TITLE).split()[-1]
            screen.xdotool("windowraise", found)
            said = dict(line.split("=") for line in screen.xdotool("getwindowgeometry", "--shell", found).split())
            place = (int(said["X"]) + 100, int(said["Y"]) + 45)
            # A file that is not there in time starts no drag; on a busy machine it is there the next time.
            for tried in range(6):
                pull(screen, window.middle(name), place, held)
                if select.select([target.stdout], [], [], 6 + 6 * tried)[0]:
                    break
            else:
                raise AssertionError("nothing was dropped")
            arrived = target.stdout.readline().strip()
        finally:
            target.terminate()
            target.wait(60)
            target.stdout.close()
        samples, rate = sf.read(copy, always_2d=True)
        assert rate == RATE
        return arrived, samples

    return drag_out


def pull(screen: Screen, start: tuple[int, int], stop: tuple[int, int], held: tuple[str, ...]) -> None:
    """A real drag, with some keys held."""
    for key in held:
        screen.xdotool("keydown", key)
    try:
        drag(screen, start, stop, steps=14)
    finally:
        for key in held:
            screen.xdotool("keyup", key)


def test_what_is_heard_goes_along_as_it_is_set(window: WindowProcess, take: Take) -> None:
    name, mixture = take("Mixture")
    assert name == "song - mixture.wav"
    name, whole = take(HEARD)
    assert name == "song - mix.wav"
    assert np.abs(whole - mixture).max() < 1e-5
    window.key("1")
    window.wait_for(lambda s: s["solo"] == ["vocals"])
    _, vocals = take("Vocals")
    _, heard = take(HEARD)
    assert np.array_equal(heard, vocals)


def test_a_group_goes_along_by_the_button_that_chooses_it(window: WindowProcess, take: Take) -> None:
    window.click(*window.middle(HEARD))
    window.wait_for(lambda s: s["dialogs"])
    window.key("Down")  # from what I hear to the accompaniment
    window.key("Return")
    window.wait_for(lambda s: "Drag out accompaniment" in s["places"])
    try:
        name, group = take("Drag out accompaniment")
        assert name == "song - accompaniment.wav"
        _, mixture = take("Mixture")
        _, vocals = take("Vocals")
        assert np.abs(group + vocals - mixture).max() < 1e-5
        assert np.abs(group - mixture).max() > 1e-3
    finally:
        window.click(*window.middle("Drag out accompaniment"))
        window.wait_for(lambda s: s["dialogs"])
        window.key("Up")
        window.key("Return")
        window.wait_for(lambda s: HEARD in s["places"])


def test_with_shift_only_the_loop_or_the_selection_goes_along(
    window: WindowProcess, screen: Screen, take: Take
) -> None:
    _, whole = take("Bass")
    x, y, width, height = window.place("Bass waveform")
    drag(screen, (x + width // 2, y + height // 2), (x + width * 3 // 4, y + height // 2))
    window.wait_for(lambda s: s["loop"] and s["loop"][1] > 14 * RATE)
    start, stop = window.now()["loop"]  # that of the whole way of the mouse
    name, part = take("Bass", "shift")
    assert name == "song - bass.wav"
    assert np.array_equal(part, whole[start:stop])
    _, again = take("Bass")
    assert len(again) == 20 * RATE
    window.key("End", "Left", "Left", "i", "Right", "o")
    start, stop = window.wait_for(lambda s: s["selection"] and s["selection"][1] - s["selection"][0] == 5 * RATE)[
        "selection"
    ]
    _, part = take("Bass", "shift")
    assert np.array_equal(part, whole[start:stop]), "what is selected comes before the loop"
    window.key("Escape")
    window.wait_for(lambda s: not s["selection"])
