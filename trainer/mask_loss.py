"""The end of the network and its loss, some rows at a time: last product, batch norm, mask and squared error.

With d = h - mean, r = 1 / sqrt(variance + eps) and the batch norm's gamma and beta, the mask of the output scaling a, c
is relu(A d + C), where A = a gamma r and C = a beta + c. All gradients follow from the slope s = dL/d(A d + C) and its
sums over all M rows, S = sum s and X = r sum s d (Ioffe, Szegedy: "Batch Normalization", 2015, section 3):

    dL/dbeta = a S    dL/dgamma = a X    dL/dc = S    dL/da = gamma X + beta S    dL/dh = A (s - (S + r d X) / M)

So [M, C F], which is much larger than any cache, is gone through three times, where torch's functions take a dozen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from trainer.parallel import remember, sum_over
from trainer.products import for_weight, forth

_LINE = 16  # floats in a cache line
_ROWS = 16


class MaskLoss(torch.autograd.Function):
    """sum over items b of w_b mean |mask(x W^T) mixture - target|^2. Its gradients are found on the way."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, gamma: Tensor, beta: Tensor, scale: Tensor, mean: Tensor,
        norm: nn.BatchNorm1d, mixture: Tensor, target: Tensor, weights: Tensor,
    ) -> Tensor:  # fmt: skip
        """x: [M, H], weight: [C F, H], gamma, beta: [C F], scale, mean: [F]. mixture, target: [N, B, C, F], N B = M.

        norm: whose statistics are used, or moved. weights: [B]. Returns a scalar.
        """
        n_frames, _, n_channels, n_bins = mixture.shape
        n_columns = n_channels * n_bins
        # Rows of whole cache lines: where 4098 columns lie close together, products take longer.
        padded = nn.functional.pad(weight, (0, 0, 0, -n_columns % _LINE))
        hidden = forth(x, padded)
        slope = torch.empty_like(hidden)
        slope[:, n_columns:] = 0
        a, c = scale.repeat(n_channels), mean.repeat(n_channels)
        center, inverse, n_rows = _moments(hidden[:, :n_columns], norm, a.dtype)
        steep = a * gamma * inverse
        # The slope is -2 w_b / (N C F) (y - mask x) x, and the loss the sum of -1/2 of that factor (y - mask x)^2.
        factor = (weights.to(a.dtype) * (-2.0 / (n_frames * n_columns))).repeat(n_frames)
        loss, flat, tilted = _slopes(
            hidden[:, :n_columns], center, steep, a * beta + c, mixture.reshape(-1, n_columns),
            target.reshape(-1, n_columns), factor[:, None], slope[:, :n_columns],
        )  # fmt: skip
        tilted *= inverse
        by_scale, by_mean = gamma * tilted + beta * flat, flat.clone()
        by_gamma, by_beta = a * tilted, a * flat
        if n_rows:
            # What moves all rows alike, or in proportion to d, the batch norm takes out again.
            tilt = sum_over(norm, tilted) * steep * inverse / -n_rows
            level = sum_over(norm, flat) * steep / -n_rows - tilt * center
            _through_norm(slope[:, :n_columns], steep, hidden[:, :n_columns], tilt, level)
        else:
            slope[:, :n_columns] *= steep
        ctx.save_for_backward(x, padded, slope, by_gamma, by_beta, by_scale, by_mean)
        ctx.shape = (n_channels, n_bins)
        return loss.to(scale.dtype)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        """Pass on the gradients found in the forward pass."""
        x, padded, slope, by_gamma, by_beta, by_scale, by_mean = ctx.saved_tensors
        n_channels, n_bins = ctx.shape
        by_x = forth(slope, padded.t())
        by_weight = for_weight(slope, x)[: n_channels * n_bins].contiguous()
        sums = (part.reshape(n_channels, n_bins).sum(dim=0) for part in (by_scale, by_mean))
        found = (by_x, by_weight, by_gamma, by_beta, *sums)
        if float(grads[0]) != 1.0:
            found = tuple(value * grads[0] for value in found)
        return (*found, None, None, None, None)


def _moments(hidden: Tensor, norm: nn.BatchNorm1d, dtype: torch.dtype) -> tuple[Tensor, Tensor, float]:
    """Of columns [M, D] their mean and 1 / deviation [D], and over how many rows these were taken.

    The running ones, and 0, where the batch norm evaluates.
    """
    if not norm.training and norm.running_mean is not None and norm.running_var is not None:
        return norm.running_mean, torch.rsqrt(norm.running_var + norm.eps), 0.0
    count = float(sum_over(norm, torch.tensor(float(hidden.shape[0]), dtype=torch.float64)))
    mean = sum_over(norm, hidden.sum(dim=0, dtype=dtype)) / count
    squares = mean.new_zeros(_ROWS, hidden.shape[1])
    # In a second round: a difference of two large sums would cost half the digits.
    for rows in _parts(hidden.shape[0]):
        deviation = hidden[rows] - mean
        squares[: deviation.shape[0]].addcmul_(deviation, deviation)
    variance = sum_over(norm, squares.sum(dim=0)) / count
    remember(norm, mean, variance * (count / (count - 1)))
    return mean, torch.rsqrt(variance + norm.eps), count


def _slopes(
    hidden: Tensor, center: Tensor, steep: Tensor, level: Tensor, mixture: Tensor, target: Tensor, factor: Tensor,
    slope: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Writes the slopes [M, D]; returns the loss in double precision, and [D] the sums of s and of s d."""
    loss = torch.zeros((), dtype=torch.float64)
    room = [center.new_empty(_ROWS, center.shape[0]) for _ in range(6)]
    flat, tilted = room[4].zero_(), room[5].zero_()
    for rows in _parts(hidden.shape[0]):
        n = rows.stop - rows.start
        deviation, mask, error, weighted = (part[:n] for part in room[:4])
        torch.sub(hidden[rows], center, out=deviation)
        torch.addcmul(level, deviation, steep, out=mask).relu_()
        torch.addcmul(target[rows], mask, mixture[rows], value=-1, out=error)
        torch.mul(error, factor[rows], out=weighted)
        loss -= 0.5 * torch.dot(weighted.reshape(-1), error.reshape(-1))
        # Nothing where the mask is at its floor.
        torch.ops.aten.threshold_backward(weighted.mul_(mixture[rows]), mask, 0, grad_input=error)
        slope[rows] = error
        flat[:n] += error
        tilted[:n].addcmul_(error, deviation)
    return loss, flat.sum(dim=0), tilted.sum(dim=0)


def _through_norm(slope: Tensor, steep: Tensor, hidden: Tensor, tilt: Tensor, level: Tensor) -> None:
    """slope = slope steep + hidden tilt + level, all [M, D] or [D]."""
    for rows in _parts(hidden.shape[0]):
        rest = torch.addcmul(level, hidden[rows], tilt)
        if slope.dtype == rest.dtype:
            torch.addcmul(rest, slope[rows], steep, out=slope[rows])
        else:
            slope[rows] = rest.addcmul_(slope[rows], steep)


def _parts(n_rows: int) -> Iterator[slice]:
    """So few rows at a time that all that is made of them stays in a cache."""
    return (slice(start, min(start + _ROWS, n_rows)) for start in range(0, n_rows, _ROWS))
