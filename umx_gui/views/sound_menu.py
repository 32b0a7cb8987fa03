"""The menu of sound devices."""

from __future__ import annotations

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from umx_gui.app.session import Session
from umx_gui.app.sound.sound_outputs import SoundOutputs
from umx_gui.messages import printable
from umx_gui.words import mark, tr

_SYSTEM = mark("The system's choice")


class SoundMenu(QMenu):
    """Lists the devices anew each time it opens."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(tr("Sound device"), window)
        self.outputs = SoundOutputs(session.settings, session.transport, self)
        self.outputs.changed.connect(self._fill)
        self.aboutToShow.connect(self.outputs.look)
        self._fill()

    def _fill(self) -> None:
        self.clear()
        group = QActionGroup(self)
        chosen = self.outputs.chosen
        gone = (chosen,) if chosen and chosen not in self.outputs.names else ()
        for name in ("", *self.outputs.names, *gone):
            words = printable(" ".join(name.split())).replace("&", "&&") if name else tr(_SYSTEM)
            action = self.addAction(words)
            action.setCheckable(True)
            action.setChecked(name == chosen)
            group.addAction(action)
            action.triggered.connect(lambda _=False, name=name: self.outputs.choose(name))
