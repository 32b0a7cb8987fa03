"""A player without sound: the playhead moves by the clock. For machines without a device, and for tests."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.storage.scratch import Region, Scratch
from umx_gui.errors import SoundUnavailableError
from umx_gui.playback.mix import Mix


class NullDevice:
    """The same verbs as `Player`, in silence. `clock` gives seconds; a test may pass its own."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self.device: str | None = None
        self._clock = clock
        self._n_samples = self._n_stems = 0
        self._sample_rate = 44100
        self._loop: tuple[int, int] | None = None
        self._from = 0
        self._speed = 1.0
        self._since_s: float | None = None

    def load(self, scratch: Scratch, mixture: Region, stems: Region | None, fill: Region, sample_rate: int) -> None:
        """Take another song: stopped, at its start, without a loop."""
        self.unload()
        self._n_samples, self._sample_rate = mixture.shape[1], sample_rate
        self.set_stems(stems)

    def unload(self) -> None:
        """Let go of the song."""
        self._n_samples = self._n_stems = self._from = 0
        self._loop = self._since_s = None

    def set_stems(self, stems: Region | None) -> None:
        """Take the number of stems from these."""
        self._n_stems = 0 if stems is None else stems.shape[0]

    def set_mix(self, mix: Mix) -> None:
        """Nothing is heard, so nothing changes."""

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Repeat the samples [start, stop) once they are reached."""
        self._move_to(self.position)
        self._loop = loop

    def set_speed(self, speed: float) -> None:
        """Move slower or faster."""
        self._move_to(self.position)
        self._speed = speed

    def play(self) -> None:
        """Go on from the position; at the end, from the start (of the loop)."""
        if self.position >= self._n_samples:
            self._move_to(self._loop[0] if self._loop else 0)
        if self._n_samples and self._since_s is None:
            self._since_s = self._clock()

    def pause(self) -> None:
        """Stay at the position."""
        self._move_to(self.position)
        self._since_s = None

    def seek(self, sample: int) -> None:
        """Go to a sample, held within the song."""
        if self.at_end:
            self._since_s = None
        self._move_to(min(max(sample, 0), self._n_samples))

    @property
    def position(self) -> int:
        """The sample that would be heard now."""
        if self._since_s is None:
            return self._from
        position = self._from + int((self._clock() - self._since_s) * self._sample_rate * self._speed)
        stop = min(self._loop[1], self._n_samples) if self._loop else 0
        if self._loop and self._from < stop <= position and self._loop[0] < stop:
            start = self._loop[0]
            return start + (position - start) % (stop - start)
        return min(position, self._n_samples)

    @property
    def playing(self) -> bool:
        """Whether the playhead moves."""
        return self._since_s is not None and not self.at_end

    @property
    def at_end(self) -> bool:
        """Whether the playhead went to the song's end by itself."""
        return self._since_s is not None and self.position >= self._n_samples

    @property
    def underruns(self) -> int:
        """None ever."""
        return 0

    @property
    def levels(self) -> NDArray[np.float32]:
        """Silence, [J + 1, 2]."""
        return np.zeros((self._n_stems + 1, 2), np.float32)

    @property
    def available(self) -> bool:
        """True: it does what it can."""
        return True

    @property
    def error(self) -> SoundUnavailableError | None:
        """None ever."""
        return None

    def reopen(self) -> None:
        """There is nothing to open: stop, as `Player` does."""
        self.pause()

    def close(self) -> None:
        """Let go of the song."""
        self.unload()

    def _move_to(self, sample: int) -> None:
        self._from = sample
        if self._since_s is not None:
            self._since_s = self._clock()
