"""Reference stems are found, read and made to fit; their scores agree with closed forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from umx_gui.engine.scoring.compare import TargetScores, compare, sdr_by_second
from umx_gui.engine.songs.references import References, find_references, paired, read_references
from umx_gui.engine.storage.scratch import Scratch
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled

RATE = 44100


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
