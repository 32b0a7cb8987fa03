"""The table of scores: one line for each stem of each way in which the open song was separated."""

from __future__ import annotations

import math

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from umx_gui.app.scores import COLUMNS
from umx_gui.app.session import Session
from umx_gui.engine.work import Progress
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.dialogs import Dialog
from umx_gui.views.kit.formats import decibels, target_name
from umx_gui.views.kit.labels import plain_label
from umx_gui.views.kit.table import PlainTable
from umx_gui.views.status_bar import ProgressBar
from umx_gui.words import mark, tr

_HEADS = (mark("Separated with"), mark("Stem"), *COLUMNS)
_STAGES = {
    "reading references": mark("Reading references"),
    "scoring": mark("Scoring"),
    "scoring with BSS Eval": mark("Scoring with BSS Eval"),
}
_TIPS = {
    COLUMNS[0]: mark("Signal to distortion ratio over all samples of the track, in dB"),
    COLUMNS[1]: mark("The same after the best single gain, so that loudness does not count"),
    COLUMNS[2]: mark("Median over seconds of BSS Eval version 4, the number that papers report for a track"),
}


class ScoresWindow(Dialog):
    """Stays open beside the main window while songs are separated again."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(tr("Scores"), parent)
        self._scores = session.scores
        self.words = plain_label("", tone="muted")
        self.words.setWordWrap(True)
        self.table = _table()
        self.bar = ProgressBar()
        self.stage = plain_label("", "caption", "muted")
        self.cancel = Button(tr("Stop scoring"), "close", tr("Cancel"), height=24)
        self.cancel.clicked.connect(session.scores.cancel)
        row = QHBoxLayout()
        row.setSpacing(12)
        for widget in (self.bar, self.stage):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.cancel)
        self.body.addWidget(self.words)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(row)
        self.copy = self.add_button(tr("Copy as CSV"))
        self.copy.setToolTip(tr("Copy the table as comma-separated values"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(session.scores.csv()))
        self.add_button(tr("Close"), "accent").clicked.connect(self.accept)
        self.resize(880, 440)
        session.scores.changed.connect(self.refresh)
        session.scores.progress.connect(self._show_progress)
        session.closed.connect(self.refresh)
        self._show_progress(None)
        self.refresh()

    def refresh(self) -> None:
        """Show all rows."""
        rows = [(row.way, target, s) for row in self._scores.rows for target, s in row.scores.items()]
        self.table.setRowCount(len(rows))
        for at, (way, target, s) in enumerate(rows):
            first = at == 0 or rows[at - 1][0] != way
            texts = [way if first else "", target_name(target)]
            texts += [_db(value) for value in (s.sdr_db, s.si_sdr_db, s.bss_sdr_db)]
            for column, text in enumerate(texts):
                self.table.set_cell(at, column, text, way if column == 0 else None)
        self.copy.setEnabled(bool(rows))
        name = self._scores.references_name
        self.words.setText(
            tr("Scored against “{name}”, in decibels. Separate the song with another model to compare it.", name=name)
            if name
            else tr("Drop reference stems on the window while a song is open: a folder of them, or a .stem.mp4 file.")
        )

    def _show_progress(self, progress: Progress | None) -> None:
        for widget in (self.bar, self.stage, self.cancel):
            widget.setVisible(progress is not None)
        if progress is not None:
            bss = progress.stage == "scoring with BSS Eval"
            self.bar.show_fraction(None if bss else progress.fraction)
            self.stage.setText(tr(_STAGES.get(progress.stage, progress.stage)))


def _table() -> PlainTable:
    table = PlainTable(tr("Scores"), _HEADS, row_height=32, right=(2, 3, 4), explained=_TIPS)
    table.setToolTip(tr("Higher is cleaner"))
    return table


def _db(value: float | None) -> str:
    """A score; a dash where there is none, an ellipsis where it is not known yet."""
    if value is None:
        return "\u2026"
    if math.isnan(value):
        return "\u2013"
    return "\u221e" if value == math.inf else decibels(value, 2)
