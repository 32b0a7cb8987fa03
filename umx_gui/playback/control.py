"""The control block: a few hundred numbers shared by the window's process and the sound process, without locks.

Every word is a float64, written whole by one side only. Words that belong together are guarded by a version that is odd
while they are written; a reader that meets a change half done keeps what it had (the callback) or reads again (the
window). The block is anonymous memory, never a file on disk: writing to a mapped file can wait for the disk.
"""

from __future__ import annotations

import mmap
import os
import secrets
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from umx_gui.errors import SoundReason, SoundUnavailableError
from umx_gui.playback.mix import MAX_STEMS, Gain, Gains

Handle = int | str
"""What the other process needs to find the block: a descriptor (POSIX) or a tag (Windows)."""

_SEEK_SHIFT = 1 << 40
_N_TEXT_BYTES = 512
_READ_AGAIN = 100


class Word(IntEnum):
    """Where each number lies, in words of 8 bytes."""

    # Written by the window's process.
    PLAY = 0  # 1 while sound is wanted
    SEEK = 1  # number of the seek * 2^40 + sample, in one word so that it cannot be read half
    SPEED = 2  # 0 stands for 1
    SETTINGS_VERSION = 3  # guards the next ones
    LOOP_START = 4
    LOOP_STOP = 5  # 0: no loop
    MIXTURE = 6  # gains, 4 words each
    MIXTURE_ALONE = 10
    STEMS = 14
    # Written by the sound process.
    STATE = STEMS + 4 * MAX_STEMS
    REASON = STATE + 1  # index into SoundReason
    UNDERRUNS = STATE + 2
    LATENCY_S = STATE + 3
    STATUS_VERSION = STATE + 4  # guards the next ones
    POSITION = STATE + 5
    N_PLAYED = STATE + 6
    ANCHOR_S = STATE + 7
    JUMP_AT = STATE + 8
    JUMP_FROM = STATE + 9
    SEEK_DONE = STATE + 10
    AT_END = STATE + 11
    PACE = STATE + 12  # the speed that the anchor was taken at
    # Raised by the sound process, zeroed by the reader.
    LEVELS = STATE + 13
    TEXT = LEVELS + 2 * (MAX_STEMS + 1)


_N_BYTES = Word.TEXT * 8 + _N_TEXT_BYTES


class State(IntEnum):
    """What the sound process is doing."""

    STARTING = 0
    READY = 1
    FAILED = 2


