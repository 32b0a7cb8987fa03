"""The writers of sessions, as `writers` wants them: prepare, act, check, and the files that are there in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from session_helpers import full_document

from umx_gui.engine.sessions.autosave import Autosave, leftovers
from umx_gui.engine.sessions.receipts import write_receipt
from umx_gui.engine.sessions.session_file import read_session, write_session
from umx_gui.engine.work import CancelToken

Step = Callable[[Path], object]
Parts = tuple[Step, Step, Callable[[Path], str], frozenset[str]]


def session_writer() -> Parts:
    """A session over an older one."""

    def write(folder: Path, playhead: int) -> None:
        write_session(folder / "a.umx", full_document(playhead=playhead))

    def check(folder: Path) -> str:
        found = read_session(folder / "a.umx")
        assert found in (full_document(playhead=1), full_document(playhead=2))
        return "new" if found.playhead == 2 else "old"

    return (lambda f: write(f, 1), lambda f: write(f, 2), check, frozenset({"a.umx"}))


def autosave_writer() -> Parts:
    """What a window keeps of itself; what another one finds of it when it died."""

    def write(folder: Path, playhead: int) -> None:
        autosave = Autosave(folder, "mine")
        try:
            autosave.write(full_document(playhead=playhead))
        finally:
            autosave._release()

    def check(folder: Path) -> str:
        (found,) = leftovers(folder)
        assert found.document in (full_document(playhead=1), full_document(playhead=2))
        # Put back: looking moves it, and the next run is to find it where it was.
        if found.path.parent != folder:
            found.path.rename(folder / "mine.umx")
            found.path.parent.rmdir()
        return "new" if found.document.playhead == 2 else "old"

    return (lambda f: write(f, 1), lambda f: write(f, 2), check, frozenset({"mine.umx"}))


def receipt_writer() -> Parts:
    """A receipt over that of the same files."""

    def write(folder: Path, playhead: int) -> None:
        if not (folder / "vocals.wav").exists():
            (folder / "vocals.wav").write_bytes(b"sound")
        written = [(folder / "vocals.wav", "vocals")]
        document = full_document(playhead=playhead, song=replace(full_document().song, path="/music/song.wav"))
        assert write_receipt(document, written, [], CancelToken()).name == "song.receipt.umx"

    def check(folder: Path) -> str:
        playhead = read_session(folder / "song.receipt.umx").playhead
        assert playhead in (1, 2)
        return "new" if playhead == 2 else "old"

    names = frozenset({"vocals.wav", "song.receipt.umx"})
    return (lambda f: write(f, 1), lambda f: write(f, 2), check, names)
