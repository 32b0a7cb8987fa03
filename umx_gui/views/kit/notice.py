"""Messages to the user in the window itself: a title, the reason, what to do, and a button where we can do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from umx_gui.messages import Message
from umx_gui.views.kit import icons
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.labels import plain_label
from umx_gui.views.kit.theme import current
from umx_gui.words import mark, tr

_MAX_TEXT = 400
_MAX_WAITING = 5
_FADES_AFTER_MS = 8000


class Say(Protocol):
    """How the window says something, with a button that does something."""

    def __call__(self, message: Message, act: str = "", call: object = None) -> None:
        """Show a message."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A message, and what the button beside it does."""

    message: Message
    act: str
    call: Callable[[], object] | None
    news: bool = False

    @property
    def stays(self) -> bool:
        """Whether the user has to dismiss it."""
        return bool(self.message.reason or (self.act and not self.news))


_OFFER = mark("What the message offers")


class Notice(QWidget):
    """One message at a time, above the transport; it stays until dismissed, mere information leaves by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.title = plain_label("", "strong")
        self.reason = plain_label("", tone="muted")
        for label in (self.title, self.reason):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.act = Button(tr(_OFFER), text=" ", kind="accent")
        self.dismiss = Button(tr("Dismiss the message"), "close")
        self.dismiss.clicked.connect(self.next)
        self.act.clicked.connect(self._act)
        self._shown: _Said | None = None
        self._waiting: list[_Said] = []
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.setInterval(_FADES_AFTER_MS)
        self._fade.timeout.connect(self.next)
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

    @property
    def warns(self) -> bool:
        """Whether what is shown bears the sign of a failure: it stays, and is not mere news."""
        return self._shown is not None and self._shown.stays and not self._shown.news

    def show_message(
        self, message: Message, act: str = "", call: Callable[[], object] | None = None, news: bool = False
    ) -> None:
        """Say this; `act` is the word on the button that does `call`. Messages without a reason leave by themselves,
        unless they have a button and are no `news`.

        `news`: nothing went wrong, however long it is shown. While a failure is shown others wait behind it; what is
        shown or waits already is not said twice.
        """
        said = _Said(message, act, call, news)
        if self._shown is None or not self._shown.stays:
            self._show(said)
        elif message not in [self._shown.message, *(waiting.message for waiting in self._waiting)]:
            self._waiting = [*self._waiting, said][-_MAX_WAITING:]

    def next(self) -> None:
        """The message is dismissed: show the one that waited longest, or leave."""
        if self._waiting:
            first, *self._waiting = self._waiting
            self._show(first)
        else:
            self._shown = None
            self.hide()

    def clear(self) -> None:
        """Nothing of what was said matters any more."""
        self._waiting = []
        self.next()

    def _show(self, said: _Said) -> None:
        message = said.message
        words = f"{_sentence(message.reason)} {_sentence(message.action)}".strip()
        self._shown = said
        self.title.setText(message.title[:_MAX_TEXT])
        self.reason.setText(words[:_MAX_TEXT])
        self.reason.setVisible(bool(words))
        self.act.setText(said.act)
        self.act.setAccessibleName(said.act or tr(_OFFER))
        self.act.setToolTip(said.act)
        self.act.setVisible(bool(said.act))
        self.act.updateGeometry()
        self.setAccessibleName(message.one_line())
        self.show()
        self.update()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        if said.stays:
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
        tone, icon = ("warn", "notice") if self.warns else ("accent", "check")
        painter.fillRect(QRectF(0, 0, 3, self.height()), theme.color(tone))
        icons.draw(painter, icon, QRectF(18, self.height() / 2 - 8, 16, 16), theme.color(tone))

    def _act(self) -> None:
        call = self._shown.call if self._shown is not None else None
        self.next()
        if call is not None:
            call()


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""
