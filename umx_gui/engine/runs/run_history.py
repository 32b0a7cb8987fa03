"""The history of a training run, followed as it grows: one line of JSON an epoch. It may come from anybody's folder."""

from __future__ import annotations

import json
import math
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from umx_gui.engine.naming import printable

HISTORY = "history.jsonl"
MAX_BYTES = 64 << 20
MAX_TARGETS = 32


@dataclass(frozen=True, slots=True)
class TargetScores:
    """What an epoch was worth to a target; nan where it is not known. SDRs are in dB, over whole validation songs."""

    train_loss: float
    valid_loss: float
    sdr_db: float
    mixture_sdr_db: float
    lr: float

    @property
    def gain_db(self) -> float:
        """How much better the stem is than the mixture in its place."""
        return self.sdr_db - self.mixture_sdr_db


@dataclass(frozen=True, slots=True)
class Epoch:
    """One line of the history."""

    number: int
    targets: Mapping[str, TargetScores]


class HistoryFollower:
    """Keeps what was read of a history, and takes in what was added since.

    The file is written anew after every epoch, and a resumed run drops the epochs after its checkpoint: then the
    epochs are read from the start again.
    """

    def __init__(self, run: Path) -> None:
        self._path = run / HISTORY
        self._seen: tuple[int, ...] = ()
        self._read = b""
        self.epochs: list[Epoch] = []

    def read(self) -> bool:
        """Look again; whether `epochs` changed. A file that is missing or cannot be read changes nothing."""
        try:
            found = self._path.stat()
            seen = (found.st_ino, found.st_size, found.st_mtime_ns)
            if seen == self._seen or not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES:
                return False
            with self._path.open("rb") as file:
                data = file.read(MAX_BYTES)
        except OSError:
            return False
        self._seen = seen
        # Without its line break a line is still being copied.
        return self._take(data[: data.rfind(b"\n") + 1])

    def _take(self, data: bytes) -> bool:
        if data == self._read:
            return False
        goes_on = data.startswith(self._read)
        added = data[len(self._read) :] if goes_on else data
        found = [epoch for line in added.split(b"\n") if (epoch := epoch_of(line)) is not None]
        self.epochs = [*self.epochs, *found] if goes_on else found
        self._read = data
        return bool(found) or not goes_on


def epoch_of(line: bytes) -> Epoch | None:
    """The epoch that a line tells of; None where it tells of none."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or type(value.get("epoch")) is not int or not 0 < value["epoch"] < 1 << 31:
        return None
    targets = value.get("targets")
    if not isinstance(targets, dict):
        return None
    scores = {printable(str(name))[:64]: _scores(found) for name, found in list(targets.items())[:MAX_TARGETS]}
    return Epoch(value["epoch"], scores)


def number(value: object) -> float:
    """A finite number, or nan."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return math.nan
    try:
        return float(value) if math.isfinite(value) else math.nan
    except OverflowError:
        return math.nan


def _scores(found: Any) -> TargetScores:
    values = found if isinstance(found, dict) else {}
    names = ("train_loss", "valid_loss", "sdr_db", "mixture_sdr_db", "lr")
    return TargetScores(*(number(values.get(name)) for name in names))
