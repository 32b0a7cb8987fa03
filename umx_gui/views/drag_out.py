"""Dragging a stem out of the window, as a file, by its name."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from umx_gui.app.session import Session


class DragOut(QObject):
    """An event filter on the names of the lanes: the session writes the file once the drag begins, then it goes along.

    If the file takes a moment the drag starts when it is there, provided the button is still held.
    """

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._keys: dict[QWidget, str] = {}
        self._pressed: tuple[QWidget, QPointF] | None = None
        self._waiting: QWidget | None = None
        self.dragging = False
        session.stem_file_ready.connect(self._ready)

    def watch(self, handles: dict[str, QWidget]) -> None:
        """Drag by these widgets; keys are lanes ("mixture" or a target)."""
        self._keys = {widget: key for key, widget in handles.items()}
        for widget in handles.values():
            widget.installEventFilter(self)
            widget.setCursor(Qt.CursorShape.OpenHandCursor)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Press, move far enough, drag."""
        if not isinstance(watched, QWidget) or not isinstance(event, QMouseEvent) or watched not in self._keys:
            return False
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = (watched, event.position())
            return True
        if event.type() == QEvent.Type.MouseButtonRelease:
            self._pressed = self._waiting = None
            return True
        if event.type() == QEvent.Type.MouseMove and self._pressed is not None:
            widget, start = self._pressed
            if (event.position() - start).manhattanLength() >= QApplication.startDragDistance():
                self._pressed = None
                self._begin(widget)
            return True
        return False

    def _begin(self, widget: QWidget) -> None:
        path = self._session.stem_file(self._keys[widget])
        if path is None:
            self._waiting = widget
        else:
            self._drag(widget, path)

    def _ready(self, key: str, path: Path) -> None:
        widget, self._waiting = self._waiting, None
        held = QApplication.mouseButtons() & Qt.MouseButton.LeftButton
        if widget is not None and self._keys.get(widget) == key and held:
            self._drag(widget, path)

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
