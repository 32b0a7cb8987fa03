"""The table of the queue: a row for each song, in the order in which they are separated; rows can be dragged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from umx_gui.app.queue.job import JobState, QueueJob
from umx_gui.app.queue.queue import Queue
from umx_gui.engine.naming import printable
from umx_gui.messages import Message
from umx_gui.views.drop import has_files
from umx_gui.views.kit.formats import NARROW_SPACE, clock
from umx_gui.views.kit.table import PlainTable
from umx_gui.views.kit.theme import current, font
from umx_gui.words import mark, tr

COLUMNS = (mark("Song"), mark("Model"), mark("Files"), mark("State"), mark("Time left"))
_STATE, _LEFT = COLUMNS.index("State"), COLUMNS.index("Time left")
_INVITATION = mark("Drop songs or folders here")
_FRACTION = Qt.ItemDataRole.UserRole
_TONES = {JobState.RUNNING: "text", JobState.FAILED: "warn", JobState.DONE: "muted", JobState.SKIPPED: "muted"}


class QueueTable(PlainTable):
    """Shows the jobs of a queue; several rows can be chosen. Alt+Up and Alt+Down move them, and so does dragging."""

    chosen = Signal()  # other rows
    dropped = Signal(object)  # QMimeData with files from elsewhere
    moved = Signal(int)  # the chosen rows by so many
    removed = Signal()
    retried = Signal()

    def __init__(self, queue: Queue, parent: QWidget | None = None) -> None:
        super().__init__(tr("Songs in the queue"), COLUMNS, parent, stretched=(0, _STATE), right=(_LEFT,))
        self._queue = queue
        self._jobs: list[QueueJob] = []
        self._drop_line: int | None = None
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.viewport().setAcceptDrops(True)
        self.setDropIndicatorShown(False)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setItemDelegateForColumn(_STATE, _StateDelegate(self))
        self.itemSelectionChanged.connect(self.chosen)

    @property
    def chosen_jobs(self) -> list[QueueJob]:
        """The jobs of the chosen rows, in their order."""
        rows = sorted({index.row() for index in self.selectedIndexes()})
        return [self._jobs[row] for row in rows if row < len(self._jobs)]

    def show_jobs(self) -> None:
        """Show the jobs as they are; what was chosen stays chosen."""
        kept = set(self.chosen_jobs)
        blocked = self.blockSignals(True)
        self._jobs = list(self._queue.jobs)
        self.setRowCount(len(self._jobs))
        for job in self._jobs:
            self.show_job(job)
        if kept:
            self.choose([job for job in self._jobs if job in kept])
        self.blockSignals(blocked)
        self.chosen.emit()

    def show_job(self, job: QueueJob) -> None:
        """Show one job as it is."""
        if job not in self._jobs:
            return
        row = self._jobs.index(job)
        theme = current()
        tips = {0: str(job.path), _STATE: job.error.one_line() if job.error is not None else None}
        for column, text in enumerate(texts_of(job, self._queue)):
            self.set_cell(row, column, text, tips.get(column))
            tone = _TONES.get(job.state, "text") if column == _STATE else "text" if column == 0 else "muted"
            self.cell(row, column).setForeground(QBrush(theme.color(tone)))
        running = job.state is JobState.RUNNING
        self.cell(row, _STATE).setData(_FRACTION, job.fraction if running else None)

    def choose(self, jobs: Sequence[QueueJob]) -> None:
        """Choose the rows of some jobs."""
        self.clearSelection()
        model = self.selectionModel()
        flags = model.SelectionFlag.Select | model.SelectionFlag.Rows
        for row, job in enumerate(self._jobs):
            if job in jobs:
                model.select(self.model().index(row, 0), flags)

    # Keyboard and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt+arrows move, Delete removes, Return tries again what failed."""
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.retried.emit()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Rows of ours, or files from elsewhere."""
        self._consider(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show between which rows it would go."""
        self._consider(event)
        line = self._line_at(event) if event.source() is self else None
        if line != self._drop_line:
            self._drop_line = line
            self.viewport().update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """As it was."""
        self._drop_line = None
        self.viewport().update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Move the rows, or take the files."""
        self._drop_line = None
        self.viewport().update()
        if event.source() is not self:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(event.mimeData())
            return
        # Qt would remove rows that were moved; these are shown anew.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._queue.move(self.chosen_jobs, self._line_at(event))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, and the line where dragged ones would go; an invitation where there are none."""
        super().paintEvent(event)
        if not self.rowCount():
            painter = QPainter(self.viewport())
            painter.setFont(font("title"))
            painter.setPen(current().color("muted"))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, tr(_INVITATION))
        if self._drop_line is None:
            return
        last = self._drop_line >= self.rowCount()
        y = self.rowViewportPosition(self._drop_line - last) + (
            self.verticalHeader().defaultSectionSize() if last else 0
        )
        painter = QPainter(self.viewport())
        painter.fillRect(QRectF(0, y - 1, self.viewport().width(), 2), current().color("accent"))

    def recolor(self) -> None:
        """Other colours."""
        for job in self._jobs:
            self.show_job(job)

    def _consider(self, event: QDragMoveEvent) -> None:
        if event.source() is self or has_files(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    def _line_at(self, event: QDropEvent) -> int:
        """Before which row something is dropped."""
        y = round(event.position().y())
        row = self.rowAt(y)
        if row < 0:
            return self.rowCount()
        return row + (y > self.rowViewportPosition(row) + self.verticalHeader().defaultSectionSize() // 2)


class _StateDelegate(QStyledItemDelegate):
    """Words, and below them how far a song is."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Words and bar."""
        super().paint(painter, option, index)
        fraction = index.data(_FRACTION)
        if fraction is None:
            return
        area: QRectF = QRectF(option.rect).adjusted(11, 0, -11, 0)
        trough = QRectF(area.left(), area.bottom() - 4, area.width(), 2)
        painter.fillRect(trough, current().color("hover"))
        trough.setWidth(max(trough.width() * fraction, 2))
        painter.fillRect(trough, current().color("accent"))


def texts_of(job: QueueJob, queue: Queue) -> tuple[str, ...]:
    """What stands in the row of a job."""
    left = queue.time_left(job)
    settings = job.settings
    depth = " " + ({"32f": tr("32 bit float")}.get(settings.bit_depth) or tr("{n} bit", n=settings.bit_depth))
    kind = settings.format.upper() + (depth if settings.format in ("wav", "flac") else "")
    return (
        printable(job.path.name),
        printable(Path(settings.model).name),
        kind,
        state_words(job, queue),
        clock(left + 0.5) if left is not None else "",
    )


def state_words(job: QueueJob, queue: Queue) -> str:
    """What is the case with a job."""
    if job.state is JobState.RUNNING:
        percent = f"{job.fraction * 100:.0f}{NARROW_SPACE}%"
        if queue.paused:
            return tr("Paused at {percent}", percent=percent)
        return (
            tr("Waits for the open song, {percent}", percent=percent)
            if queue.held
            else tr("Separating, {percent}", percent=percent)
        )
    if job.state is JobState.FAILED:
        return _short(job.error, job.path.name) if job.error is not None else tr("Failed")
    return {JobState.WAITING: tr("Waiting"), JobState.DONE: tr("Done"), JobState.SKIPPED: tr("Done before")}[job.state]


def _short(error: Message, song: str) -> str:
    """Why a job failed. A row has little room, and its first column says already that it is about this song."""
    if printable(song) not in error.title or not error.reason:
        return error.one_line()
    return f"{error.reason[:1].upper()}{error.reason[1:]}"
