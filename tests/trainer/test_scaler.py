"""The input scaler against what can be computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from trainer.dataset import scan
from trainer.scaler import scaler_of, statistics
from umx_gui.engine.stft import STFT


def test_two_levels_of_one_tone_have_the_mean_and_deviation_of_two_numbers():
    n_fft, bin_index = 256, 20
    t = torch.arange(4096.0)
    sine = torch.sin(2 * torch.pi * bin_index * t / n_fft)
    stft = STFT(n_fft, 64, center=False)
    loud = stft.forward(torch.stack([sine, 3 * sine])).abs()
    quiet = stft.forward(torch.stack([sine, sine])).abs()
    scaler = statistics([loud, quiet])
    # |STFT| of a sine on a bin is half the sum of a Hann window, n_fft / 4; the channels' mean gains are 2 and 1.
    assert scaler.mean[bin_index] == pytest.approx(1.5 * n_fft / 4, rel=1e-4)
    assert scaler.scale[bin_index] == pytest.approx(0.5 * n_fft / 4, rel=1e-4)
    # Far from the tone there is nothing, and the deviation is floored at 1e-4 of its maximum.
    assert scaler.scale[100] == pytest.approx(1e-4 * scaler.scale.max())
    assert np.argmax(scaler.scale) == bin_index


def test_whole_songs_are_counted_once_each(root, toy):
    config = toy()
    tracks = scan(root / "train", config.sample_rate)
    import soundfile as sf

    frames = []
    for track in tracks:
        wave = sum(sf.read(track.path(stem), dtype="float32")[0].T for stem in track.stems)
        frames.append(STFT(256, 128, center=False).forward(torch.from_numpy(wave)).abs().mean(0))
    together = torch.cat(frames, dim=-1).double()
    scaler = scaler_of(tracks, config)
    np.testing.assert_allclose(scaler.mean, together.mean(-1), rtol=1e-6)
    expected = together.std(-1, unbiased=False).numpy()
    np.testing.assert_allclose(scaler.scale, np.maximum(expected, 1e-4 * expected.max()), rtol=1e-5)


def test_chunks_join_without_a_frame_lost_or_doubled(root, toy, monkeypatch):
    config = toy()
    tracks = scan(root / "train", config.sample_rate)
    whole = scaler_of(tracks, config)
    monkeypatch.setattr("trainer.scaler._CHUNK_S", 0.3)
    np.testing.assert_allclose(scaler_of(tracks, config).mean, whole.mean, rtol=1e-9)
