"""Training, seen: the curves of a run while it goes on, and start, stop, resume and publish."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QWidget

from umx_gui.app.session import Session
from umx_gui.app.sound.excerpts import ExcerptPlayer
from umx_gui.app.training.run_watch import RunWatch
from umx_gui.app.training.runs import TrainingRuns
from umx_gui.engine.runs.run_folder import RunState
from umx_gui.engine.runs.run_words import state_words
from umx_gui.messages import Message, printable
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.dialogs import Dialog
from umx_gui.views.kit.fields import CheckBox, Choice
from umx_gui.views.kit.formats import target_name
from umx_gui.views.kit.labels import Line, plain_label
from umx_gui.views.kit.notice import Notice
from umx_gui.views.kit.theme import ThemeKeeper
from umx_gui.views.status_bar import ProgressBar
from umx_gui.views.training.excerpts import ExcerptRow
from umx_gui.views.training.forms import PublishForm, StartForm
from umx_gui.views.training.plots import TrainingPlots
from umx_gui.words import tr

_PAUSABLE = (RunState.TRAINING, RunState.VALIDATING)


class TrainingWindow(Dialog):
    """Stays open beside the main window. A run goes on when it is closed, and is found again when it is opened."""

    def __init__(self, session: Session, runs: TrainingRuns, theme: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(tr("Training"), parent)
        self._session, self.runs = session, runs
        self.watch = RunWatch(runs, self)
        self.choice = Choice(tr("Training run"), (), "")
        self.add = Button(tr("Watch a run's folder"), text=tr("Watch folder…"), kind="raised")
        self.new = Button(tr("New training run"), text=tr("New run…"), kind="accent")
        self.state = plain_label("", "title")
        self.bar = ProgressBar()
        self.place = Line("body", "muted")
        self.stop = Button(tr("Stop the training"), text=tr("Stop"), kind="raised")
        self.pause = Button(tr("Pause the training"), text=tr("Pause"), kind="raised")
        self.resume = Button(tr("Resume the training"), text=tr("Resume"), kind="raised")
        self.publish = Button(tr("Publish as a model"), text=tr("Publish…"), kind="raised")
        self.open_folder = Button(tr("Open the run's folder"), text=tr("Open folder"), kind="raised")
        self.forget = Button(tr("Take the run off this list"), text=tr("Forget"), kind="raised")
        self.plots = TrainingPlots()
        self.legend = QHBoxLayout()
        self.boxes: dict[str, CheckBox] = {}
        self.player = ExcerptPlayer(session.transport, self)
        self.excerpts = ExcerptRow(self.player)
        self.notice = Notice()
        self.form: StartForm | PublishForm | None = None
        self._lay_out()
        self._connect(theme)
        self._fill_choice()

    def say(self, message: Message) -> None:
        """Show a message here, or where the song is if this window is closed."""
        if self.isVisible():
            self.notice.show_message(message)
        else:
            self._session.told.emit(message)

    # Window

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the run from now on."""
        self.watch.set_active(True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        self.watch.set_active(False)
        self.player.stop()
        super().hideEvent(event)

    def _lay_out(self) -> None:
        self.setModal(False)
        self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.choice.setMinimumContentsLength(24)
        self.choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.legend.setSpacing(16)
        self.legend.addStretch(1)
        now = _row(self.state, None, self.bar)
        acts = _row(self.pause, self.stop, self.resume, self.publish, self.open_folder, self.forget, None)
        top = _row(self.choice, self.add, self.new)
        for row in (top, now):
            self.body.addLayout(row)
        self.body.addWidget(self.place)
        self.body.addLayout(acts)
        self.body.addWidget(self.plots, 1)
        self.body.addLayout(self.legend)
        self.body.addWidget(self.excerpts)
        self.body.addWidget(self.notice)
        acting = (self.pause, self.stop, self.resume, self.publish, self.open_folder, self.forget)
        for button in (self.add, self.new, *acting, self.excerpts.play):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        close = self.add_button(tr("Close"))
        close.clicked.connect(self.close)
        self.resize(960, 800)

    def _connect(self, theme: ThemeKeeper) -> None:
        self.choice.currentIndexChanged.connect(self._chosen)
        self.add.clicked.connect(self._add)
        self.new.clicked.connect(self._new)
        self.pause.clicked.connect(self._pause)
        self.player.told.connect(self.say)
        self.stop.clicked.connect(lambda: self._on_run(self.runs.stop))
        self.resume.clicked.connect(lambda: self._on_run(self.runs.resume))
        self.forget.clicked.connect(lambda: self._on_run(self.runs.forget))
        self.publish.clicked.connect(self._publish)
        self.open_folder.clicked.connect(self._open_folder)
        self.watch.news_changed.connect(self._show_news)
        self.watch.history_changed.connect(self._show_history)
        self.runs.listed.connect(self._fill_choice)
        self.runs.publishing_changed.connect(self._show_news)
        self.runs.told.connect(self.say)
        self.runs.published.connect(lambda _name: self._session.models_changed.emit())
        theme.changed.connect(self.plots.restyle)

    # What is shown

    def _fill_choice(self) -> None:
        """The known runs, the latest first; that one is shown if it is new, or nothing was."""
        folders = self.runs.folders
        with QSignalBlocker(self.choice):
            self.choice.clear()
            for folder in folders:
                self.choice.addItem(printable(f"{folder.name}  ·  {folder.parent}"), str(folder))
        self.choice.setEnabled(bool(folders))
        self._chosen()

    def _chosen(self) -> None:
        value = self.choice.currentData()
        self.watch.follow(Path(value) if value else None)
        if not value:
            self._show_news()
            self._show_history()

    def _show_news(self) -> None:
        news = self.watch.news
        idle, here = news is not None and not news.state.running, news is not None and news.here
        self.stop.setEnabled(news is not None and here and not idle and news.state is not RunState.STOPPING)
        paused = news is not None and news.state is RunState.PAUSED
        # A run that is about to stop, or has not begun, hears of nothing.
        self.pause.setEnabled(self.stop.isEnabled() and (paused or news is None or news.state in _PAUSABLE))
        self.pause.setText(tr("Continue") if paused else tr("Pause"))
        self.pause.setAccessibleName(tr("Have the training go on") if paused else tr("Pause the training"))
        self.pause.setToolTip(self.pause.accessibleName())
        done = news is not None and news.state is RunState.DONE
        self.resume.setEnabled(news is not None and here and idle and news.resumable and not done)
        self.publish.setEnabled(news is not None and news.publishable and not self.runs.publishing)
        self.open_folder.setEnabled(news is not None)
        self.forget.setEnabled(news is not None and (idle or not here))
        self.bar.setVisible(news is not None and news.state.running)
        if news is None:
            self.state.setText(tr("No training run is known yet"))
            self.place.set_text(tr("Start a new one, or watch the folder of one, be it on another machine"))
            return
        self.state.setText(state_words(news))
        self.state.setAccessibleName(self.state.text())
        self.bar.show_fraction(news.fraction)
        self.place.set_text(printable(news.detail or str(news.folder)))

    def _show_history(self) -> None:
        epochs = self.watch.epochs
        self.excerpts.show_run(self.watch.folder)
        self.plots.show_epochs(epochs)
        targets = list(dict.fromkeys(target for epoch in epochs for target in epoch.targets))
        if targets == list(self.boxes):
            return
        for box in self.boxes.values():
            self.legend.removeWidget(box)
            box.deleteLater()
        self.boxes = {target: self._box(target) for target in targets}
        for at, box in enumerate(self.boxes.values()):
            self.legend.insertWidget(at, box)

    def _box(self, target: str) -> CheckBox:
        """The legend's entry of a target, which shows and hides its curves."""
        box = CheckBox(target_name(target), target)
        box.setAccessibleName(tr("Show {stem}", stem=target_name(target)))
        box.setChecked(True)
        box.toggled.connect(lambda on: self.plots.show_target(target, on))
        self.plots.show_target(target, True)
        return box

    # What is done

    def _on_run(self, call: object) -> None:
        folder = self.watch.folder
        if folder is not None and callable(call):
            self.notice.clear()
            call(folder)

    def _pause(self) -> None:
        news = self.watch.news
        if news is not None:
            self.notice.clear()
            self.runs.pause(news.folder, news.state is not RunState.PAUSED)

    def _add(self) -> None:
        if chosen := QFileDialog.getExistingDirectory(self, tr("Watch a training run"), str(Path.home())):
            self.runs.add(Path(chosen))

    def _new(self) -> None:
        form = self.form = StartForm(self._session.settings, self)
        form.accepted.connect(lambda: self.runs.start(form.plan))
        form.finished.connect(form.deleteLater)
        form.open()

    def _publish(self) -> None:
        folder = self.watch.folder
        if folder is None:
            return
        form = self.form = PublishForm(folder, self)
        form.accepted.connect(lambda: self.runs.publish(folder, form.name.text().strip(), form.licence.text().strip()))
        form.finished.connect(form.deleteLater)
        form.open()

    def _open_folder(self) -> None:
        folder = self.watch.folder
        if folder is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.say(Message(tr("No program shows folders here"), str(folder)))


def _row(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets beside each other; None is a stretch."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row
