"""The shared time axis: which stretch of the song is seen, and how time and pixels turn into each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from umx_gui.views.kit.formats import clock

MIN_VISIBLE = 48
_STEPS_S = (1e-4, 5e-4, 1e-3, 5e-3, 1e-2, 5e-2, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


class Timeline(QObject):
    """The visible stretch [start, stop) of a song in samples; every view shows the same one."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.n_samples = 0
        self.sample_rate = 44100
        self.start = 0.0
        self.stop = 1.0
        self.gain = 1.0

    def set_song(self, n_samples: int, sample_rate: int) -> None:
        """Take a song's length and rate, and show all of it."""
        self.n_samples = n_samples
        self.sample_rate = sample_rate
        self.gain = 1.0
        self.fit()

    @property
    def visible(self) -> float:
        """How many samples are seen."""
        return self.stop - self.start

    @property
    def whole(self) -> bool:
        """Whether all of the song is seen."""
        return self.visible >= self.n_samples

    def set_view(self, start: float, stop: float) -> None:
        """Show [start, stop), kept inside the song and no shorter than `MIN_VISIBLE` samples."""
        total = float(max(self.n_samples, MIN_VISIBLE))
        width = min(max(stop - start, MIN_VISIBLE), total)
        start = (start + stop - width) / 2
        start = min(max(start, 0.0), total - width)
        if (start, start + width) != (self.start, self.stop):
            self.start, self.stop = start, start + width
            self.changed.emit()

    def fit(self) -> None:
        """Show the whole song."""
        self.start, self.stop = 0.0, float(max(self.n_samples, MIN_VISIBLE))
        self.changed.emit()

    def zoom(self, factor: float, at: float) -> None:
        """Show `factor` times less time (more for factors below 1); the sample `at` stays where it is on the screen."""
        width = min(max(self.visible / factor, MIN_VISIBLE), max(self.n_samples, MIN_VISIBLE))
        share = (at - self.start) / self.visible
        start = at - share * width
        self.set_view(start, start + width)

    def scroll(self, share: float) -> None:
        """Move by a share of what is seen: 1.0 is one page on."""
        delta = share * self.visible
        self.set_view(self.start + delta, self.stop + delta)

    def reveal(self, sample: float) -> None:
        """Turn the page so that a sample is seen near the left edge, if it is not seen already."""
        if not self.start <= sample < self.stop:
            start = sample - 0.04 * self.visible
            self.set_view(start, start + self.visible)

    def set_gain(self, gain: float) -> None:
        """How much the waveforms are stretched upwards, 1 to 16; a matter of looks, not of sound."""
        gain = min(max(gain, 1.0), 16.0)
        if gain != self.gain:
            self.gain = gain
            self.changed.emit()

    def x_of(self, sample: float, width: float) -> float:
        """Where a sample lies on a view `width` pixels wide."""
        return (sample - self.start) * width / self.visible

    def sample_at(self, x: float, width: float) -> int:
        """The sample at a pixel, kept inside the song."""
        sample = self.start + x * self.visible / max(width, 1.0)
        return round(min(max(sample, 0.0), float(self.n_samples)))


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the ruler at `at_s` seconds; major ones carry their time as `label`."""

    at_s: float
    label: str = ""


def ticks(start_s: float, stop_s: float, width: float, room: float = 84.0) -> Iterator[Tick]:
    """The marks of a ruler `width` pixels wide, majors at least `room` pixels apart, four minors between them."""
    per_pixel = (stop_s - start_s) / max(width, 1.0)
    major = next((s for s in _STEPS_S if s / per_pixel >= room), None)
    if major is None:
        major = 3600 * max(1, round(room * per_pixel / 3600 + 0.5))
    decimals = 0 if major >= 1 else 1 if major >= 0.1 else 2 if major >= 0.01 else 3 if major >= 0.001 else 4
    minor = major / (3 if major in (15, 900, 1800) else 4 if major in (2, 60, 120) else 5)
    i = int(start_s / minor)
    while (at := i * minor) < stop_s:
        is_major = abs(at / major - round(at / major)) < 1e-6
        yield Tick(at, clock(at + 1e-9, decimals) if is_major else "")
        i += 1
