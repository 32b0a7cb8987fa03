"""The dialogs of the main window: each opened by its action."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from umx_gui.app.session import Session
from umx_gui.engine.sessions.session_file import SUFFIX
from umx_gui.messages import Message
from umx_gui.views.actions import Actions
from umx_gui.views.drop import AUDIO_SUFFIXES
from umx_gui.views.export.dialog import ExportDialog
from umx_gui.views.kit.dialogs import AboutDialog, ShortcutsDialog, diagnostics, file_dialog_options
from umx_gui.views.kit.labels import plain, plain_tip
from umx_gui.views.models.dialog import ModelsDialog
from umx_gui.words import tr


class WindowDialogs(QObject):
    """Choosing files, exporting, models, help: whatever opens over the window."""

    chosen = Signal(tuple)  # tuple[Path, ...]: files to open
    told = Signal(object)  # Message

    def __init__(self, session: Session, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._actions, self._window = session, actions, window
        self._models: ModelsDialog | None = None
        actions.open.triggered.connect(self._choose_files)
        actions.export.triggered.connect(self._export)
        actions.models.triggered.connect(self._show_models)
        actions.shortcuts.triggered.connect(lambda: ShortcutsDialog(actions.listed(), window).exec())
        actions.about.triggered.connect(lambda: AboutDialog(window).exec())
        actions.diagnostics.triggered.connect(self._copy_diagnostics)
        actions.recent.aboutToShow.connect(self._fill_recent)

    @property
    def models(self) -> ModelsDialog:
        """The dialog of the models, made when it is first wanted."""
        if self._models is None:
            self._models = ModelsDialog(self._session, self._window)
        return self._models

    def take(self, message: Message) -> bool:
        """Show a message where the models are, if that is what is looked at; False: nobody would see it there."""
        if self._models is None or not self._models.isActiveWindow():
            return False
        self._models.say(message)
        return True

    def _choose_files(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in sorted(AUDIO_SUFFIXES))
        folder = self._session.settings.open_folder
        chosen, _ = QFileDialog.getOpenFileNames(
            self._window,
            tr("Open songs"),
            folder,
            tr("Songs and sessions ({kinds} *{SUFFIX});;All files (*)", kinds=kinds, SUFFIX=SUFFIX),
            options=file_dialog_options(),
        )
        self.chosen.emit(tuple(Path(name) for name in chosen))

    def _export(self) -> None:
        song = self._session.song
        if song is None:
            return
        dialog = ExportDialog(self._session, song, self._window)
        if dialog.exec():
            choice = dialog.choice
            self._session.export(choice.folder, choice.options, what=choice.what)

    def _show_models(self) -> None:
        self.models.show()
        self.models.activateWindow()

    def _fill_recent(self) -> None:
        menu = self._actions.recent
        menu.clear()
        for name in self._session.settings.recent_files:
            action = menu.addAction(plain(Path(name).name))
            action.setToolTip(plain_tip(name))
            action.triggered.connect(lambda _=False, name=name: self.chosen.emit((Path(name),)))
        if menu.isEmpty():
            menu.addAction(tr("No songs yet")).setEnabled(False)

    def _copy_diagnostics(self) -> None:
        QGuiApplication.clipboard().setText(diagnostics(self._session))
        self.told.emit(Message(tr("Diagnostics are in the clipboard")))
