"""The main window: puts the views together, and takes files, dialogs and messages."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QUrl
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from umx_gui.app.session import Session, SessionState
from umx_gui.engine.resource import resource
from umx_gui.messages import Message
from umx_gui.views.actions import Actions
from umx_gui.views.drop import files_of, files_of_paths, has_files, paths_of
from umx_gui.views.empty_state import DropSheet, EmptyState
from umx_gui.views.export.drag_out import DragOut
from umx_gui.views.filter_panel import FilterPanel
from umx_gui.views.kit.notice import Notice
from umx_gui.views.kit.theme import ThemeKeeper
from umx_gui.views.lanes.lane_modes import LaneModes
from umx_gui.views.lanes.timeline import Timeline
from umx_gui.views.lanes.view_menu import ViewMenu
from umx_gui.views.lanes_view import LanesView
from umx_gui.views.mixer.meter import MeterPump
from umx_gui.views.models.dialog import ModelsDialog
from umx_gui.views.queue.door import QueueDoor
from umx_gui.views.queue.playlist import Playlist
from umx_gui.views.scores.door import ScoresDoor
from umx_gui.views.session_door import SessionDoor
from umx_gui.views.status_bar import StatusBar
from umx_gui.views.stretches.door import StretchDoor
from umx_gui.views.tool_bar import ToolBar
from umx_gui.views.training.door import TrainingDoor
from umx_gui.views.transport_bar import TransportBar
from umx_gui.views.window_dialogs import WindowDialogs
from umx_gui.words import tr


class MainWindow(QWidget):
    """One session in one window."""

    def __init__(self, session: Session, theme: ThemeKeeper) -> None:
        super().__init__()
        self.session = session
        self.theme = theme
        self.stopped = True
        self.timeline = Timeline(self)
        self.modes = LaneModes(session.settings.lane_view, self)
        self.playlist = Playlist(self)
        self.actions_ = Actions(self, session, self.timeline, self.modes, theme)
        self.queue = QueueDoor(session, self.actions_, self.playlist, self)
        self.sessions = SessionDoor(session, self.timeline, self.modes, self.actions_, self, self.say)
        self.tools = ToolBar(session, self.actions_, self.modes)
        self.tools.add(self.queue.button, self.queue.set_compact)
        self.empty = EmptyState(self.actions_, demo_song() is not None, lambda: session.settings.recent_files)
        self.lanes = LanesView(session, self.timeline, self.modes, self.actions_)
        self.filter = FilterPanel(session, self.timeline, self.actions_)
        self.view = ViewMenu(self, session, self.actions_, self.modes, self.lanes.look, self.lanes.tempo)
        self.tools.add_view_menu(self.view.button)
        self.notice = Notice()
        self.transport = TransportBar(session, self.actions_)
        self.stretches = StretchDoor(session, self.timeline, self.lanes, self.actions_, self)
        self.scores = ScoresDoor(session, self.actions_, self.modes, self.transport, self, self.say)
        self.tools.fill_menu()
        self.status = StatusBar(session)
        self.dialogs = WindowDialogs(session, self.actions_, self)
        self._exported_to: Path | None = None  # until that is told
        self._compared = ("", "")  # the model of the song, and the chosen one, when that was last looked at
        self.training = TrainingDoor(self.actions_.training, session, theme, self)
        selection, take_out = self.lanes.selection, self.transport.take_out
        take_out.stretch = lambda: selection.or_loop
        self._drag_out = DragOut(session, take_out.stretch, self)
        self._drag_out.watch_button(take_out, take_out.what)
        self._pump = MeterPump(session.transport, self)
        self._lay_out()
        self._sheet = DropSheet(self)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()
        self._connect()
        self._rows_changed()
        self._song_changed()

    def open_files(self, files: tuple[Path, ...]) -> None:
        """Open the first of some files; the others wait in the list (N opens the next)."""
        if not files:
            return
        self.playlist.set_files(files)
        self._open(files[0])

    def open_paths(self, paths: list[Path]) -> None:
        """Open files, and the songs in folders; say what cannot be opened."""
        dropped = files_of_paths(paths)
        if dropped.refusal is not None:
            self.say(dropped.refusal)
        self.open_files(dropped.files)

    def take_over(self, paths: list[Path]) -> None:
        """Come to the front, with the files of a later start."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        if paths:
            self.open_paths(paths)

    def open_demo(self) -> None:
        """Open the song that comes with the application."""
        if (path := demo_song()) is not None:
            self.session.settings.demo_shown = True
            self.open_files((path,))

    def say(self, message: Message, act: str = "", call: object = None, news: bool = False) -> None:
        """Show a message in the window, or where the models are, if those are looked at; `news`: nothing failed."""
        if not callable(call) and (self.dialogs.take(message) or self.queue.take(message)):
            return
        self.notice.show_message(message, act, call if callable(call) else None, news)

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome what has files in it; let the rest be dropped, too, to say why it is refused. Not our own stems."""
        if self._drag_out.dragging:
            event.ignore()
            return
        if has_files(event.mimeData()):
            self._sheet.cover()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Anywhere."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """As it was."""
        self._sheet.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the files, and say what was refused."""
        self._sheet.hide()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if self.scores.take(paths_of(event.mimeData()).files):
            return
        dropped = files_of(event.mimeData())
        if dropped.refusal is not None:
            self.say(dropped.refusal)
        self.open_files(dropped.files)

    # Window

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the sheet over everything."""
        if self._sheet.isVisible():
            self._sheet.cover()
        super().resizeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window, stop everything, leave."""
        settings = self.session.settings
        settings.window_geometry = self.saveGeometry().toBase64().toStdString()
        settings.lane_view = self.modes.everywhere
        settings.theme = self.theme.choice
        self.hide()
        self.stopped = self.session.close(patience_s=1.0)
        event.accept()

    def restore(self) -> None:
        """Take the size and place of last time, where they fit this screen."""
        saved = self.session.settings.window_geometry
        # Qt's own decoding never raises: what is no geometry is refused by restoreGeometry.
        if not saved or not self.restoreGeometry(QByteArray.fromBase64(saved.encode("ascii", "ignore"))):
            screen = self.screen().availableGeometry()
            self.resize(min(1360, screen.width() - 48), min(864, screen.height() - 64))

    def _lay_out(self) -> None:
        self.setWindowTitle("umx-gui")
        self.setMinimumSize(840, 560)
        center = QWidget()
        self._stack = QStackedLayout(center)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.lanes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addLayout(self.filter.beside(center), 1)
        for widget in (self.notice, self.stretches.bar, self.transport, self.status):
            column.addWidget(widget)

    def _connect(self) -> None:
        session, actions = self.session, self.actions_
        self.dialogs.chosen.connect(self.open_files)
        self.empty.chosen.connect(lambda path: self.open_files((path,)))
        self.dialogs.told.connect(self.say)
        actions.demo.triggered.connect(self.open_demo)
        actions.quit.triggered.connect(self.close)
        actions.full_screen.triggered.connect(self._full_screen)
        actions.next_song.triggered.connect(lambda: self._open(self.playlist.step(1)))
        actions.previous_song.triggered.connect(lambda: self._open(self.playlist.step(-1)))
        actions.demo.setVisible(demo_song() is not None)
        self.playlist.changed.connect(self._playlist_changed)
        self.lanes.rows_changed.connect(self._rows_changed)
        self.lanes.readout.changed.connect(self.status.show_reading)
        session.told.connect(self._told)
        session.opened.connect(self._song_changed)
        session.closed.connect(self._song_changed)
        session.state_changed.connect(self._song_changed)
        session.exported.connect(self._exported)
        session.models_changed.connect(self._models_changed)
        self._playlist_changed()

    @property
    def models(self) -> ModelsDialog:
        """The dialog of the models."""
        return self.dialogs.models

    # News

    def _song_changed(self) -> None:
        song = self.session.song
        opening = self.session.state == SessionState.OPENING
        self._stack.setCurrentWidget(self.lanes if song is not None else self.empty)
        self.transport.setVisible(song is not None)
        self.status.setVisible(song is not None or opening)

    def _rows_changed(self) -> None:
        self._pump.feed(self.lanes.meters, self.transport.meter)
        self._drag_out.watch(self.lanes.name_labels)

    def _playlist_changed(self) -> None:
        several = len(self.playlist.files) > 1
        for action in (self.actions_.next_song, self.actions_.previous_song):
            action.setEnabled(several)
            action.setVisible(several)

    def _models_changed(self) -> None:
        """A song that was separated with another model can be separated again: say so, once, where it helps."""
        song, name = self.session.song, self.session.model_name
        used = getattr(song.recipe, "model", "") if song is not None else ""
        before, self._compared = self._compared, (used, name)
        if used and name and used != name and before != (used, name):
            message = Message(
                tr("“{name}” is used from now on", name=name), tr("This song was separated with “{used}”", used=used)
            )
            self.say(message, tr("Separate again"), lambda: self.session.separate(restart=True), news=True)

    def _exported(self, paths: list[Path]) -> None:
        """Files are there; what is told next says how many, and offers to show them."""
        self._exported_to = paths[0].parent if paths else None

    def _told(self, message: Message) -> None:
        folder, self._exported_to = self._exported_to, None
        if folder is None:
            self.say(message)
        else:
            self.say(message, tr("Show the folder"), lambda: self._show_folder(folder), news=not message.reason)

    def _show_folder(self, folder: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.say(Message(tr("No program shows folders here"), str(folder)))

    def _open(self, path: Path | None) -> None:
        if path is not None:
            self.notice.clear()
            if not self.sessions.open(path):
                self.session.open(path)

    def _full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()


def demo_song() -> Path | None:
    """The bundled song; None where an installation left it out."""
    try:
        folder = resource("demo")
    except FileNotFoundError:
        return None
    return next((p for p in sorted(folder.iterdir()) if p.suffix in (".flac", ".ogg", ".wav")), None)
