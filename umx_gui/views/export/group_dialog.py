"""Make a group: a name, and the stems that are summed under it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from umx_gui.app.export.what import Group
from umx_gui.engine.naming import check_target
from umx_gui.errors import UmxError
from umx_gui.messages import describe
from umx_gui.views.kit.dialogs import Dialog
from umx_gui.views.kit.fields import CheckBox
from umx_gui.views.kit.formats import target_name
from umx_gui.views.kit.labels import plain_label
from umx_gui.words import tr


class GroupDialog(Dialog):
    """Suggests a name until one is typed: "no drums" for everything but drums."""

    def __init__(self, targets: Sequence[str], taken: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(tr("New group"), parent)
        self._taken = {*targets, *taken}
        self.boxes = {target: CheckBox(target_name(target), target) for target in targets}
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name of the group"))
        self.name.setToolTip(tr("What its file is called"))
        self.name.setPlaceholderText(tr("Name"))
        self.problem = plain_label("", "caption", "warn")
        row = QHBoxLayout()
        row.setSpacing(16)
        for box in self.boxes.values():
            box.setChecked(box is not next(iter(self.boxes.values())))
            box.toggled.connect(self._suggest)
            row.addWidget(box)
        row.addStretch(1)
        self.body.addWidget(plain_label(tr("One file with the sum of these stems:")))
        self.body.addLayout(row)
        self.body.addWidget(self.name)
        self.body.addWidget(self.problem)
        self.setMinimumWidth(400)
        self.add_buttons(tr("Add"))
        self._suggest()

    @property
    def group(self) -> Group:
        """What was made."""
        return self.name.text().strip(), self._members()

    def accept(self) -> None:
        """Leave with a group that can be."""
        name, members = self.group
        try:
            check_target(name, "name")
        except UmxError as e:
            self.problem.setText(describe(e).reason)
            return
        if len(members) < 2:
            self.problem.setText(tr("A group has two stems at least"))
        elif name.casefold() in {other.casefold() for other in self._taken}:
            self.problem.setText(tr("There is one of this name already"))
        else:
            super().accept()

    def _members(self) -> tuple[str, ...]:
        return tuple(target for target, box in self.boxes.items() if box.isChecked())

    def _suggest(self) -> None:
        self.problem.setText("")
        if not self.name.isModified():
            self.name.setText(suggested_name(tuple(self.boxes), self._members()))


def suggested_name(targets: tuple[str, ...], members: tuple[str, ...]) -> str:
    """A name for a group: what is left out, if it is one stem, else what is in it."""
    left_out = [target for target in targets if target not in members]
    if len(left_out) == 1 and len(members) > 1:
        return tr("no {left_out}", left_out=left_out[0])
    return tr(" and ").join(members)
