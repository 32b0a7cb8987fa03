"""Networks with random weights that behave like trained ones: masks between 0 and 1, an LSTM with memory."""

from __future__ import annotations

import openunmix.model
import torch

from umx_gui.engine.models.model import Model, ModelSpec
from umx_gui.engine.models.network import NetworkShape, OpenUnmix

UMXHQ = (ModelSpec(), NetworkShape(2049, 1487, 2, 512, 3, False))
UMXL = (ModelSpec(), NetworkShape(2049, 1487, 2, 1024, 3, False))
UMXSE = (ModelSpec(16000, 1024, 512, 1), NetworkShape(513, 513, 1, 256, 3, False))
UNIDIRECTIONAL = (ModelSpec(), NetworkShape(2049, 1487, 2, 128, 2, True))
TINY = (ModelSpec(), NetworkShape(2049, 1487, 2, 16, 1, False))
TARGETS = ("vocals", "drums", "bass", "other")


def random_network(shape: NetworkShape, seed: int = 0) -> OpenUnmix:
    """A network whose every parameter and statistic differs from its default, so that none can be forgotten unseen."""
    generator = torch.Generator().manual_seed(seed)

    def uniform(tensor: torch.Tensor, low: float, high: float) -> None:
        tensor.copy_(torch.rand(tensor.shape, generator=generator) * (high - low) + low)

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = OpenUnmix(shape).eval().requires_grad_(False)
    for name, tensor in network.state_dict().items():
        if name.endswith("running_var"):
            uniform(tensor, 0.5, 2.0)
        elif name.endswith("running_mean"):
            uniform(tensor, -0.2, 0.2)
        elif name in ("bn1.weight", "bn2.weight", "bn3.weight", "input_scale"):
            uniform(tensor, 0.3, 0.8)
        elif name == "output_mean":
            uniform(tensor, 0.0, 0.6)
        elif name == "input_mean":
            uniform(tensor, -1.0, 0.0)
        elif tensor.is_floating_point():
            bound = tensor.abs().max().item() or 0.1
            uniform(tensor, -bound, bound)
    return network


def random_model(kind=TINY, targets=TARGETS, name="random") -> Model:
    """A model of such networks."""
    spec, shape = kind
    return Model(name, spec, {target: random_network(shape, seed) for seed, target in enumerate(targets)})


def as_openunmix(network: OpenUnmix) -> openunmix.model.OpenUnmix:
    """The reference's network with the same weights."""
    s = network.shape
    reference = openunmix.model.OpenUnmix(
        nb_bins=s.n_bins,
        nb_channels=s.n_channels,
        hidden_size=s.hidden_size,
        nb_layers=s.n_layers,
        unidirectional=s.unidirectional,
        max_bin=s.max_bin,
    )
    reference.load_state_dict(network.state_dict())
    reference.freeze()
    return reference


def openunmix_separator(model: Model, **options) -> openunmix.model.Separator:
    """The reference's separator with the same networks."""
    spec = model.spec
    return openunmix.model.Separator(
        {target: as_openunmix(network) for target, network in model.networks.items()},
        sample_rate=spec.sample_rate,
        n_fft=spec.n_fft,
        n_hop=spec.hop,
        nb_channels=spec.n_channels,
        **options,
    ).eval()
