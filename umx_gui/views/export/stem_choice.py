"""Which files an export writes: a box for each stem, each group, the mixer's sound, and the song itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from umx_gui.app.export.what import MIX, Group
from umx_gui.app.open_song.song import MIXTURE
from umx_gui.views.export.group_dialog import GroupDialog
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.fields import CheckBox
from umx_gui.views.kit.formats import target_name
from umx_gui.words import mark, tr

_COLUMNS = 3
_HEARD = mark("The mixer's volumes, pans, solos and mutes; the master volume is left out")


class StemChoice(QWidget):
    """Boxes; `targets` are those ticked, in their order. Without a `song` that is open, nothing is heard of it."""

    changed = Signal()
    groups_changed = Signal()

    def __init__(self, targets: Sequence[str], groups: Sequence[Group], song: bool = True) -> None:
        super().__init__()
        self.stems = {target: CheckBox(target_name(target), target) for target in targets}
        self.groups: dict[str, tuple[str, ...]] = {}
        self.others: dict[str, CheckBox] = {}
        self.add = Button(tr("New group"), "zoom_in", text=tr("Group…"), kind="raised")
        self.add.setToolTip(tr("One more file, with the sum of some stems: everything but drums, perhaps"))
        self.add.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.add.clicked.connect(self._ask)
        first = QHBoxLayout()
        first.setSpacing(16)
        for box in self.stems.values():
            box.setChecked(True)
            box.toggled.connect(self.changed)
            first.addWidget(box)
        first.addStretch(1)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(first)
        column.addLayout(self._grid)
        if song:
            self._put(MIX, tr("What I hear"), tr(_HEARD))
            self._put(MIXTURE, tr("The original"), tr("The song itself, written in the same way"))
        for name, members in groups:
            self.add_group((name, members))
        self._arrange()

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the files, in order: stems, groups, then the rest."""
        ticked = [name for name, box in {**self.stems, **self.others}.items() if box.isChecked()]
        last = [name for name in (MIX, MIXTURE) if name in ticked]
        return tuple([name for name in ticked if name not in last] + last)

    def chosen_groups(self) -> tuple[Group, ...]:
        """The groups among them."""
        return tuple((name, self.groups[name]) for name in self.targets if name in self.groups)

    def add_group(self, group: Group, ticked: bool = False) -> None:
        """Offer one more group."""
        name, members = group
        self.groups[name] = members
        self._put(name, target_name(name), tr("One file with the sum of {stems}", stems=", ".join(members)))
        self.others[name].setChecked(ticked)
        self._arrange()

    def _put(self, name: str, words: str, tip: str) -> None:
        box = self.others[name] = CheckBox(words)
        box.setToolTip(tip)
        box.toggled.connect(self.changed)

    def _arrange(self) -> None:
        boxes = [*self.others.values(), self.add]
        for at, widget in enumerate(boxes):
            self._grid.addWidget(widget, at // _COLUMNS, at % _COLUMNS, Qt.AlignmentFlag.AlignLeft)
            if at:
                QWidget.setTabOrder(boxes[at - 1], widget)
        self._grid.setColumnStretch(_COLUMNS, 1)

    def _ask(self) -> None:
        dialog = GroupDialog(tuple(self.stems), tuple(self.others), self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.add_group(dialog.group, ticked=True)
            self.groups_changed.emit()
            self.changed.emit()
