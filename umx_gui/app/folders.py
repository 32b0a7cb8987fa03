"""Where files go by default."""

from __future__ import annotations

import os
from pathlib import Path

from umx_gui.engine.resource import resource


def music_folder() -> Path:
    """The user's music, or home."""
    music = Path.home() / "Music"
    return music if music.is_dir() else Path.home()


def folder_beside(song: Path) -> Path:
    """Where a song lies, if something may be written there and it is no folder of the application's own."""
    folder = song.absolute().parent
    try:
        ours = folder == resource("demo").absolute()
    except FileNotFoundError:
        ours = False
    locked = folder.is_dir() and not os.access(folder, os.W_OK)
    return music_folder() if ours or locked else folder
