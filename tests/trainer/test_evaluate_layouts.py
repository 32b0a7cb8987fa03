"""`evaluate` on the reference's folder layouts: the right stems, the right mixture, and what museval makes of it."""

from __future__ import annotations

import json

import museval
import numpy as np
import pytest
import soundfile as sf
from scored_songs import RATE, stems_of, strict_json, write_model, write_song

from trainer.cli import main
from trainer.config import config_from
from trainer.data_options import DataOptions
from trainer.layout_songs import REST, layout_songs
from trainer.mix_songs import mix_songs
from trainer.segments import songs_to_validate, stretch

LAYOUTS = {
    "aligned": ["--input-file", "mixture.wav", "--output-file", "vocals.wav"],
    "trackfolder_fix": ["--target-file", "vocals.wav", "--interferer-files", "drums.wav"],
    "trackfolder_var": ["--target-file", "vocals.wav"],
}


@pytest.fixture
def songs(tmp_path, rng):
    """Two songs of two stems, whose mixture is three quarters of their sum."""
    for name in ("one", "two"):
        stems = stems_of(rng, n_channels=2, seconds=3)
        write_song(tmp_path / "data/test" / name, {**stems, "mixture": 0.75 * sum(stems.values())})
    return tmp_path / "data"


@pytest.mark.parametrize("dataset", LAYOUTS)
def test_a_layout_is_scored_resumed_and_read_by_museval(songs, tmp_path, dataset, capsys):
    model = write_model(tmp_path / "model", targets=("vocals",))
    args = ["evaluate", str(model), str(songs), "--dataset", dataset, *LAYOUTS[dataset], "--niter", "0"]
    args += ["--output", str(tmp_path / "out"), "--workers", "1"]
    assert main(args) == 0
    read = strict_json(tmp_path / "out/test/one.json")
    assert [target["name"] for target in read["targets"]] == ["vocals"]
    assert [frame["time"] for frame in read["targets"][0]["frames"]] == [0.0, 1.0, 2.0]
    store = museval.EvalStore()
    store.add_eval_dir(str(tmp_path / "out"))
    assert np.isfinite(store.agg_frames_tracks_scores()["vocals"]["SDR"])
    by_window = (tmp_path / "out/windows.csv").read_text().splitlines()
    assert len(by_window) == 1 + 2 * 3
    before = (tmp_path / "out/test/one.json").stat().st_mtime_ns
    assert main([*args, "--resume"]) == 0
    assert (tmp_path / "out/test/one.json").stat().st_mtime_ns == before
    if dataset != "aligned":
        capsys.readouterr()
        assert main([*args, "--resume", "--ext", ".flac"]) == 2
        assert "layout" in capsys.readouterr().err


def test_the_mixture_is_the_file_or_the_sum_and_the_rest_is_known(songs):
    (pair, _) = layout_songs(
        DataOptions(dataset="aligned", input_file="mixture.wav", output_file="vocals.wav"), songs, "test"
    )
    read = pair.load()
    np.testing.assert_allclose(read.stems["vocals"] + read.stems[REST], read.mixture, atol=1e-6)
    fixed = DataOptions(dataset="trackfolder_fix", target_file="vocals.wav", interferer_files=("drums.wav",))
    summed = layout_songs(fixed, songs, "test")[0].load()
    np.testing.assert_allclose(summed.mixture, sum(summed.stems.values()), atol=1e-6)
    np.testing.assert_allclose(0.75 * summed.mixture, read.mixture, atol=1e-4)
    assert summed.sample_rate == RATE


@pytest.fixture
def sounds(tmp_path, rng):
    """Folders of speech and noise to train and validate on; some of it is shorter than a mixture."""
    for split in ("train", "valid"):
        for name in ("speech", "noise", "music"):
            folder = tmp_path / "sounds" / split / name
            folder.mkdir(parents=True)
            for index, seconds in enumerate((3.0, 4.0, 1.0)):
                wave = stems_of(rng, (name,), seconds=seconds, n_channels=2)[name]
                sf.write(folder / f"{index}.flac", wave.T, RATE, "PCM_16")
    return tmp_path / "sounds"


MIX = ["--dataset", "sourcefolder", "--target-dir", "speech", "--interferer-dirs", "noise", "music", "--ext", ".flac"]
MIX += ["--nb-valid-samples", "4", "--seq-dur", "2"]


def test_a_sourcefolder_is_scored_on_the_mixtures_of_its_training(sounds, tmp_path, capsys):
    more = [
        *("--nfft", "256", "--nhop", "64", "--hidden-size", "8", "--nb-layers", "1", "--epochs", "1"),
        *("--batch-size", "2", "--bandwidth", "3000", "--nb-train-samples", "2", "--sample-rate", str(RATE)),
        *("--nb-workers", "0"),
    ]
    run = tmp_path / "run"
    assert main(["train", "--root", str(sounds), "--output", str(run), *MIX, *more]) == 0
    args = ["evaluate", str(run / "best"), str(sounds), *MIX, "--output", str(tmp_path / "out"), "--niter", "0"]
    assert main([*args, "--workers", "2"]) == 0
    content = [strict_json(tmp_path / f"out/valid/{name:04d}.json") for name in range(4)]
    assert [target["name"] for target in content[0]["targets"]] == ["speech"]
    assert len(content[0]["targets"][0]["frames"]) == 2
    # The SDR over whole mixtures is what the training has measured of the same ones.
    ours = [song["targets"][0]["whole_track"]["whole_track_SDR"] for song in content]
    line = json.loads((run / "history.jsonl").read_text())
    assert np.mean(ours) == pytest.approx(line["targets"]["speech"]["sdr_db"], abs=1e-3)
    capsys.readouterr()
    assert main([*args, "--resume", "--nb-valid-samples", "5"]) == 2
    assert "layout: nb_valid_samples" in capsys.readouterr().err
    assert main([*args, "--resume", "--subset", "gone"]) == 1
    assert "gone" in capsys.readouterr().err


def test_mixtures_are_those_of_the_validation_to_the_sample(sounds):
    given = {"target_dir": "speech", "interferer_dirs": ("noise", "music"), "ext": ".flac", "nb_valid_samples": 6}
    options = DataOptions(dataset="sourcefolder", **given)
    values = {"root": str(sounds), "output": "x", "targets": ("speech",), "seq_dur": 2.0, "sample_rate": RATE}
    config = config_from({"dataset": "sourcefolder", **given, **values})
    songs = mix_songs(options, sounds, "valid", 2.0)
    for song, track in zip(songs, songs_to_validate(config), strict=True):
        mixture, stems = stretch(track, 0, config.n_samples, config)
        read = song.load()
        np.testing.assert_array_equal(read.mixture, mixture)
        assert list(read.stems) == list(stems)
        np.testing.assert_array_equal(read.stems["speech"], stems["speech"])


def test_settings_of_plain_folders_are_as_they_were(songs, tmp_path):
    model = write_model(tmp_path / "model", targets=("vocals",))
    args = ["evaluate", str(model), str(songs), "--output", str(tmp_path / "out"), "--workers", "1", "--niter", "0"]
    assert main(args) == 0
    settings = json.loads((tmp_path / "out/evaluation.json").read_text())["settings"]
    assert "layout" not in settings
