"""Stems become files: exports, and single stems to be dragged out."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile as sf
from app_sounds import MakeSession, open_and_wait
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.export.what import MIX, ExportWhat, ready
from umx_gui.app.open_song.song import MIXTURE
from umx_gui.app.session import Session
from umx_gui.engine.audio import Fill
from umx_gui.engine.export.exporter import ExportOptions
from umx_gui.engine.sessions.document import ExportRef, Kind
from umx_gui.engine.sessions.session_file import read_session
from umx_gui.playback.mix import render

TARGETS = ("vocals", "drums", "bass", "other")


def test_exports_are_exact_and_told(
    session: Session, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    song = open_and_wait(session, song_file, qtbot)
    paths: list[list[Path]] = []
    session.exported.connect(paths.append)
    session.export(tmp_path / "out", ExportOptions())
    assert session.exporting
    qtbot.waitUntil(lambda: bool(paths))
    assert [p.name for p in paths[0]] == [f"{t}.wav" for t in TARGETS]
    total = sum(sf.read(p, dtype="int32")[0].astype(np.int64) for p in paths[0])
    np.testing.assert_array_equal(total, sf.read(song_file, dtype="int32")[0])
    assert told.only().title.startswith("4 files written to")
    session.export(tmp_path / "two", ExportOptions(format="flac"), ("vocals", "bass", MIXTURE))
    qtbot.waitUntil(lambda: len(paths) == 2)
    got = [sf.read(p, dtype="float32", always_2d=True)[0].T for p in paths[1]]
    np.testing.assert_allclose(got[1], song.samples("bass"), atol=2e-7)
    np.testing.assert_allclose(got[2], song.mixture, atol=2e-7)
    session.export(tmp_path / "out", ExportOptions())
    qtbot.waitUntil(lambda: len(told.messages) == 3)
    assert told.titles[-1] == "“vocals.wav” exists already"


def test_a_receipt_says_how_they_were_made(
    session: Session, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    song = open_and_wait(session, song_file, qtbot)
    done: list[list[Path]] = []
    session.exported.connect(done.append)
    session.transport.mix.set_gain_db("drums", -3.0)
    session.export(tmp_path / "out", ExportOptions(format="flac", bit_depth=16), ("vocals", "bass", MIXTURE))
    qtbot.waitUntil(lambda: bool(done))
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
    qtbot.waitUntil(lambda: len(done) == 2)
    assert read_session(tmp_path / "out" / "Ein Lied #1.receipt.umx").export.bit_depth == "24"
    session.export(tmp_path / "out", ExportOptions(), ("drums",))
    qtbot.waitUntil(lambda: len(done) == 3)
    assert read_session(tmp_path / "out" / "Ein Lied #1.receipt-2.umx").written[0].file == "drums.wav"
    session.settings.export_receipt = False
    session.export(tmp_path / "bare", ExportOptions())
    qtbot.waitUntil(lambda: len(done) == 4)
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
    qtbot.waitUntil(lambda: bool(ready))
    path = session.stem_file("vocals")
    assert ready == [("vocals", path)]
    assert path is not None
    assert path.name == "Ein Lied #1 - vocals.wav"
    np.testing.assert_allclose(sf.read(path, dtype="float32")[0].T, song.samples("vocals"), atol=2e-7)
    session.close()
    assert not path.exists()
    assert told.nothing()


def exported(session: Session, qtbot: QtBot, folder: Path, options: ExportOptions, what: ExportWhat) -> dict[str, Path]:
    """Export, and the files by name, without their endings."""
    with qtbot.waitSignal(session.exported) as done:
        session.export(folder, options, what=what)
    return {path.stem: path for path in done.args[0]}


def read(path: Path) -> np.ndarray:
    """Samples [C, T] of a file, in steps of 24 bits."""
    return sf.read(path, dtype="int32", always_2d=True)[0].T.astype(np.int64) >> 8


def test_groups_and_a_stretch_add_up_to_the_song(
    session: Session, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    open_and_wait(session, song_file, qtbot)
    groups = (("accompaniment", ("*", "-vocals")), ("no drums", ("vocals", "bass", "other")))
    whole = read(song_file)
    stretch = (1000, 21_001)
    for place, where in (("all", None), ("part", stretch)):
        what = ExportWhat(("vocals", "accompaniment", "no drums", "drums", MIXTURE), groups, where)
        files = exported(session, qtbot, tmp_path / place, ExportOptions(), what)
        a, b = where or (0, whole.shape[1])
        for parts in (("vocals", "accompaniment"), ("drums", "no drums"), (MIXTURE,)):
            assert np.array_equal(sum(read(files[name]) for name in parts), whole[:, a:b])
    told.messages.clear()


def test_the_mix_is_written_as_it_is_heard(
    session: Session, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    song = open_and_wait(session, song_file, qtbot)
    mix = session.transport.mix
    mix.set_gain_db("vocals", -6.0)
    mix.set_pan("drums", -0.5)
    mix.set_mute("bass", True)
    mix.set_master_gain_db(-20.0)  # the listener's own, and no part of it
    options = ExportOptions("wav", "32f", project="reaper")
    files = exported(session, qtbot, tmp_path / "out", options, ExportWhat((MIX, "bass"), mix=mix.mix))
    assert song.stems is not None
    expected = render(song.stems.samples, replace(mix.mix, master_gain_db=0.0))
    got, _ = sf.read(files[MIX], dtype="float32", always_2d=True)
    np.testing.assert_array_equal(got.T, expected)
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if path.suffix != ".umx") == [
        f"{song.name}.rpp", "bass.wav", "mix.wav",
    ]  # fmt: skip
    project = (tmp_path / "out" / f"{song.name}.rpp").read_text()
    assert project.count("MUTESOLO 1 0 0") == 3  # the mix, the bass, and the song
    told.messages.clear()


def test_a_stretch_that_is_final_needs_no_more(
    make_session: MakeSession, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    song = open_and_wait(make_session(), song_file, qtbot)
    assert ready(song, ExportWhat())
    song.coverage.set(0, 5000, Fill.NOTHING)
    assert not ready(song, ExportWhat(stretch=(4999, 6000)))
    assert ready(song, ExportWhat(stretch=(5000, 6000)))
    assert ready(song, ExportWhat((MIXTURE,)))
    assert not ready(song, ExportWhat(stretch=(6000, 6000)))
    assert not ready(song, ExportWhat(("flute",)))


def test_levels_are_measured_before_anything_is_written(session: Session, song_file: Path, qtbot: QtBot) -> None:
    song = open_and_wait(session, song_file, qtbot)
    song.samples("drums")[0, 10:13] = 2.0
    what = ExportWhat(("drums", "no vocals"), (("no vocals", ("*", "-vocals")),), (0, 4000))
    with qtbot.waitSignal(session.exports.measured) as done:
        session.exports.measure(song, what, ExportOptions(exact_sum=False))
    asked, levels = done.args
    assert asked is what
    assert (levels.beyond["drums"], levels.peaks["drums"]) == (3, 2.0)
    assert -7.0 < levels.common_gain_db < -5.9


def test_what_was_clipped_or_no_number_is_told(
    session: Session, song_file: Path, tmp_path: Path, qtbot: QtBot, told: Told
) -> None:
    song = open_and_wait(session, song_file, qtbot)
    song.samples("drums")[0, 10:13] = 2.0
    song.samples("bass")[0, 20] = np.nan
    exported(session, qtbot, tmp_path, ExportOptions(exact_sum=False), ExportWhat())
    said = told.only()
    assert "3 samples of drums were clipped at full scale" in said.reason
    assert "1 sample of bass was no number and became silence" in said.reason
    assert "32-bit float" in said.action


def test_groups_mixes_and_stretches_are_dragged_out(
    session: Session, song_file: Path, qtbot: QtBot, told: Told
) -> None:
    song = open_and_wait(session, song_file, qtbot)
    session.transport.mix.set_mute("vocals", True)
    mix = session.transport.mix.mix
    group = (("accompaniment", ("*", "-vocals")),)
    for what in (
        ExportWhat((MIX,), mix=mix),
        ExportWhat(("accompaniment",), group),
        ExportWhat(("bass",), (), (50, 90)),
    ):
        with qtbot.waitSignal(session.stem_file_ready) as done:
            assert session.stem_file(what) is None
        assert session.stem_file(what) == done.args[1]
        samples = sf.read(done.args[1], dtype="float32", always_2d=True)[0].T
        expected = song.samples("bass")[:, 50:90] if what.stretch else song.stems.samples[1:].sum(axis=0)
        np.testing.assert_allclose(samples, expected, atol=3e-7)
    assert told.nothing()
