"""A linear layer for evaluation: y = act(x W' + b), with its weight packed for oneDNN where that is to be had."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

Activation = Literal["none", "relu", "tanh"]
_PACKED_FOR_ROWS = 300


class Linear:
    """Weight [out, in] and bias [out] with an activation; `half` computes the product in bfloat16.

    MKL, which torch asks by default, runs at half the rate of oneDNN on AMD processors. The packed product is a private
    operator of torch; where it is missing or refuses, the public one is used.
    """

    def __init__(self, weight: Tensor, bias: Tensor, activation: Activation, half: bool = False) -> None:
        self._dtype = torch.bfloat16 if half else torch.float32
        self._weight = weight.to(self._dtype).contiguous()
        self._bias = bias.to(self._dtype).contiguous()
        self._activation = activation
        self._packed = _pack(self._weight)
        if self._packed is not None:
            self._weight = torch.empty(0)

    def __call__(self, x: Tensor) -> Tensor:
        """x: [n, in] float32; returns [n, out] float32."""
        x = x.to(self._dtype)
        if self._packed is not None:
            y: Tensor = torch.ops.mkldnn._linear_pointwise(x, self._packed, self._bias, self._activation, [], "")
            return y.float()
        y = F.linear(x, self._weight, self._bias).float()
        if self._activation == "relu":
            return y.relu_()
        return y.tanh_() if self._activation == "tanh" else y


def _pack(weight: Tensor) -> Tensor | None:
    if weight.device.type != "cpu":
        return None
    try:
        packed: Tensor = torch.ops.mkldnn._reorder_linear_weight(weight, _PACKED_FOR_ROWS)
        probe = torch.zeros(1, weight.shape[1], dtype=weight.dtype)
        torch.ops.mkldnn._linear_pointwise(
            probe, packed, torch.zeros(weight.shape[0], dtype=weight.dtype), "none", [], ""
        )
    except (AttributeError, RuntimeError):
        return None
    return packed
