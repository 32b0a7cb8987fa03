"""Eight ways in which evaluations go wrong unseen; each must be told, or must not matter."""

from __future__ import annotations

import math

import museval
import numpy as np
import pytest
import soundfile as sf
from scored_songs import (
    RATE,
    TARGETS,
    estimates_of,
    options,
    references,
    stems_of,
    strict_json,
    write_model,
    write_song,
)

from trainer.cli import main
from trainer.evaluate import Finished, evaluate
from trainer.reference_songs import folder_songs
from trainer.score_files import median, read_song, song_path
from trainer.score_files import write_song as write_scores
from trainer.score_song import compare
from trainer.score_summary import finished_songs, summarise, write_summary
from trainer.score_table import lines_of
from umx_gui.errors import DatasetError, ScoringError

SETTINGS = {
    "window_s": 1.0,
    "hop_s": 1.0,
    "aggregation": "medians",
    "model": "m",
    "dataset": "folder",
    "subset": "test",
    "windows_with_silence": "lost to all targets",
}


@pytest.fixture
def stems(rng):
    return stems_of(rng)


@pytest.fixture
def estimates(stems, rng):
    return estimates_of(stems, rng)


def score(stems, estimates, **given):
    return compare("song", references(stems), estimates, tuple(estimates), None, options(**given))


def sdr(scores, target):
    """BSS Eval's SDR of a target: the median of the windows that have one."""
    return median(scores.targets[target].frames[0].tolist())


def written(tmp_path, scores, name="song"):
    """The scores on disk: the path of the file, after a look whether it is JSON."""
    path = song_path(tmp_path, "test", name)
    write_scores(path, scores, SETTINGS)
    strict_json(path)
    return path


def table(tmp_path, n_songs=1):
    """What is shown of all songs on disk."""
    songs = list(finished_songs(tmp_path / "test", SETTINGS).values())
    return "\n".join(lines_of(summarise(songs, n_songs, SETTINGS)))


def as_museval_reads(tmp_path):
    """What museval aggregates from the folder: {target: {metric: dB}}."""
    store = museval.EvalStore()
    store.add_eval_dir(str(tmp_path))
    return store.agg_frames_tracks_scores().unstack().to_dict("index")


def test_a_silence_in_one_stem_costs_windows_of_all_and_that_is_told(stems, estimates, tmp_path):
    stems["vocals"][:, : 2 * RATE] = 0
    by_all = score(stems, estimates)
    assert np.isnan(by_all.targets["drums"].frames[0]).tolist() == [True, True, False, False]
    written(tmp_path, by_all)
    about = read_song(tmp_path / "test/song.json")["umx"]
    assert about["windows"]["drums"] == {"all": 4, "lost": 2, "silent": 0}
    assert about["windows"]["vocals"] == {"all": 4, "lost": 2, "silent": 2}
    assert "lost to all targets" in table(tmp_path)


def test_a_silence_in_one_stem_need_not_cost_the_others_anything(stems, estimates):
    whole = score(stems, estimates, lose_own_only=True)
    stems["vocals"][:, : 2 * RATE] = 0
    silenced = score(stems, estimates, lose_own_only=True)
    assert sdr(silenced, "drums") == pytest.approx(sdr(whole, "drums"), abs=1e-9)
    assert np.isnan(silenced.targets["vocals"].frames[0]).sum() == 2
    # The rule that museval knows moves it.
    assert sdr(score(stems, estimates), "drums") != pytest.approx(sdr(whole, "drums"), abs=1e-3)


@pytest.mark.parametrize("silent", ["reference", "estimate"])
def test_a_stem_that_is_silent_throughout_is_not_available_and_nothing_crashes(stems, estimates, tmp_path, silent):
    (stems if silent == "reference" else estimates)["vocals"][:] = 0
    scores = score(stems, estimates)
    assert scores.targets["vocals"].unscored == f"its {silent} is silent throughout"
    assert math.isnan(sdr(scores, "vocals"))
    # Nothing is left that could interfere with the drums where the vocals are silent.
    assert np.isfinite(scores.targets["drums"].frames[[0, 1, 3]]).all()
    written(tmp_path, scores)
    assert f"n/a: vocals of song: its {silent} is silent throughout." in table(tmp_path)
    read = as_museval_reads(tmp_path)
    assert math.isnan(read["vocals"]["SDR"])
    assert read["drums"]["SDR"] == pytest.approx(sdr(scores, "drums"), abs=1e-5)


