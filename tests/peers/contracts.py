"""What the tests of openunmix and norbert ask of those packages, in our words. `test_shims` runs it on the shims."""

from __future__ import annotations

import itertools

import norbert
import numpy as np
import openunmix
import pytest
import soundfile
import torch
from openunmix import data, filtering, transforms
from openunmix.model import OpenUnmix

from umx_gui.errors import ModelNotFoundError


@pytest.fixture(params=itertools.product((1, 2, 3), (1, 2, 4), (np.complex64, np.complex128)), ids=str)
def spectra(request):
    """Magnitudes [N, F, C, J] and a mixture [N, F, C] loud enough to be scaled down."""
    n_channels, n_sources, kind = request.param
    rng = np.random.default_rng(0)
    x = 20 * (rng.random((21, 7, n_channels)) + 1j * rng.random((21, 7, n_channels)))
    return rng.random((21, 7, n_channels, n_sources)), x.astype(kind)


def test_norbert_gives_every_source_the_shape_of_the_mixture_and_leaves_its_arguments_alone(spectra):
    v, x = spectra
    kept = v.copy(), x.copy()
    for n_iter, softmask in itertools.product((0, 1, 2), (False, True)):
        assert norbert.wiener(v, x, n_iter, softmask).shape == v.shape
    assert norbert.softmask(v, x).shape == v.shape
    assert norbert.residual_model(v, x).shape == (*x.shape, v.shape[-1] + 1)
    begun = norbert.softmask(v, x)
    begun_kept = begun.copy()
    y, power, covariance = norbert.expectation_maximization(begun, x, 2)
    assert y.shape == v.shape
    assert power.shape == (*x.shape[:2], v.shape[-1])
    assert covariance.shape == (x.shape[1], x.shape[2], x.shape[2], v.shape[-1])
    assert np.array_equal(v, kept[0])
    assert np.array_equal(x, kept[1])
    assert np.array_equal(begun, begun_kept)


def test_norberts_sources_sum_to_the_mixture(spectra):
    v, x = spectra
    x = x.astype(np.complex128)
    assert np.allclose(norbert.softmask(v, x).sum(-1), x)
    assert np.allclose(norbert.wiener(v, x).sum(-1), x, rtol=1e-4)


def test_silence_is_no_error_for_norbert(spectra):
    v, x = spectra
    for sound, mixture in ((0 * v, x), (v, 0 * x), (0 * v, 0 * x)):
        for y in (norbert.softmask(sound, mixture), norbert.wiener(sound, mixture), norbert.wiener(sound, mixture, 2)):
            assert not y.any()


def test_a_logit_moves_shares_away_from_the_threshold():
    x = np.full((1, 1, 1), 2.0 + 1j)
    v = np.array([[[[0.8, 0.2]]]])
    plain, steep = norbert.softmask(v, x) / x[..., None], norbert.softmask(v, x, logit=0.5) / x[..., None]
    assert 1 > steep[..., 0] > plain[..., 0] > plain[..., 1] > steep[..., 1] > 0
    assert norbert.softmask(v, x, logit=0.8)[0, 0, 0, 0] == pytest.approx(x[0, 0, 0] / 2)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
@pytest.mark.parametrize("n_sources", [1, 2, 3])
@pytest.mark.parametrize("n_channels", [1, 2])
def test_openunmix_gives_every_source_and_the_residual_in_the_precision_of_the_mixture(n_channels, n_sources, kind):
    v, x = torch.rand(10, 17, n_channels, n_sources, dtype=kind), torch.rand(10, 17, n_channels, 2, dtype=kind)
    kept = v.clone(), x.clone()
    for n_iter, softmask, residual in itertools.product((0, 1, 2), (False, True), (False, True)):
        y = filtering.wiener(v, x, iterations=n_iter, softmask=softmask, residual=residual)
        assert y.shape == (10, 17, n_channels, 2, n_sources + residual)
        assert y.dtype == kind
        assert y.isfinite().all()
    assert torch.equal(v, kept[0])
    assert torch.equal(x, kept[1])


@pytest.mark.parametrize("n_channels", [1, 2])
def test_a_network_keeps_the_shape_of_a_magnitude(n_channels):
    magnitude = torch.rand(2, n_channels, 65, 20)
    network = OpenUnmix(nb_bins=65, nb_channels=n_channels, hidden_size=8, nb_layers=1)
    network.freeze()
    assert network(magnitude).shape == magnitude.shape
    assert not any(p.requires_grad for p in network.parameters())


def test_the_transform_and_its_inverse_are_a_pair():
    encode, decode = transforms.make_filterbanks(n_fft=2048, n_hop=1024, center=True, method="torch")
    wave = torch.rand(2, 2, 4096)
    rest = decode(encode(wave), length=4096) - wave
    assert float(rest.square().mean().sqrt()) < 1e-6
    with pytest.raises(ValueError, match="asteroid"):
        transforms.make_filterbanks(method="asteroid")


@pytest.mark.parametrize("n_channels", [1, 2, 3])
def test_augmentations_keep_length_and_channels_and_follow_torchs_seed(n_channels):
    wave = torch.rand(n_channels, 400) + 0.1
    gains = [float((data._augment_gain(wave) / wave)[0, 0]) for _ in range(200)]
    assert 0.25 <= min(gains) < 0.4
    assert 1.1 < max(gains) <= 1.25
    assert 2 <= float(data._augment_gain(torch.ones(1, 1), low=2, high=3)) <= 3
    swapped = [data._augment_channelswap(wave) for _ in range(50)]
    for out in swapped:
        assert torch.equal(out, wave) or (n_channels == 2 and torch.equal(out, wave.flip(0)))
    assert len({float(out[0, 0]) for out in swapped}) == (2 if n_channels == 2 else 1)
    assert data._augment_force_stereo(wave).shape == (2, 400)
    torch.manual_seed(1)
    once = data._augment_gain(wave)
    torch.manual_seed(1)
    assert torch.equal(data._augment_gain(wave), once)


@pytest.mark.parametrize("dur", [1.0, 2.0, 0.33339, None])
@pytest.mark.parametrize("informed", [False, True])
def test_files_are_read_by_whole_samples(tmp_path, dur, informed):
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (24_000, 2)).astype(np.float32)
    soundfile.write(tmp_path / "test.wav", samples, 8000, "FLOAT")
    info = data.load_info(tmp_path / "test.wav")
    assert info == {"samplerate": 8000, "samples": 24_000, "channels": 2, "duration": 3.0}
    start = 0.0 if dur is None else 0.70001
    audio, rate = data.load_audio(tmp_path / "test.wav", start=start, dur=dur, info=info if informed else None)
    assert rate == 8000
    first, n = int(start * 8000), 24_000 if dur is None else int(dur * 8000)
    assert np.array_equal(audio.numpy(), samples[first : first + n].T)


@pytest.mark.parametrize(("name", "hidden"), [("umx", 512), ("umxhq", 512), ("umxl", 1024), ("umxse", 256)])
def test_published_models_are_known_and_never_downloaded_unasked(name, hidden):
    load = getattr(openunmix, name)
    with pytest.raises(ModelNotFoundError):
        load()
    separator = load(targets=["noise" if name == "umxse" else "bass"], residual=True, niter=0, pretrained=False)
    (network,) = separator.target_models.values()
    assert network.shape.hidden_size == hidden
    wave = torch.rand(1, 2, 4096)
    estimates = separator(wave)
    assert estimates.shape == (1, 2, 2, 4096)
    assert separator.to_dict(estimates)["residual"].shape == wave.shape
