"""The queue in the real window: a folder dropped on it is separated while a song is opened, and nothing is lost."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from screen_server import Screen
from window_process import HERE, WindowProcess, drag_until_taken, lines_of, make_home

RATE = 44100
pytestmark = pytest.mark.screen


def write_song(path: Path, seconds: float, seed: int = 1) -> Path:
    noise = 0.1 * np.random.default_rng(seed).standard_normal((round(seconds * RATE), 2))
    path.parent.mkdir(exist_ok=True)
    sf.write(path, noise, RATE, subtype="PCM_16")
    return path


@pytest.fixture
def start(screen: Screen, tiny_models: Path, tmp_path: Path) -> Iterator[Callable[..., WindowProcess]]:
    """Starts the window in a home whose queue writes into out/."""
    environment = make_home(tmp_path / "home", tiny_models)
    settings = tmp_path / "home" / "config" / "settings.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "queue_folder": str(tmp_path / "out")}))
    started: list[WindowProcess] = []

    def start(*files: Path) -> WindowProcess:
        window = WindowProcess(screen, environment, *files)
        started.append(window)
        window.wait_for(lambda seen: True, timeout_s=60)
        window.focus()
        return window

    yield start
    for window in started:
        window.close()


@contextmanager
def offered(screen: Screen, *names: Path) -> Iterator[Callable[[tuple[int, int]], str]]:
    """Another program offers these files; calling what comes drags them to a place on the screen."""
    command = [sys.executable, str(HERE / "drag_source.py"), *map(str, names)]
    with subprocess.Popen(command, env=screen.env, stdout=subprocess.PIPE, text=True) as source:
        try:
            said = lines_of(source)
            assert said.get(timeout=120) == "ready"
            yield lambda place: drag_until_taken(screen, said, place)
        finally:
            source.terminate()


def test_a_folder_dropped_on_the_queue_is_separated_while_a_song_opens(
    start: Callable[..., WindowProcess], screen: Screen, tmp_path: Path
) -> None:
    folder = tmp_path / "songs"
    write_song(folder / "a.wav", 2.0)
    write_song(folder / "b.flac", 1.0, seed=2)
    (folder / "broken.mp3").write_bytes(b"no song")
    (folder / "notes.txt").write_text("no song")
    window = start()
    window.key("ctrl+j")
    window.wait_for(lambda s: "Queue" in s["dialogs"])
    x, y, width, height = window.place("Songs in the queue")
    with offered(screen, folder) as onto:
        onto((x + width // 2, y + height // 2))
        window.wait_for(lambda s: len(s["queue"]) == 3)
    # The first start of everything takes a while; a song opens all the same.
    seen = window.wait_for(lambda s: all(state in ("done", "failed") for _, state, _ in s["queue"]), timeout_s=90)
    assert [(name, state) for name, state, _ in seen["queue"]] == [
        ("a.wav", "done"),
        ("b.flac", "done"),
        ("broken.mp3", "failed"),
    ]
    assert sf.info(tmp_path / "out" / "a_tiny" / "vocals.wav").frames == 2 * RATE
    assert len(list((tmp_path / "out" / "b_tiny").iterdir())) == 4


def test_a_song_is_opened_separated_and_played_while_the_queue_works(
    start: Callable[..., WindowProcess], screen: Screen, tmp_path: Path
) -> None:
    song = write_song(tmp_path / "songs" / "long.wav", 120.0)
    window = start(song)
    window.wait_for(lambda s: s["final"] == 1.0 and s["state"] == "ready", timeout_s=120)
    window.key("space")
    window.wait_for(lambda s: s["playing"] and s["position"] > 0)
    window.key("ctrl+shift+j")
    begun = window.wait_for(lambda s: s["queue"] and s["queue"][0][1] == "running", timeout_s=30)
    assert begun["playing"]
    # It plays on: so it does where this machine is so quick that the queue is done with the song just now.
    seen = window.wait_for(lambda s: s["position"] > begun["position"])
    assert seen["playing"]
    window.key("space")
    window.wait_for(lambda s: s["queue"][0][1] == "done", timeout_s=120)
    assert sf.info(tmp_path / "out" / "long_tiny" / "bass.wav").frames == 120 * RATE


def test_killed_in_the_middle_it_waits_again(
    start: Callable[..., WindowProcess], screen: Screen, tmp_path: Path
) -> None:
    song = write_song(tmp_path / "songs" / "long.wav", 120.0)
    window = start(song)
    window.wait_for(lambda s: s["song"] is not None, timeout_s=60)
    window.key("ctrl+shift+j")
    window.wait_for(lambda s: s["queue"] and s["queue"][0][1] == "running", timeout_s=60)
    window.process.send_signal(signal.SIGKILL)
    window.process.wait(60)
    assert not (tmp_path / "out").exists()
    again = start()
    seen = again.wait_for(lambda s: s["queue"])
    assert seen["queue"] == [["long.wav", "waiting", 0.0]]
    assert seen["queue_paused"]
    again.key("ctrl+j")
    again.wait_for(lambda s: "Queue" in s["dialogs"])
    again.click(*again.middle("Resume the queue"))
    again.wait_for(lambda s: s["queue"][0][1] == "done", timeout_s=120)
    assert len(list((tmp_path / "out" / "long_tiny").iterdir())) == 4
