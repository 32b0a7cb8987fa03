"""The row of the start form that checks a dataset: a button, how it stands, and what was found."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from umx_gui.app.training.dataset_check import DatasetCheck, Findings
from umx_gui.messages import Message
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.labels import plain_label
from umx_gui.views.status_bar import ProgressBar
from umx_gui.words import tr, trn

_LINES = 6


class CheckRow(QWidget):
    """Says what a check found; `wanted` asks for one."""

    wanted = Signal()
    grew = Signal()

    def __init__(self, check: DatasetCheck) -> None:
        super().__init__()
        self._check = check
        self.button = Button(tr("Read every file of the dataset and say what is wrong"), kind="raised")
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.bar = ProgressBar()
        self.words = plain_label("", tone="muted")
        self.words.setWordWrap(True)
        self.lines = QPlainTextEdit()
        self.lines.setReadOnly(True)
        self.lines.setAccessibleName(tr("What the check found"))
        # The style sheet's height of a field counts more than the widget's own.
        self.lines.setStyleSheet(f"min-height: {_LINES * self.lines.fontMetrics().lineSpacing() + 8}px")
        self.lines.setTabChangesFocus(True)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.button)
        row.addWidget(self.bar)
        row.addWidget(self.words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.lines)
        self.button.clicked.connect(self._press)
        check.changed.connect(self._show_running)
        check.found.connect(self._show_findings)
        check.failed.connect(self._show_failure)
        self.forget()

    def forget(self) -> None:
        """Another dataset: nothing is known of it."""
        self._check.cancel()
        self._say("", "muted")
        self._show_running()

    def _press(self) -> None:
        if self._check.running:
            self._check.cancel()
        else:
            self.wanted.emit()

    def _show_running(self) -> None:
        running = self._check.running
        self.button.setText(tr("Stop checking") if running else tr("Check the dataset"))
        self.button.updateGeometry()
        self.bar.setVisible(running)
        if running:
            self._say("", "muted")
            self.bar.show_fraction(None)

    def _show_findings(self, found: Findings) -> None:
        if found.n_unusable:
            words = trn(
                "{n} track was read; it cannot be used",
                "{n} tracks were read; {bad} of them cannot be used",
                found.n_tracks,
                bad=found.n_unusable,
            )
        else:
            words = trn("{n} track was read; it can be used", "{n} tracks were read; all can be used", found.n_tracks)
        self._say(words, "warn" if found.n_unusable else "text", "\n".join(found.lines))

    def _show_failure(self, message: Message) -> None:
        self._say(message.one_line(), "warn")

    def _say(self, words: str, tone: str, lines: str = "") -> None:
        self.words.setText(words)
        self.words.setProperty("tone", tone)
        self.words.style().unpolish(self.words)
        self.words.style().polish(self.words)
        self.lines.setPlainText(lines)
        self.lines.setVisible(bool(lines))
        self.grew.emit()
