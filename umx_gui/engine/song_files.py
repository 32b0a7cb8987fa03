"""Which files of a folder are songs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

MAX_FOLDER_ENTRIES = 20_000
AUDIO_SUFFIXES = frozenset(
    f".{name}"
    for kinds in (
        ("wav", "wave", "rf64", "w64", "flac", "aif", "aiff", "aifc", "au", "caf", "tta", "ape", "wv"),
        ("mp3", "mp2", "ogg", "oga", "opus", "m4a", "aac", "ac3", "wma", "alac"),
        ("mp4", "mov", "mka", "mkv", "webm"),
    )
    for name in kinds
)
"""Which files of a folder are taken for songs; a file named one by one is tried whatever it is called."""


def songs_in(folder: Path) -> Iterator[Path]:
    """The audio files in a folder and the folders in it, without following links or looking at hidden files."""
    for path in islice(_walk(folder), MAX_FOLDER_ENTRIES):
        if path.suffix.casefold() in AUDIO_SUFFIXES:
            yield path


def _walk(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return  # a folder we may not read has nothing for us
    for path in entries:
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        elif path.is_file():
            yield path
