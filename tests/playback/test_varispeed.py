"""Slower and faster: the right pitch, no folding, no click, bit-exact at normal speed, stems together to the sample."""

from __future__ import annotations

import os
from itertools import pairwise

import numpy as np
import pytest
from songs import BLOCK, RATE_HZ, UNITY, Deck, TestSong, make_song
from test_process import wait_until

from umx_gui.playback.control import Control
from umx_gui.playback.mix import Mix, Strip
from umx_gui.playback.player import Player
from umx_gui.playback.varispeed import Varispeed


class SpeedDeck(Deck):
    """A deck whose output goes through the tape."""

    def __init__(self, song: TestSong, mix: Mix = UNITY) -> None:
        super().__init__(song, mix)
        self.tape = Varispeed(self.mixer, self.control, self.block)
        self.control.set_play(True)

    def hear(self, n: int) -> np.ndarray:
        out = np.full((n, 2), np.nan, np.float32)
        for start in range(0, n, self.block):
            self.tape.fill(out[start : start + self.block], self.now_s)
            self.now_s += self.block / self.song.sample_rate
        return out


def sine_song(hertz: float, seconds: float = 4.0, amplitude: float = 0.3) -> TestSong:
    song = make_song(seconds, n_stems=3)
    t = np.arange(song.n_samples) / RATE_HZ
    song.stems[:] = 0
    song.stems[0] = amplitude * np.sin(2 * np.pi * hertz * t)
    return song


def spectrum(samples: np.ndarray) -> np.ndarray:
    """Amplitudes by bin."""
    window = np.kaiser(len(samples), 14)
    found: np.ndarray = np.abs(np.fft.rfft(samples * window)) * 2 / window.sum()
    return found


def test_normal_speed_passes_bit_for_bit():
    song = make_song(1.0)
    deck = SpeedDeck(song)
    heard = deck.hear(20 * BLOCK)
    assert np.array_equal(heard, song.heard(UNITY, 0, 20 * BLOCK))


@pytest.mark.parametrize("speed", [0.5, 0.75, 0.97, 1.06, 1.5, 2.0])
@pytest.mark.parametrize("hertz", [441.0, 5000.0])
def test_pitch_moves_with_speed_and_nothing_else_is_heard(speed, hertz):
    song = sine_song(hertz)
    deck = SpeedDeck(song)
    deck.control.set_speed(speed)
    deck.hear(4 * BLOCK)
    samples = deck.hear(32 * BLOCK)[:, 0]
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.01)
    heard = spectrum(samples)
    peak = round(hertz * speed * 32 * BLOCK / RATE_HZ)
    assert abs(int(heard.argmax()) - peak) <= 1
    heard[peak - 8 : peak + 9] = 0
    assert 20 * np.log10(heard.max() / 0.3) < -80


def test_what_would_fold_back_is_left_out():
    song = sine_song(15_000.0)
    deck = SpeedDeck(song)
    deck.control.set_speed(2.0)
    deck.hear(4 * BLOCK)
    assert np.abs(deck.hear(16 * BLOCK)).max() < 0.3 * 10 ** (-55 / 20)


def test_a_song_lasts_as_long_as_its_speed_says():
    song = make_song(1.0)
    deck = SpeedDeck(song)
    deck.control.set_speed(0.5)
    heard = deck.hear(96 * BLOCK)
    last = int(np.flatnonzero(np.abs(heard).max(1) > 1e-3)[-1])
    assert last == pytest.approx(2 * song.n_samples, abs=BLOCK)
    assert deck.control.status().at_end


def test_stems_stay_together_to_the_sample():
    """A stem and its opposite are silence at every speed."""
    song = make_song(2.0)
    song.stems[2] = 0
    song.stems[1] = -song.stems[0]
    deck = SpeedDeck(song)
    for speed in (0.7, 1.3, 1.0, 2.0, 0.5):
        deck.control.set_speed(speed)
        assert np.abs(deck.hear(8 * BLOCK)).max() == 0


