"""The filter desk: how the filter is set, and two snapshots of it (A and B). The way back is `history`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from umx_gui.app.separation.recipe import MAX_EMPHASIS_DB, Recipe, emphasis
from umx_gui.app.settings import Settings

SLOTS = ("A", "B")
STEP_DB = 0.5  # of an emphasis, as the sliders have it


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
class DeskState:
    """Both snapshots, and which of them counts."""

    tunings: tuple[Tuning, Tuning]
    slot: int = 0
    b_used: bool = False  # until then B begins as a copy of A

    @property
    def tuning(self) -> Tuning:
        """The snapshot that counts."""
        return self.tunings[self.slot]

    @property
    def slot_name(self) -> str:
        """Which one that is: A or B."""
        return SLOTS[self.slot]

    def retuned(self, tuning: Tuning) -> DeskState:
        """The same with another snapshot where the present one was."""
        a, b = self.tunings
        return replace(self, tunings=(tuning, b) if self.slot == 0 else (a, tuning))


class FilterDesk(QObject):
    """The one setting that counts; it goes on from song to song. All but the emphases are remembered
    in the settings."""

    changed = Signal()  # anything that a view shows
    settled = Signal()  # what comes now, or came just before, is a step of its own

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        first = Tuning(settings.niter, settings.softmask, settings.filter_window, settings.residual)
        self._state = DeskState((first, first))

    @property
    def state(self) -> DeskState:
        """Everything that is set here, as one value."""
        return self._state

    @property
    def tuning(self) -> Tuning:
        """How the filter is set now."""
        return self._state.tuning

    @property
    def slot(self) -> str:
        """The snapshot that is heard and changed: A or B."""
        return self._state.slot_name

    @property
    def is_default(self) -> bool:
        """Whether the filter is set as the reference has it."""
        return self.tuning == DEFAULT

    def set(self, **changes: Any) -> None:
        """Change fields of `Tuning`."""
        self._go(self._state.retuned(replace(self.tuning, **changes)))

    def emphasis_db(self, target: str) -> float:
        """How much louder the filter is told that a target is."""
        return dict(self.tuning.emphasis_db).get(target, 0.0)

    def set_emphasis_db(self, target: str, db: float) -> None:
        """Tell the filter that a target is this much louder, within 12 dB either way."""
        values = emphasis({**dict(self.tuning.emphasis_db), target: db})
        self._go(self._state.retuned(replace(self.tuning, emphasis_db=values)))

    def group_db(self, targets: Sequence[str]) -> float:
        """How much louder the filter is told that a group is: the mean of its targets, in steps of a slider."""
        mean = sum(self.emphasis_db(target) for target in targets) / max(len(targets), 1)
        return math.floor(mean / STEP_DB + 0.5) * STEP_DB

    def set_group_db(self, targets: Sequence[str], db: float) -> None:
        """Move the emphases of a group together, as far as all of them can go: what lies between them stays."""
        old = [self.emphasis_db(target) for target in targets]
        lowest, highest = -MAX_EMPHASIS_DB - min(old), MAX_EMPHASIS_DB - max(old)
        by_db = min(max(db - self.group_db(targets), lowest), highest)
        moved = {target: before + by_db for target, before in zip(targets, old, strict=True)}
        values = emphasis({**dict(self.tuning.emphasis_db), **moved})
        self._go(self._state.retuned(replace(self.tuning, emphasis_db=values)))

    def reset(self) -> None:
        """The reference's defaults, in the snapshot that is heard."""
        self._go_alone(self._state.retuned(DEFAULT))

    def choose_slot(self, slot: str) -> None:
        """Hear the other snapshot. B begins as a copy of A."""
        if slot == self.slot:
            return
        state = replace(self._state, slot=SLOTS.index(slot), b_used=True)
        if not self._state.b_used:
            state = state.retuned(self.tuning)
        self._go_alone(state)

    def restore(self, state: DeskState) -> None:
        """Set everything as it was at another time, or in another session."""
        self._go(state)

    def _go_alone(self, state: DeskState) -> None:
        self.settled.emit()
        self._go(state)
        self.settled.emit()

    def _go(self, state: DeskState) -> None:
        if state == self._state:
            return
        self._state = state
        t, settings = self.tuning, self._settings
        settings.niter, settings.softmask, settings.filter_window = t.niter, t.softmask, t.window
        settings.residual = t.residual
        self.changed.emit()
