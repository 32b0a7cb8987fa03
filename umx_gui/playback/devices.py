"""The sound devices of this machine, listed by a process of its own.

PortAudio lists them once, when it starts, and its drivers may hang, crash or print; so the window's process never loads
it, and every list is fresh.
"""

from __future__ import annotations

import json
import subprocess

from umx_gui.errors import SoundReason, SoundUnavailableError
from umx_gui.playback.launch import child_options, python_module
from umx_gui.playback.portaudio import DeviceInfo

__all__ = ["DeviceInfo", "devices"]

_LIMIT_S = 10.0


def devices() -> list[DeviceInfo]:
    """The output devices, as they are now; it takes about 0.3 s. Raises SoundUnavailableError."""
    command = python_module("umx_gui.playback.portaudio")
    try:
        done = subprocess.run(command, capture_output=True, timeout=_LIMIT_S, check=False, **child_options())
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, OSError, ValueError) as e:
        raise SoundUnavailableError(type(e).__name__, SoundReason.ENDED) from e
    if "error" in found:
        raise SoundUnavailableError(found["error"], SoundReason(found["reason"]))
    return [DeviceInfo(**fields) for fields in found["devices"]]
