"""A button to drag sound out by: what is heard, or a group; a click on it chooses which, and how much of the song."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QActionGroup

from umx_gui.app.export.groups import groups_for
from umx_gui.app.export.what import MIX, ExportWhat, Group
from umx_gui.app.session import Session
from umx_gui.views.kit.controls import MenuButton
from umx_gui.views.kit.formats import target_name
from umx_gui.words import mark, tr

HEARD = mark("What I hear")


class TakeOut(MenuButton):
    """Made anew whenever its menu opens; `what` is what a drag takes."""

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Drag out what I hear"), "grip", tr(HEARD), kind="raised")
        self._session = session
        self._chosen = MIX
        self.only_part = False
        self.stretch: Callable[[], tuple[int, int] | None] = lambda: session.transport.loop
        self.menu.setAccessibleName(tr("What is dragged out"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(tr("Drag this into another program or folder: it becomes a WAV file. Click to choose what"))
        for signal in (session.opened, session.closed, session.stems_reset):
            signal.connect(self._look)
        session.state_changed.connect(self._look)
        self._look()

    def what(self, only_part: bool) -> ExportWhat:
        """What a drag takes, as the mixer and the `stretch`, which is the selection or the loop, are now."""
        transport = self._session.transport
        stretch = self.stretch() if only_part or self.only_part else None
        if self._chosen == MIX:
            return ExportWhat((MIX,), stretch=stretch, mix=transport.mix.mix)
        groups = tuple(group for group in self.groups if group[0] == self._chosen)
        return ExportWhat((self._chosen,), groups, stretch)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups of the open song."""
        song = self._session.song
        return groups_for(song.targets, self._session.settings.export_groups) if song is not None else ()

    def open_menu(self) -> None:
        """Fill the menu and show it above the button, which stands at the window's lower edge; the choice is marked."""
        self.fill()
        above = QPoint(0, -self.menu.sizeHint().height() - 4)
        self.menu.popup(self.mapToGlobal(above))
        self.menu.setActiveAction(next(action for action in self.menu.actions() if action.isChecked()))

    def fill(self) -> None:
        """Offer what there is."""
        self.menu.clear()
        kinds = QActionGroup(self.menu)
        for name, words in ((MIX, tr(HEARD)), *((name, target_name(name)) for name, _ in self.groups)):
            action = self.menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(name == self._chosen)
            action.triggered.connect(lambda _=False, name=name: self._choose(name))
            kinds.addAction(action)
        self.menu.addSeparator()
        stretch = self.stretch()
        selected = stretch is not None and stretch != self._session.transport.loop
        part = self.menu.addAction(tr("Only the selection") if selected else tr("Only the loop"))
        part.setCheckable(True)
        part.setChecked(self.only_part)
        part.setEnabled(stretch is not None)
        part.triggered.connect(self._set_only_part)

    def _set_only_part(self, on: bool) -> None:
        self.only_part = on

    def _choose(self, name: str) -> None:
        self._chosen = name
        words = tr(HEARD) if name == MIX else target_name(name)
        self.set_choice(words)
        self.setAccessibleName(tr("Drag out {what}", what=words[:1].lower() + words[1:], name=words))

    def _look(self, *_: object) -> None:
        """Only songs with stems have anything to take; a group that this song has not is chosen no more."""
        song = self._session.song
        self.setEnabled(song is not None and bool(song.targets))
        if self._chosen != MIX and self._chosen not in dict(self.groups):
            self._choose(MIX)
