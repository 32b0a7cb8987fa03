"""openunmix's pair of transforms as modules, with the parts of complex numbers in an axis of their own."""

from __future__ import annotations

import torch
from torch import nn

from umx_gui.engine.stft import STFT


def make_filterbanks(n_fft=4096, n_hop=1024, center=False, sample_rate=44100.0, method="torch"):
    """Encoder and decoder. Raises ValueError for a method other than `torch`."""
    check_method(method)
    stft = STFT(n_fft, n_hop, center)
    return TorchSTFT(stft), TorchISTFT(stft)


def check_method(method):
    """Raises ValueError unless it is `torch`: asteroid-filterbanks, the other, is not used by us."""
    if method != "torch":
        raise ValueError(f"there is no method {method!r}, only 'torch'")


class TorchSTFT(nn.Module):
    """[B, C, T] to [B, C, F, N, 2]."""

    def __init__(self, stft):
        super().__init__()
        self.stft = stft

    def forward(self, x):
        """The transform."""
        return torch.view_as_real(self.stft.forward(x))


class TorchISTFT(nn.Module):
    """[..., F, N, 2] to [..., T]; T is all that the frames hold unless it is given."""

    def __init__(self, stft):
        super().__init__()
        self.stft = stft

    def forward(self, X, length=None):
        """The inverse transform."""
        spectrum = torch.view_as_complex(X.contiguous())
        if length is None:
            length = (spectrum.shape[-1] - 1) * self.stft.hop + (0 if self.stft.center else self.stft.n_fft)
        return self.stft.inverse(spectrum, length)
