"""`umx-gui separate`: songs in, folders of stems out, one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from umx_gui.commands.console import Console, path_text
from umx_gui.commands.doors import DONE, failed
from umx_gui.commands.separate_options import Request
from umx_gui.engine.export.exporter import Written
from umx_gui.engine.models.model_names import model_names
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.sessions.document import ModelRef
from umx_gui.engine.sessions.song_receipts import can_be_made_again, song_receipt, switched_off
from umx_gui.engine.sessions.song_search import models_digest
from umx_gui.engine.sharding import ALL, part_of
from umx_gui.engine.songs.naming import song_folder_name
from umx_gui.engine.songs.separation import Fact, Made, SongSeparation
from umx_gui.engine.storage.heap import return_free_memory, return_large_blocks
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import Cancelled, UmxError
from umx_gui.export_words import notes_on
from umx_gui.messages import Message

if TYPE_CHECKING:
    from umx_gui.engine.models.model import Model

_Receipt = Callable[[Path, Made, list[Written]], Iterator[Progress | Message]]


def separate(request: Request, console: Console, cancel: CancelToken) -> int:
    """Separate all songs; a song that fails is told of, and the next one begun. Returns the exit code.

    Raises ModelNotFoundError and OptionError for the model, and Cancelled.
    """
    return_large_blocks()
    registry = ModelRegistry()
    wanted = request.model or registry.default_name()
    # Looked up before any song is read; loaded when one could be.
    models = [registry.entry(name).name for name in model_names(wanted, registry)]

    def load() -> Model:
        from umx_gui.engine.models.ensemble import load_models

        return load_models(wanted)

    work = SongSeparation(request, load, cancel)
    folders = song_folders(request.files, request.outdir, "+".join(dict.fromkeys(models)))
    receipt = _receipt_maker(request, wanted, registry, cancel)
    code = DONE
    # Names are given to all songs first, so that processes that share them do not take the same one.
    own = part_of(list(zip(request.files, folders, strict=True)), request.shard)
    if request.shard != ALL:
        console.detail(f"Part {request.shard[0]} of {request.shard[1]}: {len(own)} of {len(request.files)} songs")
    for path, folder in own:
        try:
            with console.song(path.name):
                _song(work, path, folder, console, receipt)
        except UmxError as error:
            if cancel.cancelled:
                raise Cancelled from error
            code = max(code, failed(error, console))
            if work.hopeless:
                break
        return_free_memory()
    console.event("done", code=code)
    return code


def song_folders(files: tuple[Path, ...], outdir: Path, model: str) -> tuple[Path, ...]:
    """A folder for each song, named after song and model, and numbered where songs share a name."""
    taken: set[str] = set()
    return tuple(outdir / song_folder_name(path, model, taken) for path in files)


def _receipt_maker(request: Request, wanted: str, registry: ModelRegistry, cancel: CancelToken) -> _Receipt | None:
    """What writes receipts; None where none is wanted, or a receipt could not say how the stems were made."""
    if not request.receipts or switched_off() or not can_be_made_again(request):
        return None
    if list(model_names(wanted, registry)) != [wanted]:
        return None  # several models in one
    entry = registry.entry(wanted)
    model = cache(lambda: ModelRef(entry.name, models_digest(entry.path)))

    def receipt(path: Path, made: Made, written: list[Written]) -> Iterator[Progress | Message]:
        return song_receipt(path, request, model, made, [(w.path, w.target) for w in written], cancel)

    return receipt


def _song(work: SongSeparation, path: Path, folder: Path, console: Console, receipt: _Receipt | None) -> None:
    """Separate one song, and tell of it. Raises UmxError and Cancelled."""
    written: list[Written] = []
    for step in work.song(path, folder):
        match step:
            case Progress():
                console.progress(step.stage, step)
            case Written():
                written.append(step)
            case Fact():
                console.detail(step.text)
            case Message():
                console.note(step)
            case Made() if receipt is not None:
                for message in receipt(path, step, written):
                    if isinstance(message, Message):
                        console.note(message)
            case _:
                continue  # what the song is
    _tell(path, folder, written, console)


def _tell(path: Path, folder: Path, written: list[Written], console: Console) -> None:
    for w in written:
        # The path as it was asked for, not made absolute.
        text = path_text(folder / w.path.name)
        console.say(text)
        console.event(
            "written",
            file=path.name,
            path=path_text(w.path),
            target=w.target,
            clipped_samples=w.clipped_samples,
            replaced_samples=w.replaced_samples,
            gain_db=w.gain_db,
        )
    for note in notes_on((w.target, w.clipped_samples, w.replaced_samples, w.gain_db) for w in written):
        console.note(note)
    exact = all(w.exact for w in written)
    console.event("song", file=path.name, folder=path_text(written[0].path.parent), exact_sum=exact)
    if exact:
        console.detail(f"{path.name}: the stems add up to the song, to the last bit")
