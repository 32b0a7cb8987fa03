"""What the header of a WAV or AIFF file says, as far as libsndfile does not tell it.

libsndfile clamps the length to what is there and so hides that a file was cut off, and it reads samples of fewer bits
than their container (24 in 32) as if they always stood at its upper end.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_MAX_CHUNKS = 1000
_EXTENSIBLE = 0xFFFE
PCM = 1
_ONE_BY_ONE = (PCM, 3, 6, 7)  # whole numbers, floats, A-law, mu-law: a sample each in a container of its own
_UNCOMPRESSED_AIFC = (
    b"NONE",
    b"sowt",
    b"twos",
    b"raw ",
    b"in24",
    b"in32",
    b"42ni",
    b"23ni",
    b"fl32",
    b"FL32",
    b"fl64",
    b"FL64",
)


@dataclass(frozen=True, slots=True)
class WaveHeader:
    """The format of a WAV file: sizes in bytes, `n_declared` samples as its data chunk (or fact chunk) says."""

    tag: int
    n_channels: int
    sample_rate: int
    block_bytes: int
    bits: int
    data_at: int
    n_declared: int | None
    big_endian: bool

    @property
    def sample_bytes(self) -> int:
        """The size of one sample's container."""
        return self.block_bytes // self.n_channels if self.n_channels else 0

    @property
    def is_padded(self) -> bool:
        """Whether whole numbers lie in larger containers than their bits need."""
        whole = self.n_channels > 0 and self.block_bytes % self.n_channels == 0
        return self.tag == PCM and whole and self.sample_bytes in (2, 3, 4) and 8 < self.bits < 8 * self.sample_bytes


def read_wave_header(path: Path) -> WaveHeader | None:
    """The header of a RIFF, RIFX, RF64 or BW64 file; None where it makes no sense (a decoder will say why)."""
    try:
        with path.open("rb") as file:
            return _read_wave(file)
    except (OSError, struct.error):
        return None


def _read_wave(file: BinaryIO) -> WaveHeader | None:
    riff = file.read(12)
    if riff[8:12] != b"WAVE" or riff[:4] not in (b"RIFF", b"RIFX", b"RF64", b"BW64"):
        return None
    end = ">" if riff[:4] == b"RIFX" else "<"
    fmt, fact, data_64 = b"", None, None
    for _ in range(_MAX_CHUNKS):
        kind, size = struct.unpack(end + "4sI", file.read(8))
        if kind == b"data":
            size = data_64 if size == 0xFFFFFFFF and data_64 is not None else size
            return _header(fmt, fact, size, file.tell(), end) if len(fmt) >= 16 else None
        content = file.read(size) if kind in (b"fmt ", b"fact", b"ds64") and size <= 1 << 16 else b""
        if kind == b"fmt ":
            fmt = content
        elif kind == b"fact" and len(content) >= 4:
            fact = struct.unpack_from(end + "I", content)[0]
        elif kind == b"ds64" and len(content) >= 16:
            data_64 = struct.unpack_from(end + "Q", content, 8)[0]
        file.seek(size - len(content) + size % 2, 1)
    return None


def _header(fmt: bytes, fact: int | None, data_bytes: int, data_at: int, end: str) -> WaveHeader | None:
    tag, n_channels, rate, _, block_bytes, bits = struct.unpack_from(end + "HHIIHH", fmt)
    if tag == _EXTENSIBLE and len(fmt) >= 26:
        valid, tag = struct.unpack_from(end + "H", fmt, 18)[0], struct.unpack_from(end + "H", fmt, 24)[0]
        # "0 valid bits" is written by some programs and means all of them.
        bits = valid if 0 < valid < bits else bits
    if not n_channels or not block_bytes:
        return None
    n_declared: int | None = data_bytes // block_bytes if tag in _ONE_BY_ONE else fact
    # Written to a pipe, a length is not known: programs leave 0, or as many ones as fit.
    if data_bytes in (0, 0xFFFFFFFF) or data_bytes & ~0xFFF == 0x7FFFF000:
        n_declared = None
    return WaveHeader(tag, n_channels, rate, block_bytes, bits, data_at, n_declared or None, end == ">")


def aiff_declared(path: Path) -> int | None:
    """The number of samples that an uncompressed AIFF file declares; None where it does not, or makes no sense."""
    try:
        with path.open("rb") as file:
            form = file.read(12)
            for _ in range(_MAX_CHUNKS):
                kind, size = struct.unpack(">4sI", file.read(8))
                if kind == b"COMM":
                    common = file.read(min(size, 64))
                    compressed = form[8:12] == b"AIFC" and common[18:22] not in _UNCOMPRESSED_AIFC
                    return None if compressed else struct.unpack_from(">I", common, 2)[0] or None
                file.seek(size + size % 2, 1)
    except (OSError, struct.error):
        return None
    return None
