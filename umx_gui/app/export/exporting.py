"""Writing stems to files as a job: exports into the user's folder, and single files to be dragged out."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from umx_gui.app.export import work as export_work
from umx_gui.app.export.what import ExportWhat, not_ready, ready
from umx_gui.app.open_song.song import Song
from umx_gui.app.worker import Worker
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import Cancelled
from umx_gui.export_words import notes_on
from umx_gui.messages import Message, describe
from umx_gui.words import tr, trn

if TYPE_CHECKING:
    from umx_gui.engine.export.exporter import ExportOptions, Written
    from umx_gui.engine.sessions.document import SessionDocument


@dataclass(eq=False)
class _Job:
    song: Song
    token: CancelToken
    written: list[Written]


class Exporting(QObject):
    """One export at a time, and temporary files of stems to be dragged out, which go when the session closes."""

    progress = Signal(object)  # Progress | None
    exported = Signal(object)  # list[Path]
    file_ready = Signal(str, object)  # key, Path
    measured = Signal(object, object)  # ExportWhat, Levels | None
    told = Signal(object)  # Message

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._job: _Job | None = None
        self._wanted: set[tuple[Song, str]] = set()
        self._folder: Path | None = None
        self._n_files = 0
        self._measuring = CancelToken()

    @property
    def running(self) -> bool:
        """Whether an export runs."""
        return self._job is not None

    def reads(self, song: Song) -> bool:
        """Whether the stems of this song are being read, so that they must not change."""
        return (self._job is not None and self._job.song is song) or any(s is song for s, _ in self._wanted)

    def holds(self, song: Song) -> bool:
        """As `reads`, and say so."""
        if held := self.reads(song):
            self.told.emit(
                Message(tr("The stems are being exported"), tr("they cannot change now"), tr("Wait for the export"))
            )
        return held

    def start(
        self,
        song: Song,
        folder: Path,
        options: ExportOptions,
        what: ExportWhat,
        document: SessionDocument | None = None,
    ) -> None:
        """Export something of a song that is final, with a receipt where the session's document is given."""
        if self._job is not None:
            self.told.emit(Message(tr("An export is running already"), "", tr("Wait for it, or stop it first")))
        elif not ready(song, what):
            self.told.emit(not_ready(song))
        else:
            job = self._job = _Job(song, CancelToken(), [])
            self.progress.emit(Progress(0.0, "writing"))
            self._worker.submit(
                partial(export_work.write_with_receipt, song, folder, options, what, document),
                on_value=partial(self._take, job),
                on_done=partial(self._done, job, folder),
                token=job.token,
            )

    def cancel(self) -> None:
        """Stop the export."""
        job, self._job = self._job, None
        if job is not None:
            job.token.cancel()
            self.progress.emit(None)

    def measure(self, song: Song, what: ExportWhat, options: ExportOptions) -> None:
        """Find out how loud the files would be; ends with `measured`, unless something else is asked before.

        The levels are None where they cannot be known: the stems are not there yet, or a group's are not.
        """
        self._measuring.cancel()
        self._measuring = token = CancelToken()
        if not ready(song, what):
            self.measured.emit(what, None)
            return
        found: list[object] = []
        self._worker.submit(
            partial(export_work.measure, song, what, options),
            on_value=found.append,
            on_done=lambda error: self._tell_levels(what, None if error else found[-1], token),
            token=token,
        )

    def _tell_levels(self, what: ExportWhat, levels: object, token: CancelToken) -> None:
        if not token.cancelled:
            self.measured.emit(what, levels)

    def file_of(self, song: Song, what: ExportWhat) -> Path | None:
        """A WAV file of one stem, group or mix; None while it is being written, or cannot be."""
        key = what.key
        if (path := song.files.get(key)) is not None and path.exists():
            return path
        if not ready(song, what):
            self.told.emit(not_ready(song))
        elif (song, key) not in self._wanted:
            from umx_gui.engine.export.exporter import ExportOptions

            self._wanted.add((song, key))
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="umx-drag-"))
            self._n_files += 1
            folder = self._folder / str(self._n_files)
            options = ExportOptions(exact_sum=False, template="{song} - {target}")
            self._worker.submit(
                partial(export_work.write, song, folder, options, what),
                on_value=partial(self._file_there, song, key),
                on_done=partial(self._file_done, song, key),
            )
        return song.files.get(key)

    def close(self) -> None:
        """Remove the temporary files."""
        self._measuring.cancel()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _take(self, job: _Job, value: object) -> None:
        if job is not self._job:
            return
        if isinstance(value, Progress):
            self.progress.emit(value)
        elif isinstance(value, Message):
            self.told.emit(value)
        else:
            job.written.append(cast("Written", value))

    def _done(self, job: _Job, folder: Path, error: Exception | None) -> None:
        if job is not self._job:
            return
        self._job = None
        self.progress.emit(None)
        if error is None:
            self.exported.emit([w.path for w in job.written])
            self.told.emit(_exported(folder, job.written))
        elif not isinstance(error, Cancelled):
            self.told.emit(describe(error))

    def _file_there(self, song: Song, key: str, value: object) -> None:
        if not isinstance(value, Progress):
            song.files[key] = cast("Written", value).path

    def _file_done(self, song: Song, key: str, error: Exception | None) -> None:
        self._wanted.discard((song, key))
        if error is None:
            self.file_ready.emit(key, song.files[key])
        elif not isinstance(error, Cancelled):
            self.told.emit(describe(error))


def _exported(folder: Path, written: list[Written]) -> Message:
    n = len(written)
    title = trn("{n} file written to “{folder}”", "{n} files written to “{folder}”", n, folder=folder)
    notes = notes_on((w.target, w.clipped_samples, w.replaced_samples, w.gain_db) for w in written)
    return Message(title, "; ".join(note.title for note in notes), next((n.action for n in notes if n.action), ""))
