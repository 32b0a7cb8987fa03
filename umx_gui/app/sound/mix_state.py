"""What the mixer is set to: one strip per target by name, kept from song to song and from model to model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from umx_gui.playback.mix import Mix, Strip

MAX_GAIN_DB = 12.0
MIN_GAIN_DB = -60.0  # shown and heard as silence


class MixState(QObject):
    """The strips of the current stems, the master volume and the A/B switch, each with one way to set it."""

    mix_changed = Signal()
    was_reset = Signal()  # before `mix_changed`, for what is heard by other switches
    targets_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._strips: dict[str, Strip] = {}
        self._targets: tuple[str, ...] = ()
        self._master_gain_db = 0.0
        self._original = False
        self._original_gain_db = 0.0

    @property
    def targets(self) -> tuple[str, ...]:
        """The targets that have a strip now, in the order of the stems."""
        return self._targets

    @property
    def master_gain_db(self) -> float:
        """The volume of everything in dB."""
        return self._master_gain_db

    @property
    def original(self) -> bool:
        """Whether the mixture is heard instead of the stems (A/B)."""
        return self._original

    @property
    def original_gain_db(self) -> float:
        """How much louder the mixture is played than it is, to be as loud as the stems."""
        return self._original_gain_db

    @property
    def any_solo(self) -> bool:
        """Whether some strip is soloed."""
        return any(self.strip(t).solo for t in self._targets)

    @property
    def mix(self) -> Mix:
        """The present state as one value, strips in the order of `targets`."""
        strips = tuple(self.strip(t) for t in self._targets)
        return Mix(strips, self._master_gain_db, self._original, self._original_gain_db)

    def strip(self, target: str) -> Strip:
        """The strip of a target; one that was never touched is neutral."""
        return self._strips.get(target, Strip())

    @property
    def strips(self) -> Mapping[str, Strip]:
        """All strips that are not neutral, also of targets that are not there now; a value that stays as it is."""
        return {target: strip for target, strip in self._strips.items() if strip != Strip()}

    def set_strips(self, strips: Mapping[str, Strip]) -> None:
        """Set all strips at once; those that are not named are neutral."""
        self._replace({target: strip for target, strip in strips.items() if strip != Strip()})

    def set_targets(self, targets: Iterable[str]) -> None:
        """Show these targets; strips that were set before under the same name keep their settings."""
        if (new := tuple(targets)) != self._targets:
            self._targets = new
            self.targets_changed.emit()
            self.mix_changed.emit()

    def set_gain_db(self, target: str, gain_db: float) -> None:
        """The volume of a strip, held within MIN_GAIN_DB..MAX_GAIN_DB."""
        self._set(target, gain_db=_within(gain_db, MIN_GAIN_DB, MAX_GAIN_DB))

    def set_pan(self, target: str, pan: float) -> None:
        """The place of a strip from -1 (left) to 1 (right)."""
        self._set(target, pan=_within(pan, -1.0, 1.0))

    def set_mute(self, target: str, on: bool) -> None:
        """Silence a strip, or not."""
        self._set(target, mute=on)

    def set_solo(self, target: str, on: bool, exclusive: bool = False) -> None:
        """Hear only the soloed strips; `exclusive` ends every other solo."""
        strips = dict(self._strips)
        if exclusive:
            strips = {name: replace(strip, solo=False) for name, strip in strips.items()}
        strips[target] = replace(strips.get(target, Strip()), solo=on)
        self._replace(strips)

    def toggle_solo(self, target: str, exclusive: bool = False) -> None:
        """Turn a solo on or off. Exclusive: on and alone, unless it is that already."""
        alone = [t for t in self._targets if self.strip(t).solo] == [target]
        self.set_solo(target, not alone if exclusive else not self.strip(target).solo, exclusive)

    def toggle_mute(self, target: str) -> None:
        """Turn a mute on or off."""
        self.set_mute(target, not self.strip(target).mute)

    def set_master_gain_db(self, gain_db: float) -> None:
        """The volume of everything, held within MIN_GAIN_DB..MAX_GAIN_DB."""
        gain_db = _within(gain_db, MIN_GAIN_DB, MAX_GAIN_DB)
        if gain_db != self._master_gain_db:
            self._master_gain_db = gain_db
            self.mix_changed.emit()

    def set_original(self, on: bool) -> None:
        """Hear the mixture instead of the stems, or the stems again."""
        if on != self._original:
            self._original = on
            self.mix_changed.emit()

    def set_original_gain_db(self, gain_db: float) -> None:
        """Play the mixture louder, or softer, where it is heard instead of the stems."""
        if gain_db != self._original_gain_db:
            self._original_gain_db = gain_db
            self.mix_changed.emit()

    def reset(self) -> None:
        """Every strip neutral, no A/B; the master volume stays."""
        self._original = False
        self._strips = {}
        self.was_reset.emit()
        self.mix_changed.emit()

    def _set(self, target: str, **changes: Any) -> None:
        self._replace({**self._strips, target: replace(self.strip(target), **changes)})

    def _replace(self, strips: dict[str, Strip]) -> None:
        if strips != self._strips:
            self._strips = strips
            self.mix_changed.emit()


def _within(value: float, lowest: float, highest: float) -> float:
    return min(max(float(value), lowest), highest)
