"""A/B at equal loudness: the gain of the original follows the mix, and touches nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
from app_sounds import RATE, MakeSession, open_and_wait, sound
from pytestqt.qtbot import QtBot

from umx_gui.engine.loudness import loudness_lufs, sampled_stretches
from umx_gui.playback.mix import Mix, Strip, gains, render


def test_the_original_is_as_loud_as_what_is_heard(make_session: MakeSession, song_file: Path, qtbot: QtBot) -> None:
    session = make_session()
    song = open_and_wait(session, song_file, qtbot)
    assert song.stems is not None
    mix = session.transport.mix
    mix.set_original(True)
    qtbot.wait(600)
    assert mix.original_gain_db == 0.0, "stems as they are sum to the mixture"
    mix.set_solo("vocals", True)
    mix.set_gain_db("vocals", -6.0)
    qtbot.waitUntil(lambda: mix.original_gain_db != 0.0)
    meter = pyloudnorm.Meter(RATE)
    heard = render(song.stems.samples, replace(mix.mix, original=False))
    original = render(song.stems.samples, mix.mix, song.mixture)
    loud = [meter.integrated_loudness(np.asarray(x.T, np.float64)) for x in (heard, original)]
    assert loud[0] == pytest.approx(loud[1], abs=0.1)
    session.loudness.set_on(False)
    assert mix.original_gain_db == 0.0


def test_only_the_original_is_changed() -> None:
    strips = (Strip(), Strip(gain_db=-3.0))
    plain, matched = Mix(strips, -2.0), Mix(strips, -2.0, original_gain_db=-5.0)
    assert gains(plain) == gains(matched)
    assert gains(replace(matched, original=True)).mixture[0] == pytest.approx(10 ** (-7 / 20))


def test_loudness_of_silence_and_of_too_little_is_none() -> None:
    assert loudness_lufs(np.zeros((2, RATE), np.float32), RATE) is None
    assert loudness_lufs(sound(0.2), RATE) is None
    samples = sound(2.0)
    louder = loudness_lufs(samples * np.float32(2), RATE)
    softer = loudness_lufs(samples, RATE)
    assert louder is not None
    assert softer is not None
    assert louder - softer == pytest.approx(20 * np.log10(2), abs=0.01)


def test_a_minute_of_a_long_song_is_measured() -> None:
    assert sampled_stretches(10 * RATE, RATE) == [(0, 10 * RATE)]
    stretches = sampled_stretches(600 * RATE, RATE)
    assert sum(b - a for a, b in stretches) == 60 * RATE
    assert stretches[0][0] == 0
    assert stretches[-1][1] == 600 * RATE
