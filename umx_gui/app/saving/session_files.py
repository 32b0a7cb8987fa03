"""The session as a file: what it holds, whether that is saved, and the way to the disk."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from umx_gui.app.open_song.song import Song
from umx_gui.app.saving import jobs
from umx_gui.app.saving.autosaving import LATER_MS, Autosaving
from umx_gui.app.saving.jobs import Opening, SongKnown, Written
from umx_gui.app.saving.printing import Printing, made_by
from umx_gui.app.saving.session_opening import SessionOpening
from umx_gui.app.saving.state import model_of, restore, snapshot, song_ref
from umx_gui.app.separation.recipe import Recipe
from umx_gui.app.status import SessionState
from umx_gui.app.worker import Worker
from umx_gui.engine.sessions.document import ModelRef, SessionDocument, StemPrint, Stretch, View
from umx_gui.engine.sessions.session_file import write_session
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled, UmxError
from umx_gui.messages import Message, describe
from umx_gui.words import tr

if TYPE_CHECKING:
    from umx_gui.app.open_song.opener import Opener
    from umx_gui.app.separation.separation import Separation
    from umx_gui.app.session import Session

_log = logging.getLogger(__name__)


class SessionFiles(QObject):
    """The file of the open session. Every method returns at once; failures are told."""

    changed = Signal()  # the file, or whether there is unsaved work
    view_wanted = Signal(object)  # View: of a session that was opened
    later_found = Signal(object)  # Leftover: the session that was opened has changes that its file does not have
    told = Signal(object)  # Message

    def __init__(self, worker: Worker, opener: Opener, separation: Separation, session: Session) -> None:
        super().__init__(session)
        self._worker = worker
        self._song: Song | None = None
        self._known: SongKnown | None = None
        self._model = ModelRef("")
        self._view = View()
        self._stretches: tuple[Stretch, ...] = ()
        self._more: Mapping[str, object] = {}
        self._prints: tuple[object, tuple[StemPrint, ...]] = ((Recipe(""), ()), ())  # of stems, and what makes them
        self._filter = ""  # the arithmetic that made what was printed
        self._path: Path | None = None
        self._document: SessionDocument | None = None  # as it is now
        self._saved: SessionDocument | None = None  # as it was saved, or begun
        self._saving: tuple[Path, SessionDocument] | None = None  # not yet on the disk
        self._save_later: Path | None = None  # once the song is known
        self._writing = CancelToken()
        self._printing = Printing(worker, self)
        self._autosaves = Autosaving(worker, self)
        self.opening = SessionOpening(worker, session.registry, self)
        self._connect(opener, separation, session)

    def _connect(self, opener: Opener, separation: Separation, session: Session) -> None:
        for source in (self._autosaves, self._printing, self.opening):
            source.told.connect(self.told)
        self._printing.printed.connect(self._take_prints)
        self._printing.waits.connect(self.print_stems)
        self._autosaves.due.connect(self._keep)
        self.opening.begun.connect(session.open)
        opener.opened.connect(self._opened)
        opener.failed.connect(self.opening.forget)
        separation.superseded.connect(self._stems_changed)
        for signal in (session.transport.mix.mix_changed, session.transport.loop_changed, session.desk.changed):
            signal.connect(self._touched)
        session.models_changed.connect(self._model_changed)
        session.state_changed.connect(self._state_changed)
        session.transport.position_changed.connect(self._moved)

    @property
    def _session(self) -> Session:
        # Asked for each time, as in `Refilter`: a reference kept here would leave the session to the collector.
        return cast("Session", self.parent())

    @property
    def path(self) -> Path | None:
        """The session's file; None where it was never saved."""
        return self._path

    @property
    def unsaved(self) -> bool:
        """Whether something was done that is in no file of the user's. How things are looked at does not count."""
        if self._document is None:
            return False
        return self._saved is None or self._document.worked_on() != self._saved.worked_on()

    @property
    def document(self) -> SessionDocument | None:
        """Everything as it is now; None where no song is open, or its digest is not known yet."""
        self._update()
        return self._document if self._known is not None else None

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Stretches that are separated in another way than the rest."""
        return self._stretches

    def set_stretches(self, stretches: tuple[Stretch, ...]) -> None:
        """Other stretches: they are saved with the session. Called before the stems become those of the stretches."""
        if stretches != self._stretches:
            self._printing.stems_change()
            self._stretches = stretches
            self._touched()

    def view_of(self, song: Song | None) -> View:
        """What the views look at in a song; nothing special in one that is not open yet."""
        return self._view if song is self._song else View()

    def set_view(self, view: View) -> None:
        """The views look at something else."""
        before, self._view = self._view, replace(view, more={**self._view.more, **view.more})
        if (before.lanes, before.different) != (view.lanes, view.different):
            self._touched()
        else:
            self._moved()

    def save(self, path: Path | None = None) -> None:
        """Save the session to its file, or to another one, which is its file from then on."""
        path = path or self._path
        if path is None or self._song is None:
            return
        if (document := self.document) is None:
            self._save_later = path
            return
        self._saving, self._save_later = (path, document), None
        self._printing.want(None)
        self._writing.cancel()
        self._writing, done = CancelToken(), partial(self._save_ended, path)
        work = partial(jobs.save, path, document)
        self._worker.submit(work, on_value=self._take_saved, on_done=done, token=self._writing)

    def print_stems(self) -> None:
        """Have the prints that a saved session waits for made, if its stems are all there, and settled."""
        song, session = self._song, self._session
        if song is not None and session.song is song and song.separated and session.stretches.settled:
            self._printing.stems_settled(song, (song.recipe, self._stretches))

    def close(self) -> None:
        """The window closes and no worker runs any more: finish what they did not."""
        self._update()
        if self._saving is not None:
            path, document = self._saving
            try:
                write_session(path, jobs.placed(document, path))
                self._path, self._saved = path, document
            except UmxError as e:
                _log.warning("session not saved: %s", e)
        self._autosaves.close(self._worth_keeping())

    def _opened(self, song: Song, path: Path) -> None:
        """A song is open: that of a session, or one by itself, which begins a session without a file."""
        self._autosaves.retire(self._worth_keeping())
        opening = self.opening.taken(path)
        self._song, self._known, self._saving, self._save_later = song, None, None, None
        self._printing.want(None)
        self._prints, self._stretches, self._more = ((Recipe(""), ()), ()), (), {}
        self._path, self._view = None, replace(View(), lanes=self._view.lanes, different=self._view.different)
        if opening is not None:
            self._restore(opening)
        self._model_changed()
        self._saved = None if opening is not None and opening.unsaved else self._document
        self.opening.submit(partial(jobs.know_song, path), self._song_known)
        self.changed.emit()
        if opening is not None and opening.file is not None and not opening.unsaved:
            later = partial(jobs.later_than, opening.file, opening.document)
            self.opening.submit(later, self.later_found.emit, tell=False)

    def _restore(self, opening: Opening) -> None:
        document = opening.document
        self._path, self._stretches, self._more = opening.file, document.stretches, document.more
        self._view = document.view
        if opening.model_error is None:
            self._prints, self._filter = (made_by(document), document.stems), document.filter
        restore(self._session, document, opening.model)
        self.view_wanted.emit(document.view)
        if opening.model_error is not None:
            self.told.emit(describe(opening.model_error))

    def _song_known(self, known: object) -> None:
        known = cast(SongKnown, known)
        if self._song is not None and known.path == self._song.path:
            self._known = known
            self._touched()
            if self._save_later is not None:
                self.save(self._save_later)

    def _model_changed(self) -> None:
        name = model_of(self._session) if self._song is not None else ""
        if name and name != self._model.name:
            self._model = ModelRef(name)
            self.opening.submit(partial(jobs.know_model, name, self._session.registry), self._model_known, tell=False)
        if self._song is not None:
            self._touched()

    def _model_known(self, model: object) -> None:
        model = cast(ModelRef, model)
        if model.name == self._model.name:
            self._model = model
            self._touched()

    def _touched(self, *_: object) -> None:
        """Something was done."""
        before = self.unsaved
        self._update()
        if self.unsaved != before:
            self.changed.emit()
        if self._document is not None:
            self._autosaves.soon()

    def _moved(self, *_: object) -> None:
        if self._document is not None:
            self._autosaves.soon(LATER_MS)

    def _state_changed(self, state: SessionState) -> None:
        if state is SessionState.OPENING:
            self._update()  # for the last time, perhaps: the next song takes the loop and the playhead
        elif state is SessionState.READY:
            self._model_changed()
            self.print_stems()

    def _stems_changed(self, song: Song) -> None:
        if song is self._song:
            self._printing.stems_change()

    def _update(self) -> None:
        """Note everything as it is now, unless another song is on its way to take its place."""
        song, session = self._song, self._session
        if song is None or session.song is not song:
            return
        known = self._known
        ref = song_ref(song, known.sha256, known.size) if known is not None else song_ref(song, "", 0)
        document = snapshot(session, ref, self._model, self._view, self._stretches, self._more)
        by, prints = self._prints
        if by == made_by(document):
            document = replace(document, stems=prints, filter=self._filter if prints else "")
        self._document = document

    def _keep(self) -> None:
        if (document := self.document) is not None:
            self._autosaves.write(self._of_file(document))

    def _worth_keeping(self) -> SessionDocument | None:
        document = self._document
        return self._of_file(document) if document is not None and self.unsaved and self._known is not None else None

    def _of_file(self, document: SessionDocument) -> SessionDocument:
        return replace(document, autosave_of=str(self._path.absolute()) if self._path is not None else "")

    def _take_saved(self, value: object) -> None:
        written, session = cast(Written, value), self._session
        first = written.path != self._path
        self._path, self._saved, self._saving = written.path, written.document, None
        self._printing.want(written if not written.document.stems else None)
        session.settings.remember_file(written.path)
        session.save_settings()
        session.settings_changed.emit()
        self._update()
        self.changed.emit()
        if first:
            self.told.emit(Message(tr("The session is saved as “{name}”", name=written.path.name)))
        self.print_stems()

    def _take_prints(self, by: object, prints: tuple[StemPrint, ...], filter_kind: str) -> None:
        self._prints, self._filter = (by, prints), filter_kind
        self._update()

    def _save_ended(self, path: Path, error: Exception | None) -> None:
        if error is not None and not isinstance(error, Cancelled):
            if self._saving is not None and self._saving[0] == path:
                self._saving = None
            self.told.emit(describe(error))
