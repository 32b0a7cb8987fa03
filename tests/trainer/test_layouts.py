"""Every layout of data: what is found, what an item is made of, and what is said where something is missing."""

from __future__ import annotations

from pathlib import Path

import musdb
import numpy as np
import pytest
import soundfile as sf
import torch
import yaml
from layouts_made import RATE, STEMS, stem, stems, write, write_musdb_song
from openunmix import data

from trainer.config import config_from
from trainer.dataset import items_per_epoch, tracks_of
from trainer.draw_reference import ReferenceDrawer, drawer_of
from trainer.layouts import VALIDATION_SONGS
from trainer.scaler import scaler_of
from trainer.segments import songs_to_validate, stretch
from trainer.train import Finished, Run
from trainer.train_cli import config_of
from umx_gui.errors import DatasetError, OptionError

SHORT = RATE  # a second
SMALL = {
    "seq_dur": 0.5, "nfft": 512, "nhop": 256, "hidden_size": 8, "nb_layers": 1, "epochs": 1, "batch_size": 2,
    "nb_workers": 0, "scaler_items": 2, "excerpts": 0,
}  # fmt: skip


def config(root: Path, **options: object):
    """A config as the command line would make it."""
    given = {**SMALL, "root": str(root), "output": str(root.parent / "run"), **options}
    return config_of(given)[0]


def trained(made) -> None:
    """Train for an epoch of one step."""
    events = list(Run(config_from({**made.to_json(), "steps_per_epoch": 1})).events())
    assert isinstance(events[-1], Finished)
    assert (Path(made.output) / "best").is_dir()


def item(made, seed: int = 0):
    return drawer_of(tracks_of(made, "train"), made).item(np.random.default_rng(seed))


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> Path:
    """Track folders in WAV, FLAC, MP3 and M4A, one song in each, and one to validate on; with a mixture each."""
    root = tmp_path_factory.mktemp("songs") / "data"
    made = [("train/a", ".wav"), ("train/b", ".flac"), ("train/c", ".mp3"), ("train/d", ".m4a"), ("valid/e", ".wav")]
    for song, (place, suffix) in enumerate(made):
        for stem_name, samples in stems(SHORT, song).items():
            write(root / place / f"{stem_name}{suffix}", samples)
    write_musdb_song(root / "train", "f", SHORT, 5, is_wav=False)
    return root


@pytest.fixture
def waves(tmp_path) -> Path:
    """Track folders with WAV files and a mixture."""
    for song, (split, name) in enumerate([("train", "a"), ("train", "b"), ("train", "c"), ("valid", "d")]):
        parts = stems(SHORT + 1000 * song, song)
        write(tmp_path / "data" / split / name / "mixture.wav", 0.5 * np.sum(list(parts.values()), axis=0))
        for stem_name, samples in parts.items():
            write(tmp_path / "data" / split / name / f"{stem_name}.wav", samples)
    return tmp_path / "data"


def test_a_folder_may_hold_any_format_and_stem_files(folders, tmp_path):
    made = config(folders, targets=STEMS, output=str(tmp_path / "run"), cache=str(tmp_path / "cache"))
    found = tracks_of(made, "train")
    assert [t.name for t in found] == ["a", "b", "c", "d", "f"]
    assert all(set(t.stems) == set(STEMS) and t.aligned and t.complete for t in found)
    assert {t.length() for t in found} == {SHORT}
    for track in found:
        mixture, parts = stretch(track, 9000, 4000, made)
        for name, samples in parts.items():
            true = stem(name, SHORT, "abcdef".index(track.name))[:, 9000:13000]
            assert np.corrcoef(samples[0], true[0])[0, 1] > 0.9
        # A stem file has a mixture of its own, coded apart from its stems.
        assert np.corrcoef(mixture[0], sum(parts.values())[0])[0, 1] > (0.9 if track.mixture else 0.999999)
    trained(made)


@pytest.mark.parametrize("is_wav", [False, True])
def test_musdb_trains_and_keeps_the_songs_of_the_reference_for_validation(tmp_path, is_wav):
    kept = sorted(VALIDATION_SONGS)[0]
    for song, name in enumerate(("A - One", "B - Two", kept)):
        write_musdb_song(tmp_path / "data/train", name, SHORT, song, is_wav)
    made = config(tmp_path / "data", dataset="musdb", is_wav=is_wav, targets=("vocals", "bass"))
    assert [t.name for t in tracks_of(made, "train")] == ["A - One", "B - Two"]
    (song,) = songs_to_validate(made)
    assert (song.name, song.mixture, set(song.stems)) == (kept, "mixture", set(STEMS))
    assert items_per_epoch(tracks_of(made, "train"), made) == 2 * 64
    trained(made)


def test_the_validation_songs_are_those_that_musdb_names():
    setup = yaml.safe_load((Path(musdb.__path__[0]) / "configs/mus.yaml").read_text())
    assert set(setup["validation_tracks"]) == VALIDATION_SONGS
    assert len(VALIDATION_SONGS) == 14


