"""From the axes of openunmix and norbert, [frames, bins, channels, sources], to those of our filter and back."""

from __future__ import annotations

import torch
from torch import Tensor


def masks_of(magnitudes: Tensor, mixture: Tensor) -> tuple[list[Tensor], Tensor]:
    """Magnitudes [N, F, 1 or C, J] and complex mixture [N, F, C] as J masks [N, C, F] and mixture [C, N, F].

    A mask is a magnitude divided by the mixture's. Where the mixture is nothing (so little that the quotient could
    overflow) there is nothing to take a share of: the mask is 0.
    """
    loud = mixture.abs()[..., None]
    something = loud > torch.finfo(loud.dtype).tiny ** 0.5
    masks = torch.where(something, magnitudes / torch.where(something, loud, 1.0), 0.0)
    return list(masks.permute(3, 0, 2, 1)), mixture.permute(2, 0, 1)


def estimates_of(y: Tensor) -> Tensor:
    """Estimates [J, C, N, F] as [N, F, C, J]."""
    return y.permute(2, 3, 1, 0)
