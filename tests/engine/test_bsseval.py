"""BSS Eval: museval's numbers window by window, on noise, tones, band-limited and mono songs; what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal
import stempeg
from museval import metrics

from umx_gui.engine.scoring.bsseval import METRICS, Unscored, bss_eval, window_starts
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled, ScoringError

RATE = 8000
NAMES = ("vocals", "drums", "bass")


def as_museval(references, estimates, window, hop, filter_length):
    """museval's scores [4, J, W] of the same signals."""
    stacked = [np.stack([signals[name].T for name in references]) for signals in (references, estimates)]
    return np.stack(metrics.bss_eval(*stacked, window=window, hop=hop, filters_len=filter_length)[:4])


def song(rng, seconds=3.0, n_channels=2, rate=RATE, shape=lambda noise: noise):
    """Three noises swelling at their own pace, and estimates that hold something of everything."""
    n = round(seconds * rate)
    swell = 1 + 0.8 * np.sin(np.arange(n) / rate * np.array([2.0, 3.1, 4.7])[:, None, None])
    noise = 0.1 * swell * shape(rng.standard_normal((3, n_channels, n)))
    # As 16 bits would have stored them: below that there is no telling what is in an empty band.
    references = (np.round(noise * 32768) / 32768).astype(np.float32)
    other = 0.05 * rng.standard_normal(references.shape) * np.abs(references)
    estimates = (0.8 * references + 0.1 * references.sum(axis=0) + other).astype(np.float32)
    return dict(zip(NAMES, references, strict=True)), dict(zip(NAMES, estimates, strict=True))


@pytest.mark.parametrize("n_channels", [1, 2])
@pytest.mark.parametrize(("window_s", "hop_s"), [(1.0, 1.0), (1.0, 0.4), (0.5, 0.75), (60.0, 60.0)])
def test_every_window_is_scored_as_museval_does(rng, n_channels, window_s, hop_s):
    references, estimates = song(rng, n_channels=n_channels)
    window, hop = round(window_s * RATE), round(hop_s * RATE)
    scores = bss_eval(references, estimates, window, hop, filter_length=64)
    expected = as_museval(references, estimates, window, hop, 64)
    assert expected.shape[2] == len(window_starts(3 * RATE, window, hop))
    for index, name in enumerate(NAMES):
        np.testing.assert_allclose(scores.frames[name], expected[:, index], atol=1e-9)


def test_full_length_filters_on_a_real_song_agree_within_a_ten_thousandth_of_a_decibel(rng):
    streams, rate = stempeg.read_stems(stempeg.example_stem_path(), ffmpeg_format="s16le", dtype=np.float64)
    drums, vocals = (np.asarray(streams)[index, : 3 * rate].T.astype(np.float32) for index in (1, 4))
    references = {"vocals": vocals, "drums": drums}
    estimates = {"vocals": vocals + 0.3 * drums, "drums": 0.7 * np.roll(drums, 3, axis=1) + 0.1 * vocals}
    estimates = {n: e + 0.02 * np.abs(e) * rng.standard_normal(e.shape) for n, e in estimates.items()}
    scores = bss_eval(references, estimates, rate, rate)
    expected = as_museval(references, estimates, rate, rate, 512)
    assert scores.well_conditioned
    for index, name in enumerate(references):
        np.testing.assert_allclose(scores.frames[name], expected[:, index], atol=1e-4)


@pytest.mark.parametrize("right", [1.0, 0.5])
def test_mono_songs_in_stereo_agree_too(rng, right):
    references, estimates = song(rng, shape=lambda noise: noise[:, :1] * np.array([[1.0], [right]]))
    # Rounding to 16 bits made the channels of the panned song differ; here they are exact multiples.
    references = {name: samples[:1] * np.array([[1.0], [right]], np.float32) for name, samples in references.items()}
    scores = bss_eval(references, estimates, RATE, RATE, filter_length=64)
    assert scores.well_conditioned
    expected = as_museval(references, estimates, RATE, RATE, 64)
    for index, name in enumerate(NAMES):
        np.testing.assert_allclose(scores.frames[name], expected[:, index], atol=1e-4)


def test_an_empty_band_is_told_and_the_scores_stay_sane(rng):
    sieve = scipy.signal.butter(12, 0.15, output="sos")
    references, estimates = song(rng, shape=lambda noise: scipy.signal.sosfilt(sieve, noise))
    rounded = bss_eval(references, estimates, RATE, RATE)
    assert rounded.well_conditioned
    # The same song with nothing at all above its band, as synthesisers and float files have it.
    clean = {n: scipy.signal.sosfiltfilt(sieve, samples.astype(np.float64)) for n, samples in references.items()}
    scores = bss_eval(clean, estimates, RATE, RATE)
    assert not scores.well_conditioned
    # There museval's filters are rounding noise, and differ by tens of decibels from run to run. Its SDR needs none.
    expected, sir = as_museval(clean, estimates, RATE, RATE, 512), METRICS.index("SIR")
    assert np.all(expected[sir] < -40)
    for index, name in enumerate(NAMES):
        assert np.all(scores.frames[name][sir] > -10)
        np.testing.assert_allclose(scores.frames[name][0], expected[0, index], atol=1e-9)


def test_windows_start_every_hop_and_the_rest_is_left():
    assert list(window_starts(100, 30, 30)) == [0, 30, 60]
    assert list(window_starts(90, 30, 30)) == [0, 30, 60]
    assert list(window_starts(100, 40, 30)) == [0, 30, 60]
    assert list(window_starts(20, 30, 30)) == [0]