@dataclass(frozen=True, slots=True)
class Status:
    """Where the player is. Sample counts are at the song's rate.

    position: the next sample to be handed to the device; n_played: samples handed over since the start, never going
    back; anchor_s: the time (perf_counter) at which sample number 0 of them would have been handed over at the present
    pace; jump_at: n_played at the last jump of the position; jump_from: the position before it where it was a loop's
    end, else -1; seek_done: the last seek carried out; speed: of the anchor's pace, 1 is normal.
    """

    position: int
    n_played: int
    anchor_s: float
    jump_at: int
    jump_from: int
    seek_done: int
    at_end: bool
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What the callback plays: gains, and the loop (start, stop) or None."""

    gains: Gains
    loop: tuple[int, int] | None


class Control:
    """The block with its two sides: methods for the window's process first, then for the sound process."""

    def __init__(self, memory: mmap.mmap) -> None:
        self.words = memoryview(memory).cast("d")
        self._levels = np.frombuffer(memory, np.float64, 2 * (MAX_STEMS + 1), Word.LEVELS * 8)
        self._text = memoryview(memory)[Word.TEXT * 8 : _N_BYTES]

    @classmethod
    def create(cls) -> tuple[Control, Handle]:
        """A block of zeros, and the handle for the other process (to be closed by the caller where it is an int)."""
        if sys.platform == "win32":
            tag = f"umx-gui-{os.getpid()}-{secrets.token_hex(8)}"
            return cls(mmap.mmap(-1, _N_BYTES, tagname=tag)), tag
        fd = _anonymous_file()
        os.ftruncate(fd, _N_BYTES)
        return cls(mmap.mmap(fd, _N_BYTES)), fd

    @classmethod
    def attach(cls, handle: Handle) -> Control:
        """The block that another process created."""
        if sys.platform == "win32":
            return cls(mmap.mmap(-1, _N_BYTES, tagname=str(handle)))
        return cls(mmap.mmap(int(handle), _N_BYTES))

    def set_play(self, on: bool) -> None:
        """Ask for sound, or for silence."""
        self.words[Word.PLAY] = float(on)

    def seek(self, sample: int) -> None:
        """Ask for a jump to `sample`."""
        number = (int(self.words[Word.SEEK]) // _SEEK_SHIFT + 1) % 4096
        self.words[Word.SEEK] = float(number * _SEEK_SHIFT + sample)

    def set_speed(self, speed: float) -> None:
        """Ask for another speed; 1 is normal."""
        self.words[Word.SPEED] = speed

    @property
    def speed(self) -> float:
        """The speed that is asked for."""
        return float(self.words[Word.SPEED]) or 1.0

    @property
    def play(self) -> bool:
        """Whether sound is asked for."""
        return self.words[Word.PLAY] != 0

    @property
    def seek_wanted(self) -> int:
        """The last seek asked for, to be compared with `Status.seek_done`."""
        return int(self.words[Word.SEEK])

    def set_settings(self, gains: Gains, loop: tuple[int, int] | None) -> None:
        """Set gains and loop. Raises ValueError for more than MAX_STEMS stems."""
        if len(gains.stems) > MAX_STEMS:
            raise ValueError(f"at most {MAX_STEMS} stems, got {len(gains.stems)}")
        self.words[Word.SETTINGS_VERSION] += 1
        self.words[Word.LOOP_START], self.words[Word.LOOP_STOP] = map(float, loop or (0, 0))
        for at, gain in ((Word.MIXTURE, gains.mixture), (Word.MIXTURE_ALONE, gains.mixture_alone)):
            self._set_gain(at, gain)
        for j, gain in enumerate(gains.stems):
            self._set_gain(Word.STEMS + 4 * j, gain)
        self.words[Word.SETTINGS_VERSION] += 1

    def status(self) -> Status:
        """A consistent picture of where the player is."""
        words = self.words
        for _ in range(_READ_AGAIN):
            version = words[Word.STATUS_VERSION]
            values = words[Word.POSITION : Word.PACE + 1].tolist()
            if version % 2 == 0 and words[Word.STATUS_VERSION] == version:
                break
        position, n_played, anchor_s, jump_at, jump_from, seek_done, at_end, speed = values
        return Status(
            int(position),
            int(n_played),
            anchor_s,
            int(jump_at),
            int(jump_from),
            int(seek_done),
            bool(at_end),
            speed or 1.0,
        )

    def take_levels(self, n_stems: int) -> NDArray[np.float32]:
        """Peaks [n_stems + 1, 2] since the last call; the last row is the master.

        A peak written while this reads may be missed: one block of 23 ms, for a meter.
        """
        levels = self._levels.astype(np.float32).reshape(-1, 2)
        self._levels[:] = 0
        return np.concatenate([levels[:n_stems], levels[MAX_STEMS:]])

    @property
    def state(self) -> State:
        """What the sound process is doing."""
        return State(int(self.words[Word.STATE]))

    @property
    def error(self) -> SoundUnavailableError | None:
        """Why it failed."""
        if self.state is not State.FAILED:
            return None
        detail = bytes(self._text).rstrip(b"\0").decode(errors="ignore")
        return SoundUnavailableError(detail, list(SoundReason)[int(self.words[Word.REASON])])

    @property
    def settings_version(self) -> float:
        """Another number whenever gains or loop were set."""
        return float(self.words[Word.SETTINGS_VERSION])

    def settings(self, n_stems: int) -> Settings | None:
        """Gains and loop, or None while they are being written."""
        version = self.words[Word.SETTINGS_VERSION]
        values = self.words[Word.LOOP_START : Word.STEMS + 4 * n_stems].tolist()
        if version % 2 or self.words[Word.SETTINGS_VERSION] != version:
            return None
        start, stop = int(values[0]), int(values[1])
        mixture, alone, *stems = (_gain(values, at) for at in range(2, len(values), 4))
        return Settings(Gains(tuple(stems), mixture, alone), (start, stop) if 0 <= start < stop else None)

    def set_status(self, status: Status) -> None:
        """Tell where the player is; the callback does this once a block."""
        words = self.words
        words[Word.STATUS_VERSION] += 1
        words[Word.POSITION] = status.position
        words[Word.N_PLAYED] = status.n_played
        words[Word.ANCHOR_S] = status.anchor_s
        words[Word.JUMP_AT] = status.jump_at
        words[Word.JUMP_FROM] = status.jump_from
        words[Word.SEEK_DONE] = status.seek_done
        words[Word.AT_END] = status.at_end
        words[Word.PACE] = status.speed
        words[Word.STATUS_VERSION] += 1

    def raise_level(self, row: int, side: int, peak: float) -> None:
        """Note a peak of stem `row` (-1: the master)."""
        at = Word.LEVELS + 2 * (row if row >= 0 else MAX_STEMS) + side
        self.words[at] = max(self.words[at], peak)

    def count_underrun(self) -> None:
        """Note that the device had to wait."""
        self.words[Word.UNDERRUNS] += 1

    def set_ready(self, latency_s: float) -> None:
        """Say that sound can be heard, `latency_s` after it is handed over."""
        self.words[Word.LATENCY_S] = latency_s
        self.words[Word.STATE] = float(State.READY)

    def set_failed(self, error: SoundUnavailableError) -> None:
        """Say why no sound can be heard."""
        text = error.detail.encode()[:_N_TEXT_BYTES]
        self._text[: len(text)] = text
        self.words[Word.REASON] = float(list(SoundReason).index(error.reason))
        self.words[Word.STATE] = float(State.FAILED)

    def _set_gain(self, at: int, gain: Gain) -> None:
        for i, factor in enumerate(gain):
            self.words[at + i] = factor


def seek_target(seek: int) -> int:
    """The sample of a seek."""
    return seek % _SEEK_SHIFT


def _gain(values: Sequence[float], at: int) -> Gain:
    return values[at], values[at + 1], values[at + 2], values[at + 3]


def _anonymous_file() -> int:
    """A descriptor of memory without a name: nothing is left behind, however the processes end."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("umx-gui-control", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile(prefix="umx-control-") as file:
        return os.dup(file.fileno())
