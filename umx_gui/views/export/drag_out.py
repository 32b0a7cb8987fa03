"""Dragging sound out of the window, as a file: stems by their names, a group or the mix by its button."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from umx_gui.app.export.what import ExportWhat
from umx_gui.app.session import Session
from umx_gui.views.kit.controls import Button

What = Callable[[bool], ExportWhat]
"""What is taken out, told when the drag begins; True: only the selection or the loop, if there is one."""


class DragOut(QObject):
    """An event filter on what can be dragged: the session writes the file once the drag begins, then it goes along.

    With Shift only a `stretch` is taken: the selection, or else the loop. If the file takes a moment the drag starts
    when it is there, provided the button is still held.
    """

    def __init__(self, session: Session, stretch: Callable[[], tuple[int, int] | None], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._stretch = session, stretch
        self._names: dict[QWidget, What] = {}
        self._others: dict[QWidget, What] = {}
        self._pressed: tuple[QWidget, QPointF] | None = None
        self._waiting: tuple[QWidget, str] | None = None
        self.dragging = False
        session.stem_file_ready.connect(self._ready)

    def watch(self, handles: dict[str, QWidget]) -> None:
        """Drag by these widgets; keys are lanes ("mixture" or a target)."""
        self._names = {widget: partial(self._lane, key) for key, widget in handles.items()}
        for widget in handles.values():
            widget.installEventFilter(self)
            widget.setCursor(Qt.CursorShape.OpenHandCursor)

    def watch_button(self, button: Button, what: What) -> None:
        """Drag by this button, too; a click on it is still a click."""
        self._others[button] = what
        button.installEventFilter(self)

    def _lane(self, key: str, only_part: bool) -> ExportWhat:
        return ExportWhat((key,), stretch=self._stretch() if only_part else None)

    def _what(self, watched: QObject) -> What | None:
        if not isinstance(watched, QWidget):
            return None
        return self._names.get(watched) or self._others.get(watched)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Press, move far enough, drag."""
        if not isinstance(watched, QWidget) or not isinstance(event, QMouseEvent) or self._what(watched) is None:
            return False
        mine = watched in self._names
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = (watched, event.position())
            return mine
        if event.type() == QEvent.Type.MouseButtonRelease:
            self._pressed = self._waiting = None
            return mine
        if event.type() == QEvent.Type.MouseMove and self._pressed is not None:
            widget, start = self._pressed
            if (event.position() - start).manhattanLength() >= QApplication.startDragDistance():
                self._pressed = None
                self._begin(widget, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            return True
        return False

    def _begin(self, widget: QWidget, only_part: bool) -> None:
        if isinstance(widget, Button):
            widget.setDown(False)  # it was no click
        asked = self._what(widget)
        if asked is None:
            return
        what = asked(only_part)
        path = self._session.stem_file(what)
        if path is None:
            self._waiting = (widget, what.key)
        else:
            self._drag(widget, path)

    def _ready(self, key: str, path: Path) -> None:
        waiting, self._waiting = self._waiting, None
        held = QApplication.mouseButtons() & Qt.MouseButton.LeftButton
        if waiting is not None and waiting[1] == key and held:
            self._drag(waiting[0], path)

    def _drag(self, widget: QWidget, path: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        drag = QDrag(widget)
        drag.setMimeData(data)
        self.dragging = True
        try:
            drag.exec(Qt.DropAction.CopyAction)
        finally:
            self.dragging = False
