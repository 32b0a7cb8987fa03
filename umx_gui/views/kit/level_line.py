"""What an export would clip, and the one button that makes everything as much softer as nothing does."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from umx_gui.app.export.what import ExportWhat
from umx_gui.app.open_song.song import Song
from umx_gui.app.session import Session
from umx_gui.engine.export.exporter import ExportOptions
from umx_gui.engine.export.levels import Levels
from umx_gui.export_words import decibels
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.labels import plain_label
from umx_gui.words import tr, trn

_QUIET_MS = 250  # after the last change


class LevelLine(QWidget):
    """Hidden while nothing would clip; `gain_db` is what was agreed to."""

    changed = Signal()
    settled = Signal()  # the level is known now

    def __init__(self, session: Session, song: Song) -> None:
        super().__init__()
        self._session, self._song = session, song
        self.gain_db = 0.0
        self._offered_db = 0.0
        self._asked: tuple[ExportWhat, ExportOptions] | None = None
        self.known = True
        self.words = plain_label("", "caption", "warn")
        self.words.setWordWrap(True)
        self.button = Button(tr("Lower all files"), text=tr("Lower all"), kind="raised")
        self.button.clicked.connect(self._clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_QUIET_MS)
        self._timer.timeout.connect(self._measure)
        session.exports.measured.connect(self._measured)
        self.hide()

    def look(self, what: ExportWhat, options: ExportOptions) -> None:
        """Something else will be written: find out how loud that is, in a moment."""
        if not options.may_clip:
            self.forget()
        elif self._asked is None or (what, options.sums(True)) != (self._asked[0], self._asked[1].sums(True)):
            self.forget()
            self._asked, self.known = (what, options), False
            self._timer.start()

    def forget(self) -> None:
        """Nothing is known, and nothing agreed to."""
        self._timer.stop()
        self._asked, self._offered_db, self.gain_db, self.known = None, 0.0, 0.0, True
        self.hide()

    def hurry(self) -> None:
        """Somebody waits for it."""
        if self._timer.isActive():
            self._timer.stop()
            self._measure()

    def _measure(self) -> None:
        if self._asked is not None:
            self._session.exports.measure(self._song, *self._asked)

    def _measured(self, what: ExportWhat, levels: Levels | None) -> None:
        if self._asked is None or what != self._asked[0] or self.known:
            return
        self.known = True
        if levels is not None and levels.n_beyond:
            self._offer(levels)
        self.settled.emit()

    def _offer(self, levels: Levels) -> None:
        self._offered_db = levels.common_gain_db
        loud = ", ".join(name for name, n in levels.beyond.items() if n)
        self._clipping = trn(
            "Beyond full scale, and would be clipped: {n} sample of {names}",
            "Beyond full scale, and would be clipped: {n} samples of {names}",
            levels.n_beyond,
            names=loud,
        )
        self._show()

    def _clicked(self) -> None:
        self.gain_db = 0.0 if self.gain_db else self._offered_db
        self._show()

    def _show(self) -> None:
        gain = decibels(self._offered_db)
        if self.gain_db:
            self.words.setText(tr("All files are made softer alike: {gain}", gain=gain))
            self.button.setText(tr("Leave the level"))
        else:
            self.words.setText(self._clipping)
            self.button.setText(tr("Lower all: {gain}", gain=gain))
        self.button.setAccessibleName(self.button.text())
        self.button.setToolTip(tr("Make all files softer by the same, so that they still add up, and nothing clips"))
        self.button.updateGeometry()
        self.show()
        self.changed.emit()
