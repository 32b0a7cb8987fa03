"""Weight files of strangers: read without executing anything, checked against the shapes that their settings imply."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from torch import Tensor

from umx_gui.engine.digests import read_recorded
from umx_gui.engine.network import NetworkShape, OpenUnmix
from umx_gui.errors import ModelInvalidError

MAX_FILE_BYTES = 1 << 30
# Left in the files of the first published models by older code; nothing else that is unexpected is let pass.
_OBSOLETE = frozenset({"stft.window", "transform.0.window", "sample_rate"})
_SUFFIX = re.compile(r"[-_][0-9a-f]{8}")


def find_weights(folder: Path, target: str) -> Path | None:
    """A target's weights: `T.safetensors`, else `T.pth`, `T-<8 hex>.pth` or `T_<8 hex>.pth` for a target T.

    Raises ModelInvalidError where two files of one kind match.
    """
    if (path := folder / f"{target}.safetensors").is_file():
        return path
    names = [p for p in folder.glob("*.pth") if p.is_file() and p.name.startswith(target)]
    rest = [(p, p.name[len(target) : -len(".pth")]) for p in names]
    found = [p for p, suffix in rest if not suffix or _SUFFIX.fullmatch(suffix)]
    if len(found) > 1:
        raise ModelInvalidError(folder, f"it has more than one weight file for {target}")
    return found[0] if found else None


def read_state(path: Path, recorded: Mapping[str, str] | None = None) -> dict[str, Tensor]:
    """The tensors of a weight file, in memory, as saved. Raises ModelInvalidError for anything that is not one.

    `recorded`: the digests of the folder's files, {name: SHA-256}; another file than that one is refused unread.
    """
    if (size := path.stat().st_size) > MAX_FILE_BYTES:
        raise ModelInvalidError(path, f"the file is too large for a model ({size / 1e9:.1f} GB)")
    # Read whole, not mapped: a mapped file that is cut while in use kills the process. And what is loaded is what was
    # compared with its digest, whatever happens to the file in between.
    data = read_recorded(path, recorded)
    state = _from_safetensors(path, data) if path.suffix == ".safetensors" else _from_pth(path, data)
    return {key: value for key, value in state.items() if key not in _OBSOLETE}


def load_into(network: OpenUnmix, state: dict[str, Tensor], path: Path) -> None:
    """Put a state dict into a network whose shape its settings gave. Raises ModelInvalidError on any difference."""
    own = network.state_dict()
    if missing := sorted(own.keys() - state.keys()):
        raise ModelInvalidError(path, f"parameters are missing: {', '.join(missing[:4])}")
    if extra := sorted(state.keys() - own.keys()):
        raise ModelInvalidError(path, f"it holds unknown parameters: {', '.join(extra[:4])}")
    for key, tensor in own.items():
        if state[key].shape != tensor.shape:
            raise ModelInvalidError(path, f"{key} has the shape {list(state[key].shape)}, not {list(tensor.shape)}")
        if not bool(torch.isfinite(state[key]).all()):
            raise ModelInvalidError(path, f"{key} holds values that are not numbers")
    network.load_state_dict({key: state[key].to(tensor.dtype) for key, tensor in own.items()})


def max_bin_in(state: dict[str, Tensor], path: Path, limit: int) -> int:
    """How many bins come in, by the length of `input_mean`. Raises ModelInvalidError outside 1..limit."""
    mean = state.get("input_mean")
    if mean is None or mean.dim() != 1 or not 1 <= mean.shape[0] <= limit:
        raise ModelInvalidError(path, "it does not hold the parameters of an Open-Unmix network")
    return int(mean.shape[0])


def build(shape: NetworkShape, state: dict[str, Tensor], path: Path) -> OpenUnmix:
    """A network in evaluation mode with these weights, no gradients. Raises ModelInvalidError."""
    # First without memory: a setting that lies about its size is refused before anything is allocated.
    with torch.device("meta"):
        expected = {key: tensor.shape for key, tensor in OpenUnmix(shape).state_dict().items()}
    for key, size in expected.items():
        if key in state and state[key].shape != size:
            raise ModelInvalidError(path, f"{key} has the shape {list(state[key].shape)}, not {list(size)}")
    network = OpenUnmix(shape)
    load_into(network, state, path)
    return network.eval().requires_grad_(False)


def _from_safetensors(path: Path, data: bytes) -> dict[str, Tensor]:
    try:
        return load_safetensors(data)
    except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as e:
        raise ModelInvalidError(path, "the file is damaged or not a safetensors file") from e


def _from_pth(path: Path, data: bytes) -> dict[str, Tensor]:
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(item.compress_type != zipfile.ZIP_STORED for item in archive.infolist()):
                raise ModelInvalidError(path, "it is compressed, which weight files never are")
    try:
        loaded = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as e:  # a door: a hostile file makes the unpickler raise anything
        raise ModelInvalidError(path, "it is not a weight file, or holds code that would be executed") from e
    if not isinstance(loaded, dict):
        raise ModelInvalidError(path, "it is not a weight file")
    state: dict[str, Tensor] = {}
    for key, value in loaded.items():
        if not isinstance(key, str) or not isinstance(value, Tensor):
            raise ModelInvalidError(path, "it holds other things than named tensors")
        # A few bytes can claim a tensor of any size by a stride of zero.
        if value.layout != torch.strided or value.untyped_storage().nbytes() < value.numel() * value.element_size():
            raise ModelInvalidError(path, f"{key} claims more values than the file holds")
        state[key] = value
    return state
