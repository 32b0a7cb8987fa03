"""Sound and picture go on while a song is separated: short runs of the benchmarks, held to a tenth of the promise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from screen_server import Screen

ROOT = Path(__file__).parents[2]
PROMISED_FRAMES = 50.0


def patience() -> float:
    """A tenth of the promise, and less on a machine that has other work for its cores."""
    return 10.0 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def run(script: str, *options: object, env: dict[str, str] | None = None) -> dict[str, object]:
    """The line of JSON that a benchmark prints."""
    command = [sys.executable, str(ROOT / "benchmarks" / script), *map(str, options)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, cwd=ROOT, check=False)
    assert done.stdout.strip(), done.stderr[-2000:]
    said: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return said


@pytest.mark.screen
def test_lanes_follow_the_wheel_while_separating(screen: Screen, tiny_models: Path) -> None:
    found = run("frames.py", "--song-s", 40, "--seconds", 3, "--models", tiny_models, env=screen.env)
    assert isinstance(found["waveform_s"], float)
    assert isinstance(found["spectrogram_s"], float)
    assert found["waveform_s"] < patience() * 0.3
    assert found["spectrogram_s"] < patience() * 0.6
    for mode in ("waveform", "spectrogram", "both"):
        measured = found[f"{mode} zoom"]
        assert isinstance(measured, dict)
        assert measured["median"] > PROMISED_FRAMES / patience(), (mode, found)


@pytest.mark.screen
@pytest.mark.sound
def test_no_sample_is_lost_while_all_is_busy(sound: object, screen: Screen, tiny_models: Path) -> None:
    found = run("underruns.py", "--seconds", 5, "--song-s", 30, "--models", tiny_models)
    assert found["underruns"] == 0
    assert found["breaks"] == []
