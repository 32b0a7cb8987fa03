"""A stretch of a file has as many samples as its seconds say, however it is asked for."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from decode_helpers import tones

from umx_gui.engine import AudioFile, read_audio

RATE, LENGTH = 8000, 24_000


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    """Three seconds at 8 kHz, and the samples in it."""
    path = tmp_path_factory.mktemp("song") / "test.wav"
    samples = tones(LENGTH, RATE)
    soundfile.write(path, samples.T, RATE, "FLOAT")
    return path, samples


@pytest.mark.parametrize("duration_s", [1.0, 2.0, None])
@pytest.mark.parametrize("probed", [False, True])
def test_the_length_is_duration_times_rate(song, duration_s, probed):
    path, samples = song
    if probed:
        with AudioFile(path) as file:
            assert (file.info.sample_rate, file.info.n_samples, file.info.n_channels) == (RATE, LENGTH, 2)
            found = np.concatenate(list(file.blocks(duration_s=duration_s)), axis=1)
    else:
        found = read_audio(path, duration_s=duration_s).samples
    n = LENGTH if duration_s is None else int(duration_s * RATE)
    np.testing.assert_array_equal(found, samples[:, :n])


@pytest.mark.parametrize("n", [1, 7, 2667, 23_999])
@pytest.mark.parametrize("start", [0, 1, 333, 11_111])
def test_whole_samples_asked_for_in_seconds_are_those_samples(song, start, n):
    path, samples = song
    found = read_audio(path, start / RATE, n / RATE).samples
    np.testing.assert_array_equal(found, samples[:, start : start + n])


def test_what_is_asked_for_beyond_the_end_is_not_made_up(song):
    path, samples = song
    np.testing.assert_array_equal(read_audio(path, 2.5, 9.0).samples, samples[:, 20_000:])