def test_a_song_without_any_score_does_not_keep_museval_from_the_others(stems, estimates, tmp_path):
    good = score(stems, estimates)
    written(tmp_path, good, "good")
    written(tmp_path, score({n: np.zeros_like(s) for n, s in stems.items()}, estimates), "silent")
    assert as_museval_reads(tmp_path)["drums"]["SDR"] == pytest.approx(sdr(good, "drums"), abs=1e-5)


@pytest.mark.parametrize("where", ["reference", "estimate"])
def test_samples_that_are_not_numbers_are_counted_and_refused(stems, estimates, where):
    (stems if where == "reference" else estimates)["drums"][0, 100:107] = np.nan
    with pytest.raises(ScoringError, match=rf"drums: its {where} holds samples that are not numbers \(7\)"):
        score(stems, estimates)


def test_a_file_with_samples_that_are_not_numbers_fails_its_song_loudly(stems, tmp_path, capsys):
    write_song(tmp_path / "songs/good", stems)
    bad = {name: samples.copy() for name, samples in stems.items()}
    bad["drums"][0, 50:53] = np.inf
    write_song(tmp_path / "songs/bad", bad, subtype="FLOAT")
    model, out = write_model(tmp_path / "m"), tmp_path / "out"
    code = main(["evaluate", str(model), str(tmp_path / "songs"), "--output", str(out), "--workers", "1"])
    said = capsys.readouterr().err
    assert code == 1
    assert (
        "bad is not scored. The stem “drums” cannot be scored: drums.wav holds samples that are not numbers (3)."
        in said
    )
    assert [path.name for path in (out / "test").iterdir()] == ["good.json"]


def test_a_perfect_estimate_is_infinite_on_disk_too(stems, estimates, tmp_path):
    estimates["drums"] = stems["drums"].copy()
    scores = score(stems, estimates)
    assert sdr(scores, "drums") == math.inf
    path = written(tmp_path, scores)
    assert "1e999" in path.read_text()
    assert median(frame_scores(read_song(path), "drums", "SDR")) == math.inf
    assert as_museval_reads(tmp_path)["drums"]["SDR"] == math.inf
    assert "inf" in table(tmp_path)


def frame_scores(content, target, metric):
    found = next(t for t in content["targets"] if t["name"] == target)
    return [frame["metrics"][metric] for frame in found["frames"]]


def test_the_accompaniment_is_not_scored_among_the_stems_it_consists_of(rng, tmp_path):
    stems = stems_of(rng, ("vocals", "drums", "bass"), seconds=2.0)
    write_song(tmp_path / "plain/song", stems)
    write_song(tmp_path / "more/song", {**stems, "accompaniment": stems["drums"] + stems["bass"]})
    (plain,), (more,) = folder_songs(tmp_path / "plain", "test"), folder_songs(tmp_path / "more", "test")
    assert set(more.load().stems) == {"vocals", "drums", "bass"}
    assert "accompaniment was left out" in more.load().notes[0]
    np.testing.assert_array_equal(more.load().mixture, plain.load().mixture)
    estimates = estimates_of(stems, rng)
    two = [compare("song", s.load(), estimates, tuple(estimates), None, options()) for s in (plain, more)]
    np.testing.assert_array_equal(two[0].targets["vocals"].frames, two[1].targets["vocals"].frames)


def test_where_it_is_the_only_other_stem_it_is_the_other_source(rng, tmp_path):
    stems = stems_of(rng, ("vocals", "accompaniment"), seconds=2.0)
    write_song(tmp_path / "song", stems)
    (song,) = folder_songs(tmp_path, "test")
    assert set(song.load().stems) == {"vocals", "accompaniment"}
    write_song(tmp_path / "unclear", {**stems, "guitar": stems["vocals"]})
    with pytest.raises(DatasetError, match="whether guitar is part of accompaniment"):
        folder_songs(tmp_path, "test")[1].load()


