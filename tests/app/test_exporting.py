"""Stems become files: exports, and single stems to be dragged out."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import soundfile as sf
from app_sounds import MakeSession, open_and_wait
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.session import Session
from umx_gui.app.song import MIXTURE
from umx_gui.engine.export.exporter import ExportOptions
from umx_gui.engine.sessions.document import ExportRef, Kind
from umx_gui.engine.sessions.session_file import read_session

TARGETS = ("vocals", "drums", "bass", "other")


def test_exports_are_exact_and_told(
    session: Session, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    song = open_and_wait(session, song_file, qtbot)
    paths: list[list[Path]] = []
    session.exported.connect(paths.append)
    session.export(tmp_path / "out", ExportOptions())
    assert session.exporting
    qtbot.waitUntil(lambda: bool(paths), timeout=10_000)
    assert [p.name for p in paths[0]] == [f"{t}.wav" for t in TARGETS]
    total = sum(sf.read(p, dtype="int32")[0].astype(np.int64) for p in paths[0])
    np.testing.assert_array_equal(total, sf.read(song_file, dtype="int32")[0])
    assert told.only().title.startswith("4 files written to")
    session.export(tmp_path / "two", ExportOptions(format="flac"), ("vocals", "bass", MIXTURE))
    qtbot.waitUntil(lambda: len(paths) == 2, timeout=10_000)
    got = [sf.read(p, dtype="float32", always_2d=True)[0].T for p in paths[1]]
    np.testing.assert_allclose(got[1], song.samples("bass"), atol=2e-7)
    np.testing.assert_allclose(got[2], song.mixture, atol=2e-7)
    session.export(tmp_path / "out", ExportOptions())
    qtbot.waitUntil(lambda: len(told.messages) == 3, timeout=10_000)
    assert told.titles[-1] == "“vocals.wav” exists already"


def test_a_receipt_says_how_they_were_made(
    session: Session, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    song = open_and_wait(session, song_file, qtbot)
    done: list[list[Path]] = []
    session.exported.connect(done.append)
    session.transport.mix.set_gain_db("drums", -3.0)
    session.export(tmp_path / "out", ExportOptions(format="flac", bit_depth=16), ("vocals", "bass", MIXTURE))
    qtbot.waitUntil(lambda: bool(done), timeout=10_000)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "vocals.flac",
        "bass.flac",
        "mixture.flac",
        "Ein Lied #1.receipt.umx",
    }
    receipt = read_session(tmp_path / "out" / "Ein Lied #1.receipt.umx")
    assert receipt.kind is Kind.RECEIPT
    assert (receipt.recipe, receipt.export) == (song.recipe, ExportRef("flac", "16", True))
    assert [stem.target for stem in receipt.stems] == ["vocals", "bass"]
    assert receipt.song.relative == "../Ein Lied #1.wav"
    assert receipt.strips["drums"].gain_db == -3.0
    for written in receipt.written:
        assert hashlib.sha256((tmp_path / "out" / written.file).read_bytes()).hexdigest() == written.sha256
    # The same files anew: the receipt is replaced. Other files: it stays, and another one comes.
    session.export(
        tmp_path / "out", ExportOptions(format="flac", bit_depth=24, overwrite=True), ("vocals", "bass", MIXTURE)
    )
    qtbot.waitUntil(lambda: len(done) == 2, timeout=10_000)
    assert read_session(tmp_path / "out" / "Ein Lied #1.receipt.umx").export.bit_depth == "24"
    session.export(tmp_path / "out", ExportOptions(), ("drums",))
    qtbot.waitUntil(lambda: len(done) == 3, timeout=10_000)
    assert read_session(tmp_path / "out" / "Ein Lied #1.receipt-2.umx").written[0].file == "drums.wav"
    session.settings.export_receipt = False
    session.export(tmp_path / "bare", ExportOptions())
    qtbot.waitUntil(lambda: len(done) == 4, timeout=10_000)
    assert len(list((tmp_path / "bare").iterdir())) == 4
    assert all(title.endswith("”") for title in told.titles)


def test_unfinished_stems_are_not_exported(
    make_session: MakeSession, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    session = make_session(auto_separate=False)
    open_and_wait(session, song_file, qtbot)
    session.export(tmp_path / "out", ExportOptions())
    assert told.only().title == "There are no stems yet"
    assert not (tmp_path / "out").exists()


def test_a_stem_to_be_dragged_out_is_written_once(session: Session, song_file: Path, qtbot: QtBot, told: Told) -> None:
    song = open_and_wait(session, song_file, qtbot)
    ready: list[tuple[str, Path]] = []
    session.stem_file_ready.connect(lambda key, path: ready.append((key, path)))
    assert session.stem_file("vocals") is None
    qtbot.waitUntil(lambda: bool(ready), timeout=10_000)
    path = session.stem_file("vocals")
    assert ready == [("vocals", path)]
    assert path is not None
    assert path.name == "Ein Lied #1 - vocals.wav"
    np.testing.assert_allclose(sf.read(path, dtype="float32")[0].T, song.samples("vocals"), atol=2e-7)
    session.close()
    assert not path.exists()
    assert told.nothing()
