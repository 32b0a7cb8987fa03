"""How each lane is drawn: one choice for all lanes, and the lanes that differ from it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from umx_gui.app.open_song.song import MIXTURE
from umx_gui.words import mark

WAVEFORM, SPECTROGRAM, BOTH = "waveform", "spectrogram", "both"
COMPOSITE, DIFFERENCE, MASK = "composite", "difference", "mask"
EVERYWHERE = (WAVEFORM, SPECTROGRAM, BOTH)
WORDS = {
    WAVEFORM: mark("Waveform"),
    SPECTROGRAM: mark("Spectrogram"),
    BOTH: mark("Waveform and spectrogram"),
    COMPOSITE: mark("Spectrogram coloured by stem"),
    DIFFERENCE: mark("Difference from the sum of the stems (+60 dB)"),
    MASK: mark("Mask: the stem's share of the mixture"),
}


def modes_of(key: str) -> tuple[str, ...]:
    """The ways in which the lane of a target (or the mixture) can be drawn."""
    return (*EVERYWHERE, COMPOSITE, DIFFERENCE) if key == MIXTURE else (*EVERYWHERE, MASK)


class LaneModes(QObject):
    """The choice for all lanes, and the lanes that differ from it."""

    changed = Signal()

    def __init__(self, everywhere: str, parent: QObject) -> None:
        super().__init__(parent)
        self._everywhere = everywhere if everywhere in EVERYWHERE else WAVEFORM
        self._different: dict[str, str] = {}

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
        return self._different.get(key, self._everywhere)

    def set_all(self, mode: str) -> None:
        """Draw all lanes in one way."""
        if mode in EVERYWHERE and (mode != self._everywhere or self._different):
            self._everywhere, self._different = mode, {}
            self.changed.emit()

    def set_one(self, key: str, mode: str) -> None:
        """Draw one lane in another way than the rest, or like the rest again. What it cannot be drawn as is ignored."""
        if mode in modes_of(key) and mode != self.of(key):
            self._different.pop(key, None)
            if mode != self._everywhere:
                self._different[key] = mode
            self.changed.emit()
