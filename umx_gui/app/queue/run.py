"""One job of the queue as work of its thread: the same steps as `umx-gui separate`, with pauses between them."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from umx_gui.app.queue.file import Finished
from umx_gui.app.queue.job import JobSettings
from umx_gui.app.separation.shelf import ModelShelf
from umx_gui.app.separation.torch_loading import load_torch
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.sessions.document import ModelRef
from umx_gui.engine.sessions.song_search import models_digest
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import AudioUnreadableError, UnreadableReason
from umx_gui.messages import Message

if TYPE_CHECKING:
    from umx_gui.app.settings import Settings
    from umx_gui.engine.songs.separation import Made, SongSeparation

_READ_BYTES = 1 << 20
_LATER_FIELDS = ("groups", "project")  # without them, a song is what it was before there were such


class Gate:
    """Work stops at a closed gate, between two steps, and goes on when it opens."""

    def __init__(self) -> None:
        self._opened = threading.Event()
        self._opened.set()

    def set_open(self, is_open: bool) -> None:
        """Let work pass, or stop it."""
        if is_open:
            self._opened.set()
        else:
            self._opened.clear()

    def wait(self, cancel: CancelToken) -> None:
        """Return once the gate is open. Raises Cancelled."""
        while not self._opened.wait(0.05):
            cancel.check()
        cancel.check()


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made: the stems of a song, in a folder of its own, unless that was done before."""

    path: Path
    settings: JobSettings
    folder: Path
    overwrite: bool
    force: bool
    device: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The files are there: written now, or `skipped` because they were before. `entries` is for the record."""

    fingerprint: str
    entries: list[list[object]]
    skipped: bool


class Runner:
    """Runs one job after another in the queue's thread; keeps the model as long as the jobs want the same."""

    def __init__(self, registry: ModelRegistry, gate: Gate, settings: Settings) -> None:
        self._registry, self._gate, self._settings = registry, gate, settings
        self._shelf = ModelShelf(registry)
        self._work: tuple[JobSettings, str, str, SongSeparation] | None = None

    def release(self, cancel: CancelToken) -> Generator[None, None, None]:
        """Let the model go; its memory is worth more elsewhere."""
        self._work, self._shelf = None, ModelShelf(self._registry)
        yield None

    def run(
        self, order: Order, finished: Mapping[str, list[list[object]]], cancel: CancelToken
    ) -> Generator[Progress | Message | Ended, None, None]:
        """Separate a song. Raises UmxError and Cancelled; nothing is left behind then."""
        from umx_gui.engine.export.exporter import Written
        from umx_gui.engine.sessions.song_receipts import switched_off
        from umx_gui.engine.songs.separation import Made

        self._gate.wait(cancel)
        model = _stamp(self._registry.find(order.settings.model))
        fingerprint = _fingerprint(order, model, cancel)
        known = finished.get(fingerprint, [])
        if known and not order.force and all(_is_there(entry) for entry in known):
            yield Ended(fingerprint, known, skipped=True)
            return
        # Files that are as this queue wrote them, from this song in this way, can be written anew.
        ours = bool(known) and all(_is_there(entry) or not os.path.lexists(str(entry[0])) for entry in known)
        order = replace(order, overwrite=order.overwrite or ours)
        written: list[tuple[Path, str]] = []
        load_torch()
        for step in self._separation(order, model).song(order.path, order.folder, cancel):
            if isinstance(step, Written):
                written.append((step.path, step.target))
            elif isinstance(step, Made):
                if self._settings.export_receipt and not switched_off():
                    yield from self._receipt(order, step, written, cancel)
            elif isinstance(step, (Progress, Message)):
                yield step
            if not written:
                self._gate.wait(cancel)
        yield Ended(fingerprint, [_entry(path) for path, _ in written], skipped=False)

    def _receipt(
        self, order: Order, made: Made, written: list[tuple[Path, str]], cancel: CancelToken
    ) -> Generator[Progress | Message, None, None]:
        """Say beside the files how they were made."""
        from umx_gui.engine.sessions.song_receipts import can_be_made_again, song_receipt

        options, name = order.settings.options(order.device, overwrite=False), order.settings.model
        if can_be_made_again(options):
            model = partial(_model_ref, name, self._registry)
            yield from song_receipt(order.path, options, model, made, written, cancel)

    def _separation(self, order: Order, model: str) -> SongSeparation:
        """The separator made ready for such jobs; made anew only where they differ."""
        from umx_gui.engine.songs.separation import SongSeparation

        # Where the files go is no matter of the separator, but for their form.
        settings = replace(order.settings, folder="", overwrite=order.settings.overwrite or order.overwrite)
        if self._work is None or self._work[:3] != (settings, order.device, model):
            self._work = None
            options = settings.options(order.device, overwrite=False)
            work = SongSeparation(options, lambda: self._shelf.get(settings.model))
            self._work = (settings, order.device, model, work)
        return self._work[3]


def record(finished: Finished, ended: Ended) -> None:
    """Remember what was made, as the latest."""
    finished.pop(ended.fingerprint, None)
    finished[ended.fingerprint] = ended.entries


def _fingerprint(order: Order, model: str, cancel: CancelToken) -> str:
    """The same for the same song (its name and content), model and settings, wherever the song lies."""
    digest = hashlib.sha256()
    settings = {**asdict(order.settings), "overwrite": False}
    for name in _LATER_FIELDS:
        if not settings[name]:
            del settings[name]
    digest.update(json.dumps([order.path.name, model, settings]).encode())
    if order.path.is_dir():
        raise AudioUnreadableError(order.path, UnreadableReason.FOLDER)
    if not order.path.is_file():  # a pipe would never end
        raise AudioUnreadableError(order.path, UnreadableReason.NOT_FOUND)
    try:
        with order.path.open("rb") as file:
            while block := file.read(_READ_BYTES):
                cancel.check()
                digest.update(block)
    except PermissionError as e:
        raise AudioUnreadableError(order.path, UnreadableReason.NO_PERMISSION) from e
    return digest.hexdigest()


def _model_ref(name: str, registry: ModelRegistry) -> ModelRef:
    entry = registry.entry(name)
    return ModelRef(entry.name, models_digest(entry.path))


def _stamp(folder: Path) -> str:
    """Another one where a model's files are others."""
    files = sorted((p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in folder.iterdir() if p.is_file())
    return json.dumps([str(folder), files])


def _entry(path: Path) -> list[object]:
    about = path.stat()
    return [str(path.absolute()), about.st_size, about.st_mtime_ns]


def _is_there(entry: list[object]) -> bool:
    """Whether a file is there as it was written."""
    try:
        return _entry(Path(str(entry[0]))) == entry
    except OSError:
        return False
