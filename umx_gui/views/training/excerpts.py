"""The row of the training window that plays what a run sounds like: an epoch, a stem, and play."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QWidget

from umx_gui.app.sound.excerpts import ExcerptPlayer, excerpts_of
from umx_gui.messages import printable
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.fields import Choice
from umx_gui.views.kit.formats import target_name
from umx_gui.views.kit.labels import plain_label
from umx_gui.words import tr


class ExcerptRow(QWidget):
    """Hidden while a run has no excerpts. The latest epoch is chosen until somebody chooses another."""

    def __init__(self, player: ExcerptPlayer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._found: dict[int, tuple[Path, ...]] = {}
        self.epoch = Choice(tr("Epoch to hear"), (), "")
        self.stem = Choice(tr("Stem to hear"), (), "")
        self.play = Button(tr("Hear a few seconds of this stem after this epoch"), text=tr("Play"), kind="raised")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(plain_label(tr("Hear"), "body", "muted"))
        for widget in (self.epoch, self.stem, self.play):
            row.addWidget(widget)
        row.addStretch(1)
        self.epoch.currentIndexChanged.connect(self._fill_stems)
        self.stem.currentIndexChanged.connect(self._chosen)
        self.play.clicked.connect(self._press)
        player.changed.connect(self._show_playing)
        self.hide()

    def show_run(self, run: Path | None) -> None:
        """Look for what the run's folder holds now."""
        found = excerpts_of(run) if run is not None else {}
        if found == self._found:
            return
        latest = not self._found or self.epoch.currentIndex() == self.epoch.count() - 1
        chosen, self._found = self.epoch.currentData(), found
        with QSignalBlocker(self.epoch):
            self.epoch.clear()
            for number in found:
                self.epoch.addItem(tr("Epoch {number}", number=number), str(number))
            kept = self.epoch.findData(chosen)
            self.epoch.setCurrentIndex(kept if kept >= 0 and not latest else self.epoch.count() - 1)
        self._fill_stems()
        self.setVisible(bool(found))

    def _fill_stems(self) -> None:
        chosen = self.stem.currentText()
        with QSignalBlocker(self.stem):
            self.stem.clear()
            for path in self._files():
                self.stem.addItem(printable(target_name(path.stem)), str(path))
            # Stems come before the mixture, which is there to be compared with.
            self.stem.setCurrentIndex(max(self.stem.findText(chosen), 0))
        self._chosen()

    def _files(self) -> list[Path]:
        number = self.epoch.currentData()
        files = self._found.get(int(number), ()) if number else ()
        return sorted(files, key=lambda path: path.stem == "mixture")

    def _chosen(self) -> None:
        """Another stem or epoch is heard at once where one is heard already: so they are compared."""
        if self._player.path is not None and self.stem.currentData() and self._player.path != self._path():
            self._player.play(self._path())

    def _path(self) -> Path:
        return Path(self.stem.currentData() or "")

    def _press(self) -> None:
        if self._player.path is not None:
            self._player.stop()
        elif self.stem.currentData():
            self._player.play(self._path())

    def _show_playing(self) -> None:
        self.play.setText(tr("Stop") if self._player.path is not None else tr("Play"))
