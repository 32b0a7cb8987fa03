"""Training runs as seen by the application: known folders, and the trainer as a process of its own.

The run's folder is the only bond: a run goes on when the window or the application is closed, and whoever opens the
folder sees it. The trainer is started, never imported.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QProcessEnvironment, Signal

from umx_gui.app.settings import MAX_RECENT, Settings
from umx_gui.app.training.layouts import Layout
from umx_gui.engine.runs.run_folder import (
    CHECKPOINT,
    LOG,
    RunNews,
    RunState,
    ask_to_stop,
    is_run,
    last_words,
    read_run,
    set_paused,
)
from umx_gui.engine.storage.files import open_plain
from umx_gui.errors import OptionError
from umx_gui.messages import Message, describe, printable
from umx_gui.words import tr

SIZES: dict[str, tuple[str, ...]] = {
    "small": ("--hidden-size", "256", "--batch-size", "8", "--seq-dur", "4"),
    "standard": (),
    "large": ("--hidden-size", "1024"),
}
"""Sizes of networks, as options of the trainer; what is not said is the reference's."""

_ROOT = Path(__file__).resolve().parents[3]  # where the packages lie, in a checkout as when installed
_NICENESS = 10
_STOPPED = 130  # the trainer's exit code when it was asked to stop


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """A run to be started. `more` holds further options as one types them: --batch-size 4 --threads 2."""

    root: Path
    output: Path
    targets: tuple[str, ...]
    size: str = "standard"
    epochs: int = 1000
    more: str = ""
    layout: Layout = field(default_factory=Layout)

    def arguments(self) -> list[str]:
        """The trainer's command line. Raises OptionError."""
        try:
            more = shlex.split(self.more)
        except ValueError as e:
            raise OptionError("More options", "a quotation mark is not closed") from e
        given = ("--root", str(self.root), "--output", str(self.output), "--epochs", str(self.epochs))
        targets = ("--targets", *self.targets) if self.layout.chooses_targets else ()
        return ["train", *given, *targets, *self.layout.options(), *SIZES[self.size], *more]


