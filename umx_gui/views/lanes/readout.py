"""What is under the mouse, in words: the time, the frequency with its note, and the level."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QMouseEvent

from umx_gui.app.open_song.reference_pictures import reference_key
from umx_gui.app.open_song.song import MIXTURE
from umx_gui.app.session import Session
from umx_gui.views.kit.formats import NARROW_SPACE, amplitude_db, clock, decibels, target_name
from umx_gui.views.lanes import axes, lane_picture
from umx_gui.views.lanes.lane import Lane
from umx_gui.views.lanes.lane_modes import COMPOSITE, REFERENCE, REFERENCE_WAVE
from umx_gui.views.lanes.timeline import Timeline
from umx_gui.words import number, tr


class Readout(QObject):
    """Watches lanes; `changed` carries the words, "" once the mouse has left them."""

    changed = Signal(str)

    def __init__(
        self,
        session: Session,
        timeline: Timeline,
        axis: Callable[[], str],
        place: Callable[[int], str],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._timeline = timeline
        self._axis = axis
        self._place = place

    def watch(self, lane: Lane) -> None:
        """Serve this lane."""
        lane.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Read what the mouse moves over; never keep an event."""
        if isinstance(watched, Lane):
            if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
                at = event.position()
                self.changed.emit(self.words(watched, at.x(), at.y()))
            elif event.type() == QEvent.Type.Leave:
                self.changed.emit("")
        return False

    def words(self, lane: Lane, x: float, y: float) -> str:
        """What is at a place of a lane; the level is the bin's, or the peak of the waveform's column."""
        song = self._session.song
        if song is None:
            return ""
        sample = self._timeline.sample_at(x, lane.width())
        rate, height = song.sample_rate, lane.spectrum_area().height()
        decimals = 3 if self._timeline.visible < 60 * rate else 1
        parts = [target_name(lane.key), clock(sample / rate, decimals) + self._place(sample)]
        if lane.key not in song.peaks:
            return "   ".join(parts)
        keys, key = lane_picture.tile_keys(lane.mode, lane.key, song), lane.key
        if lane.mode in (REFERENCE_WAVE, REFERENCE) and y >= (half := lane.height() / 2):
            y, keys, key = y - half, keys[1:], reference_key(lane.key)
            parts[0] += f" ({tr('Reference')})"
        if y < height and keys:
            hertz = float(axes.hertz_at(np.array([1 - y / height]), rate, self._axis())[0])
            level = song.tiles[MIXTURE if lane.mode == COMPOSITE else keys[0]].level_db(sample, hertz)
            parts.append(f"{_hertz_words(hertz)} {axes.note_name(hertz)}".strip())
        else:
            half = max(self._timeline.visible / max(lane.width(), 1), 1.0) / 2
            column = song.peaks[key].query(sample - half, sample + half, 1)
            level = amplitude_db(max(float(column.hi[0]), -float(column.lo[0])))
        parts.append(f"{decibels(level)}{NARROW_SPACE}dB" if level > -math.inf else tr("silent"))
        return "   ".join(parts)


def _hertz_words(hertz: float) -> str:
    return f"{number(hertz / 1000, '.2f')}{NARROW_SPACE}kHz" if hertz >= 1000 else f"{hertz:.0f}{NARROW_SPACE}Hz"
