"""Choose what is written of a song, as what, and where; what would not work is said before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from umx_gui.app.export.groups import groups_for, keep_groups
from umx_gui.app.export.what import ExportWhat
from umx_gui.app.folders import folder_beside
from umx_gui.app.open_song.song import Song
from umx_gui.app.separation.separating import Recipe
from umx_gui.app.session import Session
from umx_gui.engine.export.exporter import ExportOptions, check_export, output_names
from umx_gui.engine.naming import FIELDS, song_name
from umx_gui.errors import OutputExistsError, UmxError
from umx_gui.messages import Message, describe
from umx_gui.views.export.form import BITRATES, DEPTHS, PROJECTS, lay_out, refusal, some_names, stretches_of
from umx_gui.views.export.form import FORMATS as FORMATS
from umx_gui.views.export.stem_choice import StemChoice
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.dialogs import Dialog
from umx_gui.views.kit.fields import CheckBox, Choice
from umx_gui.views.kit.formats import rate
from umx_gui.views.kit.labels import plain_label, plain_tip
from umx_gui.views.kit.level_line import LevelLine
from umx_gui.words import tr

Stretch = tuple[str, tuple[int, int]]
"""Words for a stretch, and its samples [start, stop)."""


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What was chosen."""

    folder: Path
    options: ExportOptions
    what: ExportWhat

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of what is written."""
        return self.what.targets


class ExportDialog(Dialog):
    """Asks for everything an export needs; remembers the answers in the settings."""

    def __init__(
        self, session: Session, song: Song, parent: QWidget | None = None, stretches: Sequence[Stretch] = ()
    ) -> None:
        """`stretches` are offered besides the whole song; by default, the loop."""
        super().__init__(tr("Export stems"), parent)
        self._session, self._song = session, song
        self._existing = ""  # "replace" or "number", once that was asked
        self._waits = False  # for the level, to be exported then
        settings = session.settings
        self.stems = StemChoice(song.targets, groups_for(song.targets, settings.export_groups))
        self.targets = self.stems.stems
        offered = tuple(stretches) or stretches_of(session.transport.loop, song)
        self._stretches = dict(enumerate(((tr("The whole song"), None), *offered)))
        words = tuple((str(k), name) for k, (name, _) in self._stretches.items())
        self.stretch = Choice(tr("Stretch"), words, "0")
        self.format = Choice(tr("Format"), FORMATS, settings.export_format)
        self.bits = Choice(tr("Bit depth"), DEPTHS, settings.export_bit_depth)
        self.bitrate = Choice(tr("Bit rate"), BITRATES, str(settings.export_bitrate))
        self.template = QLineEdit(settings.export_template)
        self.template.setAccessibleName(tr("File names"))
        self.template.setToolTip(tr("Words in braces stand for: ") + ", ".join(FIELDS))
        self.project = Choice(tr("Project"), PROJECTS, settings.export_project)
        self.project.setToolTip(tr("One more file, which opens all of them in another program"))
        self.exact = CheckBox(tr("Stems add up to the original exactly, to the last bit"))
        self.exact.setChecked(settings.export_exact_sum)
        self.folder = QLineEdit(str(self._default_folder()))
        self.folder.setAccessibleName(tr("Folder"))
        self.folder.setToolTip(tr("Where the files go"))
        self.browse = Button(tr("Choose a folder"), text=tr("Choose…"), kind="raised")
        self.browse.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.files = plain_label("", "caption", "muted")
        self.problem = plain_label("", "strong", "warn")
        self.level = LevelLine(session, song)
        self.replace = Button(tr("Replace the files"), text=tr("Replace"), kind="raised")
        self.number = Button(tr("Keep both, and number the new files"), text=tr("Keep both"), kind="raised")
        for button in (self.replace, self.number):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setToolTip(button.accessibleName())
        self.accept_button = self.add_buttons(tr("Export"))
        self.body.addLayout(lay_out(self))
        self.setMinimumWidth(624)
        self._connect()
        self._refresh()
        self.accept_button.setFocus()

    @property
    def choice(self) -> ExportChoice:
        """What is chosen now. Raises OptionError for what cannot work."""
        depth, kind = self.bits.value, self.format.value
        recipe = self._song.recipe
        lossy = kind not in ("wav", "flac")
        options = ExportOptions(
            format=kind,
            bit_depth=depth if depth == "32f" else int(depth),
            bitrate_kbps=int(self.bitrate.value) or None if lossy else None,
            exact_sum=self.exact.isChecked() and self.exact.isEnabled(),
            overwrite=self._existing == "replace",
            numbered=self._existing == "number",
            template=self.template.text().strip(),
            model=Path(recipe.model).name if isinstance(recipe, Recipe) else "",
            gain_db=self.level.gain_db,
            project=self.project.value,
        )
        stretch = self._stretches[int(self.stretch.value)][1]
        mix = self._session.transport.mix.mix
        what = ExportWhat(self.stems.targets, self.stems.chosen_groups(), stretch, mix)
        return ExportChoice(Path(self.folder.text().strip()).expanduser(), options, what)

    def accept(self) -> None:
        """Leave only with what can be written; files that are there are asked about, once."""
        problem = self._problem()
        if problem is not None:
            self._say(problem)
            return
        if not self.level.known:
            self._wait(True)
            self.level.hurry()
            return
        settings = self._session.settings
        settings.export_format = self.format.value
        settings.export_bit_depth = self.bits.value
        settings.export_exact_sum = self.exact.isChecked()
        super().accept()

    def _wait(self, on: bool) -> None:
        """Wait for the level: what will be clipped is known before anything is written."""
        self._waits = on
        self.accept_button.setEnabled(not on)
        self.accept_button.setText(tr("Measuring…") if on else tr("Export"))
        self.accept_button.updateGeometry()

    def _settled(self) -> None:
        """Export if that was wanted and nothing clips; else the offer is shown, and Export means as it is."""
        waited = self._waits
        self._wait(False)
        if waited and self.level.isHidden():
            self.accept()

    def _default_folder(self) -> Path:
        """Where the last export went, or beside the song; in a folder of its own."""
        recipe = self._song.recipe
        model = f"_{recipe.model}" if isinstance(recipe, Recipe) and recipe.model else ""
        last = self._session.settings.export_folder
        base = Path(last).parent if last else folder_beside(self._song.path)
        return base / f"{song_name(self._song.path)}{Path(model).name}"

    def _connect(self) -> None:
        self.exact.toggled.connect(self._refresh)
        self.stems.changed.connect(self._refresh)
        self.stems.groups_changed.connect(self._keep_groups)
        for combo in (self.format, self.bits, self.bitrate, self.project, self.stretch):
            combo.currentIndexChanged.connect(self._refresh)
        for line in (self.folder, self.template):
            line.textChanged.connect(self._refresh)
        self.browse.clicked.connect(self._browse)
        self.level.changed.connect(self._fit)
        self.level.settled.connect(self._settled)
        self.replace.clicked.connect(lambda: self._answer("replace"))
        self.number.clicked.connect(lambda: self._answer("number"))

    def _browse(self) -> None:
        start = Path(self.folder.text()).expanduser()
        while not start.is_dir() and start != start.parent:
            start = start.parent
        if chosen := QFileDialog.getExistingDirectory(self, tr("Export into"), str(start)):
            self.folder.setText(str(Path(chosen) / self._default_folder().name))

    def _keep_groups(self) -> None:
        settings, made = self._session.settings, tuple(self.stems.groups.items())
        settings.export_groups = keep_groups(self._song.targets, made, settings.export_groups)
        self._session.settings_changed.emit()

    def _answer(self, answer: str) -> None:
        self._existing = answer
        self.accept()

    def _refresh(self) -> None:
        """Enable what makes sense for the format, name the files, and take back what was said."""
        kind = self.format.value
        lossless = kind in ("wav", "flac")
        self.bits.setEnabled(lossless)
        self.bits.setVisible(lossless)
        self.bitrate.setVisible(not lossless)
        if kind == "flac" and self.bits.value == "32f":
            self.bits.choose("24")
        self.exact.setEnabled(lossless and self.bits.value != "32f")
        self._existing = ""
        self._wait(False)
        for widget in (self.problem, self.replace, self.number):
            widget.hide()
        try:
            choice = self.choice
            names = output_names(song_name(self._song.path), choice.targets, choice.options, self._song.info)
            at = choice.options.rate_of_files(self._song.sample_rate)
        except UmxError as e:
            self._say(refusal(e))
            self.files.setText("")
            self.level.forget()
            return
        self.level.look(choice.what, choice.options)
        self.files.setText(f"{some_names(names)} · {rate(at)}" if names else "")
        self.files.setToolTip(plain_tip("\n".join(names)))
        self._fit()

    def _problem(self) -> Message | None:
        try:
            choice = self.choice
            if not choice.targets:
                return Message(tr("No stem is chosen"), "", tr("Tick at least one"))
            start, stop = choice.what.samples(self._song)
            name, shape = song_name(self._song.path), (self._song.n_channels, stop - start)
            at, info = self._song.sample_rate, self._song.info
            check_export(choice.folder, name, choice.targets, shape, at, choice.options, info)
        except OutputExistsError as e:
            if e.path.is_dir():
                return describe(e)
            self.replace.show()
            self.number.show()
            return Message(tr("“{name}” exists already", name=e.path.name))
        except UmxError as e:
            return refusal(e)
        return None

    def _say(self, message: Message) -> None:
        self.problem.setText(message.one_line())
        self.problem.show()
        self._fit()

    def _fit(self) -> None:
        """Grow with what is said, so that nothing is cut off."""
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))
