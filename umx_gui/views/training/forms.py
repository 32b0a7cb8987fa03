"""What a new training run, and a model made of one, need to be told; what would not work is said at once."""

from __future__ import annotations

from pathlib import Path

import platformdirs
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QWidget

from umx_gui.app.settings import Settings
from umx_gui.app.training.dataset_check import DatasetCheck
from umx_gui.app.training.runs import TrainingPlan
from umx_gui.engine.naming import safe_name
from umx_gui.engine.runs.run_folder import CHECKPOINT
from umx_gui.errors import OptionError
from umx_gui.messages import Message, describe
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.dialogs import Dialog
from umx_gui.views.kit.fields import CheckBox, Choice, NumberBox
from umx_gui.views.kit.formats import target_name
from umx_gui.views.kit.labels import plain_label
from umx_gui.views.training.check_row import CheckRow
from umx_gui.views.training.data_fields import DataFields
from umx_gui.words import mark, tr

TARGETS = ("vocals", "drums", "bass", "other")
_SIZES = (
    ("small", mark("Small: 256 units, for a CPU")),
    ("standard", mark("Standard: 512 units, as Open-Unmix")),
    ("large", mark("Large: 1024 units, for a GPU")),
)


class _Form(Dialog):
    """Rows of fields above a line that says what is wrong."""

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(title, parent)
        self.rows = QFormLayout()
        self.rows.setHorizontalSpacing(16)
        self.rows.setVerticalSpacing(16)
        self.rows.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(self.rows)
        self.problem = plain_label("", "strong", "warn")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.body.addWidget(self.problem)
        self.setMinimumWidth(576)

    def line(self, name: str, text: str = "", hint: str = "") -> QLineEdit:
        """A field of one line, without its row."""
        line = QLineEdit(text)
        line.setAccessibleName(name)
        line.setPlaceholderText(hint)
        line.textChanged.connect(self.problem.hide)
        return line

    def folder_row(self, name: str, line: QLineEdit) -> Button:
        """A row with a folder's field, and the button that chooses one."""
        browse = Button(tr("Choose: {what}", what=name), text=tr("Choose…"), kind="raised")
        browse.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        browse.clicked.connect(lambda: self._browse(name, line))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(line, 1)
        row.addWidget(browse)
        self.rows.addRow(plain_label(name), row)
        return browse

    def wrong(self) -> Message | None:
        """What would not work; None where all is well."""
        return None

    def accept(self) -> None:
        """Leave only with what can work."""
        wrong = self.wrong()
        if wrong is None:
            super().accept()
        else:
            self.problem.setText(wrong.one_line())
            self.problem.show()

    def _browse(self, name: str, line: QLineEdit) -> None:
        start = Path(line.text() or Path.home()).expanduser()
        while not start.is_dir() and start != start.parent:
            start = start.parent
        if chosen := QFileDialog.getExistingDirectory(self, name, str(start)):
            line.setText(chosen)


