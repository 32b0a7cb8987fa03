"""What is trained on is exactly as long as was asked for, whatever the tracks are."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile as sf
from toy_runs import RATE

from trainer.dataset import scan
from trainer.draw import Drawer


@pytest.mark.parametrize("changes", [(), ("gain", "channelswap"), ("pitch", "tilt", "polarity", "bandlimit", "level")])
@pytest.mark.parametrize("aligned_share", [0.0, 1.0])
def test_a_second_at_8_khz_is_8000_samples(root, toy, aligned_share, changes):
    config = toy(seq_dur=1.0, aligned_share=aligned_share, source_augmentations=list(changes))
    drawer = Drawer(scan(root / "train", RATE), config)
    for seed in range(20):
        assert drawer.item(np.random.default_rng(seed)).waves.shape == (1 + len(config.targets), 2, 8000)


def test_a_second_at_44_1_khz_is_44100_samples(root, toy, rng):
    for name in ("vocals", "drums"):
        sf.write(root / f"train/a/{name}.wav", 0.1 * rng.standard_normal((50_000, 2)), 44_100)
    for name in "bc":
        for file in (root / "train" / name).iterdir():
            file.unlink()
    config = toy(seq_dur=1.0, sample_rate=44_100)
    item = Drawer(scan(root / "train", 44_100), config).item(rng)
    assert item.waves.shape[-1] == 44_100


@pytest.mark.parametrize("seq_dur", [0.1, 0.5, 0.33339])
def test_a_stretch_is_cut_to_whole_samples(root, toy, seq_dur):
    item = Drawer(scan(root / "train", RATE), toy(seq_dur=seq_dur)).item(np.random.default_rng(0))
    assert item.waves.shape[-1] == int(seq_dur * RATE)


def test_tracks_that_are_too_short_are_filled_up_with_silence(root, toy):
    for name in "abc":
        for stem in ("vocals", "drums"):
            sf.write(root / f"train/{name}/{stem}.wav", np.full((3000, 2), 0.1), RATE)
    drawer = Drawer(scan(root / "train", RATE), toy(seq_dur=1.0, source_augmentations=[], aligned_share=1.0))
    waves = drawer.item(np.random.default_rng(1)).waves
    assert waves.shape[-1] == 8000
    assert np.abs(waves[0, :, :3000]).min() > 0.05
    assert not waves[..., 3000:].any()
