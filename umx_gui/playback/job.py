"""What the sound process is told when it starts: the song's arrays and how to open the device."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from umx_gui.engine.storage.scratch import Region
from umx_gui.playback.control import Handle


@dataclass(frozen=True, slots=True)
class Job:
    """One song on one device.

    control, scratch: where the control block and the song's file are found (descriptors, or tag and path on Windows);
    device: a name as `devices()` gives it, None for the system's own choice; device_rate: in Hz, None for the song's.
    The sound process stops the device after `idle_s` seconds without sound.
    """

    control: Handle
    scratch: int | str
    mixture: Region
    stems: Region | None
    fill: Region
    sample_rate: int
    device: str | None
    device_rate: int | None
    latency_s: float
    block_size: int
    idle_s: float

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Job:
        """The job of a line that `to_json` wrote."""
        fields = json.loads(line)
        for name in ("mixture", "stems", "fill"):
            fields[name] = region_from(fields[name])
        return cls(**fields)


def region_from(fields: dict[str, object] | None) -> Region | None:
    """A region as JSON holds it (offset, shape, dtype), or None."""
    if fields is None:
        return None
    offset, shape, dtype = fields["offset"], fields["shape"], fields["dtype"]
    assert isinstance(offset, int)
    assert isinstance(shape, list)
    return Region(offset, tuple(shape), str(dtype))