def test_stems_are_paired_by_name_whatever_their_order(stems, estimates, tmp_path, rng):
    expected = score(stems, estimates)
    turned = score(dict(reversed(stems.items())), dict(reversed(estimates.items())))
    for target in TARGETS:
        np.testing.assert_allclose(turned.targets[target].frames, expected.targets[target].frames, atol=1e-9)
        assert turned.targets[target].sdr_db == expected.targets[target].sdr_db
    # On disk drums come before vocals, in the model behind them; a file of another stem comes first of all.
    write_song(tmp_path / "songs/song", {**stems, "a choir": stems_of(rng, ["x"])["x"]})
    (song,) = folder_songs(tmp_path / "songs", "test")
    assert list(song.load().stems) == ["a choir", "drums", "vocals"]
    mine = {"vocals": song.load().stems["vocals"], "drums": song.load().stems["drums"]}
    found = compare("song", song.load(), mine, TARGETS, None, options())
    assert all(found.targets[target].sdr_db == math.inf for target in TARGETS)


def test_how_the_numbers_came_about_is_written_beside_them(stems, tmp_path):
    write_song(tmp_path / "songs/song", stems)
    given = options(
        model=str(write_model(tmp_path / "m")),
        root=tmp_path / "songs",
        output=tmp_path / "out",
        window_s=0.5,
        workers=1,
    )
    assert isinstance(list(evaluate(given))[-1], Finished)
    for path, where in ((tmp_path / "out/test/song.json", "umx"), (tmp_path / "out/evaluation.json", None)):
        content = strict_json(path)
        settings = (content[where] if where else content)["settings"]
        assert (settings["window_s"], settings["hop_s"], settings["filter_length"]) == (0.5, 1.0, 512)
        assert settings["metric"].startswith("BSS Eval v4")
        assert settings["aggregation"] == "median of the windows of a song, then median of the songs"
        assert settings["separation"]["niter"] == 1
        assert settings["separation"]["exact_sum"] is False
        assert len(settings["weights_sha256"]["vocals.safetensors"]) == 64


def test_the_aggregate_is_the_median_of_medians(stems, estimates, tmp_path):
    values = {"a": [1.0, 2.0, 30.0], "b": [4.0, 4.0, 4.0], "c": [-50.0, 9.0, 10.0]}
    scores = score(stems, estimates)
    for name, windows in values.items():
        frames = np.tile(np.array(windows), (4, 1))
        one = type(scores.targets["drums"])(frames, windows[0], 0.0, 0)
        written(tmp_path, type(scores)(name, RATE, 1, {"drums": one}, ("drums",), ()), name)
    summary = write_summary(tmp_path, tmp_path / "test", 3, SETTINGS)
    # Medians 2, 4 and 9; a mean anywhere would give something else.
    assert summary.scores["drums"]["SDR"] == 4.0
    assert as_museval_reads(tmp_path)["drums"]["SDR"] == 4.0
    assert summary.scores["drums"]["whole_track_SDR"] == 1.0


def test_stems_of_unequal_length_are_refused_with_their_lengths(stems, estimates, tmp_path):
    with pytest.raises(ScoringError, match=r"drums: its estimate and .* vocals differ in length: 31999 against 32000"):
        score(stems, {**estimates, "drums": estimates["drums"][:, :-1]})
    write_song(tmp_path / "song", {**stems, "drums": stems["drums"][:, :-100]})
    (song,) = folder_songs(tmp_path, "test")
    with pytest.raises(ScoringError, match="drums: it is shorter than vocals: 31900 against 32000 samples"):
        song.load()
    padded = song.load(pad=True)
    assert padded.stems["drums"].shape == padded.mixture.shape == (1, 32000)
    assert padded.notes == ("drums was filled up with silence to 32000 samples",)


def test_a_mixture_of_another_length_is_refused_too(stems, tmp_path):
    write_song(tmp_path / "song", {**stems, "mixture": sum(stems.values())[:, :-1]})
    (song,) = folder_songs(tmp_path, "test")
    with pytest.raises(ScoringError, match=r"mixture: it is shorter than .*: 31999"):
        song.load()


def test_a_file_that_is_shorter_than_it_says_is_noted(stems, tmp_path):
    write_song(tmp_path / "song", stems)
    path = tmp_path / "song/drums.wav"
    path.write_bytes(path.read_bytes()[:-2000])
    (song,) = folder_songs(tmp_path, "test")
    with pytest.raises(ScoringError, match=r"drums: it is shorter than .*: 31000"):
        song.load()
    assert any("drums.wav" in note for note in song.load(pad=True).notes)
    assert sf.info(tmp_path / "song/vocals.wav").frames == 32000
