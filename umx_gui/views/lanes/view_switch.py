"""The switch of the tool bar that draws all lanes as waveforms, as spectrograms, or as both."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from umx_gui.views.kit import icons
from umx_gui.views.kit.controls import ICON, claims_space, paint_focus
from umx_gui.views.kit.theme import current, font
from umx_gui.views.lanes.lane_modes import BOTH, SPECTROGRAM, WAVEFORM, WORDS
from umx_gui.words import mark, tr


class ViewSwitch(QAbstractButton):
    """Waveform | Spectrogram | Both for all lanes: one control with three parts; arrow keys and Space change it."""

    chosen = Signal(str)

    _PARTS = ((WAVEFORM, mark("Waveform")), (SPECTROGRAM, mark("Spectrogram")), (BOTH, mark("Both")))

    def __init__(self) -> None:
        super().__init__()
        self._current = WAVEFORM
        self._compact = False
        self.setFont(font())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(tr("How all lanes are drawn (W)"))
        self.set_current(WAVEFORM)

    def set_current(self, mode: str) -> None:
        """Show this choice."""
        self._current = mode
        self.setAccessibleName(tr("Lanes are drawn as: {mode}", mode=tr(WORDS[mode])))
        self.update()

    def set_compact(self, on: bool) -> None:
        """Icons only."""
        if on != self._compact:
            self._compact = on
            self.updateGeometry()
            self.update()

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def sizeHint(self) -> QSize:
        """Room for all words."""
        return QSize(sum(self._widths()), 32)

    def _widths(self) -> list[int]:
        if self._compact:
            return [ICON + 24] * len(self._PARTS)
        return [self.fontMetrics().horizontalAdvance(tr(words)) + ICON + 32 for _, words in self._PARTS]

    def event(self, event: QEvent) -> bool:
        """Space belongs to the switch while it has the keyboard."""
        return claims_space(event) or super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the part under the mouse."""
        right = 0
        for (mode, _), width in zip(self._PARTS, self._widths(), strict=True):
            right += width
            if event.position().x() < right:
                self.chosen.emit(mode)
                return

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing more."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space, Return and arrows go to the next part, or the one before."""
        step = 0
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Right):
            step = 1
        elif event.key() == Qt.Key.Key_Left:
            step = -1
        if not step:
            super().keyPressEvent(event)
            return
        modes = [mode for mode, _ in self._PARTS]
        self.chosen.emit(modes[(modes.index(self._current) + step) % len(modes)])

    def paintEvent(self, event: QPaintEvent) -> None:
        """A trough, and the chosen part raised in it."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("ground") if theme.name == "dark" else theme.color("hover"))
        painter.drawRoundedRect(area, 6, 6)
        left = 0.0
        for (mode, words), width in zip(self._PARTS, self._widths(), strict=True):
            on = mode == self._current
            half = QRectF(left, 0, width, self.height())
            if on:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("hover") if theme.name == "dark" else theme.color("raised"))
                painter.drawRoundedRect(half.adjusted(2, 2, -2, -2), 4, 4)
            color = theme.color("text") if on else theme.color("muted")
            icons.draw(painter, mode, QRectF(left + 12, (self.height() - ICON) / 2, ICON, ICON), color)
            painter.setPen(color)
            if not self._compact:
                painter.drawText(half.adjusted(ICON + 20, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, tr(words))
            left += width
        paint_focus(painter, self, area, 6)
