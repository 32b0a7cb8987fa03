"""What every decoder offers: the probe of a file, and its samples from any point on, in pieces of any size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.decoding.audio_info import MAX_CHANNELS, MAX_RATE_HZ, MIN_RATE_HZ, AudioInfo
from umx_gui.errors import AudioFlaw, AudioUnreadableError, UnreadableReason

Flaws = dict[AudioFlaw, float]
"""The flaws met while decoding, each with its amount."""


class Source(Protocol):
    """An open file.

    `info` is its probe, `states_length` whether the length in it is the file's own word (and no estimate from its
    size); `flaws` is filled while `pieces` are taken.
    """

    info: AudioInfo
    states_length: bool
    flaws: Flaws

    def pieces(self, start: int) -> Iterator[FloatArray]:
        """The samples from `start` on as arrays [C, t] with t > 0. Raises AudioUnreadableError."""

    def close(self) -> None:
        """Close the file."""


def check_shape(path: Path, sample_rate: int, n_channels: int) -> None:
    """Refuse rates and channel counts nobody works with: they would cost memory without end further on."""
    if n_channels < 1 or sample_rate < 1:
        raise AudioUnreadableError(path, UnreadableReason.DAMAGED, f"{n_channels} channels at {sample_rate} Hz")
    if not MIN_RATE_HZ <= sample_rate <= MAX_RATE_HZ:
        raise AudioUnreadableError(path, UnreadableReason.RATE, f"{sample_rate} Hz")
    if n_channels > MAX_CHANNELS:
        raise AudioUnreadableError(path, UnreadableReason.CHANNELS, str(n_channels))
