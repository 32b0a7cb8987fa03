"""How each lane is drawn: one choice for all lanes, and the lanes that differ from it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from umx_gui.app.open_song.song import MIXTURE
from umx_gui.words import mark

WAVEFORM, SPECTROGRAM, BOTH = "waveform", "spectrogram", "both"
COMPOSITE, DIFFERENCE, MASK = "composite", "difference", "mask"
REFERENCE_WAVE, REFERENCE, ERROR = "reference wave", "reference", "error"
WITH_REFERENCE = (REFERENCE_WAVE, REFERENCE, ERROR)
EVERYWHERE = (WAVEFORM, SPECTROGRAM, BOTH)
WORDS = {
    WAVEFORM: mark("Waveform"),
    SPECTROGRAM: mark("Spectrogram"),
    BOTH: mark("Waveform and spectrogram"),
    COMPOSITE: mark("Spectrogram coloured by stem"),
    DIFFERENCE: mark("Difference from the sum of the stems (+60 dB)"),
    MASK: mark("Mask: the stem's share of the mixture"),
    REFERENCE_WAVE: mark("Waveform above the reference's"),
    REFERENCE: mark("Spectrogram above the reference's"),
    ERROR: mark("Difference from the reference"),
}
SPOKEN = {
    BOTH: mark("waveform and spectrogram"),
    COMPOSITE: mark("spectrogram coloured by stem"),
    MASK: mark("mask"),
    REFERENCE_WAVE: mark("waveform and the reference's"),
    REFERENCE: mark("spectrogram and the reference's"),
    ERROR: mark("difference from the reference"),
}
"""What a lane is called by its mode, where that is not the mode's own name."""
WHERE_DARK = {
    DIFFERENCE: mark("No difference is left here: the stems add up to the mixture"),
    ERROR: mark("No difference is left here: the stem equals its reference"),
}
"""What is said in a lane that has nothing to show."""


def modes_of(key: str) -> tuple[str, ...]:
    """The ways in which the lane of a target (or the mixture) can be drawn."""
    return (*EVERYWHERE, COMPOSITE, DIFFERENCE) if key == MIXTURE else (*EVERYWHERE, MASK)


class LaneModes(QObject):
    """The choice for all lanes, and the lanes that differ from it.

    A lane whose reference has gone is drawn like all, and again with its reference when there is one.
    """

    changed = Signal()

    def __init__(self, everywhere: str, parent: QObject) -> None:
        super().__init__(parent)
        self._everywhere = everywhere if everywhere in EVERYWHERE else WAVEFORM
        self._different: dict[str, str] = {}
        self._referenced: frozenset[str] = frozenset()

    @property
    def everywhere(self) -> str:
        """The choice for all lanes."""
        return self._everywhere

    @property
    def different(self) -> dict[str, str]:
        """The lanes that are drawn in a way of their own."""
        return dict(self._different)

    def of(self, key: str) -> str:
        """How the lane of a target (or the mixture) is drawn."""
        mode = self._different.get(key, self._everywhere)
        return mode if mode in self.offered(key) else self._everywhere

    def offered(self, key: str) -> tuple[str, ...]:
        """The ways in which a lane can be drawn now."""
        return (*modes_of(key), *WITH_REFERENCE) if key in self._referenced else modes_of(key)

    def set_referenced(self, targets: Iterable[str]) -> None:
        """The stems that have references, which can be drawn beside them."""
        if (referenced := frozenset(targets)) != self._referenced:
            self._referenced = referenced
            self.changed.emit()

    def set_all(self, mode: str) -> None:
        """Draw all lanes in one way."""
        if mode in EVERYWHERE and (mode != self._everywhere or self._different):
            self._everywhere, self._different = mode, {}
            self.changed.emit()

    def set_one(self, key: str, mode: str) -> None:
        """Draw one lane in another way than the rest, or like the rest again. What it cannot be drawn as is ignored."""
        if mode in self.offered(key) and mode != self.of(key):
            self._different.pop(key, None)
            if mode != self._everywhere:
                self._different[key] = mode
            self.changed.emit()
