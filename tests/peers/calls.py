"""Calls to openunmix and norbert whose results are compared: `python calls.py OUT.npz` writes those of the first found.

The same calls are made twice, with the shims first on the path and with the installed packages.
"""

from __future__ import annotations

import sys

import norbert
import numpy as np
import torch
from openunmix import filtering, transforms
from openunmix.model import OpenUnmix, Separator
from openunmix.utils import AverageMeter, EarlyStopping, bandwidth_to_max_bin

SETTINGS = [(n_iter, softmask, residual) for n_iter in (0, 1, 2) for softmask in (False, True) for residual in (0, 1)]


def problem(n_channels, n_sources, seed=0, level=30.0):
    """Magnitudes [N, F, C, J] of some sources and the complex mixture [N, F, C] of all of them: loud, to be scaled."""
    rng = np.random.default_rng(seed)
    shape = (40, 9, n_channels, n_sources)
    places = rng.uniform(0.2, 1.0, (1, 1, n_channels, n_sources))
    sources = level * places * (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) * rng.random(shape)
    return np.abs(sources), sources.sum(-1)


def filters():
    """The Wiener filters of both."""
    for n_channels in (1, 2):
        v, x = problem(n_channels, 3)
        mixture = torch.view_as_real(torch.from_numpy(x))
        for n_iter, softmask, residual in SETTINGS:
            y = filtering.wiener(torch.from_numpy(v), mixture.clone(), n_iter, softmask, bool(residual))
            yield f"openunmix wiener {n_channels} {n_iter} {softmask} {residual}", y
    for n_channels in (1, 2, 3):
        v, x = problem(n_channels, 3)
        for n_iter, softmask, _ in SETTINGS[::2]:
            y = norbert.wiener(v.copy(), x.copy(), n_iter, softmask, eps=1e-10)
            yield f"norbert wiener {n_channels} {n_iter} {softmask}", y
        yield f"norbert mono model {n_channels}", norbert.wiener(v[:, :, :1].copy(), x.copy(), 1, False, eps=1e-10)
        yield f"norbert own eps {n_channels}", norbert.wiener(v.copy(), x.copy())
        yield f"norbert softmask {n_channels}", norbert.softmask(v.copy(), x.copy())
        yield f"norbert softmask eps {n_channels}", norbert.softmask(v.copy(), x.copy(), eps=10.0)
        for alpha in (1, 2):
            yield f"norbert residual {n_channels} {alpha}", norbert.residual_model(v**alpha, x.copy(), alpha)
        begun = norbert.softmask(v, x)
        for n_iter in (1, 3):
            parts = norbert.expectation_maximization(begun.copy(), x.copy(), n_iter, eps=1e-10)
            for letter, part in zip("yvR", parts, strict=True):
                yield f"norbert em {letter} {n_channels} {n_iter}", part


def networks():
    """Networks and whole separators with weights of one seed."""
    for unidirectional in (False, True):
        torch.manual_seed(3)
        statistics = {"input_mean": np.linspace(0, 1, 100), "input_scale": np.linspace(1, 2, 100)}
        network = OpenUnmix(129, 2, 16, 2, unidirectional, max_bin=100, **statistics).eval()
        with torch.no_grad():
            yield f"network {unidirectional}", network(torch.rand(2, 2, 129, 30))
    torch.manual_seed(4)
    targets = {name: OpenUnmix(129, 2, 16, 1, max_bin=100) for name in ("vocals", "drums")}
    song = 0.2 * torch.randn(2, 2, 12_345)
    for n_iter, softmask, residual in SETTINGS:
        for window in (50, None):
            separator = Separator(targets, n_iter, softmask, bool(residual), 8000.0, 256, 64, 2, window)
            separator.freeze()
            with torch.no_grad():
                yield f"separator {n_iter} {softmask} {residual} {window}", separator(song)
    stems = separator.to_dict(separator(song), {"all": ["vocals", "drums", "residual"], "voice": ["vocals"]})
    yield from stems.items()


def pieces():
    """Transforms and what a training loop needs."""
    torch.manual_seed(5)
    wave = torch.randn(2, 2, 5000)
    for center in (False, True):
        encode, decode = transforms.make_filterbanks(512, 128, center=center)
        yield f"stft {center}", encode(wave)
        if center:
            yield "istft", decode(encode(wave), length=5000)
            yield "istft of all frames", decode(encode(wave))
    meter, losses = AverageMeter(), [3.0, 2.0, 2.5, 2.1, 1.0, 1.4, 0.8, 1.2, 3.2, float("nan")]
    means = []
    for n, loss in enumerate(losses[:-1], 1):
        meter.update(loss, n)
        means.append([meter.val, meter.avg, meter.sum, meter.count])
    yield "means", np.array(means)
    for mode in ("min", "max"):
        for patience in (1, 3):
            for delta in (0, 0.45):
                stopper = EarlyStopping(mode, delta, patience)
                said = [[stopper.step(loss), stopper.best, stopper.num_bad_epochs] for loss in losses]
                yield f"stop {mode} {patience} {delta}", np.array(said, float)
    yield "bins", np.array([bandwidth_to_max_bin(44100.0, 4096, 16000), bandwidth_to_max_bin(16000.0, 1024, 16000)])


def results():
    """All results by name."""
    found = {}
    for group in (filters, networks, pieces):
        found |= {name: np.asarray(value.detach() if hasattr(value, "detach") else value) for name, value in group()}
    return found


if __name__ == "__main__":
    np.savez(sys.argv[1], **results())
