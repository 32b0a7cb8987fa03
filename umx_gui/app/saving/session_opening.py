"""Opening sessions: reading the file, finding the song, and asking where it is if it is nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, Signal

from umx_gui.app.saving import jobs
from umx_gui.app.saving.jobs import Opening
from umx_gui.app.worker import Work, Worker
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.sessions.autosave import Leftover
from umx_gui.errors import Cancelled
from umx_gui.messages import describe


class SessionOpening(QObject):
    """From a file to a song that is to be opened. Every method returns at once; failures are told."""

    begun = Signal(object)  # Path: open this song; what the session says of it waits in `taken`
    song_missing = Signal(object)  # Opening: ask where its song is, then `choose_song`
    other_song = Signal(object, object)  # Opening, Path: the file that was chosen is not its song
    left_behind = Signal(object)  # Leftover: what a window that died had open
    told = Signal(object)  # Message

    def __init__(self, worker: Worker, registry: ModelRegistry, parent: QObject) -> None:
        super().__init__(parent)
        self._worker, self._registry = worker, registry
        self._pending: tuple[Path, Opening] | None = None

    def open(self, path: Path) -> None:
        """Open a session or a receipt; the open song stays until the session's sounds."""
        self.submit(partial(jobs.open_file, path, self._registry), self._take)

    def take_up(self, left: Leftover) -> None:
        """Go on with what was left behind."""
        self.submit(partial(jobs.open_kept, left, self._registry), self._take)

    def choose_song(self, opening: Opening, path: Path, anyway: bool = False) -> None:
        """This is the song of a session; another one is taken only if `anyway`."""
        if anyway:
            other = replace(opening.document, stems=())
            self._begin(replace(opening, document=other, unsaved=True), path)
            return

        def take(same: object) -> None:
            if same:
                self._begin(opening, path)
            else:
                self.other_song.emit(opening, path)

        self.submit(partial(jobs.compare_song, path, opening), take)

    def look_for_leftovers(self) -> None:
        """At the start: find out what a window that died had open, and say so."""

        def take(found: object) -> None:
            for left in cast("list[Leftover]", found)[:1]:
                self.left_behind.emit(left)

        self.submit(jobs.look_for_leftovers, take)

    def list_kept(self, take: Callable[[list[Leftover]], None]) -> None:
        """Hand over what was kept of earlier sessions, the latest first."""
        self.submit(jobs.list_kept, lambda found: take(cast("list[Leftover]", found)))

    def taken(self, path: Path) -> Opening | None:
        """A song is open: the session that it was opened for, once; None for a song by itself."""
        pending, self._pending = self._pending, None
        return pending[1] if pending is not None and pending[0] == path else None

    def forget(self, *_: object) -> None:
        """The song could not be opened."""
        self._pending = None

    def submit(self, work: Work, take: Callable[[object], None], tell: bool = True) -> None:
        """Do something in the worker; failures are told, or, where nobody need know, left alone."""

        def done(error: Exception | None) -> None:
            if tell and error is not None and not isinstance(error, Cancelled):
                self.told.emit(describe(error))

        self._worker.submit(work, on_value=take, on_done=done)

    def _take(self, value: object) -> None:
        opening = cast(Opening, value)
        if opening.song is None:
            self.song_missing.emit(opening)
        else:
            self._begin(opening, opening.song)

    def _begin(self, opening: Opening, song: Path) -> None:
        self._pending = (song, opening)
        self.begun.emit(song)
