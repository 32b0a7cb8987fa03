"""The parts of a session that can be undone: the strips, the loop, the filter desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from umx_gui.app.history import History, Part
from umx_gui.app.separation.desk import DeskState
from umx_gui.app.target_names import target_name
from umx_gui.playback.mix import Strip
from umx_gui.words import mark, tr

if TYPE_CHECKING:
    from umx_gui.app.separation.desk import FilterDesk
    from umx_gui.app.sound.mix_state import MixState
    from umx_gui.app.sound.reference_switch import ReferenceSwitch
    from umx_gui.app.sound.transport import Transport

_STRIP_WORDS = {
    "gain_db": mark("volume of {stem}"),
    "pan": mark("pan of {stem}"),
    "solo": mark("solo of {stem}"),
    "mute": mark("mute of {stem}"),
}
_DESK_WORDS = {
    "niter": mark("EM iterations"),
    "softmask": mark("soft mask"),
    "window": mark("window of the filter"),
    "residual": mark("residual stem"),
}


def session_history(transport: Transport, desk: FilterDesk, parent: QObject) -> History:
    """The history of a session, which follows its mixer, its loop and its filter desk."""
    history, mix = History(parent), transport.mix
    history.add(Part("strips", lambda: mix.strips, mix.set_strips, _strip_words))
    history.add(Part("loop", lambda: transport.loop, transport.set_loop, lambda *_: tr("loop")))
    history.add(Part("desk", lambda: desk.state, desk.restore, _desk_words))
    for signal in (mix.mix_changed, transport.loop_changed, desk.changed):
        signal.connect(history.note)
    desk.settled.connect(history.seal)
    transport.song_changed.connect(history.clear)
    return history


def heard_part(mix: MixState, switch: ReferenceSwitch) -> Part:
    """Whether original or references are heard instead of the stems: no step by itself, but resetting the mixer ends
    it, and undoing that brings it back."""

    def write(heard: tuple[bool, bool]) -> None:
        mix.set_original(heard[0])
        switch.set_on(heard[1])

    return Part("heard", lambda: (mix.original, switch.on), write, lambda *_: "", counts=False)


def _strip_words(old: Mapping[str, Strip], new: Mapping[str, Strip]) -> str:
    """One strip and one control by their names, else the mixer as a whole."""
    found = {
        (target, field.name)
        for target in {*old, *new}
        for field in fields(Strip)
        if getattr(old.get(target, Strip()), field.name) != getattr(new.get(target, Strip()), field.name)
    }
    controls = {name for _, name in found}
    if len(found) == 1:
        target, name = next(iter(found))
        return tr(_STRIP_WORDS[name], stem=target_name(target))
    return tr("solo") if controls == {"solo"} else tr("mute") if controls == {"mute"} else tr("mixer")


def _desk_words(old: DeskState, new: DeskState) -> str:
    if old.slot != new.slot:
        return tr("settings {name}", name=new.slot_name)
    a, b = old.tuning, new.tuning
    found = [tr(words) for name, words in _DESK_WORDS.items() if getattr(a, name) != getattr(b, name)]
    louder, before = dict(b.emphasis_db), dict(a.emphasis_db)
    moved = [t for t in {*louder, *before} if louder.get(t) != before.get(t)]
    if moved:
        found.append(
            tr("emphasis of {stem}", stem=target_name(moved[0])) if len(moved) == 1 else tr("emphasis of a group")
        )
    return found[0] if len(found) == 1 else tr("filter settings")
