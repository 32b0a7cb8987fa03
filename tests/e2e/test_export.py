"""Stems are exported from the real window: they add up to the song, and files that are there are asked about."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from window_process import WindowProcess

TARGETS = ("vocals", "drums", "bass", "other")
KEEP = "Keep both, and number the new files"
pytestmark = pytest.mark.screen


def wait_for(*paths: Path) -> None:
    """Until all these files are there: they appear together."""
    deadline = time.monotonic() + 300
    while not all(path.exists() for path in paths):
        assert time.monotonic() < deadline, sorted(p.name for p in paths[0].parent.glob("*"))
        time.sleep(0.1)


def test_stems_add_up_and_nothing_is_written_over(shared_window: WindowProcess) -> None:
    window, song = shared_window, Path(shared_window.seen["song"])
    folder = song.with_name("song_tiny")
    window.focus()
    window.open_dialog("ctrl+e", "Export stems")
    window.key("Return")
    first = [folder / f"{target}.wav" for target in TARGETS]
    wait_for(*first)
    total = sum(sf.read(path, dtype="int32")[0].astype(np.int64) for path in first)
    assert np.array_equal(total, sf.read(song, dtype="int32")[0])
    window.wait_for(lambda s: not s["dialogs"] and "4 files written" in s["notice"])
    before = [path.read_bytes() for path in first]
    window.open_dialog("ctrl+e", "Export stems")
    window.key("Return")
    window.wait_for(lambda s: KEEP in s["places"])
    window.click(*window.middle(KEEP))
    wait_for(*(folder / f"{target} (2).wav" for target in TARGETS))
    assert [path.read_bytes() for path in first] == before
