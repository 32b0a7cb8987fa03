"""The stretch that is selected: what the window's commands for a stretch work on."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from umx_gui.app.session import Session
from umx_gui.views.kit.formats import clock
from umx_gui.words import number

SHORTEST = 64


class Selection(QObject):
    """[start, stop) in samples of the open song, or None; another song has none."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._stretch: tuple[int, int] | None = None
        session.opened.connect(self._song_opened)
        session.closed.connect(self.clear)
        self._song: object = None

    @property
    def stretch(self) -> tuple[int, int] | None:
        """What is selected."""
        return self._stretch

    @property
    def or_loop(self) -> tuple[int, int] | None:
        """What is selected; where nothing is, the loop."""
        return self._stretch or self._session.transport.loop

    def set(self, start: int, stop: int) -> None:
        """Select from one sample to another, in whichever order; nothing, if that is next to nothing."""
        song = self._session.song
        n_samples = song.n_samples if song is not None else 0
        first, last = max(min(start, stop), 0), min(max(start, stop), n_samples)
        self._become((first, last) if last - first >= SHORTEST else None)

    def reach(self, sample: int) -> None:
        """Move the nearer edge here; where nothing is selected, select from the playhead to here."""
        if self._stretch is None:
            self.set(self._session.transport.position, sample)
            return
        start, stop = self._stretch
        if abs(sample - start) < abs(sample - stop):
            self.set(sample, stop)
        else:
            self.set(start, sample)

    def set_edge(self, edge: int) -> None:
        """Put the start (0) or the end (1) at the playhead; the other one stays, or is the song's."""
        transport = self._session.transport
        both = list(self._stretch or (0, transport.n_samples))
        both[edge] = transport.position
        if both[0] >= both[1]:
            both[1 - edge] = transport.n_samples if edge == 0 else 0
        self.set(both[0], both[1])

    def clear(self) -> None:
        """Select nothing."""
        self._become(None)

    def words(self) -> str:
        """From when to when, and how long."""
        song, stretch = self._session.song, self._stretch
        if song is None or stretch is None:
            return ""
        start, stop = (at / song.sample_rate for at in stretch)
        return f"{clock(start, 2)} \u2013 {clock(stop, 2)}   ({number(stop - start, '.2f')} s)"

    def _become(self, stretch: tuple[int, int] | None) -> None:
        if stretch != self._stretch:
            self._stretch = stretch
            self.changed.emit()

    def _song_opened(self, song: object) -> None:
        if song is not self._song:
            self._song = song
            self.clear()
