"""The real player into a null sink: what was recorded is compared bit for bit with what should have been heard."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from songs import BLOCK, RATE_HZ, UNITY, TestSong, make_song
from sound_server import SoundServer, missing_packages, sound_server
from test_process import wait_until

from umx_gui.errors import SoundReason
from umx_gui.playback.mix import FILL_GRAIN, Mix, Strip
from umx_gui.playback.player import Player

pytestmark = pytest.mark.sound
MARGIN = 2 * BLOCK  # after a change: its fade and a block
SOLO = Mix((Strip(), Strip(solo=True), Strip()))


@pytest.fixture
def song():
    """1.4 s = 61,740 samples."""
    made = make_song(1.4)
    yield made
    made.scratch.close()


@pytest.fixture
def player(sound: SoundServer, song: TestSong):
    with Player() as made:
        made.set_mix(UNITY)
        song.load_into(made)
        assert made.wait_ready()
        yield made
        assert made.available


def played_out(player: Player) -> bool:
    return wait_until(lambda: not player.playing)


def test_plays_every_sample_bit_for_bit(sound, player, song):
    with sound.record() as heard:
        player.play()
        assert player.playing
        assert played_out(player)
    assert player.at_end
    assert player.position == song.n_samples
    start = heard.find(song.heard(UNITY))
    assert not heard.samples[:start].any()
    assert not heard.samples[start + song.n_samples :].any()
    assert player.underruns == 0


def test_solo_mute_and_volume_while_playing(sound, player, song):
    softer = Mix((Strip(gain_db=-6), Strip(mute=True), Strip(pan=-0.5)), master_gain_db=-3)
    with sound.record() as heard:
        player.set_mix(SOLO)
        player.play()
        assert wait_until(lambda: player.position > 20_000)
        player.set_mix(softer)
        assert played_out(player)
    solo = heard.find(song.heard(SOLO, MARGIN, 20_000))
    soft = heard.find(song.heard(softer, 40_000, 61_740))
    assert soft - solo == 40_000 - MARGIN, "no sample was lost or repeated between"


def test_seek_while_playing(sound, player, song):
    with sound.record() as heard:
        player.play()
        assert wait_until(lambda: player.position > 10_000)
        player.seek(45_000)
        assert player.position >= 45_000, "the playhead follows at once"
        assert played_out(player)
    first = heard.find(song.heard(UNITY, 0, 10_000))
    second = heard.find(song.heard(UNITY, 45_000 + MARGIN, 61_740))
    assert first + 10_000 <= second


def test_pause_and_go_on(sound, player, song):
    with sound.record() as heard:
        player.play()
        assert wait_until(lambda: player.position > 12_000)
        player.pause()
        assert not player.playing
        time.sleep(0.3)
        stood = player.position
        time.sleep(0.1)
        assert player.position == stood
        player.play()
        assert played_out(player)
    assert heard.find(song.heard(UNITY, 0, 12_000)) < heard.find(song.heard(UNITY, stood + MARGIN, 61_740))
    gap = heard.samples[heard.find(song.heard(UNITY, 0, 12_000)) :]
    longest = max(map(len, "".join("01"[int(on)] for on in gap.any(1)).strip("0").split("1")))
    assert longest > 0.3 * RATE_HZ


def test_a_loop_has_no_gap(sound, player, song):
    loop = (12_345, 24_680)
    positions = []
    with sound.record() as heard:
        player.set_loop(loop)
        player.seek(loop[0])
        player.play()
        rounds, limit_s = 0, time.monotonic() + 60
        while rounds < 4 and time.monotonic() < limit_s:
            positions.append(player.position)
            rounds += len(positions) > 1 and positions[-1] < positions[-2]
            time.sleep(0.005)
        player.pause()
        time.sleep(0.1)
    once = song.heard(UNITY, *loop)
    heard.find(np.concatenate([once[MARGIN:], once, once]))
    assert min(positions) >= loop[0]
    assert max(positions) < loop[1]
    assert rounds == 4, "the playhead went round"


def test_the_original_beside_the_stems(sound, player, song):
    original = Mix((Strip(mute=True), Strip(), Strip()), original=True)
    with sound.record() as heard:
        player.set_mix(original)
        player.play()
        assert wait_until(lambda: player.position > 20_000)
        player.set_mix(UNITY)
        assert played_out(player)
    a = heard.find(song.mixture[:, :20_000].T)
    b = heard.find(song.heard(UNITY, 45_000, 61_740))
    assert b - a == 45_000


def test_stems_that_fill_while_playing(sound, song):
    song.fill[:] = 0
    with Player() as player:
        song.load_into(player, with_stems=False)
        assert player.wait_ready()
        with sound.record() as heard:
            player.play()
            assert wait_until(lambda: player.position > 10_000)
            player.set_mix(UNITY)
            player.set_stems(song.stems_region)
            song.fill[9:] = 2
            assert player.levels.shape == (4, 2)
            assert played_out(player)
        assert player.underruns == 0
    joint = 9 * FILL_GRAIN
    a = heard.find(song.mixture[:, :10_000].T)
    b = heard.find(song.heard(UNITY, joint + MARGIN, 61_740))
    assert b - a == joint + MARGIN


def test_mono_is_heard_on_both_sides(sound):
    song = make_song(0.5, n_channels=1, n_stems=1)
    mix = Mix((Strip(),))
    with Player() as player:
        song.load_into(player)
        with sound.record() as heard:
            player.play()
            assert player.wait_ready()
            assert played_out(player)
    heard.find(np.stack([song.stems[0, 0]] * 2, 1))
    assert np.array_equal(song.heard(mix)[:, 0], song.stems[0, 0])


@pytest.fixture
def poor_device(sound, monkeypatch, tmp_path) -> str:
    """A device like plain hardware: one channel, one rate (44.1 kHz), all others refused."""
    config = tmp_path / "asound.conf"
    pcm = f'type pipewire rate {RATE_HZ} channels 1 hint {{ show on description "poor" }}'
    config.write_text(f"</usr/share/alsa/alsa.conf>\npcm.poor {{ {pcm} }}\n")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(config))
    return "poor"


def test_a_device_with_one_channel_plays_the_mean(sound, poor_device, song):
    with Player(poor_device) as player:
        player.set_mix(UNITY)
        song.load_into(player)
        assert player.wait_ready()
        with sound.record() as heard:
            player.play()
            assert wait_until(lambda: player.position > 20_000)
    mean = song.heard(UNITY, 0, 10_000).mean(1)
    heard.find(np.stack([mean, mean], 1))


@pytest.mark.parametrize("refused", [True, False])
def test_a_device_at_another_rate(sound, poor_device, refused):
    """The sound process resamples: a chord at 32 kHz comes out of a device at 44.1 kHz as the same chord."""
    rate = 32_000
    song = make_song(1.0, n_stems=1, sample_rate=rate)
    chord_hz = (440.0, 3000.0, 11_000.0)
    t = np.arange(song.n_samples) / rate
    song.stems[:] = sum(0.2 * np.sin(2 * np.pi * f * t) for f in chord_hz)
    with Player(poor_device) if refused else Player(device_rate=RATE_HZ) as player:
        song.load_into(player)
        assert player.wait_ready()
        with sound.record() as heard:
            player.play()
            assert played_out(player)
        assert player.underruns == 0
    on = np.flatnonzero(np.abs(heard.samples).max(1) > 0.01)
    assert abs(on[-1] - on[0] - RATE_HZ) < 0.01 * RATE_HZ, "one second long"
    middle = heard.samples[on[0] + 8000 : on[0] + 8000 + 22_050, 0]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)))) * 4 / len(middle)
    for f in chord_hz:
        peak = round(f * len(middle) / RATE_HZ)
        assert np.isclose(spectrum[peak], 0.2, rtol=0.02)
        spectrum[peak - 4 : peak + 5] = 0
    assert spectrum.max() < 0.2 * 10 ** (-80 / 20), "nothing else"


def test_an_idle_device_is_stopped_and_starts_again(sound, song):
    with Player(idle_s=0.1) as player:
        song.load_into(player)
        assert player.wait_ready()
        time.sleep(0.5)
        with sound.record() as heard:
            player.play()
            assert played_out(player)
        assert player.available
    heard.find(song.heard(UNITY))


def test_the_playhead_is_steady_and_near_the_truth(sound, player, song):
    """Against the clock: it neither jumps nor drifts, whatever the rhythm of the device's calls."""
    player.play()
    assert wait_until(lambda: player.position > 15_000)
    times, positions = [], []
    while player.position < 55_000:
        before_s, position, after_s = time.perf_counter(), player.position, time.perf_counter()
        if after_s - before_s < 0.002:  # else this process was held up between the two, and knows no time for it
            times.append(before_s)
            positions.append(position)
        time.sleep(0.004)
    line = np.polyfit(times, positions, 1)
    off_s = np.abs(np.polyval(line, times) - positions) / RATE_HZ
    assert abs(line[0] / RATE_HZ - 1) < 0.03
    assert off_s.max() < 0.03
    assert all(b >= a for a, b in pairwise(positions))


