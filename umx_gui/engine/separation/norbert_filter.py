"""The filter of the library `norbert` in place of ours: slower, any number of channels, the oracle of our tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from umx_gui.engine.separation.wiener_closed import EPS


def norbert_filter(masks: Sequence[Tensor], x: Tensor, n_iter: int, softmask: bool, residual: bool) -> Tensor:
    """As `wiener`: masks J times [N, C, F], x [C, N, F]; returns [J, C, N, F], with the residual last if asked for."""
    import norbert

    # A copy: norbert scales the mixture where it lies.
    mixture = x.permute(1, 2, 0).cpu().numpy().astype(np.complex128)
    magnitudes = torch.stack([m.permute(0, 2, 1) for m in masks], dim=-1).cpu().numpy()
    v = magnitudes * np.abs(mixture)[..., None]
    if residual:
        v = norbert.residual_model(v, mixture, alpha=1)
    y = norbert.wiener(v, mixture, n_iter, use_softmask=softmask, eps=EPS)
    return torch.from_numpy(np.ascontiguousarray(y.transpose(3, 2, 0, 1))).to(x.dtype).to(x.device)
