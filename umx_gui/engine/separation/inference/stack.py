"""Networks prepared for evaluation: batch norm and scaling folded into the linear layers, the LSTM cut into pieces.

Of a linear layer with batch norm, bn(W x) = s (W x - mean) + shift with s = weight / sqrt(var + eps), only s W and one
bias are left; the input's and output's scaling fold in likewise. The LSTM is kept per layer and direction, so that a
song can be evaluated in time chunks with the state carried over: exact, interruptible, and in bounded memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor, nn

from umx_gui.engine.models.network import NetworkShape, OpenUnmix
from umx_gui.engine.separation.inference.linear import Linear
from umx_gui.engine.separation.inference.looped import Kernels, LoopedCell, LSTMState, can_be_looped


class FoldedNetwork:
    """One target's network in stages: encode, LSTM cells, join, mask; all on single songs, frames first."""

    def __init__(self, network: OpenUnmix, device: torch.device, half: bool = False) -> None:
        self.shape: NetworkShape = network.shape
        self.device = device
        s, c = network.shape, network.shape.n_channels
        with torch.inference_mode():
            p = {key: value.detach().to(torch.float64) for key, value in network.state_dict().items()}
            scale, mean = p["input_scale"].repeat(c), p["input_mean"].repeat(c)
            # fc1((x + mean) scale) = (fc1 scale) x + fc1 (scale mean)
            w1, b1 = _fold_norm(p["fc1.weight"] * scale, p["fc1.weight"] @ (scale * mean), p, "bn1")
            w2, b2 = _fold_norm(p["fc2.weight"], torch.zeros(s.hidden_size, dtype=torch.float64), p, "bn2")
            w3, b3 = _fold_norm(p["fc3.weight"], torch.zeros(s.n_bins * c, dtype=torch.float64), p, "bn3")
            out_scale, out_mean = p["output_scale"].repeat(c), p["output_mean"].repeat(c)
            w3, b3 = w3 * out_scale[:, None], b3 * out_scale + out_mean
            self._fc1 = Linear(w1.float().to(device), b1.float().to(device), "tanh", half)
            self._fc2 = Linear(w2.float().to(device), b2.float().to(device), "relu", half)
            self._fc3 = Linear(w3.float().to(device), b3.float().to(device), "relu", half)
        self.cells = [
            [
                LSTMCell(network.lstm, layer, reverse, device, half)
                for reverse in ((False,) if s.unidirectional else (False, True))
            ]
            for layer in range(s.n_layers)
        ]

    def encode(self, magnitude: Tensor) -> Tensor:
        """Mixture magnitude [n, C, F] to the LSTM's input [n, H]."""
        return self._fc1(magnitude[..., : self.shape.max_bin].reshape(magnitude.shape[0], -1))

    def join(self, encoded: Tensor, recurrent: Tensor) -> Tensor:
        """The LSTM's input and output [n, H] each to the code [n, H] from which masks are made."""
        return self._fc2(torch.cat([encoded, recurrent], dim=1))

    def mask(self, code: Tensor) -> Tensor:
        """Code [n, H] to mask [n, C, F]."""
        return self._fc3(code).reshape(code.shape[0], self.shape.n_channels, self.shape.n_bins)


class LSTMCell:
    """One layer and direction of an LSTM, run on a chunk of frames from a given state."""

    def __init__(self, lstm: nn.LSTM, layer: int, reverse: bool, device: torch.device, half: bool) -> None:
        self.reverse = reverse
        self.width = lstm.hidden_size
        suffix = f"_l{layer}" + ("_reverse" if reverse else "")
        self._weights = {
            name: getattr(lstm, name + suffix).detach() for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        }
        self._dtype, self._device = torch.bfloat16 if half else torch.float32, device
        self._half = half
        self._can_be_looped = device.type == "cpu" and can_be_looped(self.width)
        # Prepared when used, and for one of both at a time: each holds all weights once more.
        self._prepared: nn.LSTM | LoopedCell | None = None

    def prepare(self) -> None:
        """Be ready for compiled loops, where they can be used."""
        if self._can_be_looped and self._prepared is None:
            self._prepared = LoopedCell(self._weights, self.reverse, self._half)

    def _by_torch(self) -> nn.LSTM:
        lstm = nn.LSTM(self._weights["weight_ih"].shape[1], self.width)
        lstm.load_state_dict({f"{name}_l0": value for name, value in self._weights.items()})
        return lstm.to(device=self._device, dtype=self._dtype).requires_grad_(False)

    def start(self) -> LSTMState:
        """The state before the first frame (after the last, where `reverse`)."""
        zero = torch.zeros(1, 1, self.width, dtype=self._dtype, device=self._device)
        return zero, zero

    def run(self, x: Tensor, state: LSTMState, kernels: Kernels | None = None) -> tuple[Tensor, LSTMState]:
        """x: [n, in] of one chunk, in the order of time; returns the output [n, width] and the state after it.

        Reversed cells go through the chunk, and take the chunks, from the end. kernels: compiled loops, used where they
        can be.
        """
        prepared = self._prepared
        if kernels is not None and self._can_be_looped:
            if not isinstance(prepared, LoopedCell):
                self._prepared = prepared = LoopedCell(self._weights, self.reverse, self._half)
            return prepared.run(kernels, x, state)
        if not isinstance(prepared, nn.LSTM):
            self._prepared = prepared = self._by_torch()
        x, before = x.to(self._dtype), (state[0].to(self._dtype), state[1].to(self._dtype))
        out, state = prepared((x.flip(0) if self.reverse else x)[:, None], before)
        out = out[:, 0].float()
        return (out.flip(0) if self.reverse else out), state


# One group a target: its network, or several whose masks are averaged.
NetworkGroups = Sequence[Sequence[FoldedNetwork]]


def fold(
    groups: Sequence[Sequence[OpenUnmix]], device: torch.device, half: bool = False, loops: bool = False
) -> NetworkGroups:
    """Prepare the networks of a model, by target, for evaluation on a device; loops: for compiled ones."""
    folded = [[FoldedNetwork(network, device, half) for network in group] for group in groups]
    for cell in (cell for group in folded for network in group for layer in network.cells for cell in layer if loops):
        cell.prepare()
    return folded


def group_masks(groups: NetworkGroups, code_of: Callable[[FoldedNetwork], Tensor]) -> Iterator[Tensor]:
    """One mask [n, C, F] per target, given each network's code [n, H] in turn; several networks' masks are averaged."""
    return (_group_mask(group, code_of) for group in groups)


def _group_mask(group: Sequence[FoldedNetwork], code_of: Callable[[FoldedNetwork], Tensor]) -> Tensor:
    mask = group[0].mask(code_of(group[0]))
    for network in group[1:]:
        mask += network.mask(code_of(network))
    return mask if len(group) == 1 else mask.div_(len(group))


def _fold_norm(weight: Tensor, bias: Tensor, p: dict[str, Tensor], norm: str) -> tuple[Tensor, Tensor]:
    s = p[f"{norm}.weight"] / torch.sqrt(p[f"{norm}.running_var"] + nn.BatchNorm1d(1).eps)
    return weight * s[:, None], s * (bias - p[f"{norm}.running_mean"]) + p[f"{norm}.bias"]
