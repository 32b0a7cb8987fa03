"""How each lane is drawn: a waveform or a spectrogram, chosen for all or for one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

WAVEFORM, SPECTROGRAM = "waveform", "spectrogram"


class LaneModes(QObject):
    """The choice for all lanes, and the lanes that differ from it."""

    changed = Signal()

    def __init__(self, everywhere: str, parent: QObject) -> None:
        super().__init__(parent)
        self._everywhere = everywhere if everywhere in (WAVEFORM, SPECTROGRAM) else WAVEFORM
        self._different: set[str] = set()

    @property
    def everywhere(self) -> str:
        """The choice for all lanes."""
        return self._everywhere

    def of(self, key: str) -> str:
        """How the lane of a target (or the mixture) is drawn."""
        if key not in self._different:
            return self._everywhere
        return SPECTROGRAM if self._everywhere == WAVEFORM else WAVEFORM

    def set_all(self, mode: str) -> None:
        """Draw all lanes in one way."""
        if mode != self._everywhere or self._different:
            self._everywhere, self._different = mode, set()
            self.changed.emit()

    def set_one(self, key: str, mode: str) -> None:
        """Draw one lane in another way than the rest, or like the rest again."""
        if mode != self.of(key):
            self._different ^= {key}
            self.changed.emit()
