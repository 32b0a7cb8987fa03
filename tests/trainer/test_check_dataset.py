"""`check-dataset`: each way in which a track can be wrong is found, named, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from layouts_made import RATE, STEMS, stem, stems, write, write_musdb_song
from scipy.signal import ellip, sosfilt

from trainer.band_edge import Spectrum, is_limited
from trainer.cli import main
from trainer.data_edge import edge_of
from trainer.lag import lag_of, misplaced, rest_db
from trainer.publish import publish
from trainer.train import Run

N = 2 * RATE


@pytest.fixture
def song(tmp_path) -> Path:
    """A good song of four stems and their sum."""
    parts = stems(N)
    for name, samples in {**parts, "mixture": sum(parts.values())}.items():
        write(tmp_path / "data/train/good" / f"{name}.wav", samples)
    return tmp_path / "data"


def copy(song: Path, name: str) -> Path:
    folder = song / "train" / name
    for stem_name, samples in stems(N).items():
        write(folder / f"{stem_name}.wav", samples)
    write(folder / "mixture.wav", sum(stems(N).values()))
    return folder


def checked(root: Path, capsys, *args: str) -> tuple[int, dict[str, dict]]:
    code = main(["check-dataset", str(root), "--json", *args])
    content = json.loads(capsys.readouterr().out)
    return code, {report["name"]: report for reports in content["splits"].values() for report in reports}


def test_a_good_dataset_is_good(song, capsys):
    code, reports = checked(song, capsys)
    assert code == 0
    assert (reports["good"]["faults"], reports["good"]["remarks"], reports["good"]["usable"]) == ([], [], True)
    assert reports["good"]["rest_db"] < -60
    assert {f["stem"]: f["n_samples"] for f in reports["good"]["files"]} == dict.fromkeys((*STEMS, "mixture"), N)
    assert main(["check-dataset", str(song)]) == 0
    out = capsys.readouterr().out
    assert "good" in out
    assert "1 track, 0 of them unusable. Half of them have sound up to 22.1 kHz or beyond." in out


def test_everything_that_is_wrong_is_found_and_named(song, capsys):
    (copy(song, "unreadable") / "bass.wav").write_bytes(b"RIFF nonsense that is long enough to be looked at")
    write(copy(song, "rate") / "bass.wav", stem("bass", N), 48_000)
    write(copy(song, "channels") / "bass.wav", np.concatenate([stem("bass", N)] * 3))
    write(copy(song, "short") / "bass.wav", stem("bass", N - 9000))
    late = np.pad(stem("drums", N), ((0, 0), (777, 0)))[:, :N]
    write(copy(song, "late") / "drums.wav", late)
    for path in copy(song, "silent").iterdir():
        write(path, np.zeros((2, N), np.float32))
    for path in copy(song, "other rate").iterdir():
        write(path, stem("bass", N), 48_000)
    truncated = copy(song, "truncated") / "other.wav"
    truncated.write_bytes(truncated.read_bytes()[: N * 2])
    (copy(song, "twice") / "vocals.flac").write_bytes(b"")
    code, reports = checked(song, capsys)
    assert code == 1
    faults = {name: "; ".join(report["faults"]) for name, report in reports.items()}
    assert faults.pop("good") == ""
    assert "bass cannot be read" in faults.pop("unreadable")
    assert "bass is at 48000 Hz, not 44100 Hz" in faults.pop("rate")
    assert "bass has 6 channels" in faults.pop("channels")
    assert f": {N - 9000} against {N} samples" in faults.pop("short")
    assert faults.pop("late") == "drums lies 777 samples too late for the mixture"
    assert faults.pop("silent") == "it is silent throughout"
    assert reports["silent"]["remarks"] == []
    assert faults.pop("other rate") == "all its files are at 48000 Hz, not 44100 Hz"
    assert "other cannot be read" in faults.pop("truncated")
    assert "it holds vocals twice" in faults.pop("twice")
    assert not faults


def test_what_should_be_known_is_remarked_and_the_song_stays_usable(song, capsys):
    write(copy(song, "mono") / "bass.wav", stem("bass", N)[:1])
    write(copy(song, "silent stem") / "vocals.wav", np.zeros((2, N), np.float32))
    write(copy(song, "clipped") / "drums.wav", np.clip(20 * stem("drums", N), -1, 1))
    edge = ellip(10, 0.1, 80, 16_000, fs=RATE, output="sos")
    folder = copy(song, "band-limited")
    for path in folder.iterdir():
        name = path.stem
        samples = sum(stems(N).values()) if name == "mixture" else stem(name, N)
        write(path, sosfilt(edge, samples))
    code, reports = checked(song, capsys)
    assert code == 0
    remarks = {name: "; ".join(report["remarks"]) for name, report in reports.items()}
    assert "bass is mono" in remarks["mono"]
    assert "vocals is silent throughout" in remarks["silent stem"]
    assert "drums is clipped in" in remarks["clipped"]
    assert "its sound ends at 16." in remarks["band-limited"]
    assert reports["band-limited"]["edge_hz"] == pytest.approx(16_000, abs=500)


@pytest.mark.parametrize("is_wav", [False, True])
def test_musdb_is_checked(tmp_path, capsys, is_wav):
    write_musdb_song(tmp_path / "data/train", "A - One", N, 1, is_wav)
    args = ["--dataset", "musdb", *(["--is-wav"] if is_wav else [])]
    code, reports = checked(tmp_path / "data", capsys, *args)
    assert code == 0
    assert [f["stem"] for f in reports["A - One"]["files"]] == ["mixture", "drums", "bass", "other", "vocals"]
    assert reports["A - One"]["rest_db"] < (-60 if is_wav else -3)


@pytest.mark.parametrize(
    "args",
    [
        ["--dataset", "aligned", "--input-file", "mixture.wav", "--output-file", "vocals.wav"],
        ["--dataset", "trackfolder_fix", "--target-file", "vocals.wav", "--interferer-files", "bass.wav", "drums.wav"],
        ["--dataset", "trackfolder_var", "--target-file", "vocals.wav"],
        ["--dataset", "sourcefolder", "--target-dir", "good", "--interferer-dirs", "bad"],
    ],
    ids=lambda args: args[1],
)
def test_every_layout_is_checked(song, capsys, args):
    (copy(song, "bad") / "vocals.wav").write_bytes(b"RIFF nonsense")
    code, reports = checked(song, capsys, *args)
    assert code == 1
    assert [name for name, report in reports.items() if not report["usable"]] in (["bad"], ["bad/vocals.wav"])


def test_a_dataset_that_is_none_is_told(tmp_path, capsys):
    assert main(["check-dataset", str(tmp_path)]) == 1
    assert "there is no such folder" in capsys.readouterr().err
    assert main(["check-dataset", str(tmp_path), "--dataset", "aligned"]) == 2


@pytest.mark.parametrize("cut_hz", [4000, 11_000, 16_000, 19_000])
def test_an_edge_is_measured_to_a_few_hundred_hz(cut_hz, rng):
    # As music does, it fades by many dB towards the top before anything is cut.
    power = np.fft.rfft(rng.standard_normal((2, 4 * RATE)))
    frequencies = np.fft.rfftfreq(4 * RATE, 1 / RATE)
    fading = np.fft.irfft(power * 10 ** (-frequencies / 1000 * 3 / 20))
    cut = np.fft.irfft(np.fft.rfft(fading) * (frequencies < cut_hz))
    for wave, expected in ((fading, RATE / 2), (cut, cut_hz)):
        spectrum = Spectrum()
        spectrum.add((0.1 * np.round(wave * 32768) / 32768).astype(np.float32))
        assert spectrum.edge_hz(RATE) == pytest.approx(expected, abs=300)
        assert is_limited(spectrum.edge_hz(RATE), RATE) == (expected == cut_hz)


def test_silence_has_no_edge():
    spectrum = Spectrum()
    spectrum.add(np.zeros((2, 50_000), np.float32))
    assert spectrum.edge_hz(RATE) is None


def test_lags_are_found_to_the_sample_and_beats_are_not_taken_for_them(rng):
    parts = stems(RATE)
    mixture = np.asarray(sum(parts.values()))
    assert rest_db(mixture, parts) < -100
    assert misplaced(mixture, parts, RATE) == {}
    for lag in (-1500, -1, 3, 20_000):
        moved = {**parts, "other": np.roll(parts["other"], lag, axis=1)}
        assert lag_of(moved["other"], parts["other"], RATE // 2) == lag
        assert misplaced(mixture, moved, RATE) == {"other": lag}
    # Other stems than those of the mixture do not fit anywhere.
    assert misplaced(mixture, stems(RATE, 7), RATE) == {}


def test_training_says_where_the_data_end_and_the_card_keeps_it(root, toy, tmp_path, caplog):
    cut = ellip(10, 0.1, 80, 1500, fs=8000, output="sos")
    for path in root.glob("train/*/*.wav"):
        sf.write(path, sosfilt(cut, np.random.default_rng(1).standard_normal((20_000, 2)) * 0.1, axis=0), 8000)
    with caplog.at_level("WARNING"):
        list(Run(toy(epochs=1, bandwidth=3000)).events())
    assert edge_of(tmp_path / "run") == pytest.approx(1600, abs=200)
    assert "the model sees up to 3.0 kHz" in caplog.text
    folder = publish(tmp_path / "run", "toy", tmp_path / "models")
    assert "The sound of the training data ends at 1." in (folder / "CARD.md").read_text()