def test_changes_of_speed_never_click():
    """On a low sine: no step larger than the sine's own at double speed, but for rounding."""
    song = sine_song(50.0, 8.0)
    deck = SpeedDeck(song)
    heard = [deck.hear(4 * BLOCK)]
    for speed in (1.5, 0.5, 1.0, 2.0, 0.93, 1.0, 1.0, 1.0):
        deck.control.set_speed(speed)
        heard.append(deck.hear(5 * BLOCK))
    steps = np.abs(np.diff(np.concatenate(heard)[:, 0]))
    assert steps.max() < 1.05 * 0.3 * 2 * np.pi * 50 * 2 / RATE_HZ
    bends = np.abs(np.diff(np.concatenate(heard)[:, 0], 2))
    assert bends.max() < 1.3 * 0.3 * (2 * np.pi * 50 * 2 / RATE_HZ) ** 2 + 2e-6


def test_back_at_normal_speed_samples_pass_as_they_are():
    song = make_song(3.0)
    deck = SpeedDeck(song)
    deck.hear(4 * BLOCK)
    deck.control.set_speed(1.37)
    deck.hear(8 * BLOCK)
    deck.control.set_speed(1.0)
    deck.hear(2 * BLOCK)
    heard = deck.hear(8 * BLOCK)
    whole = song.heard(UNITY)
    starts = np.flatnonzero((whole == heard[0]).all(1))
    assert any(np.array_equal(whole[start : start + len(heard)], heard) for start in starts)


def test_a_loop_stays_joined():
    song = sine_song(441.0, 2.0)  # 100 samples a period: a loop of whole periods has no joint
    deck = SpeedDeck(song)
    deck.set(UNITY, (10_000, 20_000))
    deck.control.seek(10_000)
    deck.control.set_speed(0.8)
    deck.hear(4 * BLOCK)
    heard = deck.hear(64 * BLOCK)[:, 0]
    assert np.abs(np.diff(heard)).max() < 1.02 * 0.3 * 2 * np.pi * 441 * 0.8 / RATE_HZ


def test_a_pause_fades_and_ends_in_silence():
    song = make_song(2.0)
    deck = SpeedDeck(song)
    deck.control.set_speed(0.6)
    deck.hear(10 * BLOCK)
    deck.control.set_play(False)
    deck.hear(4 * BLOCK)
    assert not deck.hear(4 * BLOCK).any()
    deck.control.set_speed(1.0)
    deck.hear(2 * BLOCK)
    deck.control.seek(0)
    deck.hear(BLOCK)
    deck.control.set_play(True)
    assert np.array_equal(deck.hear(8 * BLOCK), song.heard(UNITY, 0, 8 * BLOCK)), "straight through again"


def test_the_playheads_clock_runs_at_the_speed():
    song = make_song(4.0)
    deck = SpeedDeck(song)
    deck.control.set_speed(0.5)
    anchors = []
    for _ in range(60):
        deck.hear(BLOCK)
        status = deck.control.status()
        assert status.speed == 0.5
        anchors.append(deck.now_s - status.anchor_s - status.n_played / (RATE_HZ * 0.5))
    assert np.ptp(anchors[20:]) < 2.5 * BLOCK / RATE_HZ
    assert all(abs(b - a) <= 2.1 * BLOCK / RATE_HZ for a, b in pairwise(anchors[20:]))


def test_speeds_out_of_range_are_held():
    song = make_song(1.0)
    control, handle = Control.create()
    if isinstance(handle, int):
        os.close(handle)
    assert control.speed == 1.0
    control.set_speed(77.0)
    deck = SpeedDeck(song)
    deck.control.set_speed(77.0)
    deck.hear(2 * BLOCK)
    assert deck.mixer.speed == 2.0


@pytest.mark.sound
def test_is_heard_through_the_device(sound):
    """A chord at half speed, through the real sound process: an octave lower, twice as long."""
    song = sine_song(882.0, 1.0)
    with Player() as player:
        player.set_speed(0.5)
        player.set_mix(Mix((Strip(), Strip(), Strip())))
        song.load_into(player)
        assert player.wait_ready()
        with sound.record() as heard:
            player.play()
            assert wait_until(lambda: not player.playing, 8.0)
        assert player.underruns == 0
    on = np.flatnonzero(np.abs(heard.samples).max(1) > 0.02)
    assert (on[-1] - on[0]) / RATE_HZ == pytest.approx(2.0, abs=0.1)
    middle = heard.samples[on[0] + 22_050 : on[0] + 22_050 + 44_100, 0]
    found = spectrum(middle)
    assert int(found.argmax()) == 441
    assert found[441] == pytest.approx(0.3, rel=0.02)
