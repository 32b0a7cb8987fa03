"""Messages to the user in the window itself: a title, the reason, what to do, and a button where we can do it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from umx_gui.messages import Message
from umx_gui.views import icons
from umx_gui.views.controls import Button
from umx_gui.views.labels import plain_label
from umx_gui.views.theme import current

_MAX_TEXT = 400
_FADES_AFTER_MS = 8000


class Notice(QWidget):
    """One message at a time, above the transport; it stays until dismissed, mere information leaves by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.title = plain_label("", "strong")
        self.reason = plain_label("", tone="muted")
        for label in (self.title, self.reason):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.act = Button("", text=" ", kind="accent")
        self.dismiss = Button("Dismiss the message", "close")
        self.dismiss.clicked.connect(self.hide)
        self.act.clicked.connect(self._act)
        self._call: Callable[[], object] | None = None
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.setInterval(_FADES_AFTER_MS)
        self._fade.timeout.connect(self.hide)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.reason)
        row = QHBoxLayout(self)
        row.setContentsMargins(48, 12, 12, 12)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self.act)
        row.addWidget(self.dismiss)
        self.hide()

    def show_message(self, message: Message, act: str = "", call: Callable[[], object] | None = None) -> None:
        """Say this; `act` is the word on the button that does `call`. Messages without a reason leave by themselves."""
        said = f"{_sentence(message.reason)} {_sentence(message.action)}".strip()
        self.title.setText(message.title[:_MAX_TEXT])
        self.reason.setText(said[:_MAX_TEXT])
        self.reason.setVisible(bool(said))
        self._call = call
        self.act.setText(act)
        self.act.setAccessibleName(act)
        self.act.setToolTip(act)
        self.act.setVisible(bool(act))
        self.act.updateGeometry()
        self.setAccessibleName(message.one_line())
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        if message.reason or call is not None:
            self._fade.stop()
        else:
            self._fade.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, hairline, mark."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.color("raised"))
        painter.fillRect(QRectF(0, 0, self.width(), 1), theme.color("hairline"))
        painter.fillRect(QRectF(0, 0, 3, self.height()), theme.color("warn"))
        icons.draw(painter, "notice", QRectF(18, self.height() / 2 - 8, 16, 16), theme.color("warn"))

    def _act(self) -> None:
        self.hide()
        if self._call is not None:
            self._call()


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""
