"""The Wiener filter for sound as it arrives: spatial statistics of the past, forgotten exponentially.

Instead of one covariance R_j per window each frame has its own, from sums in which a frame counts exp(-age / memory).
The formulas are those of `wiener`; what differs is what is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from umx_gui.engine.separation.wiener import initial_gains
from umx_gui.engine.separation.wiener_closed import WienerOptions, em_bins
from umx_gui.errors import OptionError


class CausalWiener:
    """Filters consecutive stretches of frames; no result depends on a later frame. For one or two channels.

    memory: after how many frames a frame counts 1/e; the reference's window of 300 is a usual value.
    """

    def __init__(self, options: WienerOptions, memory: float = 300.0) -> None:
        self._options = options
        self._decay = math.exp(-1.0 / memory)
        self._sums: list[Tensor] = []
        self._at = 0
        self._loudest = 0.0

    def __call__(self, masks: Sequence[Tensor], x: Tensor) -> Tensor:
        """As `wiener`: masks J times [N, C, F], x [C, N, F]; returns [J, C, N, F]. Raises OptionError above stereo."""
        o = self._options
        gains = list(initial_gains(masks, x, o))
        if o.n_iter == 0:
            return torch.stack([g.permute(1, 0, 2) * x for g in gains])
        if x.shape[0] > 2:
            raise OptionError("niter", "live separation with EM is for mono and stereo models")
        xr, xi = x.real.contiguous(), x.imag.contiguous()
        power = xr.square() + xi.square()
        # The loudest bin so far, as `wiener` takes the loudest of its window.
        self._loudest = max(self._loudest, float(power.max()))
        scale = 1.0 / max(1.0, self._loudest / o.scale_factor**2)
        y = torch.empty(len(gains), *x.shape, dtype=x.dtype, device=x.device)
        self._at = 0
        em_bins(gains, xr, xi, power, scale, o, y, self._running_sum)
        return y

    def _running_sum(self, terms: Tensor) -> Tensor:
        """Each frame's decayed sum [N, F] of the terms up to it. Quantities are told apart by the order of calls."""
        if self._at == len(self._sums):
            self._sums.append(torch.zeros_like(terms[0]))
        total, out = self._sums[self._at], torch.empty_like(terms)
        for frame, term in enumerate(terms):
            total = total * self._decay + term
            out[frame] = total
        self._sums[self._at] = total
        self._at += 1
        return out
