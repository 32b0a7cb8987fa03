"""A model: a network per target and the transform they share; loaded from and saved to the published folder layout."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save as dump_safetensors
from torch import Tensor

from umx_gui.engine.models.digests import read_recorded, recorded_digests
from umx_gui.engine.models.network import NetworkShape, OpenUnmix
from umx_gui.engine.models.registry import ModelRegistry, order_targets
from umx_gui.engine.models.weights import build, check_size, check_torch, find_weights, max_bin_in, read_state
from umx_gui.engine.stft import STFT
from umx_gui.engine.storage.files import replacing, write_whole
from umx_gui.errors import ModelInvalidError
from umx_gui.words import said

TARGET_NAME = re.compile(r"[A-Za-z0-9 _-]{1,64}")
_BOUNDS = {"nfft": (64, 16384), "nhop": (16, 16384), "sample_rate": (1000, 768_000), "nb_channels": (1, 8)}
_NETWORK_BOUNDS = {"hidden_size": (2, 4096), "nb_layers": (1, 8)}
_Recorded = Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What all networks of a model share: sample rate in Hz, transform sizes in samples, channels."""

    sample_rate: int = 44100
    n_fft: int = 4096
    hop: int = 1024
    n_channels: int = 2

    @property
    def stft(self) -> STFT:
        """The transform whose magnitudes the networks were trained on, centred as in inference."""
        return STFT(self.n_fft, self.hop, center=True)


@dataclass(frozen=True)
class Model:
    """Networks by target, in the order of their stems. `about`: what training wrote beside each target."""

    name: str
    spec: ModelSpec
    networks: Mapping[str, OpenUnmix]
    about: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # Further networks of a target, whose masks are averaged with the first one's.
    more: Mapping[str, tuple[OpenUnmix, ...]] = field(default_factory=dict)

    @property
    def groups(self) -> list[tuple[OpenUnmix, ...]]:
        """The networks of each target, in order."""
        return [(network, *self.more.get(target, ())) for target, network in self.networks.items()]

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the targets, in order."""
        return tuple(self.networks)

    def only(self, targets: tuple[str, ...]) -> Model:
        """The same model with some of its targets. KeyError for one that it does not have."""
        return Model(self.name, self.spec, {t: self.networks[t] for t in targets}, self.about, self.more)


def load_model(name_or_folder: str | Path, registry: ModelRegistry | None = None) -> Model:
    """Load an installed model by name, or any model folder. Raises ModelNotFoundError and ModelInvalidError.

    Of a model whose digests were recorded when it was installed, no other file than the recorded ones is read. Raises
    TorchTooOldError where PyTorch cannot be trusted with files of strangers.
    """
    check_torch()
    folder = (registry or ModelRegistry()).find(name_or_folder)
    recorded = recorded_digests(folder)
    spec = _read_spec(folder, recorded)
    networks: dict[str, OpenUnmix] = {}
    about: dict[str, Mapping[str, Any]] = {}
    names = [p.stem for p in folder.glob("*.json") if p.name != "separator.json" and TARGET_NAME.fullmatch(p.stem)]
    found = {t: weights for t in order_targets(names) if (weights := find_weights(folder, t)) is not None}
    check_size(folder, found.values())
    for target, weights in found.items():
        about[target] = _read_json(folder / f"{target}.json", recorded)
        networks[target] = _load_network(weights, about[target], spec, recorded)
    if not networks:
        raise ModelInvalidError(folder, "it holds no weights of any target")
    return Model(folder.name, spec, networks, about)


def save_model(folder: Path, model: Model, half: bool = False, with_pth: bool = True) -> None:
    """Write a model folder: safetensors (fp16 if `half`), JSON, and a fp32 `.pth` per target that `openunmix` loads."""
    folder.mkdir(parents=True, exist_ok=True)
    for target, network in model.networks.items():
        save_network(folder, target, network, model.spec, model.about.get(target, {}), half, with_pth)
    write_whole(folder / "separator.json", _dump(spec_json(model.spec)))


def save_network(
    folder: Path,
    target: str,
    network: OpenUnmix,
    spec: ModelSpec,
    about: Mapping[str, Any],
    half: bool = False,
    with_pth: bool = True,
) -> None:
    """Write one target's files, each whole or not at all; the settings come last."""
    if not TARGET_NAME.fullmatch(target):
        raise ModelInvalidError(folder, said("“{name}” cannot be the name of a target", name=target))
    state = {key: value.detach().cpu().contiguous() for key, value in network.state_dict().items()}
    with replacing(folder / f"{target}.safetensors") as temp:
        temp.write_bytes(dump_safetensors({key: _stored(value, half) for key, value in state.items()}))
    if with_pth:
        # Through a file of Python's: torch's own hides from its errors that the disk is full.
        with replacing(folder / f"{target}.pth") as temp, temp.open("wb") as file:
            torch.save(state, file)
    write_whole(
        folder / f"{target}.json", _dump({**about, "args": {**about.get("args", {}), **network_args(network, spec)}})
    )


