"""openunmix's Wiener filter: its complex numbers have their parts in an axis of their own."""

from __future__ import annotations

import torch
from umx_axes import estimates_of, masks_of

from umx_gui.engine.separation import wiener as ours
from umx_gui.engine.separation.wiener import WienerOptions


def wiener(
    targets_spectrograms,
    mix_stft,
    iterations=1,
    softmask=False,
    residual=False,
    scale_factor=10.0,
    eps=1e-10,
):
    """Magnitudes [N, F, 1 or C, J] and mixture [N, F, C, 2] to estimates [N, F, C, 2, J (+ 1)]: our `wiener`."""
    options = WienerOptions(iterations, softmask, residual, scale_factor=scale_factor, eps=eps)
    mixture = torch.view_as_complex(mix_stft.detach().contiguous())
    y = ours.wiener(*masks_of(targets_spectrograms.detach(), mixture), options)
    return torch.view_as_real(estimates_of(y).contiguous()).transpose(-1, -2)
