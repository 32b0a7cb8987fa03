"""The songs that were dropped or opened together, and which of them is open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal


class Playlist(QObject):
    """A list of files with a current one."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files: tuple[Path, ...] = ()
        self._at = 0

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them."""
        return self._files

    @property
    def current(self) -> Path | None:
        """The one that was opened last."""
        return self._files[self._at] if self._files else None

    def set_files(self, files: tuple[Path, ...]) -> None:
        """Take new files; the first becomes the current one."""
        self._files, self._at = files, 0
        self.changed.emit()

    def go(self, at: int) -> Path | None:
        """Make a file the current one; None, and nothing changes, beyond the ends."""
        if not 0 <= at < len(self._files):
            return None
        self._at = at
        self.changed.emit()
        return self._files[at]

    def step(self, by: int) -> Path | None:
        """The next file (1) or the one before (-1); None at the ends."""
        return self.go(self._at + by)
