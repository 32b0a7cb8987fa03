"""Finding the songs that are to be queued, in a thread: folders may be large, and disks slow."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from umx_gui.engine.song_files import songs_in
from umx_gui.engine.work import CancelToken
from umx_gui.messages import Message
from umx_gui.words import tr, trn

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Found:
    """Songs, each with its size in bytes."""

    songs: tuple[tuple[Path, int], ...]


def find_songs(paths: Sequence[Path], cancel: CancelToken) -> Generator[Found, None, None]:
    """The files among the paths as they come, and the songs in the folders, sorted; a few hundred at a time."""
    seen: set[Path] = set()
    songs: list[tuple[Path, int]] = []
    for path in paths:
        path = path.absolute()
        inside = sorted(songs_in(path), key=lambda p: str(p).casefold()) if path.is_dir() else [path]
        for song in inside:
            cancel.check()
            if song in seen:
                continue
            seen.add(song)
            songs.append((song, _size(song)))
            if len(songs) == _AT_ONCE:
                yield Found(tuple(songs))
                songs = []
    if songs:
        yield Found(tuple(songs))


def found_words(paths: Sequence[Path], found: Sequence[Found]) -> Message:
    """What is said about what was found."""
    n = sum(len(part.songs) for part in found)
    if n:
        return Message(trn("{n} song was added to the queue", "{n} songs were added to the queue", n))
    what = (
        tr("“{name}” has no songs in it", name=paths[0].name)
        if len(paths) == 1
        else tr("There are no songs in these folders")
    )
    return Message(what, tr("no audio file was found"), tr("Add another folder"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # why it cannot be read is said when it is its turn
