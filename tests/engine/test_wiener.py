"""The filter against loops in double precision, openunmix and norbert; its sums; and the bins that are exactly zero."""

from __future__ import annotations

import norbert
import numpy as np
import openunmix.filtering
import pytest
import torch
from reference_wiener import reference_wiener

from umx_gui.engine.separation.wiener import WienerOptions, wiener


def problem(rng, n_sources=4, n_channels=2, n_frames=30, n_bins=17, level=3.0):
    """Masks [J, C, N, F] and a mixture [C, N, F] whose channels are correlated, as music's are."""
    shared = rng.standard_normal((1, n_frames, n_bins, 2))
    own = rng.standard_normal((n_channels, n_frames, n_bins, 2))
    x = level * (shared + 0.5 * own)
    masks = rng.random((n_sources, n_channels, n_frames, n_bins)).astype(np.float32)
    return masks, (x[..., 0] + 1j * x[..., 1]).astype(np.complex64)


def run(masks, x, **options):
    frames_first = [torch.from_numpy(np.ascontiguousarray(m.transpose(1, 0, 2))) for m in masks]
    return wiener(frames_first, torch.from_numpy(x), WienerOptions(**options)).numpy()


def db(reference, value):
    return 10 * np.log10(np.sum(np.abs(reference) ** 2) / max(np.sum(np.abs(reference - value) ** 2), 1e-300))


@pytest.mark.parametrize("n_channels", [1, 2, 3])
@pytest.mark.parametrize("softmask", [False, True])
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("n_iter", [0, 1, 2, 3])
def test_equals_the_loops_in_double_precision(rng, n_channels, n_iter, residual, softmask):
    masks, x = problem(rng, n_channels=n_channels, n_frames=12, n_bins=5)
    ours = run(masks, x, n_iter=n_iter, softmask=softmask, residual=residual)
    assert db(reference_wiener(masks, x, n_iter, softmask, residual), ours) > 100


@pytest.mark.parametrize("n_channels", [1, 2])
@pytest.mark.parametrize("softmask", [False, True])
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("n_iter", [0, 1, 2])
def test_equals_openunmix(rng, n_channels, n_iter, residual, softmask):
    masks, x = problem(rng, n_channels=n_channels, n_frames=250, n_bins=65)
    magnitude = torch.from_numpy((masks * np.abs(x)).transpose(2, 3, 1, 0).copy())
    mixture = torch.view_as_real(torch.from_numpy(x.transpose(1, 2, 0).copy()))
    theirs = openunmix.filtering.wiener(magnitude, mixture.clone(), n_iter, softmask=softmask, residual=residual)
    theirs = torch.view_as_complex(theirs.permute(4, 2, 0, 1, 3).contiguous()).numpy()
    ours = run(masks, x, n_iter=n_iter, softmask=softmask, residual=residual)
    assert np.abs(ours - theirs).max() / np.abs(theirs).max() < 1e-4
    assert db(theirs, ours) > 100


@pytest.mark.parametrize("n_channels", [1, 2, 3])
@pytest.mark.parametrize("n_iter", [0, 1, 2])
def test_equals_norbert(rng, n_channels, n_iter):
    masks, x = problem(rng, n_channels=n_channels, n_frames=60, n_bins=33)
    magnitude = (masks * np.abs(x)).transpose(2, 3, 1, 0).astype(np.float64)
    mixture = x.transpose(1, 2, 0).astype(np.complex128)
    theirs = norbert.wiener(magnitude, mixture.copy(), n_iter, use_softmask=False, eps=1e-10).transpose(3, 2, 0, 1)
    assert np.abs(run(masks, x, n_iter=n_iter) - theirs).max() / np.abs(theirs).max() < 1e-4


def test_is_more_exact_than_137_db_against_double_precision(rng):
    masks, x = problem(rng, n_frames=300, n_bins=129, level=20)
    single = run(masks, x, n_iter=1)
    frames_first = [torch.from_numpy(m.transpose(1, 0, 2).astype(np.float64).copy()) for m in masks]
    double = wiener(frames_first, torch.from_numpy(x.astype(np.complex128)), WienerOptions(n_iter=1)).numpy()
    assert db(double, single) >= 130  # random masks are harsher than a network's, for which 137 dB were measured


@pytest.mark.parametrize("n_channels", [1, 2, 3])
@pytest.mark.parametrize("softmask", [False, True])
@pytest.mark.parametrize("n_iter", [0, 1, 2])
def test_exact_sum_gives_the_mixture_back(rng, n_channels, n_iter, softmask):
    masks, x = problem(rng, n_channels=n_channels, n_frames=40)
    masks[:, :, :5] = 0  # frames in which no source claims anything
    y = run(masks, x, n_iter=n_iter, softmask=softmask, exact_sum=True)
    assert db(x, y.sum(0)) > 100


@pytest.mark.parametrize("n_iter", [0, 1])
def test_exact_sum_moves_no_stem_far(rng, n_iter):
    masks, x = problem(rng)
    masks /= masks.sum(0)  # masks that nearly sum to one, as a trained network's do
    plain, exact = (run(masks, x, n_iter=n_iter, exact_sum=on) for on in (False, True))
    assert db(plain, exact) > 30


def test_a_channel_that_is_silent_for_a_while_is_separated_right(rng):
    """The reference sets every exactly zero bin of the mixture to one before the EM."""
    masks, x = problem(rng, n_frames=60, n_bins=33)
    x[1, 20:40] = 0
    ours = run(masks, x, n_iter=1)
    assert np.abs(ours[:, 1, 20:40].sum(0)).max() < 1e-4 * np.abs(x).max()
    assert db(reference_wiener(masks[..., :5], x[..., :5], 1), run(masks[..., :5], x[..., :5], n_iter=1)) > 100
    magnitude = torch.from_numpy((masks * np.abs(x)).transpose(2, 3, 1, 0).copy())
    mixture = torch.view_as_real(torch.from_numpy(x.transpose(1, 2, 0).copy()))
    theirs = openunmix.filtering.wiener(magnitude, mixture, 1)
    theirs = torch.view_as_complex(theirs.permute(4, 2, 0, 1, 3).contiguous()).numpy()
    assert db(theirs, ours) < 80, "the reference has been mended: the note on its defect can go"


def test_the_ill_conditioned_mono_song_in_stereo(rng):
    masks, x = problem(rng, n_frames=40, n_bins=9)
    x[1], masks[:, 1] = x[0], masks[:, 0]
    assert db(reference_wiener(masks, x, 1), run(masks, x, n_iter=1)) > 90


def test_silence_in_silence_out(rng):
    masks, x = problem(rng)
    assert np.abs(run(masks, np.zeros_like(x), n_iter=2, exact_sum=True)).max() == 0


def test_the_callers_arrays_are_left_alone(rng):
    masks, x = problem(rng)
    frames_first = [torch.from_numpy(np.ascontiguousarray(m.transpose(1, 0, 2))) for m in masks]
    kept, mixture = [m.clone() for m in frames_first], torch.from_numpy(x.copy())
    for softmask in (False, True):
        wiener(frames_first, mixture, WienerOptions(n_iter=2, residual=True, exact_sum=True, softmask=softmask))
        wiener(frames_first, mixture, WienerOptions(n_iter=0, exact_sum=True, softmask=softmask))
    assert all(torch.equal(a, b) for a, b in zip(kept, frames_first, strict=True))
    assert np.array_equal(mixture.numpy(), x)
