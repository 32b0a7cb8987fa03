"""Weight files of strangers: read without executing anything, checked against the shapes that their settings imply."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from torch import Tensor
from torch.torch_version import TorchVersion

from umx_gui.engine.models.digests import MAX_FILE_BYTES, read_recorded
from umx_gui.engine.models.network import NetworkShape, OpenUnmix
from umx_gui.engine.naming import printable
from umx_gui.errors import ModelInvalidError, TorchTooOldError
from umx_gui.words import said

# Left in the files of the first published models by older code; nothing else that is unexpected is let pass.
_OBSOLETE = frozenset({"stft.window", "transform.0.window", "sample_rate"})
SAFE_TORCH = "2.10"
_KINDS = (torch.float32, torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.int32)
_ZIP = b"PK"
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
        raise ModelInvalidError(folder, said("it has more than one weight file for {target}", target=target))
    return found[0] if found else None


def read_state(path: Path, recorded: Mapping[str, str] | None = None) -> dict[str, Tensor]:
    """The tensors of a weight file, in memory, as saved. Raises ModelInvalidError for anything that is not one.

    `recorded`: the digests of the folder's files, {name: SHA-256}; another file than that one is refused unread.
    """
    check_size(path.parent, [path])
    # Read whole, not mapped: a mapped file that is cut while in use kills the process. And what is loaded is what was
    # compared with its digest, whatever happens to the file in between.
    try:
        data = read_recorded(path, recorded)
    except OSError as e:
        raise ModelInvalidError(path, "it cannot be read") from e
    state = _check(path, _from_safetensors(path, data) if path.suffix == ".safetensors" else _from_pth(path, data))
    return {key: value for key, value in state.items() if key not in _OBSOLETE}


def check_size(folder: Path, files: Iterable[Path]) -> None:
    """Refuse a model whose weights are more than a computer should be asked to read. Raises ModelInvalidError."""
    try:
        size = sum(path.stat().st_size for path in files)
    except OSError as e:
        raise ModelInvalidError(folder, "its files cannot be read") from e
    if size > MAX_FILE_BYTES:
        raise ModelInvalidError(folder, said("its weights are too large for a model ({size:.1f} GB)", size=size / 1e9))


def check_torch(version: str = torch.__version__) -> None:
    """Refuse a PyTorch whose safe loading was broken (CVE-2025-32434, CVE-2026-24747). Raises TorchTooOldError."""
    if TorchVersion(version) < SAFE_TORCH:
        raise TorchTooOldError(version, SAFE_TORCH)


def load_into(network: OpenUnmix, state: dict[str, Tensor], path: Path) -> None:
    """Put a state dict into a network whose shape its settings gave. Raises ModelInvalidError on any difference."""
    own = network.state_dict()
    if missing := sorted(own.keys() - state.keys()):
        raise ModelInvalidError(path, said("parameters are missing: {names}", names=_named(missing)))
    if extra := sorted(state.keys() - own.keys()):
        raise ModelInvalidError(path, said("it holds unknown parameters: {names}", names=_named(extra)))
    for key, tensor in own.items():
        if state[key].shape != tensor.shape:
            raise ModelInvalidError(
                path,
                said(
                    "{key} has the shape {found}, not {wanted}",
                    key=key,
                    found=list(state[key].shape),
                    wanted=list(tensor.shape),
                ),
            )
        if state[key].is_floating_point() != tensor.is_floating_point():
            raise ModelInvalidError(path, said("{key} holds numbers of another kind", key=key))
        if not bool(torch.isfinite(state[key]).all()):
            raise ModelInvalidError(path, said("{key} holds values that are not numbers", key=key))
        if key.endswith("running_var") and bool((state[key] < 0).any()):
            raise ModelInvalidError(path, said("{key} is negative, which a variance never is", key=key))
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
            raise ModelInvalidError(
                path,
                said(
                    "{key} has the shape {found}, not {wanted}",
                    key=key,
                    found=list(state[key].shape),
                    wanted=list(size),
                ),
            )
    network = OpenUnmix(shape)
    load_into(network, state, path)
    return network.eval().requires_grad_(False)


def _from_safetensors(path: Path, data: bytes) -> Mapping[str, Tensor]:
    try:
        return load_safetensors(data)
    except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as e:
        raise ModelInvalidError(path, "the file is damaged or not a safetensors file") from e


def _from_pth(path: Path, data: bytes) -> Mapping[object, object]:
    if data.startswith(_ZIP):
        data = _written_anew(path, data)
    try:
        loaded = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as e:  # a door: a hostile file makes the unpickler raise anything
        raise ModelInvalidError(path, "it is not a weight file, or holds code that would be executed") from e
    if not isinstance(loaded, dict):
        raise ModelInvalidError(path, "it is not a weight file")
    return loaded


def _written_anew(path: Path, data: bytes) -> bytes:
    """The records of an archive as a new one, so that torch's reader sees what was checked here, and nothing else.

    An archive can be made such that two readers find different records in it. Raises ModelInvalidError for records that
    are compressed, damaged, there twice, or together larger than the file (because they overlap).
    """
    new = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            records = archive.infolist()
            if any(item.compress_type != zipfile.ZIP_STORED for item in records):
                raise ModelInvalidError(path, "it is compressed, which weight files never are")
            twice = len({item.filename for item in records}) < len(records)
            if twice or sum(item.file_size for item in records) > len(data):
                raise ModelInvalidError(path, "it claims more than the file holds")
            with zipfile.ZipFile(new, "w") as anew:
                for item in records:
                    anew.writestr(item.filename, archive.read(item))
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, RuntimeError, struct.error) as e:
        raise ModelInvalidError(path, "the file is damaged") from e
    return new.getvalue()


def _check(path: Path, state: Mapping[Any, object]) -> dict[str, Tensor]:
    """The tensors, once each is known to be a plain array of numbers in memory, as large as it says."""
    checked: dict[str, Tensor] = {}
    for key, value in state.items():
        if not isinstance(key, str) or not isinstance(value, Tensor):
            raise ModelInvalidError(path, "it holds other things than named tensors")
        if value.is_nested or value.layout != torch.strided or value.device.type != "cpu" or value.dtype not in _KINDS:
            raise ModelInvalidError(path, said("{key} is no plain array of numbers", key=_named([key])))
        # A few bytes can claim a tensor of any size by a stride of zero.
        if value.untyped_storage().nbytes() < value.numel() * value.element_size():
            raise ModelInvalidError(path, said("{key} claims more values than the file holds", key=_named([key])))
        checked[key] = value
    return checked


def _named(keys: list[str]) -> str:
    """Names out of a stranger's file, a few of them, as they can be shown."""
    return ", ".join(printable(key)[:64] for key in keys[:4])
