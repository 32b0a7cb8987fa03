"""A/B with the references: they are heard in the place of the stems, through the same strips, at the same sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from umx_gui.app.session import Session


class ReferenceSwitch(QObject):
    """Off whenever there are no references of the stems that are there, and while the original is heard."""

    changed = Signal()  # on, available

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._on = False
        session.transport.mix.mix_changed.connect(self._look)
        session.transport.mix.was_reset.connect(self._leave)
        for signal in (session.opened, session.closed, session.stems_reset):
            signal.connect(self.look)

    @property
    def _session(self) -> Session:
        return cast("Session", self.parent())

    @property
    def available(self) -> bool:
        """Whether the open song has references to be heard."""
        song = self._session.song
        return song is not None and song.references is not None

    @property
    def on(self) -> bool:
        """Whether they are heard."""
        return self._on

    def set_on(self, on: bool) -> None:
        """Hear the references instead of stems and original, or the stems again."""
        song, transport = self._session.song, self._session.transport
        references = song.references if song is not None else None
        on = on and references is not None
        if on != self._on:
            self._on = on
            if on:
                transport.mix.set_original(False)
            transport.take_stems(references.region if on and references is not None else None)
            self.changed.emit()

    def look(self) -> None:
        """References, or the stems they are of, came or went: begin with the stems."""
        if self._on:
            self._on = False
            self._session.transport.take_stems()
        self.changed.emit()

    def _leave(self) -> None:
        self.set_on(False)

    def _look(self) -> None:
        if self._session.transport.mix.original:
            self.set_on(False)
