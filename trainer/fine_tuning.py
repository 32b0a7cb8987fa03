"""A run that starts from a model's weights: what the model's sizes are as options, and whether a run has the same."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor

from trainer.config import TrainConfig
from trainer.learner import network_shape
from umx_gui.engine.models.model import Model, load_model
from umx_gui.engine.models.network import max_bin_of
from umx_gui.errors import OptionError


def options_of(model: Model, target: str) -> dict[str, Any]:
    """The options that make a network as a model's. Raises OptionError where it has no such target."""
    if target not in model.targets:
        raise OptionError("--model", f"{model.name} has {', '.join(model.targets)}, but no {target}")
    spec, shape = model.spec, model.networks[target].shape
    told = model.about.get(target, {}).get("args", {}).get("bandwidth")
    is_told = isinstance(told, int) and max_bin_of(told, spec.n_fft, spec.sample_rate) == shape.max_bin
    return {
        "nfft": spec.n_fft,
        "nhop": spec.hop,
        "sample_rate": spec.sample_rate,
        "nb_channels": spec.n_channels,
        "hidden_size": shape.hidden_size,
        "nb_layers": shape.n_layers,
        "unidirectional": shape.unidirectional,
        "bandwidth": told if is_told else math.ceil((shape.max_bin - 1) * spec.sample_rate / spec.n_fft),
    }


def with_sizes(given: dict[str, Any]) -> dict[str, Any]:
    """A run's options with the sizes of the model that it starts from, where they are not given otherwise.

    Raises what `load_model` raises, and OptionError.
    """
    targets = given.get("targets", ())
    if not given.get("model") or not targets:
        return given
    return {**options_of(load_model(given["model"]), targets[0]), **given}


def check_sizes(model: Model, config: TrainConfig) -> None:
    """Raises OptionError for the first option by which a run's networks are not as the model's."""
    for target in config.targets:
        for name, value in options_of(model, target).items():
            same = getattr(config, name) == value
            if name == "bandwidth":
                same = network_shape(config).max_bin == model.networks[target].shape.max_bin
            if not same:
                option = f"--{name.replace('_', '-')}"
                told = f"{model.name} was made with {option} {value}, this run has {getattr(config, name)}"
                raise OptionError("--model", f"{told}; leave that option out, and the model's is taken")


def starting_weights(config: TrainConfig) -> dict[str, dict[str, Tensor]]:
    """The weights that each target of a run starts from; none without `--model`.

    Raises what `load_model` raises, and OptionError.
    """
    if not config.model:
        return {}
    model = load_model(config.model)
    check_sizes(model, config)
    return {target: dict(model.networks[target].state_dict()) for target in config.targets}
