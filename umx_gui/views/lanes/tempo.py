"""Bars and beats: a tempo set by hand or tapped, where the first beat is, and the nearest beat to a sample."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Signal

from umx_gui.views.lanes.timeline import Tick, Timeline

MIN_BPM, MAX_BPM = 20.0, 400.0
TIME, BARS = "time", "bars"
_FORGET_TAPS_S = 2.5
_MOST_TAPS = 16


class Tempo(QObject):
    """The tempo of the open song, and whether the ruler shows bars."""

    changed = Signal()

    def __init__(
        self, timeline: Timeline, ruler: str, parent: QObject, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._now_s = now_s
        self._taps: list[float] = []
        self.bars = ruler == BARS
        self.bpm = 120.0
        self.beats = 4
        self.offset_s = 0.0

    def show_bars(self, on: bool) -> None:
        """Show bars and beats instead of times."""
        if on != self.bars:
            self.bars = on
            self.changed.emit()

    def set(self, bpm: float | None = None, beats: int | None = None, offset_s: float | None = None) -> None:
        """Set beats a minute, beats a bar, and the time of the first bar's first beat; what is None stays."""
        before = (self.bpm, self.beats, self.offset_s)
        self.bpm = min(max(self.bpm if bpm is None else bpm, MIN_BPM), MAX_BPM)
        self.beats = min(max(self.beats if beats is None else beats, 1), 32)
        self.offset_s = self.offset_s if offset_s is None else offset_s
        if before != (self.bpm, self.beats, self.offset_s):
            self.changed.emit()

    def tap(self) -> None:
        """One beat is now; from the second tap on the tempo is the mean of those that followed closely."""
        now_s = self._now_s()
        if self._taps and now_s - self._taps[-1] > _FORGET_TAPS_S:
            self._taps.clear()
        self._taps = [*self._taps, now_s][-_MOST_TAPS:]
        if len(self._taps) > 1 and (span_s := self._taps[-1] - self._taps[0]) > 0:
            self.set(bpm=round(60 * (len(self._taps) - 1) / span_s, 1))

    @property
    def beat_s(self) -> float:
        """The length of a beat in seconds."""
        return 60.0 / self.bpm

    def snap(self, sample: int) -> int:
        """The nearest beat within the song while bars are shown, else the sample itself."""
        if not self.bars:
            return sample
        rate = self._timeline.sample_rate
        beat = round((sample / rate - self.offset_s) / self.beat_s)
        return min(max(round((self.offset_s + beat * self.beat_s) * rate), 0), self._timeline.n_samples)

    def place(self, sample: int) -> str:
        """Bar and beat of a sample, as bar.beat, counted from 1."""
        beat = math.floor((sample / self._timeline.sample_rate - self.offset_s) / self.beat_s + 1e-6)
        return f"{beat // self.beats + 1}.{beat % self.beats + 1}"

    def ticks(self, start_s: float, stop_s: float, width: float, room: float = 56.0) -> Iterator[Tick]:
        """The marks of a ruler `width` pixels wide: bars with their numbers, and beats where there is room."""
        per_pixel = (stop_s - start_s) / max(width, 1.0)
        step = self.beat_s  # beats carry numbers, too, when they lie far apart
        if step / per_pixel < room:
            bars = 1
            while bars * self.beats * self.beat_s / per_pixel < room:
                bars *= 2
            step = bars * self.beats * self.beat_s
        minor = self.beat_s if self.beat_s / per_pixel >= 6 else step
        minor = max(minor, step / 64)
        i = math.ceil((start_s - self.offset_s) / minor - 1e-9)
        while (at_s := self.offset_s + i * minor) < stop_s:
            label = ""
            if abs(at_s - self.offset_s - round((at_s - self.offset_s) / step) * step) < 1e-6:
                beat = round((at_s - self.offset_s) / self.beat_s)
                on_bar = beat % self.beats == 0
                label = str(beat // self.beats + 1) if on_bar else f"{beat // self.beats + 1}.{beat % self.beats + 1}"
            yield Tick(at_s, label)
            i += 1
