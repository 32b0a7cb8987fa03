"""Stems become files: exports, and single stems to be dragged out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile as sf
from app_sounds import MakeSession, open_and_wait
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.session import Session
from umx_gui.app.song import MIXTURE
from umx_gui.engine.export.exporter import ExportOptions

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
