"""What a dataset folder may hold, what is drawn from it, and what is said when it cannot be used."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
import soundfile as sf

from trainer.dataset import read, scan
from trainer.draw import Drawer
from umx_gui.errors import DatasetError

RATE = 8000


def refusal(folder):
    with pytest.raises(DatasetError) as caught:
        scan(folder, RATE)
    return caught.value


def test_tracks_and_their_notes_are_read(root):
    (root / "train/a/track.json").write_text(json.dumps({"complete": False, "kind": "synthetic", "max_hz": 3000}))
    sf.write(root / "train/b/mixture.wav", np.zeros((20000, 2)), RATE)
    tracks = scan(root / "train", RATE)
    assert [t.name for t in tracks] == ["a", "b", "c"]
    assert (tracks[0].complete, tracks[0].real, tracks[0].max_hz) == (False, False, 3000)
    assert (tracks[1].complete, tracks[1].real, tracks[1].stems) == (True, True, ("drums", "vocals"))


def test_what_is_wrong_is_named(root, tmp_path):
    assert "no such folder" in refusal(tmp_path / "nowhere").detail
    (tmp_path / "empty").mkdir()
    assert "no track folders" in refusal(tmp_path / "empty").detail
    (root / "train/a/bass.wav").write_bytes(b"RIFF nonsense")
    # What was written a moment ago is taken for unfinished.
    os.utime(root / "train/a/bass.wav", (1, 1))
    assert refusal(root / "train").path.name == "bass.wav"
    sf.write(root / "train/a/bass.wav", np.zeros((100, 2)), 48000)
    assert "48000 Hz" in refusal(root / "train").detail
    (root / "train/a/bass.wav").unlink()
    sf.write(root / "train/a/vocals.flac", np.zeros((100, 2)), RATE)
    assert "vocals twice" in refusal(root / "train").detail


def test_a_stretch_is_read_from_where_it_is_and_padded_with_silence(tmp_path):
    ramp = np.arange(1000, dtype=np.float32) / 1000
    sf.write(tmp_path / "x.wav", ramp, RATE, subtype="FLOAT")
    wave = read(tmp_path / "x.wav", 900, 200, 2)
    np.testing.assert_array_equal(wave[0, :100], ramp[900:])
    np.testing.assert_array_equal(wave[1], wave[0])
    assert np.all(wave[:, 100:] == 0)


def test_a_mixture_is_the_sum_of_its_stems_whatever_was_done_to_them(root, toy):
    config = toy(source_augmentations=["gain", "channelswap", "pitch", "tilt", "polarity"], vocals_only_share=0.0)
    drawer = Drawer(scan(root / "train", RATE), config)
    for seed in range(20):
        waves = drawer.item(np.random.default_rng(seed)).waves
        np.testing.assert_allclose(waves[0], waves[1:].sum(axis=0), atol=1e-6)
        assert np.abs(waves[0]).max() > 0.01


def test_the_same_generator_draws_the_same_item(root, toy):
    drawer = Drawer(scan(root / "train", RATE), toy(source_augmentations=["gain", "pitch", "tilt"]))
    one, two = (drawer.item(np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one.waves, two.waves)
    assert one.tracks == two.tracks


def test_shares_of_items_without_vocals_and_with_vocals_only(root, toy):
    config = toy(no_vocals_share=0.3, vocals_only_share=0.2, aligned_share=0.0)
    drawer = Drawer(scan(root / "train", RATE), config)
    loud = np.array([np.abs(drawer.item(np.random.default_rng(i)).waves[1:]).max(axis=(1, 2)) > 0 for i in range(400)])
    vocals, drums = loud.T
    assert np.mean(~vocals) == pytest.approx(0.8 * 0.3, abs=0.08)
    assert np.mean(vocals & ~drums) > 0.2


def test_an_accompaniment_teaches_the_vocals_network_alone(root, toy):
    for name in "abc":
        (root / f"train/{name}/drums.wav").rename(root / f"train/{name}/accompaniment.wav")
    sf.write(root / "train/b/drums.wav", 0.1 * np.ones((20000, 2)), RATE)
    drawer = Drawer(scan(root / "train", RATE), toy(aligned_share=0.0))
    known = {drawer.item(np.random.default_rng(i)).known for i in range(100)}
    assert known == {(True, False), (True, True)}


def test_excerpts_are_drawn_where_there_is_sound(root, toy):
    wave = np.zeros((80000, 2), np.float32)
    wave[40000:52000] = 0.1
    for name in "abc":
        sf.write(root / f"train/{name}/vocals.wav", wave, RATE)
    drawer = Drawer(scan(root / "train", RATE), toy(aligned_share=0.0, no_vocals_share=0.0))
    heard = [np.abs(drawer.item(np.random.default_rng(i)).waves[1]).max() > 0 for i in range(60)]
    assert np.mean(heard) > 0.6
