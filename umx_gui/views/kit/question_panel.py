"""A question inside a dialog: what it is about, and two answers; nothing else waits for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QFontDatabase, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.labels import plain_label
from umx_gui.views.kit.theme import current
from umx_gui.words import tr


class QuestionPanel(QWidget):
    """Hidden until asked something; Escape is no."""

    asking = Signal(bool)  # whether a question is shown

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = plain_label("", "strong")
        self.words = plain_label("", tone="muted")
        self.figures = plain_label("")
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPixelSize(self.figures.font().pixelSize() - 2)
        self.figures.setFont(fixed)
        for label in (self.title, self.words, self.figures):
            label.setWordWrap(label is not self.figures)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.yes = Button(tr("Yes"), text=tr("Yes"), kind="accent")
        self.no = Button("No", text="No", kind="raised")
        self._answers: dict[bool, Callable[[], object]] = {}
        answers = QHBoxLayout()
        answers.setSpacing(8)
        answers.addStretch(1)
        for answer, button in ((False, self.no), (True, self.yes)):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _=False, answer=answer: self._answer(answer))
            answers.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        for label in (self.title, self.words, self.figures):
            column.addWidget(label)
        column.addLayout(answers)
        self.hide()

    def ask(
        self,
        title: str,
        words: str,
        yes: str,
        no: str,
        on_yes: Callable[[], object],
        on_no: Callable[[], object] = lambda: None,
        figures: str = "",
    ) -> None:
        """Show a question; the keyboard goes to the answer that changes nothing."""
        self._answers = {True: on_yes, False: on_no}
        self.title.setText(title)
        self.words.setText(words)
        self.figures.setText(figures)
        self.figures.setVisible(bool(figures))
        for button, text in ((self.yes, yes), (self.no, no)):
            button.setText(text)
            button.setAccessibleName(text)
            button.setToolTip(text)
            button.updateGeometry()
        self.setAccessibleName(f"{title} {words}")
        self.show()
        self.asking.emit(True)
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def withdraw(self) -> None:
        """Ask no more; nothing is answered."""
        self._answers = {}
        self.hide()
        self.asking.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape is no; Return presses the button that has the keyboard."""
        if event.key() == Qt.Key.Key_Escape:
            self._answer(False)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._answer(self.yes.hasFocus())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised ground with the mark of a warning."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setBrush(theme.color("warn"))
        painter.drawRoundedRect(QRectF(0, 0, 3, self.height()), 1.5, 1.5)

    def _answer(self, yes: bool) -> None:
        answers = self._answers
        self.withdraw()
        if yes in answers:
            answers[yes]()