class StartForm(_Form):
    """A new run: its data, what it is to find, how large, how long, and where."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(tr("New training run"), parent)
        self.data = self.line(
            tr("Dataset folder"), settings.training_data, tr("A folder with the folders train and valid")
        )
        self.checker = DatasetCheck(self)
        self.check = CheckRow(self.checker)
        self.targets = {target: CheckBox(target_name(target), target) for target in TARGETS}
        for box in self.targets.values():
            box.setChecked(True)
            box.toggled.connect(self.problem.hide)
        self.size_choice = Choice(tr("Size"), _SIZES, "standard")
        self.epochs = NumberBox(tr("Epochs at most"), 1, 100_000, 1000)
        self.output = self.line(tr("Run folder"), str(free_run_folder()))
        self.more = self.line(tr("More options"), "", tr("As for umx-trainer train: --batch-size 8 --lr 0.0005"))
        boxes = QHBoxLayout()
        boxes.setSpacing(16)
        for box in self.targets.values():
            boxes.addWidget(box)
        boxes.addStretch(1)
        self.folder_row(tr("Dataset folder"), self.data)
        self.fields = DataFields(self.rows, self._data_changed)
        self.rows.addRow(QWidget(), self.check)
        self._boxes = boxes
        self.rows.addRow(plain_label(tr("Targets")), boxes)
        self.rows.addRow(plain_label(tr("Size")), self.size_choice)
        self.rows.addRow(plain_label(tr("Epochs at most")), self.epochs)
        self.folder_row(tr("Run folder"), self.output)
        self.rows.addRow(plain_label(tr("More options")), self.more)
        self.accept_button = self.add_buttons(tr("Start training"))
        self.data.textChanged.connect(self._data_changed)
        self.check.wanted.connect(self._check_data)
        self.check.grew.connect(self._fit)
        self.finished.connect(lambda _: self.check.forget())
        self._data_changed()

    @property
    def plan(self) -> TrainingPlan:
        """What is entered now."""
        return TrainingPlan(
            root=Path(self.data.text().strip()).expanduser(),
            output=Path(self.output.text().strip()).expanduser(),
            targets=tuple(target for target, box in self.targets.items() if box.isChecked()),
            size=self.size_choice.value,
            epochs=self.epochs.value(),
            more=self.more.text(),
            layout=self.fields.layout,
        )

    def wrong(self) -> Message | None:
        """What the trainer would refuse, as far as that can be told at once."""
        plan = self.plan
        if (wrong := self._wrong_data()) is not None:
            return wrong
        if plan.layout.chooses_targets and not plan.targets:
            return Message(tr("There is nothing to train"), tr("no target is chosen"))
        if not self.output.text().strip() or plan.output.is_file():
            return Message(tr("The run needs a folder of its own"))
        if (plan.output / CHECKPOINT).exists():
            return Message(
                tr("There is a run in this folder already"), "", tr("Choose another folder, or resume that run")
            )
        try:
            plan.arguments()
        except OptionError as e:
            return describe(e)
        return None

    def _wrong_data(self) -> Message | None:
        try:
            self.plan.layout.check(self.plan.root)
        except OptionError as e:
            return Message(tr("The dataset cannot be used"), e.detail)
        return None

    def _data_changed(self) -> None:
        """Another dataset: only what it needs is asked, and what was found of the one before is of no use."""
        self.problem.hide()
        self.check.forget()
        self.rows.setRowVisible(self._boxes, self.fields.layout.chooses_targets)
        self._fit()

    def _check_data(self) -> None:
        wrong = self._wrong_data()
        if wrong is not None:
            self.problem.setText(wrong.one_line())
            self.problem.show()
        else:
            self.problem.hide()
            plan = self.plan
            self.checker.start(plan.root, plan.layout, plan.more)

    def _fit(self) -> None:
        """As high as what is shown."""
        if (layout := self.layout()) is not None:
            layout.activate()
            least = layout.totalMinimumSize()
            self.resize(max(self.width(), least.width()), least.height())


class PublishForm(_Form):
    """The name of a model that is made of a run, and its licence."""

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(tr("Publish as a model"), parent)
        self.name = self.line(tr("Name"), safe_name(folder.name, otherwise="my-model"))
        self.licence = self.line(tr("Licence"), "", tr("Not stated"))
        self.rows.addRow(plain_label(tr("Name")), self.name)
        self.rows.addRow(plain_label(tr("Licence")), self.licence)
        self.accept_button = self.add_buttons(tr("Publish"))

    def wrong(self) -> Message | None:
        """A name must be a plain word; whether it is taken, the registry says."""
        name = self.name.text().strip()
        if not name or safe_name(name, otherwise="") != name:
            return Message(tr("The name cannot be used"), tr("it has to be a plain word, as a folder can be called"))
        return None


def free_run_folder() -> Path:
    """The first folder run-N beside the user's models that is not there yet."""
    home = platformdirs.user_data_path("umx-gui") / "runs"
    return next(path for number in range(1, 100_000) if not (path := home / f"run-{number}").exists())
