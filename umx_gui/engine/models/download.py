"""Downloading a published model: from its sources in turn, resumed, compared with its digests, installed whole.

Nothing here is ever called unless the user asked for a model. The files gather in a hidden folder beside the user's
models and stay there if the download stops; the model's own name appears when everything is there and was loaded.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from umx_gui.engine.models.digests import sha256_of
from umx_gui.engine.models.fetch import Part, fetch, size_of
from umx_gui.engine.models.proof import prove
from umx_gui.engine.models.published import PublishedFile, PublishedModel
from umx_gui.engine.models.registry import ModelEntry, ModelRegistry
from umx_gui.engine.models.staging import download_folder, downloading
from umx_gui.engine.models.transfer import Limits, host_of
from umx_gui.engine.storage.file_set import typed_errors
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import (
    DigestUnknownError,
    DownloadError,
    DownloadReason,
    LicenceNotAcceptedError,
    ModelInvalidError,
)

_ATTEMPTS = 5
_WORTH_BYTES = 1 << 18  # a request that brings this much does not count against a server that cuts
_GOES_ON = (DownloadReason.CUT, DownloadReason.STALLED)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DownloadDone:
    """The last value of a download: the model is installed; `digests` are what every load is compared with."""

    entry: ModelEntry
    digests: Mapping[str, str]


def download_model(
    model: PublishedModel,
    registry: ModelRegistry,
    accept_licence: bool = False,
    accept_digests: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    cancel: CancelToken | None = None,
) -> Iterator[Progress | DownloadDone]:
    """Download a model and install it in the user's folder; what an earlier call left is gone on with.

    `accept_digests` holds {file: SHA-256} for a model of which nobody knows the digests; without it (or with others)
    DigestUnknownError says what came, and a second call with those installs it. `UMX_MODELS_URL` names a folder on the
    network with a folder for each model, to be asked instead of the published ones.

    Raises LicenceNotAcceptedError, DigestUnknownError, DownloadError, ModelBusyError, ModelInvalidError (the files are
    no model; they are thrown away), OutputExistsError, OutputNotWritableError, DiskFullError, Cancelled.
    """
    if model.terms and not accept_licence:
        raise LicenceNotAcceptedError(model.name, model.licence, model.terms)
    registry.free_name(model.name)
    work = _Download(model, limits or Limits(), cancel or CancelToken())
    with downloading(registry.user_folder, model.name) as folder:
        registry.free_name(model.name)  # the one who had the lock may have installed it
        for file in model.files:
            yield from work.bring(file, folder)
        if not model.digits_checked and dict(accept_digests or {}) != work.digests:
            raise DigestUnknownError(model.name, work.digests)
        yield Progress(1.0, "checking")
        yield DownloadDone(complete(model, folder, registry), work.digests)


def complete(model: PublishedModel, folder: Path, registry: ModelRegistry, name: str | None = None) -> ModelEntry:
    """Make a folder that holds the weights of a published model, and nothing else, into that model, and install it.

    Raises ModelInvalidError where it cannot be loaded; the weights are gone then.
    """
    with typed_errors(folder):
        for file, content in model.settings().items():
            (folder / file).write_bytes(content)
    try:
        prove(folder, registry.user_folder / model.name)
    except ModelInvalidError:
        for weights in model.files:
            (folder / weights.name).unlink(missing_ok=True)
        raise
    return registry.install(folder, name or model.name, "published")


def bytes_there(model: PublishedModel, registry: ModelRegistry) -> int:
    """How much of a model is there of a download that stopped, in bytes."""
    folder = download_folder(registry.user_folder, model.name)
    return sum(size_of(folder / file.name) or Part(folder / file.name).size for file in model.files)


def sources_of(model: PublishedModel) -> tuple[str, ...]:
    """Where the files of a model are asked for: folders on the network."""
    other = os.environ.get("UMX_MODELS_URL", "")
    return (f"{other.rstrip('/')}/{model.name}",) if other else model.sources


class _Download:
    """The files of one model; `digests` are those of the files that are there and right."""

    def __init__(self, model: PublishedModel, limits: Limits, cancel: CancelToken) -> None:
        self._model, self._limits, self._cancel = model, limits, cancel
        self._meter = _Meter(model)
        self.digests: dict[str, str] = {}

    def bring(self, file: PublishedFile, folder: Path) -> Iterator[Progress]:
        """One file, from whichever source has it. Raises what the first source failed with."""
        whole, part = folder / file.name, Part(folder / file.name)
        with typed_errors(folder):
            if whole.exists() and not self._is_right(whole, file):
                whole.unlink()
            if not whole.exists():
                yield from self._from_sources(file, part)
                part.finish(whole)
        yield self._meter.at(file, size_of(whole), size_of(whole))

    def _from_sources(self, file: PublishedFile, part: Part) -> Iterator[Progress]:
        first: DownloadError | None = None
        for source in sources_of(self._model):
            try:
                yield from self._from_source(f"{source}/{quote(file.name)}", file, part)
            except DownloadError as error:
                _log.info("%s", error)
                first = first or error
            else:
                return
        if first is not None:
            raise first

    def _from_source(self, url: str, file: PublishedFile, part: Part) -> Iterator[Progress]:
        """Ask until the part is whole and right; a server that brings next to nothing is given up soon."""
        checked, attempts = self._model.digits_checked, 0
        while attempts < _ATTEMPTS:
            if not checked:
                part.discard()  # nothing would tell that two halves are of different files
            before = part.size
            try:
                for received in fetch(url, part, self._model.max_file_bytes, self._limits, self._cancel):
                    yield self._meter.at(file, received.done, received.total)
            except DownloadError as error:
                came = part.size - before
                attempts += came < _WORTH_BYTES or not checked
                if error.reason not in _GOES_ON or came <= 0 or attempts == _ATTEMPTS:
                    raise
                self._pause()
                continue
            if self._is_right(part.path, file):
                return
            part.discard()
            if not before:
                break
            # What lay there from another day may have been wrong: once more, from the start.
        raise DownloadError(file.name, host_of(url), DownloadReason.WRONG_CONTENT)

    def _is_right(self, path: Path, file: PublishedFile) -> bool:
        digest = sha256_of(path)
        if self._model.digits_checked and not digest.startswith(file.digits):
            return False
        self.digests[file.name] = digest
        return True

    def _pause(self) -> None:
        until = time.monotonic() + self._limits.retry_s
        while time.monotonic() < until:
            self._cancel.check()
            time.sleep(min(0.05, self._limits.retry_s))


class _Meter:
    """Turns the bytes of single files into the progress of all of them; the time left is by what came just now."""

    def __init__(self, model: PublishedModel) -> None:
        self._sizes = {file.name: model.file_bytes for file in model.files}
        self._done = dict.fromkeys(self._sizes, 0)
        self._began = time.monotonic()
        self._at_start = -1

    def at(self, file: PublishedFile, done: int, total: int) -> Progress:
        """The progress when this much of a file is there."""
        self._done[file.name], self._sizes[file.name] = done, max(total, 1)
        have, of = sum(self._done.values()), sum(self._sizes.values())
        if self._at_start < 0:
            self._at_start = have
        elapsed, came = time.monotonic() - self._began, have - self._at_start
        remaining = (of - have) * elapsed / came if came > 0 and elapsed > 0.5 else None
        return Progress(have / of, f"downloading {file.target}", remaining)
