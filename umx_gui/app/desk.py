"""The filter desk: how the filter is set, two snapshots of it (A and B), and the way back."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from umx_gui.app.recipe import Recipe, emphasis
from umx_gui.app.settings import Settings

SLOTS = ("A", "B")
_MOST_STEPS = 200
_ONE_STEP_S = 0.8  # what changes again and again this quickly, as a slider does, is undone in one step


@dataclass(frozen=True, slots=True)
class Tuning:
    """One setting of the filter; the defaults are the reference's. The fields are explained at `Recipe`."""

    niter: int = 1
    softmask: bool = False
    window: int = 300
    residual: bool = False
    emphasis_db: tuple[tuple[str, float], ...] = ()

    def recipe(self, model: str) -> Recipe:
        """The recipe of stems that are made by a model with this setting."""
        return Recipe(model, self.niter, self.residual, self.softmask, self.window, self.emphasis_db)


DEFAULT = Tuning()


@dataclass(frozen=True, slots=True)
class _State:
    tunings: tuple[Tuning, Tuning]
    slot: int = 0

    def retuned(self, tuning: Tuning) -> _State:
        a, b = self.tunings
        return replace(self, tunings=(tuning, b) if self.slot == 0 else (a, tuning))


class FilterDesk(QObject):
    """The one setting that counts, and its history; it goes on from song to song. All but the emphases are remembered
    in the settings."""

    changed = Signal()  # anything that a view shows

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        first = Tuning(settings.niter, settings.softmask, settings.filter_window, settings.residual)
        self._state = _State((first, first))
        self._past: list[_State] = []
        self._future: list[_State] = []
        self._last: tuple[str, float] = ("", 0.0)
        self._b_used = False

    @property
    def tuning(self) -> Tuning:
        """How the filter is set now."""
        return self._state.tunings[self._state.slot]

    @property
    def slot(self) -> str:
        """The snapshot that is heard and changed: A or B."""
        return SLOTS[self._state.slot]

    @property
    def can_undo(self) -> bool:
        """Whether there is a step back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a step back can be taken back."""
        return bool(self._future)

    @property
    def is_default(self) -> bool:
        """Whether the filter is set as the reference has it."""
        return self.tuning == DEFAULT

    def set(self, **changes: Any) -> None:
        """Change fields of `Tuning`."""
        self._go(self._state.retuned(replace(self.tuning, **changes)), ",".join(sorted(changes)))

    def emphasis_db(self, target: str) -> float:
        """How much louder the filter is told that a target is."""
        return dict(self.tuning.emphasis_db).get(target, 0.0)

    def set_emphasis_db(self, target: str, db: float) -> None:
        """Tell the filter that a target is this much louder, within 12 dB either way."""
        values = emphasis({**dict(self.tuning.emphasis_db), target: db})
        self._go(self._state.retuned(replace(self.tuning, emphasis_db=values)), f"emphasis of {target}")

    def reset(self) -> None:
        """The reference's defaults, in the snapshot that is heard."""
        self._go(self._state.retuned(DEFAULT), "")

    def choose_slot(self, slot: str) -> None:
        """Hear the other snapshot. B begins as a copy of A."""
        if slot == self.slot:
            return
        state = replace(self._state, slot=SLOTS.index(slot))
        if not self._b_used:
            self._b_used = True
            state = state.retuned(self.tuning)
        self._go(state, "")

    def undo(self) -> None:
        """One step back."""
        if self._past:
            self._future.append(self._state)
            self._become(self._past.pop())

    def redo(self) -> None:
        """One step on again."""
        if self._future:
            self._past.append(self._state)
            self._become(self._future.pop())

    def _go(self, state: _State, what: str) -> None:
        """One step on. `what` changes: several quick changes of the same are one step; "" is always one of its own."""
        if state == self._state:
            return
        now = time.monotonic()
        if not (what and self._past and self._last[0] == what and now - self._last[1] < _ONE_STEP_S):
            self._past.append(self._state)
            del self._past[:-_MOST_STEPS]
        self._future.clear()
        self._become(state)
        self._last = (what, now)

    def _become(self, state: _State) -> None:
        self._state, self._last = state, ("", 0.0)
        t, settings = self.tuning, self._settings
        settings.niter, settings.softmask, settings.filter_window = t.niter, t.softmask, t.window
        settings.residual = t.residual
        self.changed.emit()
