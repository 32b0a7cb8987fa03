"""A file manager as far as dragging goes: a small window from which the files named can be dragged.

usage: drag_source.py FILE_OR_URL ...
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

TITLE = "files to drag"


class Files(QLabel):
    """The files, in a heap."""

    def __init__(self, names: list[str]) -> None:
        super().__init__("drag me")
        self._urls = [QUrl(name) if "://" in name else QUrl.fromLocalFile(str(Path(name).absolute())) for name in names]
        self._pressed: QPointF | None = None
        self.setWindowTitle(TITLE)
        self.setFixedSize(160, 60)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        if (event.position() - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        self._pressed = None
        data = QMimeData()
        data.setUrls(self._urls)
        drag = QDrag(self)
        drag.setMimeData(data)
        print("result", drag.exec(Qt.DropAction.CopyAction).name, flush=True)


if __name__ == "__main__":
    app = QApplication(sys.argv)
    files = Files(sys.argv[1:])
    files.move(8, 8)
    files.show()
    print("ready", flush=True)
    sys.exit(app.exec())
