"""Downloading, importing, verifying and removing models as jobs, one at a time, and the models as they are now.

Nothing here opens a network connection but `download`, which only the user's wish calls.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from umx_gui.app.settings import Settings
from umx_gui.app.worker import Work, Worker
from umx_gui.engine.models.catalogue import CatalogueItem, catalogue
from umx_gui.engine.models.download import DownloadDone, download_model
from umx_gui.engine.models.importing import import_model
from umx_gui.engine.models.published import PUBLISHED
from umx_gui.engine.models.registry import ModelEntry, ModelRegistry
from umx_gui.engine.models.staging import discard_download
from umx_gui.engine.models.verify import Verified, verify_model
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import Cancelled, DigestUnknownError, LicenceNotAcceptedError, ModelError, ModelNotFoundError
from umx_gui.messages import Message, describe
from umx_gui.words import mark, tr


@dataclass(frozen=True, slots=True)
class Running:
    """What is being done: downloading, importing, verifying or removing `name`."""

    doing: str
    name: str
    token: CancelToken = field(default_factory=CancelToken)


@dataclass(frozen=True, slots=True)
class Question:
    """What only the user can decide about a model; `accept` goes on with what was asked for."""

    name: str
    error: LicenceNotAcceptedError | DigestUnknownError
    accept: Callable[[], None]


_IT_IS = {
    "downloading": mark("it is downloading"),
    "importing": mark("it is importing"),
    "verifying": mark("it is verifying"),
    "removing": mark("it is removing"),
}


class ModelJobs(QObject):
    """The models of a session. Every method returns at once; what comes of it is signalled."""

    changed = Signal()  # what is installed
    noted = Signal()  # what is running, what came of a download, what a verification found
    progress = Signal(object)  # Progress | None, of what is running
    asked = Signal(object)  # Question
    told = Signal(object)  # Message

    def __init__(
        self, worker: Worker, registry: ModelRegistry, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._worker, self._registry, self._settings = worker, registry, settings
        self._running: Running | None = None
        self._verdicts: dict[str, bool] = {}

    @property
    def running(self) -> Running | None:
        """What is being done now."""
        return self._running

    @property
    def chosen(self) -> str:
        """The model of the next separation: the one of the settings, else the default one; "" where there is none."""
        if self._settings.model:
            return self._settings.model
        try:
            return self._registry.default_name()
        except ModelError:
            return ""

    def items(self) -> list[CatalogueItem]:
        """All models, installed or not, as they are on the disk now."""
        return catalogue(self._registry)

    def verdict(self, name: str) -> bool | None:
        """What the last verification of a model found; None where there was none since it changed."""
        return self._verdicts.get(name)

    def download(
        self, name: str, accept_licence: bool = False, accept_digests: Mapping[str, str] | None = None
    ) -> None:
        """Download a published model, or go on with that; may end in a `Question`, whose answer goes on, too."""
        work = partial(_download, name, self._registry, accept_licence, accept_digests)
        self._start("downloading", name, work, lambda e: self._ask_download(name, accept_licence, e))

    def import_from(self, source: Path, accept_licence: bool = False) -> None:
        """Copy a model folder, or a zip file of one, to the user's models."""
        work = partial(_import, source, self._registry, accept_licence)
        self._start("importing", source.name, work, lambda e: self._ask_import(source, e))

    def verify(self, name: str) -> None:
        """Compare an installed model with its digests, and load it."""
        self._start("verifying", name, partial(_verify, name, self._registry))

    def remove(self, name: str) -> None:
        """Delete a model of the user's, or what has come of a download that stopped."""
        self._start("removing", name, partial(_remove, name, self._registry))

    def cancel(self) -> None:
        """Stop what is running; of a download stays what has come."""
        if self._running is not None:
            self._running.token.cancel()

    def _start(
        self, doing: str, name: str, work: Work, ask: Callable[[Exception], Question | None] | None = None
    ) -> None:
        if self._running is not None:
            self.told.emit(
                Message(
                    tr("“{name}” comes first", name=self._running.name),
                    tr(_IT_IS[self._running.doing]),
                    tr("Wait, or cancel it"),
                )
            )
            return
        job = self._running = Running(doing, name)
        if doing != "verifying":
            self._verdicts.pop(name, None)
        self.noted.emit()
        self.progress.emit(Progress(0.0, doing))
        self._worker.submit(
            work,
            on_value=partial(self._take, job),
            on_done=partial(self._done, job, ask),
            token=job.token,
        )

    def _take(self, job: Running, value: object) -> None:
        match value:
            case Progress():
                self.progress.emit(value)
            case DownloadDone():
                self.told.emit(Message(tr("“{name}” is installed", name=value.entry.name)))
            case ModelEntry():
                self.told.emit(Message(tr("“{name}” is imported", name=value.name)))
            case Verified():
                self._verdicts[job.name] = True
                self.told.emit(_verified(value))

    def _done(self, job: Running, ask: Callable[[Exception], Question | None] | None, error: Exception | None) -> None:
        self._running = None
        if job.doing == "removing" and error is None and self._settings.model == job.name:
            self._settings.model = ""
        if job.doing == "verifying" and error is not None and not isinstance(error, Cancelled):
            self._verdicts[job.name] = False
        self.progress.emit(None)
        self.noted.emit()
        if error is None and job.doing != "verifying":
            self.changed.emit()
        if error is None or isinstance(error, Cancelled):
            return
        question = ask(error) if ask is not None else None
        if question is not None:
            self.asked.emit(question)
        else:
            self.told.emit(describe(error))

    def _ask_download(self, name: str, accepted: bool, error: Exception) -> Question | None:
        match error:
            case LicenceNotAcceptedError():
                return Question(name, error, lambda: self.download(name, accept_licence=True))
            case DigestUnknownError():
                return Question(name, error, lambda: self.download(name, accepted, error.digests))
        return None

    def _ask_import(self, source: Path, error: Exception) -> Question | None:
        if not isinstance(error, LicenceNotAcceptedError):
            return None
        return Question(error.name, error, lambda: self.import_from(source, accept_licence=True))


def _verified(value: Verified) -> Message:
    if value.compared:
        return Message(
            tr("“{name}” is good", name=value.entry.name), "", tr("All files are as they were installed, and it loads")
        )
    return Message(
        tr("“{name}” loads", name=value.entry.name), tr("there is no record of its files to compare them with")
    )


def _download(
    name: str,
    registry: ModelRegistry,
    accept_licence: bool,
    accept_digests: Mapping[str, str] | None,
    cancel: CancelToken,
) -> Generator[object, None, None]:
    yield from download_model(PUBLISHED[name], registry, accept_licence, accept_digests, cancel=cancel)


def _import(
    source: Path, registry: ModelRegistry, accept_licence: bool, cancel: CancelToken
) -> Generator[object, None, None]:
    yield from import_model(source, registry, accept_licence=accept_licence, cancel=cancel)


def _verify(name: str, registry: ModelRegistry, cancel: CancelToken) -> Generator[object, None, None]:
    yield from verify_model(registry.entry(name), cancel)


def _remove(name: str, registry: ModelRegistry, cancel: CancelToken) -> Generator[object, None, None]:
    yield Progress(0.0, "removing")
    try:
        registry.remove(name)
    except ModelNotFoundError:
        if not discard_download(registry.user_folder, name):
            raise
