"""The table of all models: one row each, plain text only, for names and licences come from anybody."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from umx_gui.app.separation.model_jobs import ModelJobs
from umx_gui.engine.models.catalogue import CatalogueItem
from umx_gui.engine.naming import printable
from umx_gui.engine.work import Progress
from umx_gui.views.kit.formats import NARROW_SPACE, target_names
from umx_gui.views.kit.labels import plain_tip
from umx_gui.views.kit.table import PlainTable
from umx_gui.views.kit.theme import current
from umx_gui.words import mark, number, tr

COLUMNS = (mark("Model"), mark("Stems"), mark("Size"), mark("SDR"), mark("Licence"), mark("Origin"), mark("State"))
_STRETCHED = (4,)
_RIGHT = (2, 3)
_SDR = COLUMNS.index("SDR")
_STATE = COLUMNS.index("State")
_ROW_HEIGHT = 40
_EXPLAINED = {
    "SDR": mark(
        "How clean the stems are, as published: the median signal to distortion ratio on MUSDB18, mean of the stems; "
        "*: of other songs, so not to be compared"
    ),
    "Origin": mark("bundled: comes with umx-gui; published: by the authors of Open-Unmix; trained or imported: by you"),
}
ORIGINS = {
    "bundled": mark("Bundled"),
    "published": mark("Published"),
    "trained": mark("Trained"),
    "imported": mark("Imported"),
    "folder": mark("Folder"),
}
_DOING = {
    "downloading": mark("Downloading"),
    "importing": mark("Importing"),
    "verifying": mark("Verifying"),
    "removing": mark("Removing"),
}


class ModelsTable(PlainTable):
    """Shows what `ModelJobs` knows; arrow keys choose a row, Return and Delete are signalled."""

    chosen = Signal()  # another row
    activated_row = Signal()  # Return, or a double click
    delete_pressed = Signal()

    def __init__(self, jobs: ModelJobs, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Models"),
            COLUMNS,
            parent,
            row_height=_ROW_HEIGHT,
            stretched=_STRETCHED,
            right=_RIGHT,
            explained=_EXPLAINED,
        )
        self._jobs = jobs
        self._items: list[CatalogueItem] = []
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.itemSelectionChanged.connect(self.chosen)
        self.cellDoubleClicked.connect(lambda *_: self.activated_row.emit())

    @property
    def current_item(self) -> CatalogueItem | None:
        """The model of the chosen row."""
        rows = self.selectionModel().selectedRows()
        return self._items[rows[0].row()] if rows else None

    def show_items(self, items: list[CatalogueItem], in_use: str) -> None:
        """Show these models; the chosen row stays on its model, or the first one is chosen."""
        before = self.current_item
        kept = before.name if before is not None else in_use
        blocked = self.blockSignals(True)
        self._items = items
        self.setRowCount(len(items))
        for row, item in enumerate(items):
            for column, text in enumerate(_texts(item)):
                self.set_cell(row, column, text)
            if item.about.scored_on:
                self.cell(row, _SDR).setToolTip(plain_tip(_songs(item)))
        self.show_states(in_use, None)
        names = [item.name for item in items]
        self.selectRow(names.index(kept) if kept in names else 0)
        self.blockSignals(blocked)
        self.chosen.emit()

    def show_states(self, in_use: str, progress: Progress | None) -> None:
        """Show only what is being done with the models, or was found."""
        theme = current()
        for row, item in enumerate(self._items):
            text, tone = state_of(item, self._jobs, in_use, progress)
            self.set_cell(row, _STATE, text)
            for column in range(len(COLUMNS)):
                shade = tone if column == _STATE else "text" if item.entry else "muted"
                self.cell(row, column).setForeground(QBrush(theme.color(shade)))

    def choose(self, name: str) -> None:
        """Choose the row of a model."""
        for row, item in enumerate(self._items):
            if item.name == name:
                self.selectRow(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return acts, Delete asks whether to remove."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated_row.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_pressed.emit()
        else:
            super().keyPressEvent(event)

    def recolor(self) -> None:
        """Other colours."""
        self.show_states(self._jobs.chosen, None)


def state_of(item: CatalogueItem, jobs: ModelJobs, in_use: str, progress: Progress | None) -> tuple[str, str]:
    """What is the case with a model, in a word or two, and the tone to say it in."""
    running = jobs.running
    if running is not None and running.name == item.name:
        words = tr(_DOING[running.doing])
        shown = f" {percent(progress.fraction)}" if progress is not None and running.doing == "downloading" else ""
        return f"{words}{shown}", "accent"
    if item.entry is None:
        return (
            tr("{share} is there", share=percent(item.share_there)) if item.bytes_there else tr("Not installed")
        ), "muted"
    if jobs.verdict(item.name) is False:
        return tr("Damaged"), "warn"
    if item.name == in_use:
        return tr("In use"), "accent"
    return (tr("Verified") if jobs.verdict(item.name) else tr("Installed")), "text"


def percent(fraction: float) -> str:
    """A fraction in per cent, rounded down: nothing is whole before it is."""
    return f"{int(100 * fraction)}{NARROW_SPACE}%"


def megabytes(n_bytes: int) -> str:
    """A size: 142 MB."""
    return f"{max(n_bytes / 1e6, 0.1 if n_bytes else 0):.{0 if n_bytes >= 1e6 else 1}f}{NARROW_SPACE}MB"


def _texts(item: CatalogueItem) -> tuple[str, ...]:
    about, sdr_db = item.about, item.mean_sdr_db
    score = "–" if sdr_db is None else f"{'* ' if about.scored_on else ''}{number(sdr_db, '.2f')}{NARROW_SPACE}dB"
    return (
        printable(item.name),
        printable(target_names(about.targets)),
        megabytes(about.size_bytes),
        score,
        printable(tr(about.licence)),
        tr(ORIGINS.get(item.origin, item.origin)),
    )


def _songs(item: CatalogueItem) -> str:
    """What a model was scored on that was not scored on MUSDB18, so that nobody compares the numbers."""
    songs = printable(item.about.scored_on)
    return tr("Measured on {songs}; not to be compared with scores on MUSDB18", songs=songs)