@pytest.mark.parametrize("is_wav", [False, True])
def test_our_reader_hears_what_musdb_hears(tmp_path, is_wav):
    write_musdb_song(tmp_path / "data/train", "A - One", SHORT, 1, is_wav)
    made = config(tmp_path / "data", dataset="musdb", is_wav=is_wav, targets=("vocals",))
    (ours,) = tracks_of(made, "train")
    (theirs,) = musdb.DB(str(tmp_path / "data"), subsets=["train"], is_wav=is_wav).tracks
    theirs.chunk_start, theirs.chunk_duration = 0.25, 0.5
    start = int(0.25 * RATE)
    mixture, parts = stretch(ours, start, int(0.5 * RATE), made)
    for name, samples in {**parts, "mixture": mixture}.items():
        true = theirs.audio if name == "mixture" else theirs.sources[name].audio
        # It hands out what ffmpeg rounded to 16 bits.
        assert np.abs(true.T[:, : samples.shape[1]] - samples).max() <= 1.01 / 32768


def test_a_musdb_item_has_each_source_from_some_song_and_sums_up(tmp_path):
    for song, name in enumerate(("A - One", "B - Two")):
        write_musdb_song(tmp_path / "data/train", name, SHORT, song, True)
    made = config(tmp_path / "data", dataset="musdb", is_wav=True, targets=STEMS)
    from_both = set()
    for seed in range(12):
        drawn = item(made, seed)
        np.testing.assert_allclose(drawn.waves[0], drawn.waves[1:].sum(axis=0), atol=1e-6)
        assert all(np.abs(wave).max() > 0.01 for wave in drawn.waves)
        assert drawn.known == (True,) * 4
        from_both.add(drawn.tracks)
    assert len(from_both) > 1


def test_aligned_takes_pairs_as_they_are(waves):
    made = config(waves, dataset="aligned", input_file="mix*.wav", output_file="vocals.wav")
    assert (made.targets, made.source_augmentations) == (("vocals",), ())
    drawn = item(made)
    # The mixtures here are half the sum of their stems.
    song = "abc".index(drawn.tracks[0])
    whole = stem("vocals", SHORT + 1000 * song, song)
    at = int(np.argmax(np.correlate(whole[0], drawn.waves[1][0][:2000], "valid")))
    np.testing.assert_allclose(drawn.waves[1], whole[:, at : at + made.n_samples], atol=1e-4)
    mixture = 0.5 * sum(stems(SHORT + 1000 * song, song).values())
    np.testing.assert_allclose(drawn.waves[0], mixture[:, at : at + made.n_samples], atol=1e-4)
    trained(made)


def test_a_fixed_folder_of_tracks_mixes_its_files(waves):
    given = {"dataset": "trackfolder_fix", "target_file": "vocals.wav", "interferer_files": ["bass.wav", "drums.wav"]}
    made = config(waves, **given)
    drawn = drawer_of(tracks_of(made, "train"), made)
    # An epoch has each track once.
    names = [drawn.nth(np.random.default_rng(k), 1, k).tracks for k in range(3)]
    assert sorted(names) == [("a",), ("b",), ("c",)]
    (song,) = (drawn.nth(np.random.default_rng(0), 1, 0),)
    assert 20 * np.log10(np.std(song.waves[0] - song.waves[1]) / np.std(song.waves[1])) == pytest.approx(3, abs=1.5)
    mixed = config(waves, **given, random_track_mix=True)
    assert len(item(mixed, 5).tracks) > 1 or len(item(mixed, 6).tracks) > 1
    (waves / "train/b/bass.wav").unlink()
    assert [t.name for t in tracks_of(made, "train")] == ["a", "c"]
    trained(made)


def test_a_variable_folder_of_tracks_mixes_whatever_is_there_but_a_mixture(waves):
    made = config(waves, dataset="trackfolder_var", target_file="vocals.wav")
    found = tracks_of(made, "train")
    assert all(set(t.stems) == set(STEMS) for t in found)
    (waves / "train/a/vocals.wav").unlink()
    write(waves / "train/b/accordion.wav", stem("other", SHORT, 9))
    found = tracks_of(made, "train")
    assert [t.name for t in found] == ["b", "c"]
    assert "accordion" in found[0].stems
    silent = config(waves, dataset="trackfolder_var", target_file="vocals.wav", silence_missing=True)
    drawer = ReferenceDrawer(tracks_of(silent, "train")[:1], silent)
    drawn = drawer.item(np.random.default_rng(0))
    assert drawn.tracks == ("a",)
    assert not drawn.waves[1].any()
    assert np.abs(drawn.waves[0]).max() > 0.05
    mixed = config(waves, dataset="trackfolder_var", target_file="vocals.wav", random_interferer_mix=True)
    assert {len(item(mixed, seed).tracks) for seed in range(12)} == {1, 2}
    trained(silent)


