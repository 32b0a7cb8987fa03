"""Decoded sound on disk, for formats that cannot be read from the middle to the sample.

Each file holds a small header and the samples [T, C] as float32, under a name made of the original's path, size and
time of change. Files appear whole or not at all, whoever is killed meanwhile; several processes may share a folder. The
folder never holds more than its limit: what was not read for the longest time goes first.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.decoding.decode import AudioFile
from umx_gui.engine.storage.files import replacing, try_lock
from umx_gui.errors import DiskFullError, OutputNotWritableError

_HEAD = struct.Struct("<4sIQ")
_MAGIC = b"umxd"
_SUFFIX, _PART = ".f32", ".part"
_N_LOCKS = 16
_POLL_S = 0.02
_UNKNOWN_S = 600
_log = logging.getLogger("trainer.data")


class DecodedCache:
    """A folder of decoded files, `limit_bytes` at most. Nothing is written before something is read."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder, self._limit = folder, limit_bytes
        self._refused: set[str] = set()
        self._broken = False

    def part(self, path: Path, stream: int, start: int, n_samples: int) -> FloatArray | None:
        """Samples [C, t] from `start` on, t <= n_samples; None where the file cannot be kept here.

        Raises AudioUnreadableError and AudioChangedError.
        """
        name = self._name(path, stream)
        while name not in self._refused and not self._broken:
            if (found := _read(self._folder / name, start, n_samples)) is not None:
                return found
            if not self._kept(path, stream, name):
                self._refused.add(name)
        return None

    def length(self, path: Path, stream: int) -> int | None:
        """The number of samples of a file that is kept here already; None for others."""
        head = _head(self._folder / self._name(path, stream))
        return None if head is None else head[1]

    def _name(self, path: Path, stream: int) -> str:
        found = path.stat()
        told = f"{path.absolute()}\0{stream}\0{found.st_size}\0{found.st_mtime_ns}"
        return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:40] + _SUFFIX

    def _kept(self, path: Path, stream: int, name: str) -> bool:
        """Decode a file into the folder, unless another process did just now; whether it is there."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._locked(f"lock-{int(name[:2], 16) % _N_LOCKS:x}"):
                return _head(self._folder / name) is not None or self._decode(path, stream, self._folder / name)
        except (OSError, DiskFullError, OutputNotWritableError) as e:
            if not isinstance(e, (DiskFullError, OutputNotWritableError)) and not path.exists():
                raise
            self._broken = True
            _log.warning("The cache %s cannot be written (%s); files are decoded each time.", self._folder, e)
            return False

    def _decode(self, path: Path, stream: int, target: Path) -> bool:
        # In the engine's child, with bounded memory and time: once for each file, so that it costs little.
        with AudioFile(path, stream=stream) as file:
            channels, declared = file.info.n_channels, file.info.n_samples or _UNKNOWN_S * file.info.sample_rate
            size = _HEAD.size + 4 * channels * declared
            if size > self._limit:
                return False
            with replacing(target, _PART) as temp:
                with self._locked("lock-room"):
                    self._make_room(size)
                    os.truncate(temp, size)
                n_samples = 0
                with temp.open("r+b") as out:
                    out.seek(_HEAD.size)
                    for block in file.blocks():
                        n_samples += block.shape[1]
                        out.write(np.ascontiguousarray(block.T).data)
                    out.flush()
                    end = out.tell()
                    if end > size:
                        with self._locked("lock-room"):
                            self._make_room(0)
                        if end > self._limit:
                            raise _TooLargeError
                    out.truncate(end)
                    out.seek(0)
                    out.write(_HEAD.pack(_MAGIC, channels, n_samples))
        return True

    def _make_room(self, size: int) -> None:
        """Remove what was read the longest ago, and what killed processes left, until `size` bytes fit."""
        held: list[tuple[float, int, Path]] = []
        for path in [*self._folder.glob("*" + _SUFFIX), *self._folder.glob(".*" + _PART)]:
            with contextlib.suppress(OSError):
                if path.suffix == _PART and _is_left(path):
                    path.unlink()
                    continue
                found = path.stat()
                held.append((found.st_mtime, found.st_size, path))
        total = size + sum(n for _, n, _ in held)
        for _, n, path in sorted(item for item in held if item[2].suffix == _SUFFIX):
            if total <= self._limit:
                return
            with contextlib.suppress(OSError):
                path.unlink()
                total -= n

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        """Hold a lock of the folder; it goes with the process that holds it, however that ends."""
        fd = os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            while not try_lock(fd, unsupported=True):
                time.sleep(_POLL_S)
            yield
        finally:
            os.close(fd)


class _TooLargeError(OSError):
    """A file that turned out to be larger than the whole cache may be."""


def _is_left(path: Path) -> bool:
    """Whether nobody writes a file any more: who does, holds its lock."""
    fd = os.open(path, os.O_RDWR)
    try:
        return try_lock(fd, unsupported=False)
    finally:
        os.close(fd)


def _head(path: Path) -> tuple[int, int] | None:
    """Channels and samples of a kept file; None where it is missing or not whole."""
    try:
        with path.open("rb") as file:
            magic, channels, n_samples = _HEAD.unpack(file.read(_HEAD.size))
            size = os.fstat(file.fileno()).st_size
    except (OSError, struct.error):
        return None
    whole = magic == _MAGIC and channels > 0 and size == _HEAD.size + 4 * channels * n_samples
    if not whole:
        path.unlink(missing_ok=True)
    return (channels, n_samples) if whole else None


def _read(path: Path, start: int, n_samples: int) -> FloatArray | None:
    if (head := _head(path)) is None:
        return None
    channels, length = head
    try:
        # When it was last read: what is old goes first.
        os.utime(path)
        n = max(min(n_samples, length - start), 0)
        flat = np.fromfile(path, np.float32, n * channels, offset=_HEAD.size + 4 * channels * start)
    except OSError:
        return None
    return np.ascontiguousarray(flat.reshape(-1, channels).T)
