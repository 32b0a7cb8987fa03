"""The parts of openunmix 1.3 that its tests use, on our engine. For tests only.

The four loaders take the published models from where `umx-gui models download` puts them, and never download one.
"""

from __future__ import annotations

from functools import partial

from openunmix.model import Separator, random_networks
from umx_gui.engine import load_model
from umx_gui.engine.models.published import PUBLISHED

__all__ = ["umx", "umxhq", "umxl", "umxse"]


def _load(
    name,
    targets=None,
    residual=False,
    niter=1,
    device="cpu",
    pretrained=True,
    wiener_win_len=300,
    filterbank="torch",
):
    """A separator of a published model; with random weights unless `pretrained`. Raises ModelNotFoundError."""
    published = PUBLISHED[name]
    targets = targets or published.targets
    networks = load_model(name).networks if pretrained else random_networks(published, targets)
    return Separator(
        {target: networks[target] for target in targets},
        niter=niter,
        residual=residual,
        sample_rate=published.sample_rate,
        n_fft=published.n_fft,
        n_hop=published.hop,
        nb_channels=published.n_channels,
        wiener_win_len=wiener_win_len,
        filterbank=filterbank,
    ).to(device)


umx, umxhq, umxl, umxse = (partial(_load, name) for name in ("umx", "umxhq", "umxl", "umxse"))
