"""The menu of the ways in which one lane can be drawn."""

from __future__ import annotations

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from umx_gui.views.lanes.lane_modes import WITH_REFERENCE, WORDS, LaneModes
from umx_gui.words import tr


def fill_mode_menu(menu: QMenu, key: str, modes: LaneModes) -> None:
    """One choice per way, the present one checked."""
    menu.clear()
    group = QActionGroup(menu)
    for mode in modes.offered(key):
        if mode == WITH_REFERENCE[0]:
            menu.addSeparator()
        action = menu.addAction(tr(WORDS[mode]))
        action.setCheckable(True)
        action.setChecked(mode == modes.of(key))
        group.addAction(action)
        action.triggered.connect(lambda _=False, mode=mode: modes.set_one(key, mode))


def mode_menu(key: str, modes: LaneModes, parent: QWidget) -> QMenu:
    """The menu by itself, for a right click."""
    menu = QMenu(parent)
    fill_mode_menu(menu, key, modes)
    return menu
