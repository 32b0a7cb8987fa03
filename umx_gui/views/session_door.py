"""Sessions in the window: save, open, the title, and the offers after the program died."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from umx_gui.app.saving.jobs import Opening
from umx_gui.app.session import Session
from umx_gui.engine.naming import song_name
from umx_gui.engine.sessions.autosave import Leftover, age_words
from umx_gui.engine.sessions.document import View
from umx_gui.engine.sessions.session_file import SUFFIX, is_session
from umx_gui.errors import SongMissingError
from umx_gui.messages import Message, describe, printable
from umx_gui.views.actions import Actions
from umx_gui.views.kit.dialogs import file_dialog_options
from umx_gui.views.kit.labels import plain, plain_tip
from umx_gui.views.kit.notice import Say
from umx_gui.views.lanes.lane_modes import LaneModes
from umx_gui.views.lanes.song_header import song_title
from umx_gui.views.lanes.timeline import Timeline
from umx_gui.words import mark, tr

KIND = mark("Sessions (*{suffix})")


class SessionDoor(QObject):
    """Binds the session's file to the window's actions, views, title and notices. Nothing here asks on closing: what
    is not saved is kept, and offered again."""

    def __init__(
        self, session: Session, timeline: Timeline, modes: LaneModes, actions: Actions, window: QWidget, say: Say
    ) -> None:
        super().__init__(window)
        self._session, self._timeline, self._modes, self._window, self._say = session, timeline, modes, window, say
        self._files = session.files
        self.save = actions.add(tr("Save the session"), QKeySequence.StandardKey.Save, self._save, song=True)
        self.save_as = actions.add(tr("Save the session as…"), QKeySequence("Ctrl+Shift+S"), self._save_as, song=True)
        self.earlier = QMenu(tr("Earlier sessions"), window)
        self.earlier.setToolTipsVisible(True)
        self.earlier.aboutToShow.connect(self._fill_earlier)
        self.receipts = actions.add(tr("Write receipts beside exported stems"))
        self.receipts.setCheckable(True)
        self.receipts.setChecked(session.settings.export_receipt)
        self.receipts.toggled.connect(lambda on: setattr(session.settings, "export_receipt", on))
        actions.more.append([self.save, self.save_as, self.earlier, self.receipts])
        self._connect()

    def _connect(self) -> None:
        files, opening, session = self._files, self._files.opening, self._session
        for signal in (files.changed, session.opened, session.closed):
            signal.connect(self._show_title)
        files.view_wanted.connect(self._show_view)
        files.later_found.connect(self._offer_later)
        opening.left_behind.connect(self._offer_left_behind)
        opening.song_missing.connect(self._ask_for_song)
        opening.other_song.connect(self._ask_about_other)
        self._timeline.changed.connect(self._view_changed)
        self._modes.changed.connect(self._view_changed)

    def start(self) -> None:
        """Once the window is there: see whether one that died left something behind."""
        self._files.opening.look_for_leftovers()

    def open(self, path: Path) -> bool:
        """Open a file, if it is a session by its name."""
        if not is_session(path):
            return False
        self._files.opening.open(path)
        return True

    def _save(self) -> None:
        if self._files.path is None:
            self._save_as()
        else:
            self._files.save()

    def _save_as(self) -> None:
        song = self._session.song
        if song is None:
            return
        start = self._files.path or song.path.with_name(song_name(song.path) + SUFFIX)
        name, _ = QFileDialog.getSaveFileName(
            self._window, tr("Save the session as"), str(start), tr(KIND, suffix=SUFFIX), options=file_dialog_options()
        )
        if name:
            self._files.save(Path(name) if is_session(Path(name)) else Path(name + SUFFIX))

    def _show_title(self, *_: object) -> None:
        """The session's name, or the song's; Qt shows the mark of what is not saved where [*] stands."""
        song, path = self._session.song, self._files.path
        name = printable(path.stem) if path is not None else song_title(song) if song is not None else ""
        mark = "[*]" if path is not None else ""
        # Qt takes [*] for the place of its mark, and two of them for the text.
        self._window.setWindowTitle(f"{name.replace('[*]', '[*][*]')}{mark} – umx-gui" if name else "umx-gui")
        self._window.setWindowModified(path is not None and self._files.unsaved)
        self.save.setText(tr("Save the session") if path is not None else tr("Save the session…"))

    # What is looked at

    def _view_changed(self) -> None:
        timeline, modes = self._timeline, self._modes
        if self._session.song is None:
            return
        stop = 0.0 if timeline.whole else timeline.stop
        start = 0.0 if timeline.whole else timeline.start
        self._files.set_view(View(modes.everywhere, modes.different, start, stop, timeline.gain))

    def _show_view(self, view: View) -> None:
        self._modes.set_all(view.lanes)
        for key, mode in view.different.items():
            self._modes.set_one(key, mode)
        self._timeline.set_gain(view.gain)
        if view.stop > view.start:
            self._timeline.set_view(view.start, view.stop)

    # Offers and questions

    def _offer_left_behind(self, left: Leftover) -> None:
        name = _name_of(left)
        reason = tr("“{name}” was open, and is kept as it was {age}", name=name, age=age_words(left.saved_at))
        self._say(
            Message(tr("umx-gui did not end as it should"), reason), tr("Take it up"), partial(self._take_up, left)
        )

    def _offer_later(self, left: Leftover) -> None:
        reason = tr("they are kept from {age}", age=age_words(left.saved_at))
        message = Message(tr("This session has changes that were never saved"), reason)
        self._say(message, tr("Take them up"), partial(self._take_up, left))

    def _take_up(self, left: Leftover, *_: object) -> None:
        self._files.opening.take_up(left)

    def _ask_for_song(self, opening: Opening) -> None:
        session = opening.file or Path(opening.document.song.path)
        message = describe(SongMissingError(session, opening.document.song.path))
        self._say(message, tr("Look for it…"), partial(self._choose_song, opening))

    def _choose_song(self, opening: Opening) -> None:
        name = printable(Path(opening.document.song.path).name)
        folder = str(opening.file.parent) if opening.file is not None else self._session.settings.open_folder
        chosen, _ = QFileDialog.getOpenFileName(
            self._window,
            tr("Where is “{name}”?", name=name),
            folder,
            tr("All files (*)"),
            options=file_dialog_options(),
        )
        if chosen:
            self._files.opening.choose_song(opening, Path(chosen))

    def _ask_about_other(self, opening: Opening, path: Path) -> None:
        wanted = Path(opening.document.song.path).name
        message = Message(
            tr("“{name}” is not the song “{wanted}” of this session", name=path.name, wanted=wanted),
            tr("its contents are others"),
        )
        self._say(
            message, tr("Use it all the same"), lambda: self._files.opening.choose_song(opening, path, anyway=True)
        )

    def _fill_earlier(self) -> None:
        self.earlier.clear()
        self.earlier.addAction(tr("Looking…")).setEnabled(False)
        self._files.opening.list_kept(self._show_earlier)

    def _show_earlier(self, found: list[Leftover]) -> None:
        self.earlier.clear()
        for left in found:
            action = self.earlier.addAction(plain(f"{_name_of(left)}, {age_words(left.saved_at, time.time())}"))
            action.setToolTip(plain_tip(left.document.autosave_of or left.document.song.path))
            action.triggered.connect(partial(self._take_up, left))
        if self.earlier.isEmpty():
            self.earlier.addAction(tr("Nothing was kept")).setEnabled(False)


def _name_of(left: Leftover) -> str:
    return printable(Path(left.document.autosave_of or left.document.song.path).name)
