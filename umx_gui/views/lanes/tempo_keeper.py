"""The tempo of a song in its session: kept with what is looked at, and brought back with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject

from umx_gui.app.session import Session
from umx_gui.views.lanes.tempo import Tempo

KEY = "tempo"
_PLAIN = {"bpm": 120.0, "beats": 4, "offset_s": 0.0}
_FURTHEST_S = 1e6


class TempoKeeper(QObject):
    """Tells the session's file of the tempo, and the tempo of the session's file; each new song begins with 120."""

    def __init__(self, session: Session, tempo: Tempo, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._tempo = session, tempo
        self._known = dict(_PLAIN)
        tempo.changed.connect(self._keep)
        session.opened.connect(self._bring_back)
        session.files.view_wanted.connect(self._bring_back)

    def _now(self) -> dict[str, float]:
        return {"bpm": self._tempo.bpm, "beats": self._tempo.beats, "offset_s": self._tempo.offset_s}

    def _keep(self) -> None:
        now = self._now()
        if now != self._known and self._session.song is not None:
            self._known, files = now, self._session.files
            files.set_view(replace(files.view_of(self._session.song), more={KEY: now}))

    def _bring_back(self, *_: object) -> None:
        kept = self._session.files.view_of(self._session.song).more.get(KEY)
        found = {name: _number(kept, name, plain) for name, plain in _PLAIN.items()}
        self._known = found  # it is not told again
        self._tempo.set(found["bpm"], int(found["beats"]), found["offset_s"])
        self._known = self._now()


def _number(kept: object, name: str, plain: float) -> float:
    """A number out of a file that may hold anything; `Tempo` holds those that it has within its bounds."""
    value = kept.get(name) if isinstance(kept, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return plain
    return float(value) if -_FURTHEST_S <= value <= _FURTHEST_S else plain