def test_signals_are_paired_by_name_not_by_order(rng):
    references, estimates = song(rng, seconds=1.5)
    scores = bss_eval(references, estimates, RATE, RATE, filter_length=16)
    turned = bss_eval(dict(reversed(references.items())), estimates, RATE, RATE, filter_length=16)
    for name in NAMES:
        np.testing.assert_allclose(turned.frames[name], scores.frames[name], atol=1e-9)


def test_the_score_of_a_target_does_not_depend_on_which_others_are_scored(rng):
    references, estimates = song(rng, seconds=1.5)
    scores = bss_eval(references, estimates, RATE, RATE, filter_length=16)
    alone = bss_eval(references, {"drums": estimates["drums"]}, RATE, RATE, filter_length=16)
    assert set(alone.frames) == {"drums"}
    np.testing.assert_allclose(alone.frames["drums"], scores.frames["drums"], atol=1e-9)


def test_a_silent_window_is_lost_for_all_or_for_its_own_target(rng):
    references, estimates = song(rng, seconds=4.0)
    references["vocals"][:, RATE : 2 * RATE] = 0
    estimates["bass"][:, 3 * RATE :] = 0
    expected = as_museval(references, estimates, RATE, RATE, 16)
    scores = bss_eval(references, estimates, RATE, RATE, filter_length=16)
    own = bss_eval(references, estimates, RATE, RATE, filter_length=16, drop_for_all=False)
    for index, name in enumerate(NAMES):
        np.testing.assert_allclose(scores.frames[name], expected[:, index], atol=1e-9)
        assert scores.lost[name].tolist() == [False, True, False, True]
    assert scores.silent["vocals"].tolist() == [False, True, False, False]
    assert own.lost["vocals"].tolist() == [False, True, False, False]
    assert own.lost["bass"].tolist() == [False, False, False, True]
    assert not own.lost["drums"].any()
    np.testing.assert_allclose(own.frames["drums"][:, [0, 2]], scores.frames["drums"][:, [0, 2]], atol=1e-9)


def test_what_is_silent_throughout_has_no_score_and_takes_none_away(rng):
    references, estimates = song(rng)
    two = {name: references[name] for name in ("drums", "bass")}
    expected = bss_eval(two, {name: estimates[name] for name in two}, RATE, RATE, filter_length=16)
    references["vocals"][:] = 0
    scores = bss_eval(references, estimates, RATE, RATE, filter_length=16)
    assert scores.unscored == {"vocals": Unscored.SILENT_REFERENCE}
    assert np.isnan(scores.frames["vocals"]).all()
    np.testing.assert_allclose(scores.frames["drums"], expected.frames["drums"], atol=1e-9)
    estimates["drums"][:] = 0
    scores = bss_eval(references, estimates, RATE, RATE, filter_length=16)
    assert scores.unscored["drums"] is Unscored.SILENT_ESTIMATE
    # Its reference still interferes.
    np.testing.assert_allclose(scores.frames["bass"], expected.frames["bass"], atol=1e-9)
    estimates["bass"][:] = 0
    assert all(np.isnan(f).all() for f in bss_eval(references, estimates, RATE, RATE, filter_length=16).frames.values())


def test_a_perfect_estimate_is_infinitely_good(rng):
    references, estimates = song(rng)
    estimates["drums"] = references["drums"].copy()
    scores = bss_eval(references, estimates, RATE, RATE, filter_length=16)
    assert np.all(np.isposinf(scores.frames["drums"][0]))
    assert np.all(np.isfinite(scores.frames["vocals"]))


def test_arrays_are_not_changed(rng):
    references, estimates = song(rng, seconds=1.0)
    before = {name: samples.copy() for name, samples in {**references, "e": estimates["bass"]}.items()}
    bss_eval(references, estimates, RATE, RATE, filter_length=16)
    for name, samples in {**references, "e": estimates["bass"]}.items():
        assert np.array_equal(samples, before[name])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda r, e: e.__setitem__("choir", e["bass"]), "choir: there is no reference"),
        (lambda r, e: e.__setitem__("bass", e["bass"][:, :-1]), "bass: its estimate and .* in length: 7999"),
        (lambda r, e: r.__setitem__("drums", r["drums"][:1]), "drums: its reference and .* in channels: 1 against 2"),
        (lambda r, e: e["bass"].__setitem__((0, slice(5, 8)), np.nan), r"bass: its estimate holds .* \(3\)"),
        (lambda r, e: r["vocals"].__setitem__((1, 9), np.inf), r"vocals: its reference holds .* \(1\)"),
        (lambda r, e: r.clear(), "there is no reference"),
    ],
)
def test_what_cannot_be_compared_is_refused(rng, spoil, words):
    references, estimates = song(rng, seconds=1.0)
    spoil(references, estimates)
    with pytest.raises(ScoringError, match=words):
        bss_eval(references, estimates, RATE, RATE, filter_length=16)


def test_nothing_to_compare_is_refused():
    with pytest.raises(ScoringError, match="no samples"):
        bss_eval({"a": np.zeros((2, 0), np.float32)}, {}, RATE, RATE)


def test_scoring_can_be_cancelled(rng):
    references, estimates = song(rng, seconds=1.0)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        bss_eval(references, estimates, RATE, RATE, filter_length=16, cancel=cancel)
