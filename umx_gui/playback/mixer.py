"""The heart of the sound process: fills block after block with what is to be heard.

It runs inside the audio callback: no lock, no file, no print, no new array (the few small Python objects it needs come
from free lists). It knows no device, so that tests can hear every sample of it.

Changes never click: gains move over one block in a straight line; pause, seek and new stems fade over 5 ms. A loop is
joined to the sample, without a fade. A song that starts at its first sample starts at once, with its attack.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray
from umx_gui.playback.control import Control, Status, seek_target
from umx_gui.playback.mix import FILL_GRAIN, SILENT, Gain, scale

FADE_S = 0.005
MIN_LOOP_SAMPLES = 64
_SETTLE_BLOCKS = 8
_PACE = 0.05  # of the difference, each block


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The arrays of a song, mapped: mixture [C, T], stems [J, C, T] or None, fill [ceil(T / FILL_GRAIN)] uint8."""

    mixture: FloatArray
    stems: FloatArray | None
    fill: NDArray[np.uint8]

    @property
    def n_samples(self) -> int:
        """T."""
        return int(self.mixture.shape[1])

    @property
    def n_stems(self) -> int:
        """J."""
        return 0 if self.stems is None else len(self.stems)


class Mixer:
    """Plays a `Source` as the control block says. `source` may be replaced whole by another thread at any time."""

    def __init__(self, control: Control, source: Source, sample_rate: int, block_size: int) -> None:
        self.source = source
        self._control = control
        self._sample_rate = sample_rate
        self._heard = source
        self._position = min(seek_target(control.seek_wanted), source.n_samples)
        self._seek_done = control.seek_wanted
        self._loop: tuple[int, int] | None = None
        self._gains: list[Gain] | None = None  # per stem, then the mixture; None: nothing is heard
        self._there = self._alone = [SILENT] * (source.n_stems + 1)
        self._version = -1.0
        self._at_end = False
        self._speed = 1.0
        self._n_played = self._jump_at = self._n_paced = 0
        self._jump_from = -1
        self._anchor_s = 0.0
        self._out = np.zeros((2, block_size), np.float32)
        self._scaled, self._spare, self._left, self._right, self._odd = np.zeros((5, block_size), np.float32)
        self._count = np.arange(1, block_size + 1, dtype=np.float32)
        self._slow = self._count / np.float32(block_size)
        self._n_fade = max(round(FADE_S * sample_rate), 1)
        self._quick = np.minimum(self._count / np.float32(self._n_fade), np.float32(1))
        self._publish()

    def fill(self, out: FloatArray, now_s: float) -> None:
        """Write the next samples into `out` [n, 2]; `now_s` is perf_counter(), the time they are handed over."""
        size = len(self._slow)
        for start in range(0, len(out), size):
            self._fill_block(out[start : start + size], now_s)

    @property
    def speed(self) -> float:
        """How fast its samples are handed to the device; 1 is normal. Only the clock of the playhead needs it."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._speed, self._n_paced = speed, 0

    @property
    def at_rest(self) -> bool:
        """Whether nothing is heard and nothing waits to be done."""
        still = self._gains is None and self._control.seek_wanted == self._seek_done
        return still and (self._at_end or not self._control.play)

    def _fill_block(self, out: FloatArray, now_s: float) -> None:
        n = len(out)
        self._out[:, :n] = 0
        self._read_settings()
        self._jump(n)
        playing = self._gains is not None
        if self._control.play and not self._at_end:
            playing = True
            self._play(n, now_s)
        elif playing:
            self._pace(now_s)
            self._fade_out(n)
        if playing:
            self._note_peak(-1, 0, self._out[0, :n])
            self._note_peak(-1, 1, self._out[1, :n])
        out[:] = self._out[:, :n].T
        self._publish()

    def _read_settings(self) -> None:
        """Take over gains and loop when the window has set new ones."""
        version = self._control.settings_version
        if version == self._version:
            return
        n_stems, n_samples = self._heard.n_stems, self._heard.n_samples
        settings = self._control.settings(n_stems)
        if settings is None:
            return
        self._version = version
        self._there = [*settings.gains.stems, settings.gains.mixture]
        self._alone = [*([SILENT] * n_stems), settings.gains.mixture_alone]
        self._loop = None
        if settings.loop is not None:
            start, stop = settings.loop[0], min(settings.loop[1], n_samples)
            self._loop = (start, stop) if stop - start >= MIN_LOOP_SAMPLES else None

    def _jump(self, n: int) -> None:
        """Carry out a seek, or take over other stems; what was heard fades out over what comes."""
        seek, source = self._control.seek_wanted, self.source
        if seek == self._seek_done and source is self._heard:
            return
        position, n_played = self._position, self._n_played
        if self._gains is not None:
            self._fade_out(n)
        if source is not self._heard:
            self._heard, self._version = source, -1.0
            self._there = self._alone = [SILENT] * (source.n_stems + 1)
            self._read_settings()
        if seek != self._seek_done:
            self._seek_done, self._at_end = seek, False
            position = min(seek_target(seek), source.n_samples)
        self._position, self._n_played = position, n_played
        self._jump_at, self._jump_from = n_played, -1

    def _play(self, n: int, now_s: float) -> None:
        """Play `n` samples on from the position, towards the gains that are set."""
        before, goal, ramp = self._gains, self._goal(n), self._slow
        if before is None:
            self._jump_at, self._jump_from, self._n_paced = self._n_played, -1, 0
            before = goal if self._position == 0 else [SILENT] * len(goal)
            ramp = self._quick
        elif n < len(ramp):
            ramp = self._odd
            np.divide(self._count[:n], n, out=ramp[:n])
        self._pace(now_s)
        self._gains = goal
        self._advance(n, before, goal, ramp)

    def _fade_out(self, n: int) -> None:
        """Play on for the length of a fade, to silence."""
        if self._gains is not None:
            self._advance(min(n, self._n_fade), self._gains, [SILENT] * len(self._gains), self._quick)
            self._gains = None

    def _advance(self, n: int, before: list[Gain], goal: list[Gain], ramp: FloatArray) -> None:
        """Mix `n` samples from the position on, around the loop, until the end."""
        done = 0
        while done < n:
            end = self._end()
            m = min(n - done, end - self._position)
            if m > 0:
                self._mix(slice(done, done + m), before, goal, ramp)
            done += m
            self._position += m
            self._n_played += m
            if self._position < end:
                continue
            if self._loop is not None and end == self._loop[1]:
                self._jump_at, self._jump_from = self._n_played, end
                self._position = self._loop[0]
            else:
                self._at_end, self._gains = True, None
                return

    def _end(self) -> int:
        """Where the stretch that is played ends: at the loop's end while before it, else at the song's."""
        loop = self._loop
        return loop[1] if loop is not None and self._position < loop[1] else self._heard.n_samples

    def _goal(self, n: int) -> list[Gain]:
        """The gains of the stems where they are there for this block and the next, else those of the mixture alone: so
        every crossfade between the two lies where both are.
        """
        end, stop = self._end(), self._position + 2 * n
        there = self._heard.stems is not None and self._filled(self._position, min(stop, end))
        if there and stop > end and self._loop is not None and end == self._loop[1]:
            there = self._filled(self._loop[0], min(self._loop[0] + stop - end, end))
        return self._there if there else self._alone

    def _filled(self, start: int, stop: int) -> bool:
        fill = self._heard.fill
        return all(fill[cell] for cell in range(start // FILL_GRAIN, -(-stop // FILL_GRAIN)))

    def _mix(self, where: slice, before: list[Gain], goal: list[Gain], ramp: FloatArray) -> None:
        """Add the samples at the position to the stretch `where` of the block, gains moving along `ramp`."""
        source, start = self._heard, self._position
        stop = start + where.stop - where.start
        for row, (a, b) in enumerate(zip(before, goal, strict=True)):
            if a == SILENT == b:
                continue
            of_stem = source.stems is not None and row < source.n_stems
            samples = source.stems[row] if source.stems is not None and of_stem else source.mixture
            for side in (0, 1):
                heard = self._scale(samples[:, start:stop], a, b, side, ramp[where])
                if heard is None:
                    continue
                self._out[side, where] += heard
                if of_stem:
                    self._note_peak(row, side, heard)

    def _scale(self, samples: FloatArray, a: Gain, b: Gain, side: int, ramp: FloatArray) -> FloatArray | None:
        m = len(ramp)
        left = _between(a[2 * side], b[2 * side], ramp, self._left[:m])
        right = _between(a[2 * side + 1], b[2 * side + 1], ramp, self._right[:m])
        return scale(samples, left, right, self._scaled[:m], self._spare[:m])

    def _note_peak(self, row: int, side: int, samples: FloatArray) -> None:
        self._control.raise_level(row, side, max(float(samples.max()), -float(samples.min())))

    def _pace(self, now_s: float) -> None:
        """Steady the clock: devices call back in bursts, so the time of a single call says little."""
        anchor_s = now_s - self._n_played / (self._sample_rate * self._speed)
        self._n_paced += 1
        if self._n_paced <= _SETTLE_BLOCKS:
            self._anchor_s = anchor_s
        else:
            self._anchor_s += _PACE * (anchor_s - self._anchor_s)

    def _publish(self) -> None:
        self._control.set_status(
            Status(
                self._position,
                self._n_played,
                self._anchor_s,
                self._jump_at,
                self._jump_from,
                self._seek_done,
                self._at_end,
                self._speed,
            )
        )


def _between(a: float, b: float, ramp: FloatArray, out: FloatArray) -> float | FloatArray:
    """From a to b along the ramp, or the number where they are one."""
    if a == b:
        return a
    np.multiply(ramp, b - a, out=out)
    np.add(out, a, out=out)
    return out
