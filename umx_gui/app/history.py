"""One way back for everything: what the user changes is one step, whichever part of the session it is in.

The history looks at parts: each can be read as a value and be set to one. After a change it keeps the values of before,
and undoing sets the parts to them again. A part that is new to the session joins by `add`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from umx_gui.words import tr

_MOST_STEPS = 200
_ONE_STEP_S = 0.8  # what changes again and again this quickly, as a slider does, is undone in one step


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the session: `words` says what changed from one value to another ("volume of Drums").

    Quick changes with the same words are one step. `counts`: whether a change of it alone is a step; else it goes with
    the steps in which it changed beside other parts.
    """

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], None]
    words: Callable[[Any, Any], str]
    counts: bool = True


@dataclass(frozen=True, slots=True)
class _Step:
    """The values of all parts before a change, what it was, and which parts that do not count went with it."""

    values: dict[str, Any]
    words: str
    beside: frozenset[str] = frozenset()


class History(QObject):
    """The steps back and on again. `note` is called after each change of a part."""

    changed = Signal()  # what can be undone or redone

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts: list[Part] = []
        self._now: dict[str, Any] = {}
        self._past: list[_Step] = []
        self._future: list[_Step] = []
        self._last: tuple[str, float] = ("", 0.0)
        self._silent = False  # while parts are restored

    def add(self, part: Part) -> None:
        """One more part; its value now is where it starts."""
        self._parts.append(part)
        self._now[part.name] = part.read()

    @property
    def can_undo(self) -> bool:
        """Whether there is a step back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a step back can be taken back."""
        return bool(self._future)

    @property
    def undo_words(self) -> str:
        """What would be undone; "" for nothing."""
        return self._past[-1].words if self._past else ""

    @property
    def redo_words(self) -> str:
        """What would be done again; "" for nothing."""
        return self._future[-1].words if self._future else ""

    def note(self) -> None:
        """Something has changed: keep what was before."""
        if self._silent:
            return
        now = {part.name: part.read() for part in self._parts}
        changed = [part for part in self._parts if now[part.name] != self._now[part.name]]
        words = [part.words(self._now[part.name], now[part.name]) for part in changed if part.counts]
        if not words:
            self._now = now
            return
        said = words[0] if len(set(words)) == 1 else tr("several settings")
        self._push(now, said, frozenset(part.name for part in changed if not part.counts))

    def undo(self) -> None:
        """One step back."""
        if self._past:
            step = self._past.pop()
            self._future.append(replace(step, values=self._now))
            self._become(step)

    def redo(self) -> None:
        """One step on again."""
        if self._future:
            step = self._future.pop()
            self._past.append(replace(step, values=self._now))
            self._become(step)

    def seal(self) -> None:
        """What comes now is a step of its own, however quickly it comes."""
        self._last = ("", 0.0)

    def clear(self) -> None:
        """Another song: there is no way back to the one before."""
        self._now = {part.name: part.read() for part in self._parts}
        self._past.clear()
        self._future.clear()
        self._last = ("", 0.0)
        self.changed.emit()

    def _push(self, now: dict[str, Any], words: str, beside: frozenset[str]) -> None:
        at = time.monotonic()
        merges = bool(self._past) and self._last[0] == words and at - self._last[1] < _ONE_STEP_S
        if not merges:
            self._past.append(_Step(self._now, words, beside))
            del self._past[:-_MOST_STEPS]
        elif all(self._past[-1].values[part.name] == now[part.name] for part in self._parts if part.counts):
            self._past.pop()  # there and back again
        else:
            self._past[-1] = replace(self._past[-1], beside=self._past[-1].beside | beside)
        self._now = now
        self._future.clear()
        self._last = (words, at)
        self.changed.emit()

    def _become(self, step: _Step) -> None:
        self._silent = True
        try:
            for part in self._parts:
                if (part.counts or part.name in step.beside) and step.values[part.name] != self._now[part.name]:
                    part.write(step.values[part.name])
        finally:
            self._silent = False
        # What was set may have been held within bounds: the truth is what the parts say.
        self._now = {part.name: part.read() for part in self._parts}
        self._last = ("", 0.0)
        self.changed.emit()
