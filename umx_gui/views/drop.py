"""What may be dropped on the window: files and folders of this computer; everything else is refused in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl

from umx_gui.engine.song_files import AUDIO_SUFFIXES as AUDIO_SUFFIXES
from umx_gui.engine.song_files import songs_in as songs_in
from umx_gui.messages import Message
from umx_gui.words import mark, tr


@dataclass(frozen=True, slots=True)
class Dropped:
    """The songs of a drop, and what is said about what was not taken."""

    files: tuple[Path, ...]
    refusal: Message | None = None


def has_files(data: QMimeData) -> bool:
    """Whether a drop is worth looking at: it has a file of this computer in it."""
    return any(url.isLocalFile() and not url.host() for url in data.urls())


def files_of(data: QMimeData) -> Dropped:
    """The songs in a drop: files as they come, folders by what lies in them."""
    return files_of_urls(data.urls()) if data.hasUrls() else Dropped((), _NOT_A_FILE.translated())


def paths_of(data: QMimeData) -> Dropped:
    """The files and folders in a drop as they are, not looked into."""
    urls = data.urls()
    here = tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile() and not url.host())
    foreign = len(here) < len(urls)
    return Dropped(
        here,
        (_NOT_ALL.translated() if here else _NOT_LOCAL.translated())
        if foreign
        else None
        if here
        else _NOT_A_FILE.translated(),
    )


_NOT_A_FILE = Message(
    mark("This cannot be opened"), mark("it is not a file"), mark("Drop a song from your file manager")
)
_NOT_ALL = Message(
    mark("Not everything was taken"), mark("some of it is not on this computer"), mark("Save those files first")
)
_NOT_LOCAL = Message(
    mark("This cannot be opened"), mark("it is not on this computer"), mark("Save the file first, then drop it here")
)


def files_of_urls(urls: list[QUrl]) -> Dropped:
    """The songs that some addresses name. Only file:// on this computer counts: nothing is ever fetched."""
    here = [Path(url.toLocalFile()) for url in urls if url.isLocalFile() and not url.host()]
    return files_of_paths(here, n_foreign=len(urls) - len(here))


def files_of_paths(paths: list[Path], n_foreign: int = 0) -> Dropped:
    """The songs that some paths name; `n_foreign` other things came with them and cannot be taken."""
    files: list[Path] = []
    empty: Path | None = None
    for path in paths:
        if path.is_dir():
            found = sorted(songs_in(path), key=lambda p: str(p).casefold())
            empty = empty if found else path
            files += found
        else:
            files.append(path)
    refusal = None
    if n_foreign and not files:
        refusal = _NOT_LOCAL.translated()
    elif n_foreign:
        refusal = _NOT_ALL.translated()
    elif empty is not None and not files:
        refusal = Message(
            tr("“{name}” has no songs in it", name=empty.name), tr("no audio file was found"), tr("Drop another folder")
        )
    elif not files:
        refusal = _NOT_A_FILE.translated()
    return Dropped(tuple(dict.fromkeys(files)), refusal)
