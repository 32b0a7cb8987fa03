"""What sessions need of the disk, as jobs: digests, reading, looking for songs, writing, and what is left behind."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

from umx_gui.engine.audio import Stems
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.sessions.autosave import Autosave, Leftover, kept, leftovers
from umx_gui.engine.sessions.document import ModelRef, SessionDocument, StemPrint
from umx_gui.engine.sessions.prints import print_stems
from umx_gui.engine.sessions.remake import find_model
from umx_gui.engine.sessions.session_file import is_in, is_session, read_session, write_session
from umx_gui.engine.sessions.song_search import (
    digest_of,
    find_song,
    is_song,
    local_path,
    models_digest,
    relative_path,
)
from umx_gui.engine.work import CancelToken
from umx_gui.errors import ModelChangedError, ModelError, UmxError


@dataclass(frozen=True, slots=True)
class SongKnown:
    """The digest and size of a song's file."""

    path: Path
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Opening:
    """A session that was read: its file (None: it has none yet), its song if that was found, its model's name here.

    `model_error`: why the model cannot be had. `unsaved`: it comes from an autosave.
    """

    document: SessionDocument
    file: Path | None
    song: Path | None
    model: str
    model_error: ModelError | None
    unsaved: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A session is on the disk."""

    path: Path
    document: SessionDocument


def know_song(path: Path, cancel: CancelToken) -> Generator[SongKnown, None, None]:
    """Compute a song's digest. Raises OSError."""
    size = path.stat().st_size
    yield SongKnown(path, digest_of(path, cancel), size)


def know_model(name: str, registry: ModelRegistry, cancel: CancelToken) -> Generator[ModelRef, None, None]:
    """Compute a model's digest. Raises ModelError and OSError."""
    yield ModelRef(name, models_digest(registry.find(name)))


def open_file(path: Path, registry: ModelRegistry, cancel: CancelToken) -> Generator[Opening, None, None]:
    """Read a session or a receipt, and look for its song and model. Raises SessionUnreadableError."""
    document = read_session(path)
    file = path if document.kind.value == "session" and not document.autosave_of else None
    yield _opening(document, file, path, registry, cancel)


def later_than(file: Path, document: SessionDocument, cancel: CancelToken) -> Generator[Leftover, None, None]:
    """The latest autosave with changes that a session's file, which holds `document`, does not have; if any."""
    since = file.stat().st_mtime
    of_it = (left for left in kept() if left.document.autosave_of == str(file.absolute()))
    later = next((left for left in of_it if left.saved_at > since), None)
    if later is not None and later.document.worked_on() != document.worked_on():
        yield later


def open_kept(left: Leftover, registry: ModelRegistry, cancel: CancelToken) -> Generator[Opening, None, None]:
    """Take up what a window left behind."""
    # Saving writes there: a damaged name must not become another file's.
    file = local_path(left.document.autosave_of)
    file = file if file is not None and is_session(file) else None
    document = replace(left.document, autosave_of="")
    yield _opening(document, file, file, registry, cancel, unsaved=True)


def _opening(
    document: SessionDocument,
    file: Path | None,
    near: Path | None,
    registry: ModelRegistry,
    cancel: CancelToken,
    unsaved: bool = False,
) -> Opening:
    song = find_song(document.song, near, cancel)
    model = ""
    error: ModelError | None = None
    if document.model.name:
        try:
            model = find_model(document.model, registry).name
        except ModelChangedError as e:
            model, error = document.model.name, e
        except ModelError as e:
            error = e
    return Opening(document, file, song, model, error, unsaved)


def compare_song(path: Path, opening: Opening, cancel: CancelToken) -> Generator[bool, None, None]:
    """Whether a file that the user chose is the session's song."""
    yield is_song(path, opening.document.song, cancel)


def save(path: Path, document: SessionDocument, cancel: CancelToken) -> Generator[Written, None, None]:
    """Write a session. Raises OutputNotWritableError and DiskFullError."""
    document = placed(document, path)
    write_session(path, document)
    yield Written(path, document)


def add_prints(
    written: Written, stems: Stems, filter_kind: str, cancel: CancelToken
) -> Generator[tuple[StemPrint, ...], None, None]:
    """Write prints of its stems, and what made them, into a session that is on the disk, if it still is what was
    written there. Raises OutputNotWritableError and DiskFullError."""
    prints = tuple(step for step in print_stems(stems, cancel) if isinstance(step, StemPrint))
    cancel.check()
    if is_in(written.path, written.document):
        write_session(written.path, replace(written.document, stems=prints, filter=filter_kind))
        yield prints


def placed(document: SessionDocument, path: Path) -> SessionDocument:
    """The document as it is written to a file: with the way from there to the song."""
    return replace(
        document, song=replace(document.song, relative=relative_path(Path(document.song.path), path.absolute().parent))
    )


def autosave(where: Autosave, document: SessionDocument, cancel: CancelToken) -> Generator[None, None, None]:
    """Keep what is on screen. Raises OSError and UmxError."""
    where.write(document)
    yield None


def retire(where: Autosave, document: SessionDocument | None, cancel: CancelToken) -> Generator[None, None, None]:
    """Another song is open: keep what was done to the one before, if anything was (else `document` is None)."""
    put_away(where, document)
    yield None


def put_away(where: Autosave, document: SessionDocument | None) -> None:
    """The end of an autosave: it goes to the kept ones, or, where there is nothing to keep, away."""
    try:
        if document is not None:
            where.write(document)
            where.keep()
        else:
            where.discard()
    except UmxError as e:
        raise OSError(str(e)) from e


def look_for_leftovers(cancel: CancelToken) -> Generator[list[Leftover], None, None]:
    """What windows that died had open."""
    yield leftovers()


def list_kept(cancel: CancelToken) -> Generator[list[Leftover], None, None]:
    """What was kept of earlier sessions."""
    yield kept()
