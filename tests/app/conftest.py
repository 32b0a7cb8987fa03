"""Fixtures of the application's tests: real files to open."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_sounds import sound, write


@pytest.fixture
def song_file(tmp_path: Path) -> Path:
    """Three seconds of stereo at 44.1 kHz, 16 bit."""
    return write(tmp_path / "Ein Lied #1.wav", sound(3.0))
