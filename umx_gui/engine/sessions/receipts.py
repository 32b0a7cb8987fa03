"""Receipts: a small file beside exported stems that says how they were made, so that they can be made again."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from umx_gui import __version__
from umx_gui.engine.naming import song_name
from umx_gui.engine.sessions.document import Kind, SessionDocument, StemPrint, WrittenFile
from umx_gui.engine.sessions.session_file import read_session, write_session
from umx_gui.engine.sessions.song_search import digest_of, relative_path
from umx_gui.engine.work import CancelToken
from umx_gui.errors import SessionUnreadableError

_PACKAGES = ("torch", "numpy", "scipy", "soxr", "soundfile", "av")


@cache
def versions() -> Mapping[str, str]:
    """What makes stems here: the program, Python, and the libraries whose arithmetic counts."""
    found = {"umx-gui": __version__, "python": platform.python_version(), "system": f"{sys.platform} {_machine()}"}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _machine() -> str:
    return platform.machine() or "unknown"


def write_receipt(
    document: SessionDocument, written: Sequence[tuple[Path, str]], stems: Sequence[StemPrint], cancel: CancelToken
) -> Path:
    """Write the receipt of files (path, target), all in one folder, beside them; returns its path.

    An older receipt is replaced only where all of its files are replaced, too. Raises OSError,
    OutputNotWritableError, DiskFullError and Cancelled.
    """
    folder = written[0][0].parent
    files = tuple(WrittenFile(path.name, target, digest_of(path, cancel)) for path, target in written)
    song = replace(document.song, relative=relative_path(Path(document.song.path), folder))
    receipt = replace(
        document, kind=Kind.RECEIPT, song=song, written=files, stems=tuple(stems), versions=versions(), autosave_of=""
    )
    path = _free_name(folder, song_name(Path(document.song.path)), {file.file for file in files})
    write_session(path, receipt)
    return path


def _free_name(folder: Path, song: str, files: set[str]) -> Path:
    number = 1
    while True:
        path = folder / (f"{song}.receipt.umx" if number == 1 else f"{song}.receipt-{number}.umx")
        if not path.is_symlink() and not path.exists():
            return path
        if _covered(path, files):
            return path
        number += 1


def _covered(path: Path, files: set[str]) -> bool:
    """Whether a receipt says nothing of any file that was not written anew."""
    try:
        old = read_session(path)
    except SessionUnreadableError:
        return False
    return old.kind is Kind.RECEIPT and {written.file for written in old.written} <= files
