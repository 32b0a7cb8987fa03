"""`umx-gui separate --model` with several models: each target from the one that was named for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from umx_gui.cli import main

PLAIN = ("--niter", "0", "--no-exact-sum", "--bit-depth", "32f")


@pytest.fixture
def separate(tmp_path: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch):
    """Separate half a second of noise with a model expression, into a folder; returns the exit code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UMX_MODELS_DIR", str(tiny_models))
    soundfile.write("song.wav", 0.1 * np.random.default_rng(0).standard_normal((22_050, 2)), 44_100, "PCM_24")
    return lambda model, *options: main(["separate", "song.wav", "--model", model, *options])


def stems(folder: str) -> dict[str, np.ndarray]:
    """All stems in a folder by name."""
    return {path.stem: soundfile.read(path)[0] for path in Path(folder).iterdir()}


def test_each_target_comes_from_the_model_named_for_it(separate):
    for model in ("voice", "tiny", "vocals=voice, *=tiny"):
        assert separate(model, *PLAIN) == 0
    voice, tiny, mixed = stems("song_voice"), stems("song_tiny"), stems("song_voice+tiny")
    assert sorted(mixed) == ["bass", "drums", "other", "vocals"]
    assert not np.array_equal(voice["vocals"], tiny["vocals"])
    for name, stem in mixed.items():
        np.testing.assert_array_equal(stem, voice[name] if name == "vocals" else tiny[name])


def test_models_joined_by_plus_are_averaged(separate):
    for model in ("voice", "tiny", "vocals=tiny+voice,drums=tiny"):
        assert separate(model, *PLAIN) == 0
    voice, tiny, mixed = stems("song_voice"), stems("song_tiny"), stems("song_tiny+voice")
    assert sorted(mixed) == ["drums", "vocals"]
    np.testing.assert_allclose(mixed["vocals"], (voice["vocals"] + tiny["vocals"]) / 2, atol=1e-6)
    np.testing.assert_array_equal(mixed["drums"], tiny["drums"])


def test_stems_of_several_models_sum_to_the_song(separate):
    assert separate("vocals=voice+tiny,*=tiny", "--outdir", "out") == 0
    assert np.array_equal(sum(stems("out/song_voice+tiny").values()), soundfile.read("song.wav")[0])


@pytest.mark.parametrize(("model", "code", "word"), [
    ("vocals=", 2, "target=model"),
    ("vocals=voice,vocals=tiny", 2, "target=model"),
    ("drums=voice", 2, "voice has no drums"),
    ("vocals=nowhere,*=tiny", 1, "nowhere"),
])  # fmt: skip
def test_what_cannot_work_is_told_in_one_line(separate, capsys, model, code, word):
    assert separate(model) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert word in line
    assert {path.name for path in Path().iterdir()} == {"song.wav"}
