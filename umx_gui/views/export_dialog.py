"""Choose which stems are written, as what, and where; what would not work is said before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from umx_gui.app.separating import Recipe
from umx_gui.app.session import Session
from umx_gui.app.song import Song
from umx_gui.engine.export.exporter import ExportOptions, check_export, output_names
from umx_gui.engine.naming import song_name
from umx_gui.errors import UmxError
from umx_gui.messages import Message, describe
from umx_gui.views.controls import Button
from umx_gui.views.dialogs import Dialog
from umx_gui.views.fields import CheckBox, Choice
from umx_gui.views.formats import rate, target_name
from umx_gui.views.labels import plain_label

FORMATS = (
    ("wav", "WAV"),
    ("flac", "FLAC"),
    ("ogg", "Ogg Vorbis"),
    ("mp3", "MP3"),
    ("m4a", "M4A (AAC)"),
    ("stem.mp4", "One file for DJs (.stem.mp4)"),
)
_DEPTHS = (("16", "16 bit"), ("24", "24 bit"), ("32f", "32 bit float"))


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What was chosen."""

    folder: Path
    options: ExportOptions
    targets: tuple[str, ...]


class ExportDialog(Dialog):
    """Asks for everything an export needs; remembers format, depth and folder in the settings."""

    def __init__(self, session: Session, song: Song, parent: QWidget | None = None) -> None:
        super().__init__("Export stems", parent)
        self._session = session
        self._song = song
        settings = session.settings
        self.targets = {target: CheckBox(target_name(target), target) for target in song.targets}
        for box in self.targets.values():
            box.setChecked(True)
        self.format = Choice("Format", FORMATS, settings.export_format)
        self.bits = Choice("Bit depth", _DEPTHS, settings.export_bit_depth)
        self.exact = CheckBox("Stems add up to the original exactly, to the last bit")
        self.exact.setChecked(settings.export_exact_sum)
        self.receipt = CheckBox("Write a receipt beside them: how they were made")
        self.receipt.setToolTip("A small file that opens as a session, and that umx-gui verify compares the stems with")
        self.receipt.setChecked(settings.export_receipt)
        self.overwrite = CheckBox("Replace files that exist already")
        self.folder = QLineEdit(str(self._default_folder()))
        self.folder.setAccessibleName("Folder")
        self.browse = Button("Choose a folder", text="Choose…", kind="raised")
        self.browse.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.files = plain_label("", "caption", "muted")
        self.problem = plain_label("", "strong", "warn")
        for label in (self.files, self.problem):
            label.setWordWrap(True)
        self.accept_button = self.add_buttons("Export")
        self._lay_out()
        self._connect()
        self._refresh()
        self.accept_button.setFocus()

    @property
    def choice(self) -> ExportChoice:
        """What is chosen now. Raises OptionError for what cannot work."""
        depth = self.bits.value
        exact = self.exact.isChecked() and self.exact.isEnabled()
        options = ExportOptions(
            format=self.format.value,
            bit_depth=depth if depth == "32f" else int(depth),
            exact_sum=exact,
            overwrite=self.overwrite.isChecked(),
        )
        targets = tuple(target for target, box in self.targets.items() if box.isChecked())
        return ExportChoice(Path(self.folder.text().strip()).expanduser(), options, targets)

    def accept(self) -> None:
        """Leave only with what can be written."""
        problem = self._problem()
        if problem is None:
            settings = self._session.settings
            settings.export_format = self.format.value
            settings.export_bit_depth = self.bits.value
            settings.export_exact_sum = self.exact.isChecked()
            settings.export_receipt = self.receipt.isChecked()
            super().accept()
        else:
            self._say(problem)

    def _default_folder(self) -> Path:
        """Where the last export went, or beside the song; in a folder of its own."""
        recipe = self._song.recipe
        model = f"_{recipe.model}" if isinstance(recipe, Recipe) and recipe.model else ""
        last = self._session.settings.export_folder
        base = Path(last).parent if last else self._song.path.parent
        return base / f"{song_name(self._song.path)}{Path(model).name}"

    def _lay_out(self) -> None:
        boxes = QHBoxLayout()
        boxes.setSpacing(16)
        for box in self.targets.values():
            boxes.addWidget(box)
        boxes.addStretch(1)
        kind = QHBoxLayout()
        kind.setSpacing(8)
        kind.addWidget(self.format, 2)
        kind.addWidget(self.bits, 1)
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self.folder, 1)
        place.addWidget(self.browse)
        more = QVBoxLayout()
        more.setSpacing(0)
        more.addWidget(self.exact)
        more.addWidget(self.receipt)
        more.addWidget(self.overwrite)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(16)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for words, row in (("Stems", boxes), ("Format", kind), ("Folder", place), ("", more)):
            form.addRow(plain_label(words), row)
        said = QVBoxLayout()
        said.setSpacing(8)
        said.addWidget(self.files)
        said.addWidget(self.problem)
        form.addRow(plain_label(""), said)
        self.body.addLayout(form)
        self.setMinimumWidth(576)

    def _connect(self) -> None:
        for box in (*self.targets.values(), self.exact, self.overwrite):
            box.toggled.connect(self._refresh)
        for combo in (self.format, self.bits):
            combo.currentIndexChanged.connect(self._refresh)
        self.folder.textChanged.connect(self._refresh)
        self.browse.clicked.connect(self._browse)

    def _browse(self) -> None:
        start = Path(self.folder.text()).expanduser()
        while not start.is_dir() and start != start.parent:
            start = start.parent
        if chosen := QFileDialog.getExistingDirectory(self, "Export into", str(start)):
            self.folder.setText(str(Path(chosen) / self._default_folder().name))

    def _refresh(self) -> None:
        """Enable what makes sense for the format, name the files, and take back what was said."""
        kind = self.format.value
        self.bits.setEnabled(kind in ("wav", "flac"))
        if kind == "flac" and self.bits.value == "32f":
            self.bits.choose("24")
        every = all(box.isChecked() for box in self.targets.values())
        if kind == "stem.mp4":
            for box in self.targets.values():
                box.setChecked(True)
        self.exact.setEnabled(every and kind in ("wav", "flac") and self.bits.value != "32f")
        self.problem.hide()
        try:
            choice = self.choice
            names = output_names(song_name(self._song.path), choice.targets, choice.options)
            at = choice.options.rate_of_files(self._song.sample_rate)
        except UmxError as e:
            self._say(describe(e))
            return
        self.files.setText(f"{', '.join(names)} · {rate(at)}" if names else "")

    def _problem(self) -> Message | None:
        try:
            choice = self.choice
            if not choice.targets:
                return Message("No stem is chosen", "", "Tick at least one")
            shape = (self._song.n_channels, self._song.n_samples)
            name = song_name(self._song.path)
            check_export(choice.folder, name, choice.targets, shape, self._song.sample_rate, choice.options)
        except UmxError as e:
            return describe(e)
        return None

    def _say(self, message: Message) -> None:
        self.problem.setText(message.one_line())
        self.problem.show()
