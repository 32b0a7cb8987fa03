"""From the filter desk to the stems: what is changed there is heard at once, where the networks have run."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from umx_gui.app.export.exporting import Exporting
from umx_gui.app.separation.desk import FilterDesk
from umx_gui.app.separation.separating import Order
from umx_gui.app.separation.separation import Separation

if TYPE_CHECKING:
    from umx_gui.app.session import Session


class Refilter(QObject):
    """Lets the stems of the open song follow the desk; while they are exported they stay, and follow afterwards."""

    started = Signal()

    def __init__(self, separation: Separation, exports: Exporting, session: Session) -> None:
        super().__init__(session)
        self.desk = FilterDesk(session.settings, self)
        self._separation, self._exports = separation, exports
        self._seen: tuple[int, int] | None = None
        self._waits = False
        self.desk.changed.connect(self.follow)
        exports.progress.connect(self._after_export)
        exports.file_ready.connect(self._after_export)

    @property
    def _session(self) -> Session:
        # Asked for each time: a reference kept here would leave the session to the collector, which runs in any thread,
        # and timers of Qt must go in the window's.
        return cast("Session", self.parent())

    def look_at(self, start: int, stop: int) -> None:
        """A view shows [start, stop): it is rendered soon after what is heard."""
        self._seen = (start, stop)

    def order(self, model: str) -> Order:
        """What a separation is to do now."""
        return Order(self.desk.tuning.recipe(model), self._session.transport.position, self._seen)

    def follow(self) -> None:
        """Render the open song as the desk says. Where nothing is there to render it from, the next separation will."""
        song = self._session.song
        if song is None:
            return
        self._waits = self._exports.reads(song)
        if not self._waits and self._separation.retune(song, self.order("")):
            self.started.emit()

    def _after_export(self, *_: object) -> None:
        song = self._session.song
        if self._waits and song is not None and not self._exports.reads(song):
            self.follow()