def network_args(network: OpenUnmix, spec: ModelSpec) -> dict[str, Any]:
    """The `args` of a target's JSON, under the published names."""
    shape = network.shape
    return {
        "nfft": spec.n_fft,
        "nhop": spec.hop,
        "nb_channels": shape.n_channels,
        "hidden_size": shape.hidden_size,
        "nb_layers": shape.n_layers,
        "unidirectional": shape.unidirectional,
    }


def spec_json(spec: ModelSpec) -> dict[str, Any]:
    """The contents of `separator.json`, under the published names."""
    return {
        "nfft": spec.n_fft,
        "nhop": spec.hop,
        "sample_rate": spec.sample_rate,
        "nb_channels": spec.n_channels,
    }


def _stored(value: Tensor, half: bool) -> Tensor:
    return value.half() if half and value.is_floating_point() else value


def _dump(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, indent=1).encode()


def _read_spec(folder: Path, recorded: _Recorded) -> ModelSpec:
    path = folder / "separator.json"
    if not path.is_file():
        raise ModelInvalidError(folder, "it has no separator.json")
    raw = _read_json(path, recorded)
    values = {key: _bounded(raw, key, bounds, path) for key, bounds in _BOUNDS.items()}
    if values["nhop"] > values["nfft"] // 2:
        raise ModelInvalidError(path, "nhop is more than half of nfft")
    return ModelSpec(values["sample_rate"], values["nfft"], values["nhop"], values["nb_channels"])


def _load_network(weights: Path, about: Mapping[str, Any], spec: ModelSpec, recorded: _Recorded) -> OpenUnmix:
    args = about.get("args")
    if not isinstance(args, dict):
        raise ModelInvalidError(weights, "its JSON file has no settings")
    if (args.get("nfft"), args.get("nb_channels")) != (spec.n_fft, spec.n_channels):
        raise ModelInvalidError(weights, "its settings do not fit separator.json")
    args = {"nb_layers": 3, **args}
    sizes = {key: _bounded(args, key, bounds, weights) for key, bounds in _NETWORK_BOUNDS.items()}
    unidirectional = args.get("unidirectional", False)
    if not isinstance(unidirectional, bool):
        raise ModelInvalidError(weights, "unidirectional is neither true nor false")
    state = read_state(weights, recorded)
    n_bins = spec.n_fft // 2 + 1
    shape = NetworkShape(
        n_bins=n_bins,
        max_bin=max_bin_in(state, weights, n_bins),
        n_channels=spec.n_channels,
        hidden_size=sizes["hidden_size"],
        n_layers=sizes["nb_layers"],
        unidirectional=unidirectional,
    )
    return build(shape, state, weights)


def _bounded(raw: Mapping[str, Any], key: str, bounds: tuple[int, int], path: Path) -> int:
    value = raw.get(key)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not bounds[0] <= value <= bounds[1]:
        raise ModelInvalidError(
            path,
            said(
                "{key} is {value}, not a number from {least} to {most}",
                key=key,
                value=repr(value),
                least=bounds[0],
                most=bounds[1],
            ),
        )
    return value


def _read_json(path: Path, recorded: _Recorded) -> dict[str, Any]:
    try:
        if not path.is_file() or path.stat().st_size > 1 << 26:
            raise ModelInvalidError(path, "the file is too large, or no file")
        data = json.loads(read_recorded(path, recorded).decode("utf-8"))
    except (OSError, ValueError, RecursionError) as e:
        raise ModelInvalidError(path, "the file is damaged") from e
    if not isinstance(data, dict):
        raise ModelInvalidError(path, "the file is damaged")
    return data
