"""Follows one training run's folder while somebody looks: its state, and its history as it grows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from umx_gui.app.training.runs import TrainingRuns
from umx_gui.engine.runs.run_folder import RunNews
from umx_gui.engine.runs.run_history import Epoch, HistoryFollower

_EVERY_MS = 500


class RunWatch(QObject):
    """Looks twice a second, which also works for the folders of other machines, where nothing is notified."""

    news_changed = Signal()
    history_changed = Signal()

    def __init__(self, runs: TrainingRuns, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._news: RunNews | None = None
        self._follower: HistoryFollower | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.look)
        runs.changed.connect(self._changed)

    @property
    def folder(self) -> Path | None:
        """The run that is followed."""
        return self._news.folder if self._news is not None else None

    @property
    def news(self) -> RunNews | None:
        """Where the run was when last looked at."""
        return self._news

    @property
    def epochs(self) -> Sequence[Epoch]:
        """The run's epochs so far."""
        return self._follower.epochs if self._follower is not None else ()

    def follow(self, folder: Path | None) -> None:
        """Follow another run, or none."""
        if folder == self.folder:
            return
        self._follower = HistoryFollower(folder) if folder is not None else None
        self._news = self._runs.news(folder) if folder is not None else None
        self.look()
        self.history_changed.emit()
        self.news_changed.emit()

    def set_active(self, on: bool) -> None:
        """Whether somebody looks."""
        if on:
            self.look()
            self._timer.start()
        else:
            self._timer.stop()

    def look(self) -> None:
        """Look now."""
        if self._follower is None or self._news is None:
            return
        grown = self._follower.read()
        last = self._follower.epochs[-1].number if self._follower.epochs else 0
        news = self._runs.news(self._news.folder, last)
        if grown:
            self.history_changed.emit()
        if news != self._news:
            self._news = news
            self.news_changed.emit()

    def _changed(self, folder: Path) -> None:
        if folder == self.folder:
            self.look()
