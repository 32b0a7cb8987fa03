"""A session saved while its stems still change gets their prints as soon as they are what was saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from app_sounds import open_and_wait
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.separation.recipe import Recipe
from umx_gui.app.separation.takes import OWN
from umx_gui.app.session import Session
from umx_gui.engine.sessions.document import StemPrint
from umx_gui.engine.sessions.remake import Verdict, remake
from umx_gui.engine.sessions.session_file import read_session
from umx_gui.engine.work import CancelToken

RATE = 44100
A, B = RATE, 2 * RATE
LIMIT_MS = 120_000


@pytest.fixture
def two_takes(session: Session, song_file: Path, qtbot: QtBot) -> Session:
    """A session with a stretch that was separated in two ways, of which the second counts."""
    open_and_wait(session, song_file, qtbot)
    for n, niter in ((1, 0), (2, 3)):
        session.stretches.separate(A, B, Recipe("tiny", niter=niter))
        qtbot.waitUntil(lambda n=n: [len(e.takes) for e in session.stretches.edits] == [n], timeout=LIMIT_MS)
        settle(session, qtbot)
    qtbot.waitUntil(lambda: session.files.document is not None, timeout=LIMIT_MS)
    return session


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: session.stretches.settled, timeout=LIMIT_MS)


def switch(session: Session, chosen: int) -> None:
    session.stretches.choose(session.stretches.edits[0], chosen)
    assert not session.stretches.settled


def once_saved(session: Session, do: Callable[[], object]) -> None:
    """Do something at the moment in which the session is on the disk: soon after it the prints may be, too."""
    waiting = [do]
    session.told.connect(lambda _: waiting.pop()() if waiting else None)


def printed(path: Path, session: Session, qtbot: QtBot) -> tuple[StemPrint, ...]:
    """Wait for the prints, in the file as in the session."""

    def known() -> bool:
        document = session.files.document  # None as long as its song's digest is not known
        return document is not None and document.stems == read_session(path).stems

    qtbot.waitUntil(lambda: path.exists() and bool(read_session(path).stems), timeout=LIMIT_MS)
    qtbot.waitUntil(known, timeout=LIMIT_MS)
    return read_session(path).stems


def test_a_session_saved_while_a_take_is_switched(two_takes: Session, tmp_path: Path, qtbot: QtBot, told: Told) -> None:
    session, files, path = two_takes, two_takes.files, tmp_path / "a.umx"
    switch(session, 0)
    files.save(path)
    unsaved: list[bool] = []
    files.changed.connect(lambda: unsaved.append(files.unsaved))
    stems = printed(path, session, qtbot)
    assert unsaved == [False], "it was saved, and nothing was done since"
    assert session.stretches.settled
    *_, verdict = remake(path, session.registry, CancelToken())
    assert isinstance(verdict, Verdict)
    assert verdict.within(-120), "the prints are those of the take that counts"
    at = path.stat().st_mtime_ns
    qtbot.wait(300)
    assert path.stat().st_mtime_ns == at
    assert read_session(path).stems == stems
    assert not files.unsaved
    assert told.titles == ["The session is saved as “a.umx”"]


def test_switching_again_prints_nothing_until_that_is_undone(two_takes: Session, tmp_path: Path, qtbot: QtBot) -> None:
    session, files, path = two_takes, two_takes.files, tmp_path / "a.umx"
    switch(session, 0)
    once_saved(session, lambda: switch(session, 1))
    files.save(path)
    qtbot.waitUntil(lambda: files.path == path, timeout=LIMIT_MS)
    settle(session, qtbot)
    qtbot.waitUntil(lambda: not files._worker.busy, timeout=LIMIT_MS)
    assert read_session(path).stems == ()
    assert files.unsaved
    session.history.undo()
    stems = printed(path, session, qtbot)
    assert not files.unsaved
    files.save(tmp_path / "b.umx")
    assert printed(tmp_path / "b.umx", session, qtbot) == stems


def test_only_what_was_saved_is_printed_into(two_takes: Session, tmp_path: Path, qtbot: QtBot, told: Told) -> None:
    session, files, path = two_takes, two_takes.files, tmp_path / "a.umx"
    switch(session, OWN)
    once_saved(session, lambda: path.write_text("somebody else's"))
    files.save(path)
    qtbot.waitUntil(lambda: files.path == path, timeout=LIMIT_MS)
    settle(session, qtbot)
    qtbot.waitUntil(lambda: not files._worker.busy, timeout=LIMIT_MS)
    assert path.read_text() == "somebody else's"
    assert files.document is not None
    assert files.document.stems == (), "the next time that it is saved, they are printed"
    assert told.titles == ["The session is saved as “a.umx”"]


def test_a_session_saved_before_its_song_is_separated(
    session: Session, song_file: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session._opener.opened, timeout=LIMIT_MS):  # it is shown before that, and cannot be saved
        session.open(song_file)
    path = tmp_path / "early.umx"
    session.files.save(path)
    stems = printed(path, session, qtbot)
    assert session.song is not None
    assert session.song.separated
    assert [stem.target for stem in stems] == ["vocals", "drums", "bass", "other"]
    assert not session.files.unsaved
