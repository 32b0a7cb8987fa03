"""The window of the queue: what is to be separated, how, and how far that is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from umx_gui.app.queue.job import ENDED, JobSettings, JobState, QueueJob
from umx_gui.app.session import Session
from umx_gui.messages import Message
from umx_gui.views.drop import AUDIO_SUFFIXES, Dropped, paths_of
from umx_gui.views.kit.bind import Throttle
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.dialogs import Dialog, file_dialog_options
from umx_gui.views.kit.formats import clock
from umx_gui.views.kit.labels import plain_label
from umx_gui.views.kit.notice import Notice
from umx_gui.views.queue.form import QueueForm
from umx_gui.views.queue.table import QueueTable
from umx_gui.words import tr, trn


class QueuePanel(Dialog):
    """Stays open beside the window; the queue goes on when it is closed. Songs can be dropped anywhere on it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(tr("Queue"), parent)
        self._session, self._queue = session, session.queue
        self._next: JobSettings | None = None  # what the songs added next get, where the user has changed it
        self.table = QueueTable(self._queue)
        self.form = QueueForm(session)
        self.words = plain_label("", tone="muted")
        self.notice = Notice()
        self.add_songs = Button(tr("Add songs to the queue"), text=tr("Add songs…"), kind="raised")
        self.add_folder = Button(tr("Add the songs of a folder"), text=tr("Add folder…"), kind="raised")
        self.pause = Button(tr("Pause the queue"), "pause", tr("Pause"), kind="raised")
        self.clear = Button(tr("Take what is done out of the list"), text=tr("Clear done"), kind="raised")
        self.up = Button(tr("Earlier (Alt+Up)"), text=tr("Earlier"), kind="raised")
        self.down = Button(tr("Later (Alt+Down)"), text=tr("Later"), kind="raised")
        self.retry = Button(tr("Try again (Return)"), text=tr("Try again"), kind="raised")
        self.remove = Button(tr("Remove from the queue (Delete)"), text=tr("Remove"), kind="raised")
        self.setAcceptDrops(True)
        self._lay_out()
        self._connect()
        self._refresh()

    def add(self, paths: list[Path]) -> None:
        """Queue these songs and folders, with the settings shown for new ones."""
        self._queue.add(paths, self._next_settings())

    def say(self, message: Message) -> None:
        """Show a message here."""
        self.notice.show_message(message, "", None)

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Let everything be dropped, if only to say why it is refused."""
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Anywhere."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Queue what was dropped."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._take(event.mimeData())

    def _take(self, data: QMimeData) -> None:
        dropped: Dropped = paths_of(data)
        if dropped.refusal is not None:
            self.say(dropped.refusal)
        if dropped.files:
            self.add(list(dropped.files))

    # Building

    def _lay_out(self) -> None:
        top, below = QHBoxLayout(), QHBoxLayout()
        for row, left, right in (
            (top, (self.add_songs, self.add_folder), (self.clear, self.pause)),
            (below, (self.words,), (self.up, self.down, self.retry, self.remove)),
        ):
            row.setSpacing(8)
            for widget in left:
                row.addWidget(widget)
            row.addStretch(1)
            for widget in right:
                row.addWidget(widget)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addLayout(below)
        self.body.addLayout(top)
        self.body.addLayout(column, 1)
        self.body.addWidget(self.form)
        self.body.addWidget(self.notice)
        self.notice.hide()
        self.resize(936, 640)
        for button in (self.add_songs, self.add_folder, self.clear, self.pause, self.up, self.down, self.retry):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.remove.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _connect(self) -> None:
        queue, table = self._queue, self.table
        self.add_songs.clicked.connect(self._choose_songs)
        self.add_folder.clicked.connect(self._choose_folder)
        self.pause.clicked.connect(self._pause_or_resume)
        self.clear.clicked.connect(lambda: queue.clear_done())
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.retry.clicked.connect(lambda: queue.retry(table.chosen_jobs))
        self.remove.clicked.connect(lambda: queue.remove(table.chosen_jobs))
        table.moved.connect(self._move)
        table.removed.connect(lambda: queue.remove(table.chosen_jobs))
        table.retried.connect(lambda: queue.retry(table.chosen_jobs))
        table.dropped.connect(self._take)
        table.chosen.connect(self._chosen)
        self.form.changed.connect(self._set)
        self._job_throttle = Throttle(self._job_news, self, interval_ms=100)
        queue.changed.connect(self._refresh)
        queue.job_changed.connect(self._job_throttle.poke)
        self._session.models_changed.connect(self._chosen)
        leave = QShortcut(QKeySequence("Ctrl+J"), self)
        leave.activated.connect(self.close)

    # What the user does

    def _choose_songs(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in sorted(AUDIO_SUFFIXES))
        folder = self._session.settings.open_folder
        names, _ = QFileDialog.getOpenFileNames(
            self,
            tr("Add songs"),
            folder,
            tr("Songs ({kinds});;All files (*)", kinds=kinds),
            options=file_dialog_options(),
        )
        if names:
            self.add([Path(name) for name in names])

    def _choose_folder(self) -> None:
        if folder := QFileDialog.getExistingDirectory(self, tr("Add a folder"), self._session.settings.open_folder):
            self.add([Path(folder)])

    def _pause_or_resume(self) -> None:
        if self._queue.paused:
            self._queue.resume()
        else:
            self._queue.pause()

    def _move(self, by: int) -> None:
        """Move the chosen rows one up or down."""
        jobs, chosen = self._queue.jobs, self.table.chosen_jobs
        if chosen and by < 0:
            self._queue.move(chosen, max(jobs.index(chosen[0]) - 1, 0))
        elif chosen:
            self._queue.move(chosen, jobs.index(chosen[-1]) + 2)

    def _set(self, fields: dict[str, object]) -> None:
        """What was changed in the form goes to the chosen songs, or to those added next."""
        if "folder" in fields:
            self._session.settings.queue_folder = str(fields["folder"])
        if chosen := self.table.chosen_jobs:
            self._queue.set_settings(chosen, fields)
        else:
            self._next = replace(self._next_settings(), **fields)  # type: ignore[arg-type]
            self._chosen()

    def _next_settings(self) -> JobSettings:
        return self._next or self._queue.settings()

    # What is shown

    def _refresh(self) -> None:
        queue = self._queue
        self.table.show_jobs()
        paused = queue.paused
        self.pause.setText(tr("Resume") if paused else tr("Pause"))
        self.pause.setAccessibleName(tr("Resume the queue") if paused else tr("Pause the queue"))
        self.pause.setToolTip(self.pause.accessibleName())
        self.pause.set_icon("play" if paused else "pause")
        self.pause.kind = "accent" if paused and queue.n_left else "raised"
        self.pause.updateGeometry()
        self.pause.update()
        self.clear.setEnabled(any(job.state in ENDED for job in queue.jobs))
        self._show_words()

    def _job_news(self) -> None:
        if (job := self._queue.running) is not None:
            self.table.show_job(job)
        self._show_words()

    def _show_words(self) -> None:
        self.words.setText(summary(self._queue.jobs, self._queue.paused, self._queue.remaining_s))

    def _chosen(self) -> None:
        """Show the settings of the chosen songs, and enable what can be done with them."""
        chosen = self.table.chosen_jobs
        idle = [job for job in chosen if job.state is not JobState.RUNNING]
        self.retry.setEnabled(any(job.state not in (JobState.WAITING, JobState.RUNNING) for job in chosen))
        self.remove.setEnabled(bool(chosen))
        self.up.setEnabled(bool(chosen))
        self.down.setEnabled(bool(chosen))
        if len(chosen) > 1:
            title = trn("{n} song", "{n} songs", len(chosen))
        else:
            title = chosen[0].path.name if chosen else tr("Songs that are added next")
        self.form.show_settings(
            chosen[0].settings if chosen else self._next_settings(), title, bool(idle) or not chosen
        )


def summary(jobs: list[QueueJob], paused: bool, remaining_s: float | None) -> str:
    """How much there is, and how long it still takes."""
    if not jobs:
        return ""
    n_left = sum(job.state in (JobState.WAITING, JobState.RUNNING) for job in jobs)
    n_failed = sum(job.state is JobState.FAILED for job in jobs)
    parts = [tr("{left} of {n} left", left=n_left, n=len(jobs)) if n_left else trn("{n} song", "{n} songs", len(jobs))]
    if n_failed:
        parts.append(tr("{n} failed", n=n_failed))
    if paused and n_left:
        parts.append(tr("paused"))
    if remaining_s is not None and n_left:
        parts.append(tr("about {time} in all", time=clock(remaining_s + 0.5)))
    return ", ".join(parts)
