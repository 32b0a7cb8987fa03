"""`evaluate` on the reference's folder layouts: the right stems, the right mixture, and what museval makes of it."""

from __future__ import annotations

import json

import museval
import numpy as np
import pytest
from scored_songs import RATE, stems_of, strict_json, write_model, write_song

from trainer.cli import main
from trainer.data_options import DataOptions
from trainer.layout_songs import REST, layout_songs
from umx_gui.errors import OptionError

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


def test_a_layout_without_songs_is_refused():
    options = DataOptions(dataset="sourcefolder", target_dir="a", interferer_dirs=("b",))
    with pytest.raises(OptionError, match="no songs"):
        layout_songs(options, None, "test")


def test_settings_of_plain_folders_are_as_they_were(songs, tmp_path):
    model = write_model(tmp_path / "model", targets=("vocals",))
    args = ["evaluate", str(model), str(songs), "--output", str(tmp_path / "out"), "--workers", "1", "--niter", "0"]
    assert main(args) == 0
    settings = json.loads((tmp_path / "out/evaluation.json").read_text())["settings"]
    assert "layout" not in settings
