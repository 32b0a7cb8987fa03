"""What the folder of a song's stems is called."""

from __future__ import annotations

from pathlib import Path

from umx_gui.engine.naming import safe_name, song_name


def song_folder_name(path: Path, model: str, taken: set[str]) -> str:
    """The folder of a song, named after song and model, numbered where that is taken; adds it (in lower case)."""
    plain = name = safe_name(f"{song_name(path)}_{model}")
    n = 1
    while name.casefold() in taken:
        n += 1
        name = f"{plain}_{n}"
    taken.add(name.casefold())
    return name
