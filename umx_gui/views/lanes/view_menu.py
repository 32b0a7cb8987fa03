"""The View menu: how each lane is drawn, how spectrograms look, what the ruler shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QWidget

from umx_gui.app.open_song.song import MIXTURE
from umx_gui.app.session import Session
from umx_gui.views.actions import Actions
from umx_gui.views.kit.controls import MenuButton
from umx_gui.views.kit.formats import NARROW_SPACE, decibels, target_name
from umx_gui.views.lanes.lane_modes import LaneModes
from umx_gui.views.lanes.mode_menu import fill_mode_menu
from umx_gui.views.lanes.spectrum_look import AXES, COLORS, HIGH_DB, LOW_DB, OVERLAPS, WINDOWS, SpectrumLook
from umx_gui.views.lanes.tempo import Tempo
from umx_gui.views.lanes.tempo_dialog import TempoDialog
from umx_gui.views.lanes.tempo_keeper import TempoKeeper
from umx_gui.words import tr

Value = str | float | bool


class ViewMenu:
    """A menu for the button in the tool bar and for the main menu; it reads what is set whenever it opens."""

    def __init__(
        self, window: QWidget, session: Session, actions: Actions, modes: LaneModes, look: SpectrumLook, tempo: Tempo
    ) -> None:
        self.button = MenuButton(tr("View"), "eye", tr("View"))
        self.button.setToolTip(tr("How lanes and ruler are drawn"))
        self.menu = self.button.menu
        self._window, self._session, self._modes, self._tempo = window, session, modes, tempo
        self._keeper = TempoKeeper(session, tempo, window)
        self._dialog: TempoDialog | None = None
        self._refreshers: list[Callable[[], None]] = []
        self._make_actions(actions)
        self._lanes = self.menu.addMenu(tr("Lane"))
        self._lanes.aboutToShow.connect(self._fill_lanes)
        self.menu.addSeparator()
        windows = {name: tr("{name} samples", name=name) for name in WINDOWS}
        overlaps = {name: tr("1/{name} of the window", name=name) for name in OVERLAPS}
        low, high = (
            {value: f"{decibels(value, 0)}{NARROW_SPACE}dB" for value in values} for values in (LOW_DB, HIGH_DB)
        )
        rows: tuple[tuple[str, str, Mapping[Any, str], Callable[[], Value]], ...] = (
            (tr("Frequency axis"), "axis", _translated(AXES), lambda: look.axis),
            (tr("Window"), "window", windows, lambda: look.window),
            (tr("Hop"), "overlap", overlaps, lambda: look.overlap),
            (tr("Quietest level"), "low_db", low, lambda: look.levels_db[0]),
            (tr("Loudest level"), "high_db", high, lambda: look.levels_db[1]),
            (tr("Colours of spectrograms"), "colors", _translated(COLORS), lambda: look.colors),
        )
        for title, name, choices, read in rows:
            self._add_choice(title, choices, read, partial(look.set, name))
        self.menu.addSeparator()
        self._add_choice(
            tr("Ruler"), {False: tr("Time"), True: tr("Bars and beats")}, lambda: tempo.bars, self._show_bars
        )
        self.menu.addActions([self.tempo, self.tap, self.first_beat])
        self.menu.addSeparator()
        self.menu.addActions([self.zoom_loop])
        self.menu.aboutToShow.connect(self._refresh)
        self._refresh()

    def _make_actions(self, actions: Actions) -> None:
        transport, tempo = self._session.transport, self._tempo
        self.zoom_loop = actions.add(tr("Zoom to the loop"), "Z", actions.zoom_to_loop, song=True)
        self.bars = actions.add(tr("Ruler in time or bars"), "B", lambda: self._show_bars(not tempo.bars), song=True)
        self.tempo = actions.add(tr("Tempo…"), "Ctrl+B", self.open_tempo, song=True)
        self.tap = actions.add(tr("Tap the tempo"), "T", tempo.tap, song=True)
        self.first_beat = actions.add(
            tr("First beat at the playhead"),
            "Shift+B",
            lambda: tempo.set(offset_s=transport.position / transport.sample_rate),
            song=True,
        )

    def open_tempo(self) -> None:
        """Show the tempo's panel, which also taps."""
        if self._dialog is None:
            self._dialog = TempoDialog(self._tempo, self._window)
        self._show_bars(True)
        self._dialog.show()
        self._dialog.activateWindow()

    def _show_bars(self, on: bool) -> None:
        self._tempo.show_bars(on)
        self._session.settings.ruler = "bars" if on else "time"

    def _add_choice(
        self,
        title: str,
        choices: Mapping[Any, str],
        read: Callable[[], Value],
        write: Callable[[Any], None],
    ) -> None:
        menu = self.menu.addMenu(title)
        group, made = QActionGroup(menu), []
        for value, words in choices.items():
            action = menu.addAction(words)
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _=False, value=value: write(value))
            made.append((action, value))
        self._refreshers.append(lambda: _check(made, read()))

    def _refresh(self) -> None:
        for refresh in self._refreshers:
            refresh()

    def _fill_lanes(self) -> None:
        self._lanes.clear()
        song = self._session.song
        for key in song.keys if song is not None else (MIXTURE,):
            fill_mode_menu(self._lanes.addMenu(target_name(key)), key, self._modes)


def _translated(choices: Mapping[str, str]) -> dict[str, str]:
    return {value: tr(words) for value, words in choices.items()}


def _check(made: list[tuple[QAction, Value]], chosen: Value) -> None:
    for action, value in made:
        action.setChecked(value == chosen)
