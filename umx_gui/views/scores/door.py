"""Reference stems that are dropped on the window, and the way to the table of scores."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from umx_gui.app.open_song.song import Song
from umx_gui.app.session import Session
from umx_gui.engine.naming import song_name
from umx_gui.engine.songs.references import Found, find_references
from umx_gui.messages import Message
from umx_gui.views.actions import Actions
from umx_gui.views.kit.bind import bind
from umx_gui.views.kit.notice import Say
from umx_gui.views.lanes.lane_modes import LaneModes
from umx_gui.views.transport_bar import TransportBar
from umx_gui.words import tr

if TYPE_CHECKING:
    from umx_gui.views.scores.window import ScoresWindow


class ScoresDoor(QObject):
    """Offers to score the open song, opens the one window of scores, and lets references be heard and seen."""

    def __init__(
        self, session: Session, actions: Actions, modes: LaneModes, bar: TransportBar, window: QWidget, say: Say
    ) -> None:
        super().__init__(window)
        self._session, self._modes, self._window, self._say = session, modes, window, say
        self._scores: ScoresWindow | None = None
        self.action = actions.add(tr("Scores…"), "Ctrl+Shift+K", self.open, song=True)
        self.hear = actions.add(tr("Hear the references (A/B)"), "R")
        self.hear.setCheckable(True)
        actions.more.append([self.action, self.hear])
        switch = session.scores.switch
        bind(
            self.hear,
            self.hear.triggered,
            switch.set_on,
            switch.changed,
            lambda: switch.on,
            self.hear.setChecked,
            block=False,
        )
        self.button = bar.add_switch(self.hear, tr("References"), tr("Ref."))
        switch.changed.connect(self._references_changed)
        self._references_changed()

    @property
    def window(self) -> ScoresWindow:
        """The window of scores, made when it is first wanted."""
        if self._scores is None:
            from umx_gui.views.scores.window import ScoresWindow

            self._scores = ScoresWindow(self._session, self._window)
        return self._scores

    def open(self) -> None:
        """Show it in front."""
        self.window.show()
        self.window.activateWindow()

    def take(self, paths: tuple[Path, ...]) -> bool:
        """Offer to score the open song against what was dropped, if that is reference stems; False: it is not."""
        song = self._session.song
        if song is None:
            return False
        try:
            found = find_references(paths, song.targets)
        except OSError:
            return False
        if found is None or not _of(song, found):
            return False
        stems = ", ".join(found.sources)
        message = Message(tr("“{name}” holds reference stems", name=found.name), stems)
        self._say(message, tr("Score against these"), partial(self._score, found))
        return True

    def _references_changed(self) -> None:
        song = self._session.song
        self.hear.setVisible(self._session.scores.switch.available)
        references = song.references if song is not None else None
        self._modes.set_referenced(references.names if references is not None else ())

    def _score(self, found: Found) -> None:
        self._session.scores.take(found)
        self.open()


def _of(song: Song, found: Found) -> bool:
    """Whether references may be of this song: all files of stems may, but a single file only if it is called alike,
    for that is a song, too."""
    sources = found.sources.values()
    if not any(source.stream for source in sources):
        return song.path not in [source.path for source in sources]
    return found.name.casefold() == song_name(song.path).casefold()
