"""A song of three hours within 2 GB, and two hundred songs with memory flat within 100 MB.

    pytest --slow tests/security/test_long_and_many.py -s     # half an hour, and 40 GB of disk while it runs

UMX_LONG_HOURS changes the length of the song. The short run in the usual tests has ten songs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from memory import Watched
from processes import ROOT, TARGETS, environment

from umx_gui.engine.models.model import Model, ModelSpec, save_model
from umx_gui.engine.models.network import NetworkShape, OpenUnmix

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is looked up in /proc")
RATE = 44100
MOST_MB = 2048
HOURS = float(os.environ.get("UMX_LONG_HOURS", "3"))


def music(seconds: float, seed: int) -> np.ndarray:
    """Tones over noise [T, 2], as 16-bit integers."""
    rng, t = np.random.default_rng(seed), np.arange(round(RATE * seconds)) / RATE
    tones = np.sin(2 * np.pi * np.array([[110.0 + seed], [277.2]]) * t) * np.abs(np.sin(t * 3))
    return (8000 * tones + 200 * rng.standard_normal((2, t.size))).astype(np.int16).T


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A model of the published transform with few units: all but the networks costs what it costs with umxhq."""
    torch.manual_seed(0)
    networks = {t: OpenUnmix(NetworkShape(hidden_size=16, n_layers=1)).eval() for t in TARGETS}
    save_model(tmp_path / "models" / "small", Model("small", ModelSpec(), networks), with_pth=False)
    return tmp_path / "models"


def start(models: Path, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "umx_gui", "separate", "--model", "small", "--json-progress", *arguments]
    return subprocess.Popen(command, cwd=folder, env=environment(models), stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_three_hours_within_two_gigabytes(tmp_path: Path, models: Path) -> None:
    if shutil.disk_usage(tmp_path).free < HOURS * 13e9:
        pytest.skip("missing: 40 GB of free disk")
    minute, n_minutes = music(60.0, 1), round(HOURS * 60)
    with soundfile.SoundFile(tmp_path / "long.flac", "w", RATE, 2, "PCM_16") as file:
        for _ in range(n_minutes):
            file.write(minute)
    began = time.monotonic()
    with start(models, tmp_path, "long.flac", "--bit-depth", "16") as process:
        watched = Watched(process)
        assert process.stdout is not None
        events = [json.loads(line) for line in process.stdout]
        watched.wait()
    took_s = time.monotonic() - began
    print(f"\n{HOURS:g} h: {took_s:.0f} s, {HOURS * 3600 / took_s:.1f} times real time, peak {watched.peak_mb:.0f} MB")
    assert process.returncode == 0
    assert next(e["exact_sum"] for e in events if e["event"] == "song")
    for target in TARGETS:
        assert soundfile.info(tmp_path / "long_small" / f"{target}.wav").frames == n_minutes * len(minute)
    # The sum is exact where it is hardest to keep: at the very end.
    at = n_minutes * len(minute) - RATE
    ends = [soundfile.read(tmp_path / "long_small" / f"{t}.wav", start=at, dtype="int16")[0] for t in TARGETS]
    assert np.array_equal(sum(end.astype(int) for end in ends), minute[-RATE:])
    assert watched.peak_mb < MOST_MB
    shutil.rmtree(tmp_path / "long_small")
    (tmp_path / "long.flac").unlink()


def memory_over(n_songs: int, folder: Path, models: Path) -> list[float]:
    """Separate so many songs in one command; the memory in MB after each."""
    lengths = [2.0, 3.5, 1.0, 5.0]
    for number in range(n_songs):
        name = f"{number}.{('wav', 'flac', 'mp3', 'ogg')[number % 4]}"
        soundfile.write(folder / name, music(lengths[number % 4], number), RATE)
    names = sorted((path.name for path in folder.iterdir() if path.is_file()), key=lambda name: int(name.split(".")[0]))
    after: list[float] = []
    with start(models, folder, "--overwrite", *names) as process:
        watched = Watched(process)
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "song" and watched.samples:
                after.append(watched.samples[-1][1])
        watched.wait()
    assert process.returncode == 0
    assert len(list(folder.glob("*_small/vocals.wav"))) == n_songs
    return after


def test_ten_songs_with_flat_memory(tmp_path: Path, models: Path) -> None:
    (tmp_path / "songs").mkdir()
    after = memory_over(10, tmp_path / "songs", models)
    assert max(after[5:]) - max(after[:5]) < 100


@pytest.mark.slow
def test_two_hundred_songs_with_flat_memory(tmp_path: Path, models: Path) -> None:
    (tmp_path / "songs").mkdir()
    after = memory_over(200, tmp_path / "songs", models)
    print(f"\n200 songs: {max(after[:20]):.0f} MB among the first 20, {max(after[20:]):.0f} MB later")
    assert max(after[20:]) - max(after[:20]) < 100


def memory_of_queue(n_songs: int, folder: Path, models: Path) -> list[float]:
    """Separate so many songs in the window's queue; the memory in MB after each."""
    (folder / "songs").mkdir()
    lengths = [2.0, 3.5, 1.0, 5.0]
    for number in range(n_songs):
        name = f"{number:03}.{('wav', 'flac', 'mp3', 'ogg')[number % 4]}"
        soundfile.write(folder / "songs" / name, music(lengths[number % 4], number), RATE)
    program = Path(__file__).with_name("queue_songs.py")
    paths = [str(ROOT), str(ROOT / "tests" / "security")]
    env = environment(models, UMX_CONFIG_DIR=str(folder / "config"), PYTHONPATH=os.pathsep.join(paths))
    command = [sys.executable, str(program), str(folder / "songs"), str(folder / "out")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["states"] == ["done"] * n_songs
    assert len(list((folder / "out").glob("*_small/vocals.wav"))) == n_songs
    after: list[float] = report["after"]
    return after


def test_twelve_songs_in_the_queue_with_flat_memory(tmp_path: Path, models: Path) -> None:
    after = memory_of_queue(12, tmp_path, models)
    assert max(after[6:]) - max(after[:6]) < 100


@pytest.mark.slow
def test_two_hundred_songs_in_the_queue_with_flat_memory(tmp_path: Path, models: Path) -> None:
    after = memory_of_queue(200, tmp_path, models)
    print(f"\n200 songs: {max(after[:20]):.0f} MB among the first 20, {max(after[20:]):.0f} MB later")
    assert max(after[20:]) - max(after[:20]) < 100
