"""A program that takes files by drag and drop, and copies the first one at once to where it is told.

usage: drop_target.py COPY_TO
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel

TITLE = "drop files here"


class Target(QLabel):
    """The place to drop on."""

    def __init__(self, copy_to: Path) -> None:
        super().__init__("drop here")
        self._copy_to = copy_to
        self.setWindowTitle(TITLE)
        self.setFixedSize(200, 90)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        path = Path(event.mimeData().urls()[0].toLocalFile())
        shutil.copyfile(path, self._copy_to)
        print(path.name, flush=True)


if __name__ == "__main__":
    app = QApplication(sys.argv)
    target = Target(Path(sys.argv[1]))
    target.move(8, 8)
    target.show()
    print("ready", flush=True)
    sys.exit(app.exec())
