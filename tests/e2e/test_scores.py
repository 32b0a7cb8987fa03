"""Reference stems are dropped on the real window from another program, and scored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from screen_server import Screen
from test_drop_a_song import dragged_from_another_program
from window_process import WindowProcess

RATE = 44100
STEMS = ("vocals", "drums", "bass", "other")
pytestmark = pytest.mark.screen


def test_a_dropped_folder_of_stems_is_scored(
    start_window: Callable[..., WindowProcess], screen: Screen, tmp_path: Path
) -> None:
    folder = tmp_path / "A track"
    folder.mkdir()
    rng = np.random.default_rng(7)
    stems = 0.05 * rng.standard_normal((4, 4 * RATE, 2))
    for name, stem in zip(STEMS, stems, strict=True):
        sf.write(folder / f"{name}.wav", stem, RATE)
    sf.write(folder / "mixture.wav", stems.sum(0), RATE)
    window = start_window(folder / "mixture.wav")
    window.wait_for(lambda s: s["final"] == 1.0 and s["state"] == "ready", timeout_s=90)
    with dragged_from_another_program(screen, folder) as onto:
        assert onto(window) == "result CopyAction"
        window.wait_for(lambda s: "holds reference stems" in s["notice"])
    window.click(*window.middle("Score against these"))
    seen = window.wait_for(lambda s: "SDR of Vocals by second" in s["places"], timeout_s=60)
    assert "Scores" in seen["dialogs"]
    assert seen["song"] == str(folder / "mixture.wav")
    lane, curve = seen["places"]["Vocals waveform"], seen["places"]["SDR of Vocals by second"]
    assert curve[1] == lane[1] + lane[3], "it lies under its lane"
    assert curve[2] == lane[2]
