"""The short-time Fourier transform and its inverse as a pair, with a periodic Hann window."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class STFT:
    """A transform of `n_fft` samples every `hop`; `center` reflects the signal at its ends (training goes without)."""

    n_fft: int = 4096
    hop: int = 1024
    center: bool = True

    @property
    def n_bins(self) -> int:
        """F = n_fft / 2 + 1."""
        return self.n_fft // 2 + 1

    def window(self, device: torch.device | None = None) -> Tensor:
        """The analysis and synthesis window [n_fft]."""
        return torch.hann_window(self.n_fft, device=device)

    def forward(self, wave: Tensor) -> Tensor:
        """Wave [..., T] to complex spectrogram [..., F, N]. T must exceed n_fft / 2 when centred, else be >= n_fft."""
        flat = wave.reshape(-1, wave.shape[-1])
        spec = torch.stft(
            flat,
            self.n_fft,
            self.hop,
            window=self.window(wave.device),
            center=self.center,
            pad_mode="reflect",
            return_complex=True,
        )
        return spec.reshape(*wave.shape[:-1], *spec.shape[-2:])

    def inverse(self, spec: Tensor, length: int) -> Tensor:
        """Complex spectrogram [..., F, N] back to a wave [..., length]."""
        flat = spec.reshape(-1, *spec.shape[-2:])
        wave = torch.istft(
            flat, self.n_fft, self.hop, window=self.window(spec.device), center=self.center, length=length
        )
        return wave.reshape(*spec.shape[:-2], length)
