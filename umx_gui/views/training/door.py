"""The way from the main menu to the training window, which is made, and pyqtgraph loaded, when it is first wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from umx_gui.app.session import Session
from umx_gui.app.training.runs import TrainingRuns
from umx_gui.views.kit.theme import ThemeKeeper

if TYPE_CHECKING:
    from umx_gui.views.training.window import TrainingWindow


class TrainingDoor(QObject):
    """Opens the one training window of a main window."""

    def __init__(self, action: QAction, session: Session, theme: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._theme, self._parent = session, theme, parent
        self._window: TrainingWindow | None = None
        action.triggered.connect(self.open)

    @property
    def window(self) -> TrainingWindow:
        """The training window."""
        if self._window is None:
            from umx_gui.views.training.window import TrainingWindow

            runs = TrainingRuns(self._session.settings, self._session.registry.user_folder, self)
            self._window = TrainingWindow(self._session, runs, self._theme, self._parent)
        return self._window

    def open(self) -> None:
        """Show it in front."""
        self.window.show()
        self.window.activateWindow()
