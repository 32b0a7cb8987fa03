"""The panel of the tempo: beats a minute, beats a bar, where the first beat is; a button to tap."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QGridLayout, QSpinBox, QWidget

from umx_gui.views.kit.dialogs import Dialog
from umx_gui.views.kit.labels import plain_label
from umx_gui.views.lanes.tempo import MAX_BPM, MIN_BPM, Tempo
from umx_gui.words import tr


class TempoDialog(Dialog):
    """Stays open beside the window while the song plays; every change is seen at once."""

    def __init__(self, tempo: Tempo, parent: QWidget) -> None:
        super().__init__(tr("Tempo"), parent)
        self._tempo = tempo
        self.bpm = _number(tr("Beats a minute"), MIN_BPM, MAX_BPM, 1)
        self.beats = QSpinBox()
        self.beats.setRange(1, 32)
        self.beats.setAccessibleName(tr("Beats a bar"))
        self.offset = _number(tr("First beat at, in seconds"), -36_000.0, 36_000.0, 3)
        self.offset.setSingleStep(0.01)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(12)
        fields: tuple[QAbstractSpinBox, ...] = (self.bpm, self.beats, self.offset)
        for row, field in enumerate(fields):
            grid.addWidget(plain_label(field.accessibleName()), row, 0)
            field.setMinimumWidth(112)
            field.lineEdit().setTextMargins(6, 0, 6, 0)
            field.setToolTip(field.accessibleName())
            grid.addWidget(field, row, 1)
        self.body.addLayout(grid)
        self.tap = self.add_button(tr("Tap"), kind="accent")
        self.tap.setToolTip(tr("Press with each beat"))
        self.tap.pressed.connect(tempo.tap)
        close = self.add_button(tr("Close"))
        close.clicked.connect(self.close)
        self.bpm.valueChanged.connect(lambda value: tempo.set(bpm=value))
        self.beats.valueChanged.connect(lambda value: tempo.set(beats=value))
        self.offset.valueChanged.connect(lambda value: tempo.set(offset_s=value))
        tempo.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        blockers = [QSignalBlocker(field) for field in (self.bpm, self.beats, self.offset)]
        self.bpm.setValue(self._tempo.bpm)
        self.beats.setValue(self._tempo.beats)
        self.offset.setValue(self._tempo.offset_s)
        for blocker in blockers:
            blocker.unblock()


def _number(name: str, lowest: float, highest: float, decimals: int) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(lowest, highest)
    field.setDecimals(decimals)
    field.setAccessibleName(name)
    return field
