"""Where the networks run: a graphics processor where there is one, else the CPU."""

from __future__ import annotations

import torch

from umx_gui.errors import DeviceUnavailableError, OptionError

NAMES = ("auto", "cpu", "cuda", "mps")


def available_devices() -> tuple[str, ...]:
    """The names of the devices that PyTorch finds here, the quickest first."""
    found = []
    if torch.cuda.is_available():
        found.append("cuda")
    if torch.backends.mps.is_available():
        found.append("mps")
    return (*found, "cpu")


def choose_device(name: str) -> torch.device:
    """The device of a name. Raises OptionError for an unknown one and DeviceUnavailableError for one not there."""
    if name not in NAMES and not name.startswith("cuda:"):
        raise OptionError("device", f"it must be one of {', '.join(NAMES)}")
    if name == "auto":
        return torch.device(available_devices()[0])
    if name.split(":")[0] not in available_devices():
        raise DeviceUnavailableError(name)
    return torch.device(name)
