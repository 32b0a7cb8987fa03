"""The network's training loss, rearranged to touch each spectrogram once: twice as fast on a CPU.

It is `OpenUnmix.mask` and the mean squared error of magnitudes, with the same parameters and gradients:

* (x + m) s W^T = x (s W)^T + (m s) W^T: the input scaling moves into the first layer's weights, so that the mixture
  goes in as it is, once for all targets;
* the output scaling, the mask and the loss are one function that computes its gradient on the way, a few frames at a
  time, while they are in the cache;
* products of matrices are written into rows that begin on cache lines: where 4098 or 2974 columns lie close together,
  MKL takes a third longer.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from umx_gui.engine.models.network import OpenUnmix

_LINE = 16  # floats in a cache line


def training_loss(network: OpenUnmix, cropped: Tensor, mixture: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    """The loss of one target: mixture and target [N, B, C, F], `cropped` the mixture's lowest bins [N B, C max_bin].

    weights: [B] of the items' mean squared errors, which are added up.
    """
    s = network.shape
    n_frames, n_batch = mixture.shape[:2]
    scale = network.input_scale.repeat(s.n_channels)
    weight = network.fc1.weight * scale
    shift = weight @ network.input_mean.repeat(s.n_channels)
    x = _linear(cropped, weight.to(cropped.dtype)) + shift.to(cropped.dtype)
    x = torch.tanh(network.bn1(x)).reshape(n_frames, n_batch, s.hidden_size)
    x = torch.cat([x, network.lstm(x)[0]], dim=-1)
    x = torch.relu(network.bn2(network.fc2(x.reshape(n_frames * n_batch, 2 * s.hidden_size))))
    x = network.bn3(_linear(x, network.fc3.weight)).reshape(mixture.shape)
    if mixture.device.type != "cpu":
        # A GPU has no use for a frame at a time.
        mask = torch.relu(x.to(mixture.dtype) * network.output_scale + network.output_mean)
        return torch.dot((mask * mixture - target).square().mean(dim=(0, 2, 3)), weights)
    loss: Tensor = _MaskLoss.apply(x, network.output_scale, network.output_mean, mixture, target, weights)
    return loss


def _linear(x: Tensor, weight: Tensor) -> Tensor:
    """x W^T of x [M, K] and W [L, K]."""
    if x.device.type != "cpu" or x.dtype == torch.bfloat16 or torch.is_autocast_enabled("cpu"):
        return torch.nn.functional.linear(x, weight)
    product: Tensor = _Linear.apply(x, weight)
    return product


class _Linear(torch.autograd.Function):
    """x W^T and its gradients, each by `_product`."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        """x: [M, K], weight: [L, K]. Returns [M, L]."""
        ctx.save_for_backward(x, weight)
        return _product(x, weight.t())

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None]:
        """The gradients of those that want one."""
        x, weight = ctx.saved_tensors
        wants_x, wants_weight = ctx.needs_input_grad
        return (
            _product(grads[0], weight) if wants_x else None,
            _product(grads[0].t(), x) if wants_weight else None,
        )


def _product(a: Tensor, b: Tensor) -> Tensor:
    """a b [M, L], contiguous, by way of rows of whole cache lines."""
    n_columns = b.shape[1]
    if not (missing := -n_columns % _LINE):
        return a @ b
    rows = a.new_empty(a.shape[0], n_columns + missing)[:, :n_columns]
    return torch.mm(a, b, out=rows).contiguous()


class _MaskLoss(torch.autograd.Function):
    """sum over items of w_b mean |relu(h a + c) x - y|^2, with the gradients of h, a and c found on the way."""

    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, scale: Tensor, mean: Tensor, mixture: Tensor, target: Tensor, weights: Tensor
    ) -> Tensor:
        """hidden, mixture, target: [N, B, C, F]; scale, mean: [F]; weights: [B]. Returns a scalar."""
        n_frames, _, n_channels, n_bins = mixture.shape
        per_item = (weights / (n_frames * n_channels * n_bins)).reshape(-1, 1, 1)
        total = torch.zeros((), dtype=torch.float64)
        grad = torch.empty_like(hidden)
        grad_scale, grad_mean = torch.zeros_like(scale), torch.zeros_like(mean)
        for start in range(n_frames):
            h, x = hidden[start].to(scale.dtype), mixture[start]
            mask = torch.addcmul(mean, h, scale).relu_()
            error = torch.mul(mask, x).sub_(target[start])
            weighted = error * per_item
            total += torch.dot(weighted.reshape(-1), error.reshape(-1))
            # dL/dmask = 2 w (mask x - y) x, and nothing where the mask is at its floor.
            slope = weighted.mul_(x).mul_(2.0).mul_(mask > 0)
            if grad.dtype == scale.dtype:
                torch.mul(slope, scale, out=grad[start])
            else:
                grad[start] = slope * scale
            grad_mean += slope.sum(dim=(0, 1))
            grad_scale += slope.mul_(h).sum(dim=(0, 1))
        ctx.save_for_backward(grad, grad_scale, grad_mean)
        return total.to(scale.dtype)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        """Scale the gradients found in the forward pass, in place: they are used once."""
        grad, grad_scale, grad_mean = ctx.saved_tensors
        if float(grads[0]) != 1.0:
            grad, grad_scale, grad_mean = grad * grads[0], grad_scale * grads[0], grad_mean * grads[0]
        return grad, grad_scale, grad_mean, None, None, None
