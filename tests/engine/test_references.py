"""Reference stems are found, read and made to fit; their scores agree with closed forms."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from export_helpers import export

from umx_gui.engine.audio import Stems
from umx_gui.engine.export.exporter import ExportOptions
from umx_gui.engine.export.stem_mp4 import read_stem_metadata
from umx_gui.engine.scoring.compare import TargetScores, compare, sdr_by_second
from umx_gui.engine.scoring.metrics import sdr_db
from umx_gui.engine.songs.references import (
    LaidOut,
    References,
    find_references,
    lay_out,
    paired,
    read_references,
)
from umx_gui.engine.storage.scratch import Scratch, map_region
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled

RATE = 44100
STEMPEG = """
import sys, numpy, stempeg
writer = stempeg.StreamsWriter(codec="aac", bitrate=256_000)
stempeg.write_stems(sys.argv[1], numpy.load(sys.argv[2]), 44100, writer=writer)
"""
"""In a process of its own, since stempeg leaves pipes open."""


def write(path: Path, n: int, rate: int = RATE, n_channels: int = 2, value: float = 0.25) -> Path:
    path.parent.mkdir(exist_ok=True)
    sf.write(path, np.full((n, n_channels), value), rate, subtype="FLOAT")
    return path


def test_a_folder_of_stems_is_known_by_its_names(tmp_path: Path) -> None:
    for name in ("Vocals", "drums", "mixture"):
        write(tmp_path / "track" / f"{name}.wav", 10)
    found = find_references([tmp_path / "track"])
    assert found is not None
    assert (found.name, list(found.sources)) == ("track", ["vocals", "drums"])
    assert find_references([tmp_path / "track" / "Vocals.wav", tmp_path / "track" / "drums.wav"]) is not None
    assert find_references([tmp_path / "track" / "Vocals.wav"]) is None, "one stem is a song"
    write(tmp_path / "track" / "another song.wav", 10)
    assert find_references([tmp_path / "track"]) is None
    assert find_references([]) is None


def test_stems_in_one_file_are_its_streams() -> None:
    found = find_references([Path("/x/A - B.stem.mp4")])
    assert found is not None
    assert found.name == "A - B"
    assert {name: source.stream for name, source in found.sources.items()} == {
        "drums": 1,
        "bass": 2,
        "other": 3,
        "vocals": 4,
    }


def stem_file(folder: Path, targets: tuple[str, ...], seconds: float = 0.5) -> tuple[Path, dict[str, np.ndarray]]:
    """A file for DJs as the application writes it, and what is in it."""
    t = np.arange(round(seconds * RATE)) / RATE
    signals = [np.tile(0.2 * np.sin(2 * np.pi * (110 << k) * t), (2, 1)).astype(np.float32) for k in range(4)]
    stems = Stems(targets, np.stack(signals), RATE)
    mixture = np.sum(signals, axis=0, dtype=np.float32)
    (written,) = export(folder, stems, mixture, ExportOptions("stem.mp4"))
    return written.path, dict(zip(targets, signals, strict=True))


def read_all(path: Path, n_samples: int) -> References:
    found = find_references([path])
    assert found is not None
    *_, read = read_references(found, 2, n_samples, RATE, Scratch(), CancelToken())
    assert isinstance(read, References)
    assert read.misfits == ()
    return read


@pytest.mark.parametrize("targets", [("vocals", "drums", "bass", "other"), ("vocals", "piano", "drums", "guitar")])
def test_our_own_stem_file_is_read_by_its_names(tmp_path: Path, targets: tuple[str, ...]) -> None:
    path, signals = stem_file(tmp_path, targets)
    read = read_all(path, signals["vocals"].shape[1])
    assert set(read.signals) == set(targets)
    for name, signal in signals.items():
        assert sdr_db(signal[:, 2048:], read.signals[name][:, 2048:]) > 30, name


def test_a_stem_file_of_stempeg_is_read_in_its_order(tmp_path: Path) -> None:
    """As MUSDB18 was made: five streams, and no list of names."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("missing: ffmpeg")
    t = np.arange(RATE) / RATE
    signals = [np.tile(0.1 * np.sin(2 * np.pi * (110 << k) * t), (2, 1)).T for k in range(4)]
    path = tmp_path / "A - B.stem.mp4"
    np.save(tmp_path / "streams.npy", np.stack([sum(signals), *signals]))
    command = [sys.executable, "-W", "ignore", "-c", STEMPEG, str(path), str(tmp_path / "streams.npy")]
    subprocess.run(command, check=True, timeout=600)
    assert read_stem_metadata(path) is None
    read = read_all(path, RATE)
    assert read.name == "A - B"
    for name, signal in zip(("drums", "bass", "other", "vocals"), signals, strict=True):
        assert sdr_db(signal.T[:, 2048:].astype(np.float32), read.signals[name][:, 2048:]) > 30, name


