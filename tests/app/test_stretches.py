"""Stretches of their own: separated alone, joined without a step, switched, undone, saved and brought back."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from app_sounds import MakeSession, open_and_wait, sound, write
from numpy.testing import assert_array_equal
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.open_song.song import Song
from umx_gui.app.separation.recipe import Recipe
from umx_gui.app.separation.takes import OWN, Edit, Take, from_document, take_words, to_document
from umx_gui.app.session import Session, SessionState
from umx_gui.engine.audio import Fill, FloatArray
from umx_gui.engine.exact_sum import null_db
from umx_gui.engine.sessions.document import ModelRef
from umx_gui.engine.sessions.remake import Verdict, remake
from umx_gui.engine.work import CancelToken
from umx_gui.errors import DiskFullError

RATE = 44100
A, B = RATE, 2 * RATE


@pytest.fixture
def quiet(make_session: MakeSession) -> Session:
    """A session that separates only what it is told to."""
    return make_session(auto_separate=False)


def stems_of(song: Song) -> FloatArray:
    assert song.stems is not None
    return np.array(song.stems.samples)


def made(session: Session, qtbot: QtBot) -> Edit:
    """Wait until the stretch that is being separated is there."""
    qtbot.waitUntil(lambda: session.stretches.running is None and bool(session.stretches.edits), timeout=60_000)
    settle(session, qtbot)
    return session.stretches.edits[-1]


def settle(session: Session, qtbot: QtBot) -> None:
    """Wait until what is chosen is heard."""
    qtbot.waitUntil(lambda: session.stretches.settled)


def wait_for_takes(session: Session, qtbot: QtBot, n: int) -> None:
    """Wait until the only stretch has so many takes."""
    edits = session.stretches
    qtbot.waitUntil(lambda: bool(edits.edits) and len(edits.edits[0].takes) == n, timeout=60_000)
    settle(session, qtbot)


def runs(song: Song) -> list[tuple[int, int, Fill]]:
    return song.coverage.runs()


def test_only_a_stretch_of_a_song(quiet: Session, song_file: Path, qtbot: QtBot, told: Told) -> None:
    song = open_and_wait(quiet, song_file, qtbot)
    assert song.stems is None
    filled: list[tuple[int, int, bool]] = []
    quiet.stems_filled.connect(lambda a, b, final: filled.append((a, b, final)))
    quiet.stretches.separate(A, B)
    assert quiet.stretches.running == (A, B)
    edit = made(quiet, qtbot)
    assert (edit.start, edit.stop, len(edit.takes), edit.chosen) == (A, B, 1, 0)
    assert runs(song) == [(0, A, Fill.NOTHING), (A, B, Fill.FINAL), (B, song.n_samples, Fill.NOTHING)]
    assert filled == [(A, B, True)]
    assert null_db(stems_of(song)[:, :, A:B], song.mixture[:, A:B]) < -120
    assert quiet.status.sum_check == "exact"
    assert quiet.transport.mix.targets == ("vocals", "drums", "bass", "other")

    quiet.separate()
    qtbot.waitUntil(lambda: song.separated, timeout=60_000)
    assert null_db(stems_of(song), song.mixture) < -120
    quiet.stretches.choose(quiet.stretches.edits[0], OWN)
    settle(quiet, qtbot)
    assert song.separated, "the song's own stems were kept beneath"
    assert null_db(stems_of(song), song.mixture) < -120
    assert told.nothing()


def test_undoing_the_only_stretch_leaves_nothing(quiet: Session, song_file: Path, qtbot: QtBot) -> None:
    song = open_and_wait(quiet, song_file, qtbot)
    quiet.stretches.separate(A, B)
    made(quiet, qtbot)
    after = stems_of(song)
    quiet.history.undo()
    settle(quiet, qtbot)
    assert quiet.stretches.edits == ()
    assert runs(song) == [(0, song.n_samples, Fill.NOTHING)]
    assert not stems_of(song).any()
    assert quiet.status.sum_db is None
    quiet.history.redo()
    settle(quiet, qtbot)
    assert_array_equal(stems_of(song), after)
    assert quiet.status.sum_check == "exact"


def test_versions_keep_the_sum_and_come_back_bit_for_bit(
    session: Session, song_file: Path, qtbot: QtBot, told: Told
) -> None:
    song = open_and_wait(session, song_file, qtbot)
    own = stems_of(song)
    heard: list[FloatArray] = []
    for recipe in (Recipe("tiny", niter=3), Recipe("voice", residual=True), Recipe("tiny", softmask=True)):
        session.stretches.separate(A, B, recipe)
        wait_for_takes(session, qtbot, len(heard) + 1)
        now = stems_of(song)
        assert session.stretches.edits[0].chosen == len(heard)
        assert null_db(now, song.mixture) < -120
        assert session.status.sum_check == "exact"
        assert np.abs(now - own)[:, :, A:B].max() > 1e-3
        assert_array_equal(now[:, :, :A], own[:, :, :A])
        assert_array_equal(now[:, :, B:], own[:, :, B:])
        assert np.abs(now - own)[:, :, A : A + 4].max() < 1e-4, "no step"
        assert np.abs(now - own)[:, :, B - 4 : B].max() < 1e-4
        heard.append(now)
    edit = session.stretches.edits[0]
    for chosen, expected in ((1, heard[1]), (OWN, own), (2, heard[2]), (0, heard[0])):
        session.stretches.choose(session.stretches.edits[0], chosen)
        settle(session, qtbot)
        assert_array_equal(stems_of(song), expected)
    for _ in range(4):
        session.history.undo()
        settle(session, qtbot)
    assert session.stretches.edits == (edit,)
    assert_array_equal(stems_of(song), heard[2])
    assert session.history.undo_words == "separating a stretch"
    for _ in range(3):
        session.history.undo()
        settle(session, qtbot)
    assert session.stretches.edits == ()
    assert_array_equal(stems_of(song), own)
    assert told.nothing()


def test_a_later_stretch_lies_over_an_earlier_one(session: Session, song_file: Path, qtbot: QtBot) -> None:
    song = open_and_wait(session, song_file, qtbot)
    own = stems_of(song)
    session.stretches.separate(A, B, Recipe("tiny", niter=0))
    first = made(session, qtbot)
    one = stems_of(song)
    session.stretches.separate(A + 9000, B + 9000, Recipe("voice", residual=True))
    qtbot.waitUntil(lambda: len(session.stretches.edits) == 2, timeout=60_000)
    settle(session, qtbot)
    both = stems_of(song)
    assert null_db(both, song.mixture) < -120
    session.stretches.remove(first)
    settle(session, qtbot)
    assert null_db(stems_of(song), song.mixture) < -120
    assert_array_equal(stems_of(song)[:, :, :A], own[:, :, :A])
    assert_array_equal(stems_of(song)[:, :, A : A + 9000], own[:, :, A : A + 9000])
    session.history.undo()
    settle(session, qtbot)
    assert_array_equal(stems_of(song), both)
    session.history.undo()
    settle(session, qtbot)
    assert_array_equal(stems_of(song), one)


def test_stretches_stay_when_the_filter_renders_the_song_anew(session: Session, song_file: Path, qtbot: QtBot) -> None:
    song = open_and_wait(session, song_file, qtbot)
    session.stretches.separate(A, B, Recipe("tiny", niter=0))
    made(session, qtbot)
    inside = stems_of(song)[:, :, A + 1000 : B - 1000]
    session.desk.set(softmask=True)
    qtbot.waitUntil(lambda: song.separated and getattr(song.recipe, "softmask", False), timeout=60_000)
    qtbot.waitUntil(lambda: session.status.sum_check == "exact")
    assert_array_equal(stems_of(song)[:, :, A + 1000 : B - 1000], inside)
    session.stretches.remove(session.stretches.edits[0])
    settle(session, qtbot)
    assert np.abs(stems_of(song)[:, :, A + 1000 : B - 1000] - inside).max() > 1e-4
    assert null_db(stems_of(song), song.mixture) < -120


def test_a_stretch_of_a_long_song_is_quick(make_session: MakeSession, tmp_path: Path, qtbot: QtBot) -> None:
    session = make_session(auto_separate=False)
    song = open_and_wait(session, write(tmp_path / "long.wav", sound(90.0)), qtbot)
    session.stretches.separate(40 * RATE, 41 * RATE)
    begun = time.process_time()  # what is computed: the clock also counts what other programs do meanwhile
    made(session, qtbot)
    stretch_s = time.process_time() - begun
    begun = time.process_time()
    session.separate()
    qtbot.waitUntil(lambda: song.separated, timeout=120_000)
    assert stretch_s < 0.7 * (time.process_time() - begun)


def test_stopping_leaves_everything_as_it_was(session: Session, song_file: Path, qtbot: QtBot, told: Told) -> None:
    song = open_and_wait(session, song_file, qtbot)
    own = stems_of(song)
    session.stretches.separate(A, B, Recipe("tiny", niter=3))
    session.stretches.cancel()
    assert session.stretches.running is None
    qtbot.waitUntil(lambda: not session._workers[5].busy)
    assert session.stretches.edits == ()
    assert_array_equal(stems_of(song), own)
    assert told.nothing()


def test_a_stretch_does_not_wait_for_the_song(
    make_session: MakeSession, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    session = make_session()
    song = open_and_wait(session, write(tmp_path / "long.wav", sound(60.0)), qtbot, SessionState.SEPARATING)
    session.stretches.separate(50 * RATE, 51 * RATE, Recipe("tiny", niter=0))
    made(session, qtbot)
    inside = stems_of(song)[:, :, 50 * RATE + 2000 : 51 * RATE - 2000]
    qtbot.waitUntil(lambda: song.separated and session.state is SessionState.READY, timeout=120_000)
    assert_array_equal(stems_of(song)[:, :, 50 * RATE + 2000 : 51 * RATE - 2000], inside)
    assert null_db(stems_of(song), song.mixture) < -120
    assert session.status.sum_check == "exact"
    assert told.nothing()


def test_closing_while_a_stretch_is_separated_costs_little(
    make_session: MakeSession, tmp_path: Path, qtbot: QtBot
) -> None:
    session = make_session(auto_separate=False)
    open_and_wait(session, write(tmp_path / "long.wav", sound(60.0)), qtbot)
    session.stretches.separate(0, 60 * RATE)
    qtbot.wait(500)
    begun = time.process_time()
    assert session.close(patience_s=30.0)
    assert time.process_time() - begun < 0.5


def test_a_model_that_is_missing_is_told(session: Session, song_file: Path, qtbot: QtBot, told: Told) -> None:
    open_and_wait(session, song_file, qtbot)
    session.stretches.separate(A, B, Recipe("gone"))
    qtbot.waitUntil(lambda: bool(told.messages))
    assert told.titles == ["There is no model called “gone”"]
    assert session.stretches.edits == ()
    assert session.stretches.running is None


def test_a_session_brings_its_stretches_back(
    make_session: MakeSession, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    first = make_session()
    song = open_and_wait(first, song_file, qtbot)
    for n, niter in ((1, 0), (2, 3)):
        first.stretches.separate(A, B, Recipe("tiny", niter=niter))
        wait_for_takes(first, qtbot, n)
    first.stretches.choose(first.stretches.edits[0], 0)
    settle(first, qtbot)
    before = stems_of(song)
    first.files.save(tmp_path / "a.umx")
    qtbot.waitUntil(lambda: first.files.path is not None and not first.files.unsaved)
    qtbot.waitUntil(lambda: first.files.document is not None and bool(first.files.document.stems))
    second = make_session()
    second.files.opening.open(tmp_path / "a.umx")
    qtbot.waitUntil(lambda: second.song is not None and second.song.separated, timeout=60_000)
    qtbot.waitUntil(lambda: second.stretches.settled and second.stretches.running is None, timeout=60_000)
    edits = second.stretches.edits
    assert [(e.start, e.stop, len(e.takes), e.chosen) for e in edits] == [(A, B, 2, 0)]
    assert second.song is not None
    assert_array_equal(stems_of(second.song), before)
    assert not second.files.unsaved
    assert not second.history.can_undo
    *_, verdict = remake(tmp_path / "a.umx", second.registry, CancelToken())
    assert isinstance(verdict, Verdict)
    assert verdict.within(-120), "verify makes the stretches, too"
    second.stretches.choose(edits[0], 1)
    qtbot.waitUntil(lambda: second.stretches.settled, timeout=60_000)
    assert np.abs(stems_of(second.song) - before).max() > 1e-4
    assert null_db(stems_of(second.song), second.song.mixture) < -120
    assert second.files.unsaved
    assert told.titles == ["The session is saved as “a.umx”"]


def test_edits_and_documents_say_the_same() -> None:
    takes = (Take(Recipe("a", 2), ModelRef("a", "0" * 64)), Take(Recipe("b"), ModelRef("b"), more={"x": 1}))
    edits = (Edit(5, 9, takes, OWN), Edit(2, 4, takes[:1], 0))
    document = to_document(edits)
    again = from_document(document, 100)
    assert [(e.start, e.stop, e.chosen, [t.recipe for t in e.takes]) for e in again] == [
        (5, 9, OWN, [Recipe("a", 2), Recipe("b")]),
        (2, 4, 0, [Recipe("a", 2)]),
    ]
    assert to_document(again) == document
    assert from_document(document, 8) == again[1:] or len(from_document(document, 8)) == 1
    assert take_words(Recipe("m", 3, softmask=True, window=0)) == "m: 3 EM iterations, soft mask, whole window"


def test_a_full_disk_leaves_the_stems(
    session: Session, song_file: Path, qtbot: QtBot, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = open_and_wait(session, song_file, qtbot)
    own = stems_of(song)

    def full(*_: object) -> None:
        raise DiskFullError(Path("/var/tmp"), 10, 1)

    session.stretches.separate(A, B)
    monkeypatch.setattr("umx_gui.app.open_song.splices.make_room", full)
    qtbot.waitUntil(lambda: bool(told.messages), timeout=60_000)
    assert "too full" in told.titles[0]
    assert_array_equal(stems_of(song), own)
    assert session.stretches.edits == ()
