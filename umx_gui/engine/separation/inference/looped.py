"""An LSTM's layer and direction with the compiled recurrence: about a third quicker than torch's, and no less exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from umx_gui.engine.separation.inference.linear import Linear
from umx_gui.engine.separation.inference.lstm_half import packed
from umx_gui.engine.separation.inference.lstm_kernels import BLOCK

# Compiled functions by name; here of `lstm_kernels` and `lstm_half`.
Kernels = Mapping[str, Callable[..., None]]
LSTMState = tuple[Tensor, Tensor]


def can_be_looped(width: int) -> bool:
    """Whether the recurrence's blocks fill an LSTM of this width."""
    return 4 * width % BLOCK == 0


class LoopedCell:
    """weights: `weight_ih` [4 H, in], `weight_hh` [4 H, H], `bias_ih` and `bias_hh` [4 H], as of torch's LSTM.

    half: products of 16 bits; sums and state keep 32.
    """

    def __init__(self, weights: Mapping[str, Tensor], reverse: bool, half: bool = False) -> None:
        self._loop = "lstm_half" if half else "lstm"
        self._reverse, self._width = reverse, weights["weight_hh"].shape[1]
        # The recurrence takes tanh by way of the logistic function, for which g's sums are to be doubled: exact.
        doubled = torch.ones(4 * self._width, 1)
        doubled[2 * self._width : 3 * self._width] = 2
        bias = (weights["bias_ih"] + weights["bias_hh"]) * doubled[:, 0]
        self._project = Linear(weights["weight_ih"] * doubled, bias, "none", half)
        blocks = (weights["weight_hh"] * doubled).reshape(-1, BLOCK, self._width)
        matrix = blocks.transpose(1, 2).contiguous().numpy()
        self._recurrent = packed(matrix) if half else matrix.reshape(-1)

    def run(self, kernels: Kernels, x: Tensor, state: LSTMState) -> tuple[Tensor, LSTMState]:
        """As `LSTMCell.run`: x [n, in] in the order of time; returns the output [n, H] and the state after it."""
        gates = self._project(x.contiguous()).numpy()
        after = np.stack([part.float().reshape(-1).numpy() for part in state])
        out = np.empty((x.shape[0], self._width), np.float32)
        kernels[self._loop](gates, self._recurrent, after, self._reverse, out)
        h, c = torch.from_numpy(after).reshape(2, 1, 1, self._width)
        return torch.from_numpy(out), (h, c)