def test_names_that_say_nothing_leave_the_usual_order(tmp_path: Path) -> None:
    path, _ = stem_file(tmp_path, ("deck a", "deck b", "deck c", "deck d"))
    found = find_references([path])
    assert found is not None
    assert list(found.sources) == ["drums", "bass", "other", "vocals"]
    found = find_references([path], ("deck b",))
    assert found is not None
    assert [source.stream for source in found.sources.values()] == [1, 2, 3, 4]
    assert list(found.sources) == ["deck a", "deck b", "deck c", "deck d"]


def test_references_are_laid_out_in_the_order_of_the_stems(rng: np.random.Generator) -> None:
    a, b = rng.standard_normal((2, 2, 3000)).astype(np.float32)
    stems = Stems(("guitar", "bass", "vocals"), np.zeros((3, 2, 3000), np.float32), RATE)
    scratch = Scratch()
    scratch.reserve((7,))
    *_, laid = lay_out({"vocals": a, "guitar": b}, stems, scratch, CancelToken())
    assert isinstance(laid, LaidOut)
    np.testing.assert_array_equal(map_region(scratch.fileno(), laid.region), np.stack([b, np.zeros_like(a), a]))
    assert set(laid.signals()) == {"vocals", "guitar"}
    assert laid.peaks["vocals"].query(0, 3000, 1).hi[0] == a.max()
    cancel = CancelToken()
    steps = lay_out({"vocals": a, "bass": b}, stems, scratch, cancel)
    next(steps)
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(steps)


def test_references_are_made_to_fit_and_it_is_said(tmp_path: Path) -> None:
    write(tmp_path / "t" / "vocals.wav", RATE + 441)
    write(tmp_path / "t" / "drums.wav", RATE - 441, n_channels=1)
    write(tmp_path / "t" / "bass.wav", 48000, rate=48000)
    found = find_references([tmp_path / "t"])
    assert found is not None
    *_, read = read_references(found, 2, RATE, RATE, Scratch(), CancelToken())
    assert isinstance(read, References)
    assert {signal.shape for signal in read.signals.values()} == {(2, RATE)}
    assert {(m.kind, m.amount) for m in read.misfits} == {
        ("longer", 0.01),
        ("shorter", 0.01),
        ("channels", 1),
        ("rate", 48000),
    }
    assert read.signals["drums"][:, -1].tolist() == [0, 0]
    assert read.signals["drums"][:, 5].tolist() == [0.25, 0.25]


def test_stems_are_paired_by_name_and_the_rest_with_the_rest() -> None:
    refs = {name: np.full((1, 4), value, np.float32) for name, value in (("vocals", 1), ("drums", 2), ("bass", 4))}
    two = {"vocals": refs["vocals"], "residual": refs["drums"]}
    assert {name: float(signal[0, 0]) for name, signal in paired(refs, two).items()} == {"vocals": 1, "residual": 6}
    assert list(paired(refs, {"guitar": refs["drums"]})) == []


def test_scores_agree_with_closed_forms(rng: np.random.Generator) -> None:
    s = rng.standard_normal((2, 3 * RATE)).astype(np.float32)
    noise = rng.standard_normal(s.shape).astype(np.float32)
    noise[:, RATE : 2 * RATE] *= 10**-0.5
    refs = {"a": s, "b": noise}
    steps = [
        step
        for step in compare(refs, {"a": s + noise * np.float32(0.1), "b": noise}, RATE, CancelToken())
        if isinstance(step, dict)
    ]
    first, last = steps
    assert isinstance(last["a"], TargetScores)
    assert first["a"].bss_sdr_db is None
    assert last["a"].seconds_db == pytest.approx([20, 30, 20], abs=0.1)
    assert last["a"].sdr_db == pytest.approx(10 * np.log10(300 / 2.1), abs=0.05)
    assert last["a"].bss_sdr_db == pytest.approx(20, abs=0.1)
    assert last["b"].sdr_db == np.inf
    half = sdr_by_second(s, s * np.float32(0.5), RATE)
    assert half == pytest.approx([20 * np.log10(2)] * 3, abs=1e-3)
    silent = sdr_by_second(np.zeros_like(s), s, RATE)
    assert np.isnan(silent).all()


def test_scoring_can_be_stopped(rng: np.random.Generator) -> None:
    s = rng.standard_normal((2, RATE)).astype(np.float32)
    cancel = CancelToken()
    steps = compare({"a": s}, {"a": s * np.float32(0.9)}, RATE, cancel)
    next(steps)
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(steps)
