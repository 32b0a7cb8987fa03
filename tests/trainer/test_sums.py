"""Targets that are sums of stems: trained, validated, resumed, published and scored."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from layouts_made import RATE, STEMS, stems, write, write_musdb_song
from musdb import DB
from scored_songs import estimates_of, options, references, stems_of, strict_json, write_model
from scored_songs import write_song as write_scored

import trainer.score_song
from trainer.cli import main
from trainer.config import config_from
from trainer.dataset import tracks_of
from trainer.draw_reference import drawer_of
from trainer.layouts import VALIDATION_SONGS
from trainer.reference_songs import folder_songs
from trainer.score_song import Scorer, compare
from trainer.segments import songs_to_validate, stretch
from trainer.train_cli import config_of
from trainer.validate import add_up, validate_songs
from umx_gui.engine.audio import Audio
from umx_gui.engine.models.model import load_model
from umx_gui.engine.scoring.metrics import sdr_db
from umx_gui.errors import DatasetError, OptionError

N = RATE
TARGETS = ("vocals", "accompaniment", "no drums")
SMALL = {
    "seq_dur": 0.5, "nfft": 512, "nhop": 256, "hidden_size": 8, "nb_layers": 1, "epochs": 1, "batch_size": 2,
    "nb_workers": 0, "scaler_items": 2, "excerpts": 1, "steps_per_epoch": 2, "device": "cpu",
}  # fmt: skip


def config(root: Path, **given: object):
    return config_of({**SMALL, "root": str(root), "output": str(root.parent / "run"), **given})[0]


def command(made) -> list[str]:
    """The command line of small runs."""
    return [word for name, value in made.items() for word in (f"--{name.replace('_', '-')}", str(value))]


@pytest.fixture
def musdb(tmp_path: Path) -> Path:
    """MUSDB18-HQ of two songs to train on, one to validate on, one to test on."""
    root = tmp_path / "musdb"
    for song, place in enumerate(("train/A", "train/B", f"train/{min(VALIDATION_SONGS)}", "test/D")):
        write_musdb_song((root / place).parent, Path(place).name, N, song, is_wav=True)
    return root


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """Songs of vocals and an accompaniment, and no other stem."""
    root = tmp_path / "pairs"
    for song, place in enumerate(("train/a", "train/b", "valid/c", "test/d")):
        parts = stems(N, song)
        write(root / place / "vocals.wav", parts["vocals"])
        write(root / place / "accompaniment.wav", parts["drums"] + parts["bass"] + parts["other"])
    return root


@pytest.mark.parametrize("mixing", ["reference", "varied"])
def test_the_truth_of_a_sum_is_the_mixture_without_a_stem(musdb, mixing):
    made = config(musdb, dataset="musdb", is_wav=True, targets=("accompaniment", *STEMS, "no drums"), mixing=mixing)
    drawer = drawer_of(tracks_of(made, "train"), made)
    for seed in range(8):
        mixture, accompaniment, vocals, drums, _, _, rest = (item := drawer.item(np.random.default_rng(seed))).waves
        assert item.known == (True,) * 6
        assert np.abs(mixture).max() > 0.01
        np.testing.assert_allclose(accompaniment, mixture - vocals, atol=1e-6)
        np.testing.assert_allclose(rest, mixture - drums, atol=1e-6)


def test_it_equals_the_sum_that_musdb_makes(musdb):
    made = config(musdb, dataset="musdb", is_wav=True, targets=("accompaniment",))
    (song,) = songs_to_validate(made)
    theirs = DB(root=str(musdb), is_wav=True, subsets="train", split="valid").tracks[0].targets["accompaniment"].audio
    _, parts = stretch(song, 0, N, made)
    np.testing.assert_allclose(trainer.sums.truth("accompaniment", parts, made), theirs.T, atol=1e-6)


def test_from_training_to_scores(musdb, tmp_path, capsys):
    shape = ["--dataset", "musdb", "--is-wav"]
    root, run = ["--root", str(musdb)], tmp_path / "run"
    assert main(["train", *shape, *root, "--output", str(run), "--targets", *TARGETS, *command(SMALL)]) == 0
    assert main(["train", "--checkpoint", str(run), "--epochs", "2"]) == 0
    assert "  accompaniment  train " in capsys.readouterr().out
    lines = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    assert [set(line["targets"]) for line in lines] == [set(TARGETS)] * 2
    assert all(np.isfinite(line["targets"][target]["sdr_db"]) for line in lines for target in TARGETS)
    heard = {path.stem for path in (run / "excerpts/epoch-002").iterdir()}
    assert heard == {"mixture", *TARGETS}
    assert main(["publish", str(run), "sums", "--out", str(tmp_path), "--no-pth"]) == 0
    assert set(load_model(str(tmp_path / "sums")).targets) == set(TARGETS)
    scores = ["--output", str(tmp_path / "scores"), "--workers", "1", "--niter", "0"]
    assert main(["evaluate", str(tmp_path / "sums"), str(musdb), *shape, *scores]) == 0
    found = strict_json(tmp_path / "scores/test/D.json")
    assert {target["name"] for target in found["targets"]} == set(TARGETS)


def test_validation_measures_a_sum_against_the_sum(musdb, tmp_path):
    made = config(musdb, dataset="musdb", is_wav=True, targets=("accompaniment",))
    songs = songs_to_validate(made)
    network = load_model(str(write_model(tmp_path / "tiny", ("accompaniment",)))).networks["accompaniment"]

    class Silent(type(network)):
        """Leaves nothing of the mixture."""

        def mask(self, magnitude):
            return 0 * magnitude

    network.__class__ = Silent
    score = add_up(validate_songs({"accompaniment": network}, songs, made), ("accompaniment",))["accompaniment"]
    mixture, parts = stretch(songs[0], 0, N, made)
    rest = mixture - parts["vocals"]
    assert score.sdr_db == pytest.approx(0, abs=1e-4)
    power = 10 * np.log10(np.square(rest).sum() / np.square(mixture - rest).sum())
    assert score.mixture_sdr_db == pytest.approx(power, abs=0.01)


def test_pairs_of_vocals_and_accompaniment(pairs):
    made = config(pairs, targets=("vocals", "accompaniment"))
    drawer = drawer_of(tracks_of(made, "train"), made)
    items = [drawer.item(np.random.default_rng(seed)) for seed in range(40)]
    assert all(item.known == (True, True) for item in items)
    assert all(np.abs(item.waves[2]).max() > 0.01 for item in items)
    assert all(np.allclose(item.waves[0], item.waves[1] + item.waves[2], atol=1e-6) for item in items)
    assert {len(item.tracks) for item in items} == {1, 2}
    mixture, parts = stretch(songs_to_validate(made)[0], 0, N, made)
    assert set(parts) == {"vocals", "accompaniment"}
    np.testing.assert_allclose(mixture, parts["vocals"] + parts["accompaniment"], atol=1e-6)


def test_what_an_accompaniment_hides_is_not_learnt_from_it(pairs):
    write(pairs / "train/drums/drums.wav", stems(N)["drums"])
    made = config(pairs, targets=("vocals", "drums"))
    drawer = drawer_of(tracks_of(made, "train"), made)
    items = [drawer.item(np.random.default_rng(seed)) for seed in range(60)]
    hidden = [item for item in items if np.abs(item.waves[0] - item.waves[1:].sum(axis=0)).max() > 1e-3]
    assert 0 < len(hidden) < len(items)
    assert {item.known for item in hidden} == {(True, False)}
    with pytest.raises(DatasetError, match="none of its songs has drums apart"):
        songs_to_validate(made)


def test_an_accompaniment_with_one_other_stem_is_no_whole_song(pairs):
    write(pairs / "train/a/drums.wav", stems(N)["drums"])
    found = {track.name: track.complete for track in tracks_of(config(pairs, targets=("vocals",)), "train")}
    assert found == {"a": False, "b": True}


def test_layouts_that_name_their_target_take_files_as_they_are(pairs):
    layout = {"dataset": "trackfolder_fix", "target_file": "vocals.wav", "interferer_files": ("accompaniment.wav",)}
    for target, other in (("vocals", "accompaniment"), ("accompaniment", "vocals")):
        made = config(pairs, **{**layout, "target_file": f"{target}.wav", "interferer_files": (f"{other}.wav",)})
        track = tracks_of(made, "train")[0]
        item = drawer_of((track,), made).item(np.random.default_rng(0))
        assert item.known == (True,)
        assert np.abs(item.waves[0] - item.waves[1]).max() > 0.01
        mixture, parts = stretch(track, 0, N, made)
        np.testing.assert_allclose(mixture, parts["vocals"] + parts["accompaniment"], atol=1e-6)


@pytest.mark.parametrize(
    ("targets", "told"),
    [
        (("no guitar",), "no stem called guitar|has a stem called guitar"),
        (("drums+bass",), "cannot be one"),
        (("linear_mixture",), "has a stem called linear_mixture"),
    ],
)
def test_other_sums_are_refused(musdb, targets, told, tmp_path):
    from trainer.train import Run

    with pytest.raises(OptionError, match=told):
        Run(config_from({**SMALL, "root": str(musdb), "output": str(tmp_path / "r"), "targets": targets,
                         "dataset": "musdb", "is_wav": True}))  # fmt: skip


def test_scores_of_a_pair_are_those_of_museval(rng):
    import museval

    made = stems_of(rng, STEMS, n_channels=2, seconds=3)
    rest = np.asarray(made["drums"] + made["bass"] + made["other"])
    pair = {"vocals": made["vocals"], "accompaniment": rest}
    estimates = estimates_of(pair, rng)
    found = compare("song", references(made), estimates, tuple(pair), None, options())
    truths, guesses = np.stack([w.T for w in pair.values()]), np.stack([w.T for w in estimates.values()])
    theirs = museval.evaluate(truths, guesses, win=8000, hop=8000)
    for index, target in enumerate(pair):
        ours = found.targets[target].frames
        np.testing.assert_allclose(ours[:3], [theirs[k][index] for k in (0, 1, 2)], atol=1e-6)
        np.testing.assert_allclose(ours[3], theirs[3][index], atol=1e-6)


def test_a_sum_beside_its_parts_is_scored_apart(rng):
    made = stems_of(rng, STEMS, seconds=2)
    rest = np.asarray(made["drums"] + made["bass"] + made["other"])
    all_five = {**made, "accompaniment": rest}
    estimates = estimates_of(all_five, rng)
    five = compare("song", references(made), estimates, tuple(all_five), None, options())
    four = compare("song", references(made), {t: estimates[t] for t in STEMS}, STEMS, None, options())
    alone = compare("song", references(made), {"accompaniment": estimates["accompaniment"]}, ("accompaniment",), None,
                    options())  # fmt: skip
    assert list(five.targets) == [*STEMS, "accompaniment"]
    for target in STEMS:
        np.testing.assert_array_equal(five.targets[target].frames, four.targets[target].frames)
    np.testing.assert_allclose(five.targets["accompaniment"].frames, alone.targets["accompaniment"].frames, atol=1e-9)
    assert set(five.references) == {*STEMS, "accompaniment"}
    assert set(alone.references) == {"accompaniment", "vocals"}


def test_stems_are_added_up_where_no_network_makes_their_sum(tmp_path, rng):
    model = write_model(tmp_path / "tiny", STEMS)
    made = stems_of(rng, STEMS, seconds=2, n_channels=2)
    write_scored(tmp_path / "songs/x", made)
    wanted = ("vocals", "accompaniment", "no drums")
    asked = options(model=str(model), root=tmp_path / "songs", targets=wanted)
    scorer = Scorer(asked)
    song = folder_songs(tmp_path / "songs", "test")[0]
    found = scorer.score(song)
    assert list(found.targets) == list(wanted)
    stems = scorer.separator.separate_all(Audio(song.load().mixture, 8000))
    for target, without in (("accompaniment", "vocals"), ("no drums", "drums")):
        estimate = sum(stems[name] for name in STEMS if name != without)
        true = sum(made[name] for name in STEMS if name != without)
        assert found.targets[target].sdr_db == pytest.approx(sdr_db(true, estimate), abs=1e-3)
    with pytest.raises(OptionError, match="no guitar"):
        Scorer(options(model=str(model), targets=("no guitar",)))


def test_a_folder_of_pairs_is_scored(pairs, tmp_path, rng):
    model = write_model(tmp_path / "tiny", ("vocals", "accompaniment"))
    write_scored(tmp_path / "songs/x", stems_of(rng, ("vocals", "accompaniment"), seconds=2))
    assert (
        main(["evaluate", str(model), str(tmp_path / "songs"), "--output", str(tmp_path / "o"), "--workers", "1"]) == 0
    )
    content = strict_json(tmp_path / "o/test/x.json")
    assert content["umx"]["references"] == ["vocals", "accompaniment"]


def test_check_dataset_knows_an_accompaniment(pairs, tmp_path, capsys):
    parts = stems(N, 9)
    song = tmp_path / "four/train/x"
    rest = parts["drums"] + parts["bass"] + parts["other"]
    waves = {**parts, "accompaniment": rest, "mixture": rest + parts["vocals"]}
    for name, wave in waves.items():
        write(song / f"{name}.wav", wave)
    assert sf.info(str(song / "mixture.wav")).frames == N
    assert main(["check-dataset", str(tmp_path / "four")]) == 0
    assert "add up" not in capsys.readouterr().out
