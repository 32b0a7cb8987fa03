"""MUSDB18 as a folder of stem files and as folders of WAV files, both made on the spot."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from scored_songs import strict_json

from trainer.cli import main
from trainer.musdb_songs import SOURCES, musdb_songs
from umx_gui.errors import DatasetError, ScoringError

RATE = 44100
NAME = "The Toys - Song & Dance"


@pytest.fixture(scope="module")
def stems() -> dict[str, np.ndarray]:
    """A second and a half of the four sources [C, T]: noises, each louder than the one before."""
    rng = np.random.default_rng(5)
    shape = (2, int(1.5 * RATE))
    return {name: 0.02 * (1 + i) * rng.standard_normal(shape).astype(np.float32) for i, name in enumerate(SOURCES)}


def write_waves(folder: Path, stems: dict[str, np.ndarray]) -> list[Path]:
    """The mixture and the sources as files, in the order of MUSDB's streams."""
    folder.mkdir(parents=True)
    paths = []
    for name in ("mixture", "drums", "bass", "other", "vocals"):
        samples = sum(stems.values()) if name == "mixture" else stems[name]
        paths.append(folder / f"{name}.wav")
        sf.write(paths[-1], samples.T, RATE, subtype="PCM_16")
    return paths


@pytest.fixture(scope="module")
def compressed(stems, tmp_path_factory) -> Path:
    """A dataset of one `.stem.mp4`."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("missing: ffmpeg")
    root = tmp_path_factory.mktemp("musdb")
    (root / "test").mkdir()
    waves = write_waves(root / "waves", stems)
    inputs = [word for wave in waves for word in ("-i", str(wave))]
    maps = [word for index in range(len(waves)) for word in ("-map", str(index))]
    out = str(root / "test" / f"{NAME}.stem.mp4")
    subprocess.run(["ffmpeg", "-loglevel", "error", *inputs, *maps, "-c:a", "aac", "-b:a", "256k", out], check=True)
    return root


@pytest.fixture
def uncompressed(stems, tmp_path) -> Path:
    """The same as folders of WAV files."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("missing: ffmpeg")
    write_waves(tmp_path / "hq/test" / NAME, stems)
    return tmp_path / "hq"


def test_stems_come_out_of_a_stem_file_under_their_names(compressed, stems):
    (song,) = musdb_songs(compressed, "test", is_wav=False)
    assert song.name == NAME
    read = song.load()
    assert (read.sample_rate, set(read.stems), read.mixture.dtype) == (RATE, set(SOURCES), np.float32)
    for name, samples in stems.items():
        # The codec keeps the level, if not the wave.
        assert read.stems[name].shape[1] == pytest.approx(samples.shape[1], abs=4096)
        assert read.stems[name].std() == pytest.approx(samples.std(), rel=0.2)
    assert read.mixture.std() == pytest.approx(sum(stems.values()).std(), rel=0.2)


def test_stems_come_out_of_wave_files_to_the_bit(uncompressed):
    (song,) = musdb_songs(uncompressed, "test", is_wav=True)
    read = song.load()
    for name, found in {**read.stems, "mixture": read.mixture}.items():
        samples, _ = sf.read(uncompressed / "test" / NAME / f"{name}.wav", dtype="float32")
        np.testing.assert_array_equal(found, samples.T)


def test_it_is_evaluated_from_the_command_line(compressed, tiny_models, tmp_path, capsys):
    args = ["evaluate", str(tiny_models / "tiny"), str(compressed), "--dataset", "musdb", "--output", str(tmp_path)]
    assert main([*args, "--workers", "1"]) == 0
    content = strict_json(tmp_path / "test" / f"{NAME}.json")
    assert {t["name"] for t in content["targets"]} == set(SOURCES)
    assert all(np.isfinite(frame["metrics"]["SDR"]) for t in content["targets"] for frame in t["frames"])
    assert content["umx"]["references"] == list(SOURCES)
    out = capsys.readouterr().out
    rows = {line.split("  ")[0]: line.split()[-6:] for line in out.splitlines()}
    assert rows["UMX (published)"] == ["6.32", "5.73", "5.23", "4.02", "5.33", "50"]
    assert rows["UMXHQ (published)"] == ["6.25", "6.04", "5.07", "4.28", "5.41", "50"]
    assert rows["UMXL (published)"] == ["7.21", "7.15", "6.02", "4.89", "6.32", "50"]
    assert rows["tiny"][-1] == "1"
    # One song is not the test set.
    assert "compare only" in out


def test_a_damaged_song_is_not_scored_as_a_shorter_one(uncompressed):
    (song,) = musdb_songs(uncompressed, "test", is_wav=True)
    path = uncompressed / "test" / NAME / "drums.wav"
    sf.write(path, sf.read(path)[0][: RATE // 2], RATE)
    with pytest.raises(ScoringError, match=r"drums: it is shorter than .*: 22050"):
        song.load()
    path.write_bytes(b"no audio")
    with pytest.raises(DatasetError, match="ffmpeg cannot read it"):
        song.load()
    path.unlink()
    with pytest.raises(DatasetError, match="it has no drums"):
        musdb_songs(uncompressed, "test", is_wav=True)[0].load()


def test_a_stem_file_that_ends_early_is_refused(uncompressed):
    (song,) = musdb_songs(uncompressed, "test", is_wav=True)
    for path in (uncompressed / "test" / NAME).iterdir():
        sf.write(path, sf.read(path)[0][: RATE // 2], RATE)
    with pytest.raises(DatasetError, match=r"only 0\.50 of its 1\.50 s can be read"):
        song.load()


def test_what_is_no_musdb_is_refused(uncompressed):
    with pytest.raises(DatasetError, match="no folder train"):
        musdb_songs(uncompressed, "train", is_wav=True)
    with pytest.raises(DatasetError, match="add --is-wav"):
        musdb_songs(uncompressed, "test", is_wav=False)
    (uncompressed / "test/broken.stem.mp4").write_bytes(b"no audio")
    with pytest.raises(DatasetError, match="ffmpeg cannot read one of its songs"):
        musdb_songs(uncompressed, "test", is_wav=False)


@pytest.mark.parametrize("kind", ["compressed", "uncompressed"])
def test_without_ffmpeg_our_own_decoder_reads_the_same(kind, request, monkeypatch, tmp_path):
    root = request.getfixturevalue(kind)
    (with_it,) = musdb_songs(root, "test", kind == "uncompressed")
    read = with_it.load()
    monkeypatch.setenv("PATH", str(tmp_path))
    (without,) = musdb_songs(root, "test", kind == "uncompressed")
    own = without.load()
    assert (without.name, own.sample_rate, set(own.stems)) == (with_it.name, read.sample_rate, set(read.stems))
    for name, samples in {**read.stems, "mixture": read.mixture}.items():
        found = own.mixture if name == "mixture" else own.stems[name]
        # It knows where the last packet ends; ffmpeg may hand out the rest of it, and rounds to 16 bits.
        n = min(samples.shape[1], found.shape[1])
        assert abs(samples.shape[1] - found.shape[1]) < 2048
        assert np.abs(found[:, :n] - samples[:, :n]).max() <= 1.01 / 32768


def test_without_ffmpeg_it_is_evaluated_all_the_same(uncompressed, tiny_models, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    args = ["evaluate", str(tiny_models / "tiny"), str(uncompressed), "--dataset", "musdb", "--is-wav"]
    assert main([*args, "--output", str(tmp_path / "out"), "--workers", "1"]) == 0
    assert {t["name"] for t in strict_json(tmp_path / "out/test" / f"{NAME}.json")["targets"]} == set(SOURCES)
