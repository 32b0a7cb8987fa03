"""Reading a song into a scratch file: stereo at most, at its own rate or the model's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from umx_gui.engine.audio import Audio, FloatArray
from umx_gui.engine.decoding.decode import AudioFile, downmix
from umx_gui.engine.resample import Resampler, resampled_length
from umx_gui.engine.storage.scratch import Scratch, release
from umx_gui.engine.work import CancelToken, Progress, ProgressMeter
from umx_gui.errors import AudioUnreadableError, OptionError, UnreadableReason
from umx_gui.words import said

_SAMPLES_PER_BYTE = 64
"""No codec in use stores more: a file that declares more has no say in what is reserved."""
_FIRST_ROOM_S = 600
_RELEASE_SAMPLES = 1 << 22


def declared_length(file: AudioFile, start_s: float, duration_s: float | None) -> int | None:
    """How many samples the stretch has by what the file says; None where it does not say, or cannot be right.

    Raises OptionError where the stretch begins behind the song's end.
    """
    n_samples, rate = file.info.n_samples, file.info.sample_rate
    if n_samples is None or n_samples > file.path.stat().st_size * _SAMPLES_PER_BYTE:
        return None if duration_s is None else round(duration_s * rate)
    start = round(start_s * rate)
    if start > 0 and start >= n_samples:
        raise OptionError(
            "start", said("“{name}” is only {seconds:.2f} s long", name=file.path.name, seconds=n_samples / rate)
        )
    rest = max(n_samples - start, 0)
    return rest if duration_s is None else min(rest, round(duration_s * rate))


def read_mixture(
    file: AudioFile,
    scratch: Scratch,
    start_s: float,
    duration_s: float | None,
    sample_rate: int | None,
    cancel: CancelToken,
) -> Iterator[Progress | Audio]:
    """Decode a stretch of a file into the scratch file; the last thing yielded is the mixture [C, T], C <= 2.

    It is at `sample_rate`, or at the file's own rate if None. Raises what `AudioFile.blocks` raises, and DiskFullError.
    """
    info = file.info
    out_rate = sample_rate or info.sample_rate
    declared = declared_length(file, start_s, duration_s)
    room = _Room(
        scratch, min(info.n_channels, 2), out_rate, resampled_length(declared or 0, info.sample_rate, out_rate)
    )
    resampler = Resampler(info.sample_rate, out_rate, room.n_channels)
    meter, n_read = ProgressMeter(declared or 1), 0
    for block in file.blocks(start_s, duration_s, cancel):
        room.append(resampler.feed(downmix(block, info.channel_layout)))
        n_read += block.shape[1]
        yield meter.at(n_read if declared else 0, "reading")
    room.append(resampler.finish())
    if room.n_samples == 0:
        raise AudioUnreadableError(file.path, UnreadableReason.EMPTY)
    yield Audio(room.samples[:, : room.n_samples], out_rate)


class _Room:
    """An array in a scratch file that grows as it is filled."""

    def __init__(self, scratch: Scratch, n_channels: int, sample_rate: int, n_expected: int) -> None:
        self._scratch, self.n_channels, self.n_samples = scratch, n_channels, 0
        self.samples = self._reserve(n_expected or _FIRST_ROOM_S * sample_rate)

    def append(self, block: FloatArray) -> None:
        """Put a block [C, t] behind what is there."""
        stop = self.n_samples + block.shape[1]
        if stop > self.samples.shape[1]:
            larger = self._reserve(max(2 * self.samples.shape[1], stop))
            larger[:, : self.n_samples] = self.samples[:, : self.n_samples]
            self.samples = larger
        self.samples[:, self.n_samples : stop] = block
        if stop // _RELEASE_SAMPLES > self.n_samples // _RELEASE_SAMPLES:
            release(self.samples)
        self.n_samples = stop

    def _reserve(self, n_samples: int) -> FloatArray:
        _, array = self._scratch.reserve((self.n_channels, n_samples), np.float32)
        return array.view(np.float32)
