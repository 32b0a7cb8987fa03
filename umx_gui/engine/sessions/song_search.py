"""Which file a session's song is: told by its digest, looked for where it was, beside the session, and below it.

A path in a session file comes from whoever wrote it. It is opened only if it is an absolute path of an ordinary file of
this computer, and only if the file is the very song; everything else is as if nothing were there.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath, PureWindowsPath

from umx_gui.engine.models.digests import digests_of, recorded_digests
from umx_gui.engine.sessions.document import SongRef
from umx_gui.engine.storage.files import open_plain
from umx_gui.engine.work import CancelToken

MAX_ENTRIES = 20_000
_CHUNK = 1 << 20


def digest_of(path: Path, cancel: CancelToken) -> str:
    """The SHA-256 of a file. Raises OSError, at once for what is none (a pipe would never end), and Cancelled."""
    digest = hashlib.sha256()
    with os.fdopen(open_plain(path, os.O_RDONLY, follow=True), "rb") as file:
        while chunk := file.read(_CHUNK):
            cancel.check()
            digest.update(chunk)
    return digest.hexdigest()


def models_digest(folder: Path) -> str:
    """One digest of a model: of the names and SHA-256 of its weights and settings. Raises OSError, ModelInvalidError.

    Those of an installed model were recorded, and are compared at every load: they need not be computed.
    """
    digests = recorded_digests(folder) or digests_of(folder)
    counted = sorted((name, digest) for name, digest in digests.items() if not name.endswith(".md"))
    return hashlib.sha256("".join(f"{name} {digest}\n" for name, digest in counted).encode()).hexdigest()


def relative_path(song: Path, folder: Path) -> str:
    """The way from a session's folder to its song; "" where there is none (another drive)."""
    try:
        return Path(os.path.relpath(song, folder)).as_posix()
    except ValueError:
        return ""


def find_song(song: SongRef, session: Path | None, cancel: CancelToken) -> Path | None:
    """The file that is the song; None where it is nowhere. `session` is the session's file. Raises Cancelled."""
    for path in candidates(song, session):
        cancel.check()
        if is_song(path, song, cancel):
            return path
    return None


def is_song(path: Path, song: SongRef, cancel: CancelToken) -> bool:
    """Whether a file is this song, by its size and digest. Raises Cancelled."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size != song.size:
            return False
        return digest_of(path, cancel) == song.sha256
    except (OSError, ValueError):
        return False


def candidates(song: SongRef, session: Path | None) -> Iterator[Path]:
    """Where the song may be, likely places first; all absolute, none of them looked at yet."""
    if (there := local_path(song.path)) is not None:
        yield there
    if session is None:
        return
    folder = session.absolute().parent
    if song.relative and "://" not in song.relative and not Path(song.relative).is_absolute():
        yield Path(os.path.normpath(folder / song.relative))
    name = plain_name(song.path)
    if name:
        yield folder / name
        yield from islice(_named(folder, name), MAX_ENTRIES)


def local_path(text: str) -> Path | None:
    """The path that a text is, if it is an absolute one on this computer: no address, no share of another computer."""
    if not text or text.startswith(("//", "\\\\")):
        return None
    path = Path(text)  # an address such as http://... is no absolute path
    return path if path.is_absolute() else None


def plain_name(text: str) -> str:
    """The last part of a path of any system."""
    name = PureWindowsPath(text).name if "\\" in text and "/" not in text else PurePosixPath(text).name
    return "" if name in ("", ".", "..") else name


def _named(folder: Path, name: str) -> Iterator[Path]:
    """The files of this name in the folders below, without following links or looking into hidden ones."""
    seen = 0
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        seen += len(files) + len(folders)
        if name in files and Path(root) != folder:
            yield Path(root) / name
        if seen > MAX_ENTRIES:
            return
