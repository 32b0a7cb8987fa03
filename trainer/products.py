"""Products of matrices for training on a CPU, by oneDNN.

torch asks MKL for those in float32, which runs on AMD processors at 70 to 90 % of oneDNN's rate, and at half of it
where a processor takes 64 bytes at a time. oneDNN's product is a private operator of torch; where it is missing or
refuses, the public ones are used.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor


def linear(x: Tensor, weight: Tensor) -> Tensor:
    """x W^T [M, L] of x [M, K] and W [L, K], with gradients."""
    if x.device.type != "cpu" or x.dtype != torch.float32 or torch.is_autocast_enabled("cpu"):
        return torch.nn.functional.linear(x, weight)
    product: Tensor = _Linear.apply(x, weight)
    return product


def forth(x: Tensor, weight: Tensor) -> Tensor:
    """x W^T [M, L] of x [M, K] and W [L, K]. W may be a transposed view."""
    if x.dtype == torch.float32 and _has_onednn():
        product: Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, None, "none", [], "")
        return product
    return x @ weight.t()


def for_weight(grad: Tensor, x: Tensor) -> Tensor:
    """The weight's gradient g^T x [L, K] of g [M, L] and x [M, K]."""
    # oneDNN copies its first factor where it is a view: let it be the smaller one.
    if grad.shape[1] <= x.shape[1]:
        return forth(grad.t().contiguous(), x.t())
    return forth(x.t().contiguous(), grad.t()).t()


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        """x: [M, K], weight: [L, K]. Returns [M, L]."""
        ctx.save_for_backward(x, weight)
        return forth(x, weight)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None]:
        """The gradients of those that want one."""
        x, weight = ctx.saved_tensors
        wants_x, wants_weight = ctx.needs_input_grad
        grad = grads[0].contiguous()
        return (
            forth(grad, weight.t()) if wants_x else None,
            for_weight(grad, x).contiguous() if wants_weight else None,
        )


@cache
def _has_onednn() -> bool:
    ones = torch.ones(2, 3)
    try:
        found = torch.ops.mkldnn._linear_pointwise(ones, ones.t().contiguous().t(), None, "none", [], "")
    except (AttributeError, RuntimeError):
        return False
    return bool((found == 3).all())
