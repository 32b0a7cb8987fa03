"""Decoding WAV files whose samples have fewer bits than their containers (24 in 32), which both libraries get wrong.

The specification puts such samples at the upper end of the container; some recorders put them at the lower end, and the
header does not say which. The samples do: at the upper end, the spare lower bits are all zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.decoding.audio_info import BLOCK_SAMPLES, AudioInfo
from umx_gui.engine.decoding.sources import Flaws, check_shape
from umx_gui.engine.decoding.wave_header import WaveHeader
from umx_gui.errors import AudioUnreadableError, UnreadableReason

_LOOKED_AT = 1 << 22


class PcmSource:
    """A WAV file of padded whole numbers, read here."""

    def __init__(self, path: Path, header: WaveHeader) -> None:
        self.flaws: Flaws = {}
        self.states_length = header.n_declared is not None
        self._path, self._header = path, header
        check_shape(path, header.sample_rate, header.n_channels)
        try:
            self._file = path.open("rb")
        except OSError as e:
            raise AudioUnreadableError(path, UnreadableReason.DAMAGED, str(e)) from e
        self._at_lower_end = self._is_at_lower_end()
        self.info = AudioInfo(
            path=path,
            sample_rate=header.sample_rate,
            n_channels=header.n_channels,
            n_samples=header.n_declared,
            codec="pcm",
            container="wav",
            subtype=f"PCM_{header.bits}",
            lossless=True,
            channel_layout={1: "mono", 2: "stereo"}.get(header.n_channels, ""),
        )

    def _whole_numbers(self, start: int) -> Iterator[NDArray[np.int32]]:
        """The containers from sample `start` on, as [C, t] int32 with the container's top bit at the top."""
        header, width = self._header, self._header.sample_bytes
        left = -1 if header.n_declared is None else max(header.n_declared - start, 0)
        self._file.seek(header.data_at + start * header.block_bytes)
        while left:
            n_wanted = BLOCK_SAMPLES if left < 0 else min(left, BLOCK_SAMPLES)
            raw = self._file.read(n_wanted * header.block_bytes)
            raw = raw[: len(raw) - len(raw) % header.block_bytes]
            if not raw:
                return
            parts = np.frombuffer(raw, np.uint8).reshape(-1, header.n_channels, width)
            whole = np.zeros((*parts.shape[:2], 4), np.uint8)
            whole[..., 4 - width :] = parts[..., ::-1] if header.big_endian else parts
            left -= min(len(parts), left) if left > 0 else 0
            yield np.ascontiguousarray(whole.view("<i4")[..., 0].T.astype(np.int32))

    def _is_at_lower_end(self) -> bool:
        spare = 8 * self._header.sample_bytes - self._header.bits
        below = 32 - 8 * self._header.sample_bytes
        n_looked_at, any_low = 0, False
        for block in self._whole_numbers(0):
            number = block >> below
            # At the lower end, the bits above the sample are zero, or repeat its sign.
            top, low = number >> self._header.bits, number & ((1 << spare) - 1)
            sign = (number >> (self._header.bits - 1)) & 1
            if bool(np.any((top != 0) & (top != -sign))):
                return False
            any_low = any_low or bool(low.any())
            n_looked_at += block.size if number.any() else 0
            if n_looked_at >= _LOOKED_AT:
                break
        return any_low

    def pieces(self, start: int) -> Iterator[FloatArray]:
        """See `Source.pieces`."""
        up = 8 * self._header.sample_bytes - self._header.bits if self._at_lower_end else 0
        try:
            for block in self._whole_numbers(start):
                yield ((block << up) * np.float32(2.0**-31)).astype(np.float32)
        except OSError as e:
            raise AudioUnreadableError(self._path, UnreadableReason.DAMAGED, str(e)) from e

    def close(self) -> None:
        """Close the file."""
        self._file.close()