class TrainingRuns(QObject):
    """Starts, stops, resumes and publishes runs, and remembers their folders in the settings, latest first."""

    listed = Signal()  # the known folders
    changed = Signal(object)  # Path of a run that was just started, resumed or stopped: look at it anew
    published = Signal(str)  # the name of a new model
    publishing_changed = Signal()
    told = Signal(object)  # Message

    def __init__(self, settings: Settings, models_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings, self._models_folder = settings, models_folder
        self._started: dict[Path, subprocess.Popen[bytes]] = {}
        self._stopping: set[Path] = set()
        self._publishing: QProcess | None = None
        if (app := QCoreApplication.instance()) is not None:
            app.aboutToQuit.connect(self.close)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The known runs, the latest first."""
        return tuple(Path(name) for name in self._settings.training_runs)

    @property
    def publishing(self) -> bool:
        """Whether a model is being made of a run."""
        return self._publishing is not None

    def add(self, folder: Path) -> bool:
        """Remember a run's folder, from wherever; False, with a message, where it is none."""
        if not is_run(folder):
            self.told.emit(
                Message(
                    tr("“{name}” is no training run", name=folder.name),
                    "",
                    tr("Choose a folder with history.jsonl in it"),
                )
            )
            return False
        self._remember(folder)
        return True

    def forget(self, folder: Path) -> None:
        """Take a run off the list; its folder stays."""
        self._keep([name for name in self._settings.training_runs if name != str(folder)])

    def news(self, folder: Path, history_epochs: int = 0) -> RunNews:
        """Where a run is now: what its folder tells, and what we know of a process that did not write yet."""
        child = self._started.get(folder)
        ended = None if child is None else child.poll()
        news = read_run(folder, history_epochs)
        if child is not None and ended is None and not news.state.running:
            news = replace(news, state=RunState.STARTING, detail="", left_s=None)
        if ended is not None:
            del self._started[folder]
            if ended not in (0, _STOPPED) and folder not in self._stopping:
                reason = news.detail or last_words(folder) or tr("its process ended with code {ended}", ended=ended)
                self.told.emit(Message(tr("The training of “{name}” ended", name=folder.name), reason))
        if not news.state.running:
            self._stopping.discard(folder)
        elif folder in self._stopping:
            news = replace(news, state=RunState.STOPPING, left_s=None)
        return news

    def start(self, plan: TrainingPlan) -> bool:
        """Start a run as a process of its own; False, with a message, where that cannot be."""
        folder = plan.output.absolute()
        try:
            arguments = replace(plan, root=plan.root.absolute(), output=folder).arguments()
        except OptionError as e:
            self.told.emit(describe(e))
            return False
        if (folder / CHECKPOINT).exists():
            self.told.emit(
                Message(
                    tr("“{name}” holds a run already", name=folder.name), "", tr("Resume it, or choose another folder")
                )
            )
            return False
        if not self._launch(folder, arguments):
            return False
        self._settings.training_data = str(plan.root)
        self._remember(folder)
        self.changed.emit(folder)
        return True

    def resume(self, folder: Path) -> None:
        """Go on from the run's checkpoint."""
        news = self.news(folder)
        if news.state.running or not news.resumable or not news.here:
            return
        if self._launch(folder, ["train", "--checkpoint", str(folder)]):
            self.changed.emit(folder)

    def pause(self, folder: Path, on: bool) -> None:
        """Have the run wait, its checkpoint saved, or go on; its process stays, and so does its memory."""
        if not set_paused(folder, on):
            self.told.emit(
                Message(tr("The run cannot be told"), tr("its folder cannot be written"), tr("Change its permissions"))
            )
        self.changed.emit(folder)

    def stop(self, folder: Path) -> None:
        """Ask the run to save a checkpoint and end; it may take a step, or a validation."""
        child = self._started.get(folder)
        if ask_to_stop(folder):
            self._stopping.add(folder)
        elif child is not None and child.poll() is None:
            # It has not come so far as to have something to save.
            self._stopping.add(folder)
            child.terminate()
        self.changed.emit(folder)

    def publish(self, folder: Path, name: str, licence: str = "") -> None:
        """Make a model of the run's best weights, among the user's models; ends with `published` or a message."""
        if self._publishing is not None:
            self.told.emit(Message(tr("A model is being published already"), "", tr("Wait until that is done")))
            return
        process = self._publishing = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("UMX_MODELS_DIR", str(self._models_folder))
        process.setProcessEnvironment(environment)
        process.setWorkingDirectory(str(_ROOT))
        process.finished.connect(lambda code, _status: self._published(name, code))
        process.errorOccurred.connect(self._not_published)
        more = ["--licence", licence] if licence else []
        self.publishing_changed.emit()
        # The name comes last, behind the mark that ends the options.
        process.start(sys.executable, ["-m", "trainer.cli", "publish", *more, "--", str(folder), name])

    def close(self) -> None:
        """Give up publishing, which leaves nothing behind; runs go on."""
        if (process := self._publishing) is not None:
            self._publishing = None
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(1000)

    def _published(self, name: str, code: int) -> None:
        process, self._publishing = self._publishing, None
        if process is None:
            return
        words = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip().splitlines()
        process.deleteLater()
        self.publishing_changed.emit()
        if code == 0:
            self.told.emit(Message(tr("“{name}” is among your models", name=printable(name))))
            self.published.emit(name)
        else:
            self.told.emit(
                Message(
                    tr("“{name}” was not published", name=printable(name)),
                    words[-1] if words else tr("the process died"),
                )
            )

    def _not_published(self, error: QProcess.ProcessError) -> None:
        """What did not start does not finish either."""
        if error == QProcess.ProcessError.FailedToStart:
            self._published("", 1)

    def _launch(self, folder: Path, arguments: Sequence[str]) -> bool:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # The folder may be somebody else's: no link in it leads the log elsewhere.
            with os.fdopen(open_plain(folder / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT), "ab") as log:
                child = subprocess.Popen(
                    [sys.executable, "-m", "trainer.cli", *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=_ROOT,
                    **_of_its_own(),
                )
        except OSError as e:
            self.told.emit(
                Message(tr("The training cannot be started"), (e.strerror or "").lower(), tr("Choose another folder"))
            )
            return False
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, child.pid, _NICENESS)  # the window and its sound come first
        self._started[folder] = child
        self._stopping.discard(folder)
        return True

    def _remember(self, folder: Path) -> None:
        name = str(folder.absolute())
        self._keep([name, *(other for other in self._settings.training_runs if other != name)][:MAX_RECENT])

    def _keep(self, names: list[str]) -> None:
        self._settings.training_runs = names
        self._settings.save()
        self.listed.emit()


def _of_its_own() -> dict[str, Any]:
    """Options for a process that no closing window, terminal or Ctrl-C of ours ends."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}
