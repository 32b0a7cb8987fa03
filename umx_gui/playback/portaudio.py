"""PortAudio as this package needs it: loaded late, its devices as values. Only our small processes use it.

`python -m umx_gui.playback.portaudio` prints the output devices as JSON.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from typing import Any

from umx_gui.errors import SoundReason, SoundUnavailableError


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """One output device: its name (unique, with the sound system's name), number, channels, and own rate in Hz."""

    name: str
    index: int
    channels: int
    default_rate: int
    is_default: bool = False


def load_sounddevice() -> Any:
    """The module `sounddevice`. Raises SoundUnavailableError where PortAudio is missing."""
    try:
        import sounddevice
    except (ImportError, OSError) as e:  # OSError: no libportaudio
        raise SoundUnavailableError(str(e), SoundReason.NO_LIBRARY) from e
    return sounddevice


def outputs(sd: Any) -> list[DeviceInfo]:
    """The output devices that PortAudio knows, in its order."""
    apis = [api["name"] for api in sd.query_hostapis()]
    default = sd.default.device[1]
    return [
        DeviceInfo(
            name=f"{d['name']}, {apis[d['hostapi']]}",
            index=d["index"],
            channels=d["max_output_channels"],
            default_rate=round(d["default_samplerate"]),
            is_default=d["index"] == default,
        )
        for d in sd.query_devices()
        if d["max_output_channels"] > 0
    ]


def find_output(sd: Any, name: str | None) -> DeviceInfo:
    """The device of this name, with or without its sound system; None: the default. Raises SoundUnavailableError."""
    found = outputs(sd)
    for device in found:
        if device.is_default if name is None else name in (device.name, device.name.rsplit(", ", 1)[0]):
            return device
    raise SoundUnavailableError(name or "", SoundReason.NO_DEVICE)


def main() -> None:
    """Print the devices, or why there are none, as JSON."""
    try:
        answer: dict[str, Any] = {"devices": [asdict(d) for d in outputs(load_sounddevice())]}
    except SoundUnavailableError as e:
        answer = {"error": e.detail, "reason": e.reason.value}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
