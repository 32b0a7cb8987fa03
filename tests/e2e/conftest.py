"""Fixtures of the end-to-end tests: a private home for the application, and ways to start it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from screen_server import Screen
from window_process import WindowProcess, make_home

RATE = 44100
StartWindow = Callable[..., WindowProcess]


@pytest.fixture
def start_window(screen: Screen, tiny_models: Path, tmp_path: Path) -> Iterator[StartWindow]:
    """Starts the real window with files; each is closed in the end."""
    started: list[WindowProcess] = []
    environment = make_home(tmp_path / "home", tiny_models)

    def start(*files: Path) -> WindowProcess:
        window = WindowProcess(screen, environment, *files)
        started.append(window)
        window.wait_for(lambda seen: True, timeout_s=60)
        return window

    yield start
    for window in started:
        window.close()


@pytest.fixture(scope="module")
def shared_window(
    screen: Screen, tiny_models: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WindowProcess]:
    """One window for the tests of a module, with a separated song of twenty seconds."""
    folder = tmp_path_factory.mktemp("window")
    t = np.arange(20 * RATE) / RATE
    tone = 0.2 * np.sin(2 * np.pi * 220 * t) * (0.2 + (t % 1.0))
    sf.write(folder / "song.wav", np.stack([tone, tone], axis=1), RATE)
    window = WindowProcess(screen, make_home(folder / "home", tiny_models), folder / "song.wav")
    try:
        window.wait_for(lambda s: s["final"] == 1.0 and s["state"] == "ready", timeout_s=90)
        yield window
    finally:
        window.close()
