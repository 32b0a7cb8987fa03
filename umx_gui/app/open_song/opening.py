"""Opening a song as a job: probe, decode into the song's scratch file, and say which stretches are there."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from umx_gui.app.open_song.song import MIXTURE, Song
from umx_gui.engine.audio import FloatArray
from umx_gui.engine.decoding import decode
from umx_gui.engine.decoding.decode import AudioFile, AudioInfo, downmix
from umx_gui.engine.storage.scratch import Scratch
from umx_gui.engine.work import CancelToken, Progress, ProgressMeter
from umx_gui.errors import AudioUnreadableError, UnreadableReason
from umx_gui.messages import Message, downmixed

_NEWS_SAMPLES = 1 << 18
_SPILL_SAMPLES = 1 << 22
_SAMPLES_PER_BYTE = 64  # no codec in use stores more: a file that declares more has no say in what is reserved


@dataclass(frozen=True, slots=True)
class Begun:
    """The first sound is there; the song can be shown and played while the rest of it comes."""

    song: Song


@dataclass(frozen=True, slots=True)
class Decoded:
    """The mixture and its peaks are there in [start, stop)."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Ended:
    """All is decoded: `song` is the one begun, or another one where the length was not as declared (or not known)."""

    song: Song
    messages: tuple[Message, ...]


def open_song(path: Path, cancel: CancelToken) -> Generator[Progress | Begun | Decoded | Ended, None, None]:
    """Decode a file. Raises AudioUnreadableError, AudioChangedError, DiskFullError.

    This job alone writes the mixture and its peaks; it yields `Decoded` after each stretch, so that nothing reads what
    is not there.
    """
    with AudioFile(path) as file:
        scratch = Scratch(scratch_folder())
        declared = _plausible_length(path, file.info)
        mixture = _Mixture(path, file.info, scratch, declared)
        meter = ProgressMeter(file.info.n_samples or 1)
        reported = 0
        for block in file.blocks(cancel=cancel):
            begins = mixture.song is None and declared > 0
            mixture.append(downmix(block, file.info.channel_layout))
            there = min(mixture.n_samples, declared)
            if begins and mixture.song is not None:
                yield Begun(mixture.song)
            if there - reported >= _NEWS_SAMPLES or (reported == 0 and there):
                yield mixture.told(reported, there)
                reported = there
            yield meter.at(mixture.n_samples if file.info.n_samples else 0, "opening")
        if mixture.n_samples == 0:
            raise AudioUnreadableError(path, UnreadableReason.EMPTY)
        messages = file.warnings
        if file.info.n_channels > 2:
            messages = (downmixed(file.info.n_channels, file.info.channel_layout), *messages)
        song = mixture.whole(cancel)
        if song is mixture.song and reported < song.n_samples:
            yield mixture.told(reported, song.n_samples)
        yield Ended(song, messages)


def warm_up(_: CancelToken) -> Generator[None, None, None]:
    """Start the decoding process ahead of the first file."""
    decode.warm_up()
    yield None


class _Mixture:
    """The mixture as it grows: in the reserved song as far as its length was declared, then in further reservations."""

    def __init__(self, path: Path, info: AudioInfo, scratch: Scratch, declared: int) -> None:
        self._path, self._info, self._scratch, self._declared = path, info, scratch, declared
        self._spilled: list[FloatArray] = []  # full but for the last one
        self._spill_fill = 0
        self.song: Song | None = None
        self.n_samples = 0

    def append(self, samples: FloatArray) -> None:
        """Take a block [C, t]; the first one says what C is."""
        if self.song is None and self._declared:
            self.song = Song.reserve(self._path, self._info, samples.shape[0], self._declared, self._scratch)
        room = max(self._declared - self.n_samples, 0)
        if self.song is not None and room:
            self._scratch.put(self.song.mixture_region, self.song.mixture, self.n_samples, samples[:, :room])
        self.n_samples += samples.shape[1]
        rest = samples[:, room:]
        while rest.shape[1]:
            if not self._spilled or self._spill_fill == self._spilled[-1].shape[1]:
                # Ever larger, so that a file of any length ends up in few pieces.
                size = max(_SPILL_SAMPLES, self.n_samples // 2)
                self._spilled.append(cast(FloatArray, self._scratch.reserve((samples.shape[0], size))[1]))
                self._spill_fill = 0
            part = rest[:, : self._spilled[-1].shape[1] - self._spill_fill]
            self._spilled[-1][:, self._spill_fill : self._spill_fill + part.shape[1]] = part
            self._spill_fill += part.shape[1]
            rest = rest[:, part.shape[1] :]

    def told(self, start: int, stop: int) -> Decoded:
        """Draw the peaks of what has come, and say so."""
        assert self.song is not None
        self.song.peaks[MIXTURE].update(start, stop)
        return Decoded(start, stop)

    def whole(self, cancel: CancelToken) -> Song:
        """The song with exactly the samples that came."""
        if self.song is not None and self.n_samples == self.song.n_samples:
            return self.song
        parts = [self.song.mixture[:, : self.n_samples]] if self.song is not None else []
        if self._spilled:
            parts += [*self._spilled[:-1], self._spilled[-1][:, : self._spill_fill]]
        scratch = Scratch(self._scratch.folder)
        song = Song.reserve(self._path, self._info, parts[0].shape[0], self.n_samples, scratch)
        at = 0
        for part in parts:
            for start in range(0, part.shape[1], _SPILL_SAMPLES):
                cancel.check()
                piece = part[:, start : start + _SPILL_SAMPLES]
                song.mixture[:, at : at + piece.shape[1]] = piece
                song.peaks[MIXTURE].update(at, at + piece.shape[1])
                at += piece.shape[1]
        return song


def scratch_folder() -> Path:
    """Where songs are laid out: not in `/tmp`, which is memory on many Linux systems, unless TMPDIR asks for it."""
    roomy = Path("/var/tmp")
    if sys.platform == "linux" and "TMPDIR" not in os.environ and os.access(roomy, os.W_OK | os.X_OK):
        return roomy
    return Path(tempfile.gettempdir())


def _plausible_length(path: Path, info: AudioInfo) -> int:
    """The declared number of samples if a file of this size can hold as many, else 0: not known."""
    if info.n_samples is None or info.n_samples > path.stat().st_size * _SAMPLES_PER_BYTE:
        return 0
    return max(info.n_samples, 0)
