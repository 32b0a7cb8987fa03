"""Writing stems to files as a job: exports into the user's folder, and single files to be dragged out."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QObject, Signal

from umx_gui.app.song import MIXTURE, Song
from umx_gui.app.worker import Worker
from umx_gui.engine.audio import FloatArray, Stems
from umx_gui.engine.storage.scratch import Scratch
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import Cancelled, UmxError
from umx_gui.messages import Message, describe

if TYPE_CHECKING:
    from umx_gui.engine.export.exporter import ExportOptions, Written
    from umx_gui.engine.sessions.document import SessionDocument

_COPY_SAMPLES = 1 << 20


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
    told = Signal(object)  # Message

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._job: _Job | None = None
        self._wanted: set[tuple[Song, str]] = set()
        self._folder: Path | None = None
        self._n_files = 0

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
            self.told.emit(Message("The stems are being exported", "they cannot change now", "Wait for the export"))
        return held

    def start(
        self,
        song: Song,
        folder: Path,
        options: ExportOptions,
        targets: tuple[str, ...],
        document: SessionDocument | None = None,
    ) -> None:
        """Export stems (all if none is named; "mixture" is one more name) of a song that is wholly separated, with a
        receipt where the session's document is given."""
        targets = targets or song.targets
        if self._job is not None:
            self.told.emit(Message("An export is running already", "", "Wait for it, or stop it first"))
        elif not _ready(song, targets):
            self.told.emit(_not_ready(song))
        else:
            job = self._job = _Job(song, CancelToken(), [])
            self.progress.emit(Progress(0.0, "writing"))
            self._worker.submit(
                partial(_export_with_receipt, song, folder, options, targets, document),
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

    def file_of(self, song: Song, key: str) -> Path | None:
        """The WAV file of a stem or the mixture; None while it is being written, or cannot be."""
        if (path := song.files.get(key)) is not None and path.exists():
            return path
        if not _ready(song, (key,)):
            self.told.emit(_not_ready(song))
        elif (song, key) not in self._wanted:
            from umx_gui.engine.export.exporter import ExportOptions

            self._wanted.add((song, key))
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="umx-drag-"))
            self._n_files += 1
            folder = self._folder / str(self._n_files)
            options = ExportOptions(exact_sum=False, template="{song} - {target}")
            self._worker.submit(
                partial(_export, song, folder, options, (key,)),
                on_value=partial(self._file_there, song, key),
                on_done=partial(self._file_done, song, key),
            )
        return song.files.get(key)

    def close(self) -> None:
        """Remove the temporary files."""
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


def _export(
    song: Song, folder: Path, options: ExportOptions, targets: tuple[str, ...], cancel: CancelToken
) -> Generator[Progress | Written, None, None]:
    from umx_gui.engine.export.exporter import export_stems
    from umx_gui.engine.naming import song_name

    folder.mkdir(parents=True, exist_ok=True)
    stems = _selected(song, targets, cancel)
    yield from export_stems(folder, song_name(song.path), stems, song.mixture, song.info, options, cancel)


def _export_with_receipt(
    song: Song,
    folder: Path,
    options: ExportOptions,
    targets: tuple[str, ...],
    document: SessionDocument | None,
    cancel: CancelToken,
) -> Generator[Progress | Written | Message, None, None]:
    written: list[tuple[Path, str]] = []
    for step in _export(song, folder, options, targets, cancel):
        if not isinstance(step, Progress):
            written.append((step.path, step.target))
        yield step
    if document is not None:
        yield from _receipt(song, document, written, targets, cancel)


def _receipt(
    song: Song,
    document: SessionDocument,
    written: list[tuple[Path, str]],
    targets: tuple[str, ...],
    cancel: CancelToken,
) -> Generator[Progress | Message, None, None]:
    """Say beside the files how they were made. They are good without it: what goes wrong is only told."""
    from umx_gui.app.session_state import as_made
    from umx_gui.engine.sessions.prints import print_stems
    from umx_gui.engine.sessions.receipts import write_receipt

    try:
        prints = []
        for step in print_stems(_selected(song, tuple(t for t in targets if t != MIXTURE), cancel), cancel):
            if isinstance(step, Progress):
                yield step
            else:
                prints.append(step)
        write_receipt(as_made(document, song), written, prints, cancel)
    except (OSError, UmxError) as e:
        reason = describe(e).reason if isinstance(e, UmxError) else "its folder cannot be written"
        yield Message("The stems are written, but not their receipt", reason)


def _selected(song: Song, targets: tuple[str, ...], cancel: CancelToken) -> Stems:
    """The stems of these names, without bringing them into memory."""
    if targets == (MIXTURE,):
        return Stems(targets, song.mixture[None], song.sample_rate)
    assert song.stems is not None
    if targets == song.targets:
        return song.stems
    if len(targets) == 1:
        return Stems(targets, song.stems[targets[0]][None], song.sample_rate)
    shape = (len(targets), song.n_channels, song.n_samples)
    samples = cast(FloatArray, Scratch(song.scratch.folder).reserve(shape, np.float32)[1])
    for row, target in zip(samples, targets, strict=True):
        for start in range(0, song.n_samples, _COPY_SAMPLES):
            cancel.check()
            row[:, start : start + _COPY_SAMPLES] = song.samples(target)[:, start : start + _COPY_SAMPLES]
    return Stems(targets, samples, song.sample_rate)


def _ready(song: Song, targets: tuple[str, ...]) -> bool:
    stems = [t for t in targets if t != MIXTURE]
    if not targets or not set(stems) <= set(song.targets):
        return False
    return song.complete and (song.separated or not stems)


def _not_ready(song: Song) -> Message:
    if song.stems is None:
        return Message("There are no stems yet", "the song has not been separated", "Separate it first")
    return Message("The stems are not complete yet", "the song is not wholly separated", "Wait, or separate it on")


def _exported(folder: Path, written: list[Written]) -> Message:
    n = len(written)
    clipped = [w.target for w in written if w.clipped_samples]
    title = f"{n} file{'s' if n != 1 else ''} written to “{folder}”"
    if not clipped:
        return Message(title)
    return Message(
        title, f"louder than the format can hold, and clipped: {', '.join(clipped)}", "32-bit float holds all"
    )
