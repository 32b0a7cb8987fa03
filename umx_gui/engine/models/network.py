"""The Open-Unmix network: a BiLSTM that predicts a target's magnitude spectrogram from the mixture's.

Stöter, Uhlich, Liutkus, Mitsufuji: "Open-Unmix - A Reference Implementation for Music Source Separation", JOSS 2019.
Parameter names are those of the published weights, so that a state dict fits both ways.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

LSTM_DROPOUT = 0.4


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """What determines a network's parameters: n_bins = n_fft / 2 + 1 go out, the lowest `max_bin` of them come in."""

    n_bins: int = 2049
    max_bin: int = 1487
    n_channels: int = 2
    hidden_size: int = 512
    n_layers: int = 3
    unidirectional: bool = False

    @property
    def lstm_width(self) -> int:
        """The width of one direction: both directions together are `hidden_size` wide."""
        return self.hidden_size if self.unidirectional else self.hidden_size // 2


class OpenUnmix(nn.Module):
    """One target's network. `input_mean` and `input_scale` [max_bin] are the training mixtures' mean and deviation."""

    def __init__(
        self,
        shape: NetworkShape | None = None,
        input_mean: NDArray[np.floating] | None = None,
        input_scale: NDArray[np.floating] | None = None,
    ) -> None:
        super().__init__()
        self.shape = s = shape or NetworkShape()
        self.fc1 = nn.Linear(s.max_bin * s.n_channels, s.hidden_size, bias=False)
        self.bn1 = nn.BatchNorm1d(s.hidden_size)
        self.lstm = nn.LSTM(
            input_size=s.hidden_size,
            hidden_size=s.lstm_width,
            num_layers=s.n_layers,
            bidirectional=not s.unidirectional,
            dropout=LSTM_DROPOUT if s.n_layers > 1 else 0.0,
        )
        self.fc2 = nn.Linear(2 * s.hidden_size, s.hidden_size, bias=False)
        self.bn2 = nn.BatchNorm1d(s.hidden_size)
        self.fc3 = nn.Linear(s.hidden_size, s.n_bins * s.n_channels, bias=False)
        self.bn3 = nn.BatchNorm1d(s.n_bins * s.n_channels)
        # The published weights hold the negated mean and the inverse deviation: one sum, one product on the input.
        mean = torch.zeros(s.max_bin) if input_mean is None else torch.from_numpy(-input_mean[: s.max_bin]).float()
        scale = (
            torch.ones(s.max_bin) if input_scale is None else torch.from_numpy(1.0 / input_scale[: s.max_bin]).float()
        )
        self.input_mean = nn.Parameter(mean)
        self.input_scale = nn.Parameter(scale)
        self.output_scale = nn.Parameter(torch.ones(s.n_bins))
        self.output_mean = nn.Parameter(torch.ones(s.n_bins))

    def mask(self, magnitude: Tensor) -> Tensor:
        """The mask [B, C, F, N] >= 0 that the network puts on a mixture magnitude [B, C, F, N]."""
        s = self.shape
        n_batch, n_channels, _, n_frames = magnitude.shape
        x = magnitude.permute(3, 0, 1, 2)[..., : s.max_bin]
        x = (x + self.input_mean) * self.input_scale
        x = self.bn1(self.fc1(x.reshape(n_frames * n_batch, n_channels * s.max_bin)))
        x = torch.tanh(x).reshape(n_frames, n_batch, s.hidden_size)
        x = torch.cat([x, self.lstm(x)[0]], dim=-1)
        x = torch.relu(self.bn2(self.fc2(x.reshape(n_frames * n_batch, 2 * s.hidden_size))))
        x = self.bn3(self.fc3(x)).reshape(n_frames, n_batch, n_channels, s.n_bins)
        x = torch.relu(x * self.output_scale + self.output_mean)
        return x.permute(1, 2, 3, 0)

    def forward(self, magnitude: Tensor) -> Tensor:
        """The target's magnitude [B, C, F, N] from the mixture's [B, C, F, N]: the learnt mask times the mixture."""
        return self.mask(magnitude) * magnitude


def max_bin_of(bandwidth_hz: float, n_fft: int, sample_rate: int) -> int:
    """How many bins from zero lie within a bandwidth: 1487 for 16 kHz at 4096 and 44.1 kHz."""
    frequencies = np.linspace(0, sample_rate / 2, n_fft // 2 + 1)
    return int(np.max(np.where(frequencies <= bandwidth_hz)[0])) + 1
