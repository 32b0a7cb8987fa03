"""Pitch, tempo, lossy codecs and remixes, heard as signals."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pytest
import soundfile as sf
from toy_runs import RATE as TOY_RATE

from trainer.dataset import scan
from trainer.draw import Drawer
from trainer.lossy import CODECS, reencode, through
from trainer.play import AS_IT_IS, Play, change_tempo, draw_play, play, shift_pitch
from trainer.remix import fit, tonic_of

RATE = 44_100
N = 2 * RATE


def sine(frequency_hz: float, n: int = N) -> np.ndarray:
    t = np.arange(n) / RATE
    return np.stack([np.sin(2 * np.pi * frequency_hz * t), 0.5 * np.sin(2 * np.pi * frequency_hz * t + 1)]).astype(
        np.float32
    )


def pitch_of(wave: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(wave[0] * np.hanning(wave.shape[1])))
    return float(np.argmax(power)) * RATE / wave.shape[1]


def onsets_of(wave: np.ndarray) -> np.ndarray:
    """Where bursts begin, in samples."""
    envelope = np.convolve(np.abs(wave[0]), np.ones(1000) / 1000, "same")
    level = 0.3 * envelope.max()
    at = np.flatnonzero((envelope[1:] > level) & (envelope[:-1] <= level))
    return at[np.diff(at, prepend=-RATE) > RATE // 10]


def bursts(every: int, n: int = N) -> np.ndarray:
    """Noise that is struck and fades."""
    envelope = np.exp(-((np.arange(n) + every // 2) % every) / 800)
    return (envelope * np.random.default_rng(1).standard_normal((2, n))).astype(np.float32)


@pytest.mark.parametrize("semitones", [-4, 3, 7])
def test_a_shifted_tone_is_as_long_and_as_loud_but_higher(semitones):
    factor = 2 ** (semitones / 12)
    wave = shift_pitch(sine(1000), factor)
    assert wave.shape == (2, N)
    assert pitch_of(wave) == pytest.approx(1000 * factor, abs=1)
    inside = slice(4096, N - 4096)
    assert wave[0, inside].std() == pytest.approx(sine(1000)[0].std(), rel=0.1)
    # The places of the sound stay: the channels' levels and phases towards each other.
    assert wave[1, inside].std() == pytest.approx(wave[0, inside].std() / 2, rel=0.01)
    between = np.corrcoef(wave[0, inside], wave[1, inside])[0, 1]
    assert between == pytest.approx(np.cos(1), abs=0.02)


@pytest.mark.parametrize("semitones", [-4, 3])
def test_a_shift_leaves_the_beat(semitones):
    expected = onsets_of(bursts(RATE // 4))
    found = onsets_of(shift_pitch(bursts(RATE // 4), 2 ** (semitones / 12)))
    assert len(found) == len(expected)
    assert np.abs(found - expected).max() < 0.02 * RATE


@pytest.mark.parametrize("tempo", [0.85, 1.15])
def test_another_tempo_leaves_the_pitch_and_moves_the_beat(tempo):
    tone = change_tempo(sine(1000), tempo)
    assert tone.shape[1] == round(N / tempo)
    assert pitch_of(tone) == pytest.approx(1000, abs=1)
    found = onsets_of(change_tempo(bursts(RATE // 4), tempo))
    assert np.diff(found).mean() == pytest.approx(RATE / 4 / tempo, rel=0.01)


def test_how_it_is_played_gives_just_as_much_as_was_asked_for(rng):
    for how in (AS_IT_IS, Play(1.2, 1.2), Play(1.2, 1.0), Play(1.0, 0.9), Play(0.8, 1.1)):
        wave = play(sine(500, how.needed(N)), how, N)
        assert wave.shape == (2, N)
        assert pitch_of(wave) == pytest.approx(500 * how.pitch, abs=1)
        assert np.abs(wave[:, -2000:]).max() > 0.3
    assert play(sine(500, 100), Play(1.0, 1.1), N).shape == (2, N)


def test_what_is_drawn_depends_on_what_was_asked_for(rng):
    assert draw_play(rng, "vocals", ()) == AS_IT_IS
    speeds = [draw_play(rng, "vocals", ("pitch",)) for _ in range(50)]
    assert all(how.pitch == how.tempo for how in speeds)
    shifts = [draw_play(rng, "vocals", ("shift",)) for _ in range(50)]
    assert all(how.tempo == 1 for how in shifts)
    assert 0.2 < np.mean([how.pitch != 1 for how in shifts]) < 0.8
    tempos = [draw_play(rng, "vocals", ("stretch",)).tempo for _ in range(200)]
    assert 0.85 <= min(tempos) < 0.9 < 1.1 < max(tempos) <= 1.18


@pytest.mark.parametrize("rate", [RATE, 48_000, 8000])
@pytest.mark.parametrize("name", sorted(CODECS))
def test_a_codec_loses_something_and_moves_nothing(name, rate, rng):
    n = 2 * rate
    noise = np.cumsum(rng.standard_normal((2, n)), axis=1)
    wave = (0.1 * (noise - np.roll(noise, 40, axis=1)) / 10).astype(np.float32)
    before = wave.copy()
    out = through(wave, name, 64_000, rate)
    np.testing.assert_array_equal(wave, before)
    assert out.shape == wave.shape
    error_db = 10 * np.log10(np.sum((out - wave) ** 2) / np.sum(wave**2))
    assert -60 < error_db < -8
    correlation = np.fft.irfft(np.fft.rfft(out[0], 2 * n) * np.conj(np.fft.rfft(wave[0], 2 * n)))
    assert int(np.argmax(correlation)) == 0
    assert np.std(out) == pytest.approx(np.std(wave), rel=0.1)


def test_half_of_the_stems_are_left_alone_and_a_generator_decides(rng):
    wave = sine(800, 8000)
    same = [reencode(wave, rng, RATE) is wave for _ in range(20)]
    assert 3 < sum(same) < 17
    one, two = (reencode(wave, np.random.default_rng(3), RATE) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    silence = np.zeros((2, 5000), np.float32)
    np.testing.assert_array_equal(through(silence, "mp3", 64_000, RATE), silence)


def test_keys_are_read_as_people_write_them():
    assert [tonic_of(key) for key in ("C", "A minor", "Am", "a min", "C major", "Cmaj")] == [0] * 6
    assert [tonic_of(key) for key in ("F#", "Gb", "D#m", "Eb minor")] == [6] * 4
    assert [tonic_of(key) for key in (None, "", "H", "C lydian")] == [None] * 4


@dataclass(frozen=True)
class Song:
    bpm: float | None = None
    key: str | None = None


def test_songs_fit_in_tempo_and_key_or_not_at_all():
    lead = Song(120, "C")
    assert fit(Song(110, "D"), lead) == Play(pytest.approx(2 ** (-2 / 12)), pytest.approx(120 / 110))
    assert fit(Song(61, "Am"), lead) == Play(1.0, pytest.approx(60 / 61))
    assert fit(Song(90, "C"), lead) is None
    assert fit(Song(120, "F#"), lead) is None
    assert fit(Song(120, None), lead) is None
    assert fit(Song(125, None), lead, pitched=False) == Play(1.0, pytest.approx(0.96))


def test_a_remix_brings_a_tone_of_another_song_into_key(root, toy):
    """Song a leads in C; the vocals of b, a tone in D, must sound two semitones lower with it."""
    n = 40_000
    t = np.arange(n) / TOY_RATE
    for name, key, tone_hz in (("a", "C", 400.0), ("b", "D", 700.0)):
        (root / f"train/{name}/track.json").write_text(json.dumps({"bpm": 100, "key": key}))
        sf.write(root / f"train/{name}/vocals.wav", 0.2 * np.stack([np.sin(2 * np.pi * tone_hz * t)] * 2).T, TOY_RATE)
        sf.write(root / f"train/{name}/drums.wav", np.full((n, 2), 1e-3), TOY_RATE)
    drawer = Drawer(scan(root / "train", TOY_RATE), toy(remix_share=1.0, source_augmentations=[], seq_dur=2.0))
    heard = set()
    for seed in range(8):
        drawn = drawer.item(np.random.default_rng(seed))
        assert drawn.tracks == ("b", "b") or set(drawn.tracks) <= {"a", "b"}
        power = np.abs(np.fft.rfft(drawn.waves[1][0] * np.hanning(16_000)))
        heard.add(round(float(np.argmax(power)) / 2))
    assert heard <= {round(700 * 2 ** (-2 / 12)), round(400 * 2 ** (2 / 12))}
    assert len(heard) == 2


def test_without_the_option_nothing_is_drawn_otherwise(root, toy):
    plain = Drawer(scan(root / "train", TOY_RATE), toy())
    (root / "train/a/track.json").write_text(json.dumps({"bpm": 100, "key": "C"}))
    noted = Drawer(scan(root / "train", TOY_RATE), toy())
    for seed in range(5):
        one, two = (drawer.item(np.random.default_rng(seed)) for drawer in (plain, noted))
        np.testing.assert_array_equal(one.waves, two.waves)
