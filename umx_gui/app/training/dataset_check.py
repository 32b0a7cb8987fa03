"""A dataset, checked by the trainer in a process of its own before a run begins."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, Signal

from umx_gui.app.training.layouts import Layout
from umx_gui.messages import Message, printable
from umx_gui.words import tr, unpacked

_ROOT = Path(__file__).resolve().parents[3]  # where the packages lie, in a checkout as when installed
_SHARED = ("--sample-rate", "--nb-channels")  # options of a run that a check asks for as well


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found: how many tracks there are, how many of them are of no use, and a line for each remark."""

    n_tracks: int
    n_unusable: int
    lines: tuple[str, ...]


class DatasetCheck(QObject):
    """Runs one check at a time; it can take minutes, for it reads every file."""

    found = Signal(object)  # Findings
    failed = Signal(object)  # Message
    changed = Signal()  # running

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    @property
    def running(self) -> bool:
        """Whether a check is on its way."""
        return self._process is not None

    def start(self, root: Path, layout: Layout, more: str = "") -> None:
        """Check a dataset for a run with these further options; ends with `found` or `failed`."""
        self.cancel()
        process = self._process = QProcess(self)
        process.setWorkingDirectory(str(_ROOT))
        process.finished.connect(lambda *_: self._ended(process))
        process.errorOccurred.connect(lambda e: self._ended(process) if e == _NOT_STARTED else None)
        options = [*layout.options(mixing=False), "--json", *_shared(more)]
        process.start(sys.executable, ["-m", "trainer.cli", "check-dataset", *options, "--", str(root)])
        self.changed.emit()

    def cancel(self) -> None:
        """Stop; nothing is told then."""
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(1000)
            process.deleteLater()
            self.changed.emit()

    def _ended(self, process: QProcess) -> None:
        if process is not self._process:
            return
        self._process = None
        out = bytes(process.readAllStandardOutput().data()).decode("utf-8", "replace")
        words = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip().splitlines()
        process.deleteLater()
        self.changed.emit()
        try:
            content = json.loads(out)
            if "refused" in content:
                why = printable(tr(unpacked(content["refused"])))
                self.failed.emit(Message(tr("The dataset could not be checked"), why))
            else:
                self.found.emit(findings(content))
        except (ValueError, KeyError, TypeError, AttributeError):
            said = printable(words[-1]) if words else tr("the process died")
            self.failed.emit(Message(tr("The dataset could not be checked"), said))


def findings(content: dict[str, Any]) -> Findings:
    """The trainer's report in lines, what is of no use first. Raises KeyError, TypeError or ValueError for none."""
    bad, remarks, n_tracks = [], [], 0
    for split, tracks in content["splits"].items():
        for track in tracks:
            n_tracks += 1
            name = printable(f"{split} · {track['name']}")
            faults, told = ([tr(unpacked(why)) for why in track["said"][kind]] for kind in ("faults", "remarks"))
            bad += [tr("{track}: cannot be used: {why}", track=name, why=printable(why)) for why in faults]
            remarks += [f"{name}: {printable(why)}" for why in told]
    return Findings(n_tracks, int(content["unusable"]), (*bad, *remarks))


def _shared(more: str) -> list[str]:
    try:
        words = shlex.split(more)
    except ValueError:
        return []
    found = []
    for at, word in enumerate(words):
        name, _, value = word.partition("=")
        if name in _SHARED:
            found += [name, value or next(iter(words[at + 1 :]), "")]
    return found


_NOT_STARTED = QProcess.ProcessError.FailedToStart
