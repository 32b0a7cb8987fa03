"""Drop a song on the window and its stems are there: a real drag from another program, under a window manager."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from screen_server import Screen
from window_process import HERE, WindowProcess, drag_until_taken, lines_of

RATE = 44100
pytestmark = pytest.mark.screen


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """Four seconds of beats over a chord, in a file whose name is hard on careless programs."""
    t = np.arange(4 * RATE) / RATE
    rng = np.random.default_rng(7)
    beats = 0.4 * rng.uniform(-1, 1, t.size) * np.exp(-((t % 0.5) * 25))
    chord = 0.1 * sum(np.sin(2 * np.pi * f * t) for f in (110.0, 220.0, 330.0))
    path = tmp_path / "a folder" / "My Söng #1 100% <b>.flac"
    path.parent.mkdir()
    sf.write(path, np.stack([beats + chord, beats - chord], axis=1), RATE)
    return path


@contextmanager
def dragged_from_another_program(screen: Screen, *names: object) -> Iterator[Callable[[WindowProcess], str]]:
    """Another process offers these files; calling what comes drags them onto a window, and says what came of it.

    The other process must live until the window has taken the files: it answers for them after the drop.
    """
    source = subprocess.Popen(
        [sys.executable, str(HERE / "drag_source.py"), *map(str, names)],
        env=screen.env,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert source.stdout is not None
    said = lines_of(source)

    def onto(window: WindowProcess) -> str:
        x, y, width, height = window.place("umx-gui window")
        return drag_until_taken(screen, said, (x + width // 2, y + height // 2))

    try:
        assert said.get(timeout=120) == "ready"
        yield onto
    finally:
        source.terminate()
        source.wait(60)
        source.stdout.close()


def test_a_dropped_song_is_opened_and_separated(
    start_window: Callable[..., WindowProcess], screen: Screen, song: Path
) -> None:
    window = start_window()
    assert window.seen["state"] == "empty"
    with dragged_from_another_program(screen, song) as drop_onto:
        assert drop_onto(window) == "result CopyAction"
        window.wait_for(lambda s: s["song"] is not None)
    seen = window.wait_for(lambda s: s["final"] == 1.0 and s["state"] == "ready", timeout_s=60)
    assert seen["song"] == str(song)
    assert seen["n_samples"] == 4 * RATE
    assert seen["targets"] == ["vocals", "drums", "bass", "other"]
    assert seen["recent"] == [str(song)]
    assert seen["notice"] == ""
    assert song.exists()


def test_a_dropped_folder_opens_its_first_song(
    start_window: Callable[..., WindowProcess], screen: Screen, song: Path
) -> None:
    (song.parent / "notes.txt").write_text("not a song")
    window = start_window()
    with dragged_from_another_program(screen, song.parent) as drop_onto:
        drop_onto(window)
        assert window.wait_for(lambda s: s["song"] is not None)["song"] == str(song)


def test_a_web_address_is_refused_in_words(start_window: Callable[..., WindowProcess], screen: Screen) -> None:
    window = start_window()
    with dragged_from_another_program(screen, "http://localhost/song.mp3") as drop_onto:
        drop_onto(window)
        seen = window.wait_for(lambda s: s["notice"])
    assert seen["notice"] == "This cannot be opened"
    assert seen["song"] is None
