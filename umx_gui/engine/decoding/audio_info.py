"""What is known of an audio file before it is decoded, in a form that can be sent from one process to another."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

BLOCK_SAMPLES = 65536
"""The most samples [C, t] a decoder hands out at once."""

MIN_RATE_HZ, MAX_RATE_HZ = 1_000, 768_000
MAX_CHANNELS = 64

_LOSSLESS = ("PCM_", "FLOAT", "DOUBLE", "ALAC", "WAVPACK", "TTA", "APE")


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """A file's probe: `n_samples` is what the file declares (None where it does not say), at `sample_rate` in Hz.

    `channel_layout` names the channels' places as FFmpeg does ("stereo", "5.1", or "FL+FR+LFE"); empty where unknown.
    `container` and `codec` are short lower-case names ("wav", "pcm"; "mp4", "aac"), `subtype` is how samples are
    stored ("PCM_24", "FLOAT", "AAC"). `cover` is the first picture's file as bytes (JPEG or PNG).
    """

    path: Path
    sample_rate: int
    n_channels: int
    n_samples: int | None
    codec: str
    container: str
    subtype: str
    lossless: bool
    tags: dict[str, str] = field(default_factory=dict)
    cover: bytes | None = None
    channel_layout: str = ""

    @property
    def duration_s(self) -> float | None:
        """The declared length in seconds; None where the file does not say."""
        return None if self.n_samples is None else self.n_samples / self.sample_rate

    def to_json(self) -> dict[str, object]:
        """The fields as JSON values; the cover is left out (it travels as bytes)."""
        return {**asdict(replace(self, cover=None)), "path": str(self.path)}

    @classmethod
    def from_json(cls, path: Path, fields: dict[str, object], cover: bytes | None) -> AudioInfo:
        """The reverse of `to_json`, with every field checked for its type. Raises TypeError or ValueError."""
        n_samples = fields["n_samples"]
        tags = fields["tags"]
        if not isinstance(tags, dict):
            raise TypeError("tags")
        return cls(
            path=path,
            sample_rate=int(str(fields["sample_rate"])),
            n_channels=int(str(fields["n_channels"])),
            n_samples=None if n_samples is None else int(str(n_samples)),
            codec=str(fields["codec"]),
            container=str(fields["container"]),
            subtype=str(fields["subtype"]),
            lossless=bool(fields["lossless"]),
            tags={str(k): str(v) for k, v in tags.items()},
            cover=cover,
            channel_layout=str(fields["channel_layout"]),
        )


def is_lossless(subtype: str) -> bool:
    """Whether samples stored like this come back as they went in."""
    return subtype.startswith(_LOSSLESS)
