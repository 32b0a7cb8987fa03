"""openunmix's network and separator under their own names and argument names."""

from __future__ import annotations

import torch
from torch import nn

from openunmix.transforms import check_method
from umx_gui import engine
from umx_gui.engine.models.model import ModelSpec
from umx_gui.engine.models.network import NetworkShape, max_bin_of
from umx_gui.engine.models.network import OpenUnmix as OurOpenUnmix

_BANDWIDTH_HZ = 16_000


class OpenUnmix(OurOpenUnmix):
    """Our network, made from the reference's arguments. Parameters have the same names in both."""

    def __init__(
        self,
        nb_bins=4096,
        nb_channels=2,
        hidden_size=512,
        nb_layers=3,
        unidirectional=False,
        input_mean=None,
        input_scale=None,
        max_bin=None,
    ):
        shape = NetworkShape(nb_bins, max_bin or nb_bins, nb_channels, hidden_size, nb_layers, unidirectional)
        super().__init__(shape, input_mean, input_scale)

    def freeze(self):
        """For use, not for training."""
        self.requires_grad_(False).eval()


class Separator(nn.Module):
    """Our separator as a module: [B, C, T] to [B, J, C, T]. It is made anew for each call, from the present weights.

    No gradients flow through it. Songs of other channels than the model's are down-mixed, and the stems repeated.
    """

    def __init__(
        self,
        target_models,
        niter=0,
        softmask=False,
        residual=False,
        sample_rate=44100.0,
        n_fft=4096,
        n_hop=1024,
        nb_channels=2,
        wiener_win_len=300,
        filterbank="torch",
    ):
        super().__init__()
        check_method(filterbank)
        self.target_models = nn.ModuleDict(target_models)
        self.nb_targets = len(self.target_models)
        self.niter, self.softmask, self.residual, self.wiener_win_len = niter, softmask, residual, wiener_win_len
        self._spec = ModelSpec(int(sample_rate), n_fft, n_hop, nb_channels)
        self.register_buffer("sample_rate", torch.as_tensor(sample_rate))

    def freeze(self):
        """For use, not for training."""
        self.requires_grad_(False).eval()

    def forward(self, audio):
        """Waves [B, C, T] at the model's rate to estimates [B, J, C, T], the residual last if there is one."""
        options = engine.SeparatorOptions(
            n_iter=self.niter,
            softmask=self.softmask,
            residual="residual" if self.residual else None,
            wiener_win_len=self.wiener_win_len or 0,
            device=audio.device.type,
            exact_sum=False,
        )
        separator = engine.Separator(engine.Model("shim", self._spec, dict(self.target_models.items())), options)
        songs = [engine.Audio(wave.detach().cpu().numpy(), self._spec.sample_rate) for wave in audio]
        return torch.stack([torch.from_numpy(separator.separate_all(song).samples) for song in songs]).to(audio.device)

    def to_dict(self, estimates, aggregate_dict=None):
        """Estimates [B, J, C, T] by name, or the sums of them that `aggregate_dict` names."""
        names = [*self.target_models, *(["residual"] if self.residual else [])]
        stems = dict(zip(names, estimates.unbind(1), strict=True))
        if aggregate_dict is None:
            return stems
        return {name: sum(stems[part] for part in parts) for name, parts in aggregate_dict.items()}


def random_networks(published, targets):
    """Networks of a published model's size by target, with random weights."""
    return {
        target: OpenUnmix(
            nb_bins=published.n_fft // 2 + 1,
            nb_channels=published.n_channels,
            hidden_size=published.hidden_size,
            max_bin=max_bin_of(_BANDWIDTH_HZ, published.n_fft, published.sample_rate),
        ).eval()
        for target in targets
    }