def test_folders_of_sources_are_mixed_anew_each_time_and_validated_alike(tmp_path):
    for split in ("train", "valid"):
        for song in range(3):
            for name in ("speech", "noise"):
                write(tmp_path / "data" / split / name / f"{song}.flac", stem("other", SHORT + 999, song + len(name)))
    given = {"dataset": "sourcefolder", "target_dir": "speech", "interferer_dirs": ["noise"], "ext": ".flac"}
    made = config(tmp_path / "data", **given, nb_train_samples=5, nb_valid_samples=4)
    assert made.targets == ("speech",)
    assert items_per_epoch(tracks_of(made, "train"), made) == 5
    one, two = songs_to_validate(made), songs_to_validate(made)
    assert one == two
    assert len(one) == 4
    assert {song.length() for song in one} == {made.n_samples}
    mixture, parts = stretch(one[0], 0, made.n_samples, made)
    assert set(parts) == {"speech", "noise"}
    np.testing.assert_allclose(mixture, parts["speech"] + parts["noise"], atol=1e-6)
    assert len({item(made, seed).tracks for seed in range(15)}) > 4
    trained(made)


@pytest.mark.parametrize(
    "given",
    [
        {"dataset": "aligned", "input_file": "mixture.wav", "output_file": "vocals.wav"},
        {"dataset": "trackfolder_fix", "target_file": "vocals.wav", "interferer_files": ["bass.wav", "drums.wav"]},
        {"dataset": "trackfolder_var", "target_file": "vocals.wav"},
    ],
    ids=lambda given: given["dataset"],
)
def test_what_is_validated_on_is_what_the_reference_validates_on(waves, monkeypatch, given):
    for path in waves.glob("*/*/mixture.wav") if given["dataset"] == "trackfolder_var" else ():
        path.unlink()
    # Its own reading of files no longer runs with today's torchaudio; all else of it does.
    monkeypatch.setattr(
        data, "load_audio", lambda path, **_: (torch.from_numpy(sf.read(path, dtype="float32")[0].T), RATE)
    )
    kind = {"aligned": data.AlignedDataset, "trackfolder_fix": data.FixedSourcesTrackFolderDataset}
    options = {k: v for k, v in given.items() if k != "dataset"}
    if given["dataset"] == "trackfolder_var":
        theirs = data.VariableSourcesTrackFolderDataset(str(waves), "valid", **options)
    else:
        theirs = kind[given["dataset"]](str(waves), "valid", **options)
    made = config(waves, **given)
    songs = songs_to_validate(made)
    assert len(theirs) == len(songs) == 1
    x, y = theirs[0]
    mixture, parts = stretch(songs[0], 0, songs[0].length(), made)
    np.testing.assert_allclose(mixture, x.numpy(), atol=1e-6)
    np.testing.assert_allclose(parts["vocals"], y.numpy(), atol=0)


def test_excerpts_have_exactly_the_length_asked_for(waves):
    """As the reference's own tests ask: int(duration * rate) samples."""
    given = {"dataset": "trackfolder_fix", "target_file": "vocals.wav", "interferer_files": ["bass.wav"]}
    for duration in (0.1, 0.33339, 8000 / RATE):
        made = config(waves, **given, seq_dur=duration)
        assert item(made).waves.shape == (2, 2, int(duration * RATE))


def test_the_scaler_hears_the_mixtures_themselves(waves):
    made = config(waves, dataset="aligned", input_file="mixture.wav", output_file="vocals.wav", scaler_items=0)
    fixed = {"target_file": "vocals.wav", "interferer_files": ["bass.wav", "drums.wav", "other.wav"]}
    summed = config(waves, dataset="trackfolder_fix", **fixed, scaler_items=0)
    half, whole = (scaler_of(tracks_of(c, "train"), c).mean for c in (made, summed))
    np.testing.assert_allclose(half, whole / 2, rtol=0.02)


def test_options_that_are_missing_or_contradict_are_told(waves):
    with pytest.raises(OptionError, match="needs it"):
        config(waves, dataset="aligned", input_file="mixture.wav")
    with pytest.raises(OptionError, match="the target is vocals"):
        config(waves, dataset="trackfolder_var", target_file="vocals.wav", targets=("bass",))
    with pytest.raises(OptionError, match="within"):
        config(waves, dataset="aligned", input_file="/etc/x", output_file="vocals.wav")
    with pytest.raises(DatasetError, match="none of its folders holds nothing"):
        tracks_of(config(waves, dataset="trackfolder_var", target_file="nothing.wav"), "train")
    with pytest.raises(DatasetError, match="no track is longer"):
        tracks_of(config(waves, dataset="trackfolder_var", target_file="vocals.wav", seq_dur=9.0), "train")
    with pytest.raises(DatasetError, match=r"no folder train"):
        tracks_of(config(waves / "train", dataset="musdb", targets=("bass",)), "train")