def test_levels_are_read_and_reset(sound, player, song):
    player.set_mix(SOLO)
    player.play()
    assert wait_until(lambda: player.position > 20_000)
    levels = player.levels
    assert levels.shape == (4, 2)
    assert not levels[[0, 2]].any()
    assert np.allclose(levels[1], 0.2, atol=0.01)
    assert np.allclose(levels[3], 0.2, atol=0.01)
    player.pause()
    time.sleep(0.2)
    assert player.levels.any()
    assert wait_until(lambda: not player.levels.any())


def test_play_at_the_end_starts_over(sound, player, song):
    player.seek(song.n_samples - 4000)
    player.play()
    assert played_out(player)
    player.seek(20_000)
    time.sleep(0.1)
    assert not player.playing, "a seek does not start what has ended"
    player.seek(song.n_samples)
    player.play()
    assert player.playing
    assert player.position < 20_000


def test_a_device_that_vanishes_is_an_error(monkeypatch):
    if absent := missing_packages():
        pytest.skip(f"missing: {', '.join(absent)}")
    song = make_song(60.0)  # it is not to end before its server has
    with Player() as player:
        with sound_server() as server:
            for name, value in server.variables.items():
                monkeypatch.setenv(name, value)
            song.load_into(player)
            assert player.wait_ready()
            player.play()
            assert wait_until(lambda: player.position > 5_000)
        assert wait_until(lambda: not player.available)
        assert player.error is not None
        assert player.error.reason is SoundReason.LOST
        assert not player.playing
        assert 5_000 < player.position < song.n_samples
    song.scratch.close()
