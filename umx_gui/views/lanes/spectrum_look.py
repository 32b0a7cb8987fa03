"""How spectrograms look: axis, window, hop, levels and colours, remembered in the settings."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from umx_gui.app.session import Session
from umx_gui.engine.summaries import Spectrum
from umx_gui.words import mark

AXES = {"log": mark("Logarithmic"), "mel": mark("Mel"), "linear": mark("Linear")}
WINDOWS = ("256", "512", "1024", "2048", "4096", "8192")
OVERLAPS = ("2", "4", "8")
LOW_DB = (-120.0, -108.0, -96.0, -84.0, -72.0, -60.0)
HIGH_DB = (0.0, -12.0, -24.0, -36.0)
COLORS = {"lane": mark("The lane's colour"), "fire": mark("Fire"), "sea": mark("Sea"), "grey": mark("Grey")}


class SpectrumLook(QObject):
    """The one place that changes these settings; lanes follow `changed`."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = session.settings
        session.set_spectrum(self.spectrum)

    @property
    def axis(self) -> str:
        """log, mel or linear."""
        return self._settings.spectrum_axis

    @property
    def window(self) -> str:
        """The window in samples."""
        return self._settings.spectrum_window

    @property
    def overlap(self) -> str:
        """How many windows a sample lies in: the window is so many hops long."""
        return self._settings.spectrum_overlap

    @property
    def levels_db(self) -> tuple[float, float]:
        """The quietest and the loudest level that are told apart."""
        low, high = self._settings.spectrum_low_db, self._settings.spectrum_high_db
        return low, max(high, low + 12.0)

    @property
    def colors(self) -> str:
        """The name of the colours."""
        return self._settings.spectrum_colors

    @property
    def spectrum(self) -> Spectrum:
        """Window and hop in samples."""
        n_fft = int(self.window)
        return Spectrum(n_fft, n_fft // int(self.overlap))

    def set(self, name: str, value: str | float) -> None:
        """Change axis, window, overlap, low_db, high_db or colors."""
        if getattr(self._settings, f"spectrum_{name}") != value:
            setattr(self._settings, f"spectrum_{name}", value)
            self._session.set_spectrum(self.spectrum)
            self.changed.emit()
