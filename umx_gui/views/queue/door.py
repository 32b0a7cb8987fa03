"""The way to the queue: its action, its button with the number of songs left, and the window made when first wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from umx_gui.app.session import Session
from umx_gui.messages import Message
from umx_gui.views.actions import Actions
from umx_gui.views.kit.controls import button_for
from umx_gui.views.queue.playlist import Playlist
from umx_gui.words import tr, trn

if TYPE_CHECKING:
    from umx_gui.views.queue.panel import QueuePanel


class QueueDoor(QObject):
    """Opens the one queue window of a main window, and queues the songs that were opened together."""

    def __init__(self, session: Session, actions: Actions, playlist: Playlist, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._playlist, self._parent = session, playlist, parent
        self._panel: QueuePanel | None = None
        self.action = actions.add(tr("Queue…"), "Ctrl+J", self.open)
        self.add_action = actions.add(tr("Add to the queue"), "Ctrl+Shift+J", self._add, song=True)
        actions.more.append([self.action, self.add_action])
        self.button = button_for(self.action, "queue", tr("Queue"))
        self._compact = False
        session.queue.changed.connect(self._show_count)
        self._show_count()

    @property
    def panel(self) -> QueuePanel:
        """The window of the queue."""
        if self._panel is None:
            from umx_gui.views.queue.panel import QueuePanel

            self._panel = QueuePanel(self._session, self._parent)
        return self._panel

    def open(self) -> None:
        """Show it in front."""
        self.panel.show()
        self.panel.activateWindow()

    def take(self, message: Message) -> bool:
        """Show a message where the queue is, if that is what is looked at; False: nobody would see it there."""
        if self._panel is None or not self._panel.isActiveWindow():
            return False
        self._panel.say(message)
        return True

    def set_compact(self, compact: bool) -> None:
        """Show an icon and the number only."""
        self._compact = compact
        self._show_count()

    def _add(self) -> None:
        song = self._session.song
        if song is not None:
            together = self._playlist.files
            self._session.queue.add(together if song.path in together else [song.path])

    def _show_count(self) -> None:
        n = self._session.queue.n_left
        words = "" if self._compact else tr("Queue")
        self.button.setText(" ".join(part for part in (words, str(n) if n else "") if part))
        self.button.setAccessibleName(trn("Queue: {n} song left", "Queue: {n} songs left", n))
        self.button.updateGeometry()
        self.button.update()
