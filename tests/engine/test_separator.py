"""The whole separator: openunmix's numbers, exact lengths and sums, any rate and channel count, drafts, cancelling."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from random_models import TINY, UMXHQ, UMXL, UMXSE, UNIDIRECTIONAL, openunmix_separator, random_model

from umx_gui import errors
from umx_gui.engine import Audio, Block, CancelToken, Progress, Separator, SeparatorOptions
from umx_gui.engine.models.model import Model, ModelSpec
from umx_gui.engine.models.network import NetworkShape


def song(rng: np.random.Generator, seconds: float, n_channels: int = 2, sample_rate: int = 44_100) -> Audio:
    """Noise bursts over tones: something in every bin, loud and soft."""
    t = np.arange(round(seconds * sample_rate)) / sample_rate
    noise = rng.standard_normal((n_channels, t.size)) * np.abs(np.sin(3 * t)) ** 4
    tones = sum(np.sin(2 * np.pi * f * t + f) for f in (110, 440, 2500)) / 3
    return Audio((0.2 * noise + 0.2 * tones).astype(np.float32), sample_rate)


def db(reference: np.ndarray, value: np.ndarray) -> float:
    error = np.sum((reference.astype(np.float64) - value) ** 2)
    return float(10 * np.log10(np.sum(reference.astype(np.float64) ** 2) / max(error, 1e-300)))


def reference(model: Model, mixture: Audio, **options) -> np.ndarray:
    """openunmix in double precision: in single precision its EM alone can be further than 100 dB from the truth."""
    separator = openunmix_separator(model, **options).double()
    with torch.inference_mode():
        return separator(torch.from_numpy(mixture.samples).double()[None])[0].numpy()


def blocks(items) -> list[Block]:
    return [item for item in items if isinstance(item, Block)]


@pytest.mark.parametrize("kind", [UMXHQ, UMXL, UMXSE, UNIDIRECTIONAL], ids=["umxhq", "umxl", "umxse", "one-way"])
def test_equals_openunmix_for_each_published_shape(rng, kind):
    targets = ("speech", "noise") if kind is UMXSE else ("vocals", "drums")
    model = random_model(kind, targets)
    mixture = song(rng, 2.5, kind[0].n_channels, kind[0].sample_rate)
    theirs = reference(model, mixture, niter=1)
    ours = Separator(model, SeparatorOptions(exact_sum=False)).separate_all(mixture).samples
    assert np.abs(ours - theirs).max() / np.abs(theirs).max() < 1e-4
    assert db(theirs, ours) > 100


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("softmask", [False, True])
@pytest.mark.parametrize("n_iter", [0, 1, 2])
@pytest.mark.parametrize("kind", [TINY, UMXSE], ids=["stereo", "mono"])
def test_equals_openunmix_for_each_option(rng, kind, n_iter, softmask, residual):
    model = random_model(kind)
    mixture = song(rng, 3.0, kind[0].n_channels, kind[0].sample_rate)
    # A window much shorter than the song, so that several are joined.
    theirs = reference(model, mixture, niter=n_iter, softmask=softmask, residual=residual, wiener_win_len=50)
    options = SeparatorOptions(n_iter, softmask, "residual" if residual else None, 50, exact_sum=False)
    assert db(theirs, Separator(model, options).separate_all(mixture).samples) > 100


def test_equals_openunmix_over_many_windows_and_lstm_chunks(rng):
    model = random_model(TINY, ("vocals", "drums"))
    mixture = song(rng, 26.0)
    theirs = reference(model, mixture, niter=1, wiener_win_len=300)
    assert db(theirs, Separator(model, SeparatorOptions(exact_sum=False)).separate_all(mixture).samples) > 100


def test_the_whole_song_as_one_window(rng):
    model, mixture = random_model(), song(rng, 9.0)
    theirs = reference(model, mixture, niter=1, wiener_win_len=None)
    options = SeparatorOptions(wiener_win_len=0, exact_sum=False)
    assert db(theirs, Separator(model, options).separate_all(mixture).samples) > 100


def test_norbert_as_the_filter_gives_the_same_stems(rng):
    model, mixture = random_model(), song(rng, 2.0)
    ours, theirs = (
        Separator(model, SeparatorOptions(filter=f, exact_sum=False)).separate_all(mixture).samples
        for f in ("em", "norbert")
    )
    assert db(theirs, ours) > 80


@pytest.mark.parametrize("n_samples", [1, 2, 100, 1024, 2048, 2049, 4095, 4096, 4097, 44_100])
@pytest.mark.parametrize("sample_rate", [44_100, 48_000, 8_000])
@pytest.mark.parametrize("n_channels", [1, 2])
def test_stems_have_the_mixtures_length_channels_and_sum(rng, n_samples, sample_rate, n_channels):
    mixture = Audio(0.1 * rng.standard_normal((n_channels, n_samples)).astype(np.float32), sample_rate)
    stems = Separator(random_model()).separate_all(mixture)
    assert stems.samples.shape == (4, n_channels, n_samples)
    assert stems.sample_rate == sample_rate
    assert np.isfinite(stems.samples).all()
    np.testing.assert_allclose(stems.samples.sum(0), mixture.samples, atol=2e-7)


@pytest.mark.parametrize("n_iter", [0, 1, 2])
def test_the_exact_sum_leaves_the_stems_nearly_as_they_were(rng, n_iter):
    model, mixture = random_model(), song(rng, 3.0)
    plain, exact = (
        Separator(model, SeparatorOptions(n_iter=n_iter, exact_sum=on)).separate_all(mixture).samples
        for on in (False, True)
    )
    assert db(mixture.samples, exact.sum(0)) > 120
    if n_iter:
        assert db(plain, exact) > 40
        assert db(mixture.samples, plain.sum(0)) < 100, "the plain filter sums exactly, too: the option has no purpose"


def test_what_lies_above_the_models_rate_is_kept(rng):
    t = np.arange(96_000) / 96_000
    mixture = Audio(0.3 * np.sin(2 * np.pi * 30_000 * t, dtype=np.float32)[None].repeat(2, 0), 96_000)
    stems = Separator(random_model()).separate_all(mixture)
    assert db(mixture.samples, stems["other"]) > 50


def test_blocks_come_in_order_and_cover_the_song(rng):
    mixture = song(rng, 20.0, sample_rate=48_000)
    found = blocks(Separator(random_model()).separate(mixture))
    assert found[0].start == 0
    assert found[-1].stop == mixture.n_samples
    assert all(a.stop == b.start for a, b in pairwise(found))
    assert all(block.final for block in found)
    assert len(found) > 2


def test_progress_rises_to_one(rng):
    fractions = [p.fraction for p in Separator(random_model()).separate(song(rng, 15.0)) if isinstance(p, Progress)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


@pytest.mark.parametrize("from_s", [0.0, 11.0])
@pytest.mark.parametrize("sample_rate", [44_100, 48_000])
def test_drafts_come_first_and_the_final_blocks_replace_them(rng, from_s, sample_rate):
    mixture = song(rng, 30.0, sample_rate=sample_rate)
    separator = Separator(random_model())
    found = blocks(separator.stream(mixture, int(from_s * sample_rate)))
    drafts = [b for b in found if not b.final]
    n_drafts = len(drafts)
    assert n_drafts > 0
    assert all(b.final for b in found[n_drafts:])
    assert all(a.stop == b.start for a, b in pairwise(drafts))
    assert drafts[0].start <= from_s * sample_rate
    exact = separator.separate_all(mixture).samples
    final = np.concatenate([b.samples for b in found[n_drafts:]], axis=2)
    np.testing.assert_array_equal(final, exact)
    draft = np.concatenate([b.samples for b in drafts], axis=2)
    margin = 200  # a resampler that starts in the middle needs some samples to settle
    a, b = drafts[0].start + margin, drafts[-1].stop - margin
    assert db(exact[:, :, a:b], draft[:, :, margin : margin + b - a]) > 30


def test_a_one_way_network_drafts_exactly(rng):
    model, mixture = random_model(UNIDIRECTIONAL, ("vocals", "drums")), song(rng, 8.0)
    found = blocks(Separator(model, SeparatorOptions(context=0)).stream(mixture))
    draft = np.concatenate([b.samples for b in found if not b.final], axis=2)
    final = np.concatenate([b.samples for b in found if b.final], axis=2)
    assert db(final[:, :, : draft.shape[2]], draft) > 100


def test_fast_mode_is_close(rng):
    model, mixture = random_model(UMXHQ, ("vocals", "drums")), song(rng, 3.0)
    exact, fast = (
        Separator(model, SeparatorOptions(fast=on, exact_sum=False)).separate_all(mixture).samples
        for on in (False, True)
    )
    assert 35 < db(exact, fast) < 100


def test_cancel_stops_at_once_and_the_next_song_is_right(rng):
    separator, mixture = Separator(random_model()), song(rng, 30.0)
    for n_items in (0, 1, 5, 12):
        cancel = CancelToken()
        items = separator.stream(mixture, cancel=cancel)
        for _ in range(n_items):
            next(items)
        cancel.cancel()
        with pytest.raises(errors.Cancelled):
            list(items)
    short = song(rng, 1.0)
    fresh = Separator(random_model()).separate_all(short).samples
    np.testing.assert_array_equal(separator.separate_all(short).samples, fresh)


def test_only_some_targets(rng):
    model, mixture = random_model(), song(rng, 1.0)
    separator = Separator(model, SeparatorOptions(only_targets=("drums", "vocals")))
    assert separator.targets == ("vocals", "drums")
    assert not separator.sums_exactly
    assert separator.separate_all(mixture).samples.shape[0] == 2


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"only_targets": ("vocals",)}, "niter"),
        ({"only_targets": ("piano",)}, "targets"),
        ({"residual": "drums"}, "residual-name"),
        ({"residual": "../x"}, "residual-name"),
        ({"n_iter": -1}, "niter"),
        ({"wiener_win_len": -1}, "wiener-win-len"),
        ({"filter": "magic"}, "filter"),
        ({"threads": 0}, "threads"),
        ({"device": "abacus"}, "device"),
    ],
)
def test_options_that_cannot_work_are_refused_by_name(options, named):
    with pytest.raises(errors.OptionError) as refused:
        Separator(random_model(), SeparatorOptions(**options))
    assert refused.value.option == named


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_device_that_is_not_there_is_refused():
    with pytest.raises(errors.DeviceUnavailableError):
        Separator(random_model(), SeparatorOptions(device="cuda"))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_cuda_equals_the_cpu(rng):
    model, mixture = random_model(UMXHQ), song(rng, 10.0)
    cpu, cuda = (Separator(model, SeparatorOptions(device=d)).separate_all(mixture).samples for d in ("cpu", "cuda"))
    assert np.abs(cpu - cuda).max() < 1e-4


def test_a_song_larger_than_memory_allows_goes_through_files(rng, monkeypatch):
    model, mixture = random_model(), song(rng, 20.0, sample_rate=48_000)
    in_memory = Separator(model).separate_all(mixture).samples
    monkeypatch.setattr("umx_gui.engine.separation.inference.rows.IN_MEMORY_BYTES", 0)
    np.testing.assert_array_equal(Separator(model).separate_all(mixture).samples, in_memory)


@pytest.mark.parametrize("n_channels", [3, 5, 8])
def test_models_of_many_channels_stack_their_features_as_the_reference_does(rng, n_channels):
    kind = (ModelSpec(16_000, 512, 128, n_channels), NetworkShape(257, 200, n_channels, 8, 1))
    model, mixture = random_model(kind, ("vocals", "drums")), song(rng, 1.0, n_channels, 16_000)
    # openunmix inverts 2 x 2 matrices only: its networks are the measure, without EM.
    theirs = reference(model, mixture, niter=0)
    assert db(theirs, Separator(model, SeparatorOptions(0, exact_sum=False)).separate_all(mixture).samples) > 100
    ours, norberts = (
        Separator(model, SeparatorOptions(filter=f, exact_sum=False)).separate_all(mixture).samples
        for f in ("em", "norbert")
    )
    assert ours.shape == (2, n_channels, mixture.n_samples)
    assert db(norberts, ours) > 60
