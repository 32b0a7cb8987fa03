"""The network's training loss, rearranged for a CPU: as `OpenUnmix.mask` and the mean squared error, twice as fast.

Parameters and gradients are the same:

* (x + m) s W^T = x (s W)^T + (m s) W^T: the input scaling moves into the first layer's weights, so that the mixture
  goes in as it is, once for all targets;
* all from the last layer to the loss is one function that finds its gradients on the way (`mask_loss`);
* products of matrices are oneDNN's (`products`);
* dropout draws two numbers of 32 bits at a time, where torch takes ten times as long for one.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainer.mask_loss import MaskLoss
from trainer.products import linear
from umx_gui.engine.models.network import OpenUnmix


def training_loss(network: OpenUnmix, cropped: Tensor, mixture: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    """The loss of one target: mixture and target [N, B, C, F], `cropped` the mixture's lowest bins [N B, C max_bin].

    weights: [B] of the items' mean squared errors, which are added up.
    """
    s = network.shape
    n_frames, n_batch = mixture.shape[:2]
    scale = network.input_scale.repeat(s.n_channels)
    weight = network.fc1.weight * scale
    shift = weight @ network.input_mean.repeat(s.n_channels)
    x = linear(cropped, weight.to(cropped.dtype)) + shift.to(cropped.dtype)
    x = torch.tanh(network.bn1(x)).reshape(n_frames, n_batch, s.hidden_size)
    x = torch.cat([x, recurrent(network.lstm, x)], dim=-1)
    x = torch.relu(network.bn2(linear(x.reshape(n_frames * n_batch, 2 * s.hidden_size), network.fc2.weight)))
    if mixture.device.type != "cpu":
        # A GPU has no use for a few rows at a time.
        x = network.bn3(network.fc3(x)).reshape(mixture.shape)
        mask = torch.relu(x.to(mixture.dtype) * network.output_scale + network.output_mean)
        return torch.dot((mask * mixture - target).square().mean(dim=(0, 2, 3)), weights)
    dtype = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else x.dtype
    norm = network.bn3
    loss: Tensor = MaskLoss.apply(
        x.to(dtype), network.fc3.weight.to(dtype), norm.weight, norm.bias, network.output_scale, network.output_mean,
        norm, mixture, target, weights,
    )  # fmt: skip
    return loss


def recurrent(lstm: nn.LSTM, x: Tensor) -> Tensor:
    """The LSTM's output [N, B, D H] of x [N, B, I]."""
    if x.device.type != "cpu" or not lstm.training or not lstm.dropout:
        out: Tensor = lstm(x)[0]
        return out
    n_directions = 1 + lstm.bidirectional
    start = x.new_zeros(n_directions, x.shape[1], lstm.hidden_size)
    for layer in range(lstm.num_layers):
        if layer:
            x = dropout(x, lstm.dropout)
        own = lstm.all_weights[n_directions * layer : n_directions * (layer + 1)]
        parameters: list[Tensor] = [parameter for direction in own for parameter in direction]
        x = torch.lstm(x, (start, start), parameters, True, 1, 0.0, True, lstm.bidirectional, False)[0]
    return x


def dropout(x: Tensor, share: float) -> Tensor:
    """x with a share of its values, drawn independently, set to zero, and the rest made larger to make up for it."""
    bits = torch.empty(-(-x.numel() // 2), dtype=torch.int64).random_(-(1 << 63), None)
    drawn = bits.view(torch.int32)[: x.numel()].reshape(x.shape)
    kept = (drawn >= round((share - 0.5) * (1 << 32))).to(x.dtype)
    return x * kept.mul_(1 / (1 - share))
