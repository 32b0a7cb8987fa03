"""The fields of a dataset: its folder, how it lies, and what that layout needs to be told, which alone is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from umx_gui.app.training.layouts import FIELDS, Layout, names_in
from umx_gui.views.kit.fields import CheckBox, Choice, NumberBox
from umx_gui.views.kit.labels import plain_label
from umx_gui.words import mark, tr

_LAYOUTS = (
    ("folder", mark("A folder for each track, a file for each stem")),
    ("musdb", mark("MUSDB18")),
    ("aligned", mark("Tracks as pairs: a mixture and a target")),
    ("sourcefolder", mark("A folder of sounds for each source")),
    ("trackfolder_var", mark("Tracks with a target and any other files")),
    ("trackfolder_fix", mark("Tracks that have the same files")),
)
_LINES = {
    "input_file": (mark("Mixture's file"), mark("In each track's folder: mixture.wav")),
    "output_file": (mark("Target's file"), mark("In each track's folder: vocals.wav")),
    "target_file": (mark("Target's file"), mark("In each track's folder: vocals.wav")),
    "interferer_files": (mark("Other files"), mark("Separated by commas: bass.wav, drums.wav")),
    "target_dir": (mark("Target's folder"), mark("In train and valid: vocals")),
    "interferer_dirs": (mark("Other folders"), mark("Separated by commas: drums, bass")),
    "ext": (mark("Files end in"), ".wav"),
}
_NUMBERS = {"nb_train_samples": mark("Items in an epoch"), "nb_valid_samples": mark("Items in a validation")}
_BOXES = {
    "is_wav": mark("Folders of WAV files (MUSDB18-HQ)"),
    "random_interferer_mix": mark("The other files from a random track"),
    "random_track_mix": mark("Each file from a random track"),
    "silence_missing": mark("A silent target where its file is missing"),
}
_SEVERAL = ("interferer_files", "interferer_dirs")


class DataFields:
    """Adds its rows to a form; `changed` is called with every change."""

    def __init__(self, rows: QFormLayout, changed: Callable[[], object]) -> None:
        self._rows, self._changed = rows, changed
        self.kind = Choice(tr("Layout"), _LAYOUTS, "folder")
        self.fields: dict[str, QLineEdit | NumberBox | CheckBox] = {}
        rows.addRow(plain_label(tr("Layout")), self.kind)
        for field in fields(Layout):
            if field.name != "kind":
                words, widget = self._field(field.name, field.default)
                self.fields[field.name] = widget
                rows.addRow(plain_label(words) if words else QWidget(), widget)
        self.kind.currentIndexChanged.connect(self._show)
        self.kind.currentIndexChanged.connect(lambda _: changed())
        self._show()

    @property
    def layout(self) -> Layout:
        """What is entered now."""
        values: dict[str, object] = {}
        for name in FIELDS[self.kind.value]:
            widget = self.fields[name]
            if isinstance(widget, CheckBox):
                values[name] = widget.isChecked()
            elif isinstance(widget, NumberBox):
                values[name] = widget.value()
            else:
                text = widget.text().strip()
                values[name] = names_in(text) if name in _SEVERAL else text
        return Layout(self.kind.value, **values)  # type: ignore[arg-type]

    def _field(self, name: str, default: object) -> tuple[str, QLineEdit | NumberBox | CheckBox]:
        """The words before a field ("" where it has its own), and the field."""
        if name in _BOXES:
            box = CheckBox(tr(_BOXES[name]))
            box.toggled.connect(self._changed)
            return "", box
        if name in _NUMBERS:
            number = NumberBox(tr(_NUMBERS[name]), 1, 1_000_000, int(str(default)))
            number.valueChanged.connect(self._changed)
            return tr(_NUMBERS[name]), number
        words, hint = _LINES[name]
        line = QLineEdit(str(default) if isinstance(default, str) else "")
        line.setAccessibleName(tr(words))
        line.setPlaceholderText(tr(hint))
        line.textChanged.connect(self._changed)
        return tr(words), line

    def _show(self) -> None:
        for name, widget in self.fields.items():
            self._rows.setRowVisible(widget, name in FIELDS[self.kind.value])
