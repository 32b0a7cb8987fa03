"""How the chosen songs of the queue are separated and written; without any, those that are added next."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLayout, QLineEdit, QWidget

from umx_gui.app.export.groups import groups_for, keep_groups, line_of
from umx_gui.app.export.what import Group
from umx_gui.app.queue.job import JobSettings
from umx_gui.app.session import Session
from umx_gui.engine.naming import file_name, printable
from umx_gui.errors import UmxError
from umx_gui.views.export.dialog import FORMATS
from umx_gui.views.export.form import BITRATES, DEPTHS, PROJECTS, refusal
from umx_gui.views.export.stem_choice import StemChoice
from umx_gui.views.filter_panel import WINDOWS
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.fields import CheckBox, Choice
from umx_gui.views.kit.formats import target_name
from umx_gui.views.kit.labels import plain_label
from umx_gui.views.kit.theme import GRID
from umx_gui.words import mark, tr

_ITERATIONS = tuple((str(n), words) for n, words in enumerate((mark("No EM"), mark("1 EM iteration"), "2 EM", "3 EM")))


class QueueForm(QWidget):
    """Shows settings, and signals each that the user changes; keeps none of its own."""

    changed = Signal(dict)  # fields of JobSettings

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._shown = JobSettings()
        self.title = plain_label("", "strong")
        self.model = Choice(tr("Model"), (), "")
        self.format = Choice(tr("Format"), FORMATS, "wav")
        self.bits = Choice(tr("Bit depth"), DEPTHS, "24")
        self.bitrate = Choice(tr("Bit rate"), BITRATES, "0")
        self.folder = _line(tr("Folder"), tr("Where each song gets a folder of its own"))
        self.browse = Button(tr("Choose a folder"), text=tr("Choose…"), kind="raised")
        self.template = _line(
            tr("File names"),
            tr("{song} and {target} stand for the names of song and stem"),
        )
        self.iterations = Choice(tr("EM iterations"), _ITERATIONS, "1")
        self.window_ = Choice(tr("Window of the filter"), tuple((str(n), words) for n, words in WINDOWS), "300")
        self.softmask = CheckBox(tr("Soft mask"))
        self.residual = CheckBox(tr("Residual stem"))
        self.exact = CheckBox(tr("Exact sum"))
        self.overwrite = CheckBox(tr("Replace files"))
        self.common_gain = CheckBox(tr("Common gain"))
        self.problem = plain_label("", "caption", "warn")
        self.project = Choice(tr("Project"), PROJECTS, "")
        self.project.setToolTip(tr("One more file, which opens all of them in another program"))
        self.files = StemChoice((), (), song=False)
        self._grid = QGridLayout(self)
        self._lay_out()
        self._connect()

    @property
    def stems(self) -> dict[str, CheckBox]:
        """A box for each stem."""
        return self.files.stems

    @property
    def groups(self) -> dict[str, CheckBox]:
        """A box for each group."""
        return self.files.others

    def show_settings(self, settings: JobSettings, title: str, enabled: bool) -> None:
        """Show these settings, under a title; they can be changed if `enabled`."""
        self._shown = settings
        self.title.setText(title)
        for widget in self._blocked(True):
            widget.setEnabled(enabled)
        self.browse.setEnabled(enabled)
        self._show_models(settings.model)
        for choice, value in (
            (self.format, settings.format),
            (self.bits, settings.bit_depth),
            (self.bitrate, str(settings.bitrate)),
            (self.iterations, str(settings.niter)),
            (self.window_, str(settings.window)),
            (self.project, settings.project),
        ):
            if choice.findData(value) < 0:
                choice.addItem(value, value)
            choice.choose(value)
        for line, text in ((self.folder, settings.folder), (self.template, settings.template)):
            if line.text() != text and not line.hasFocus():
                line.setText(text)
        for box, on in (
            (self.softmask, settings.softmask),
            (self.residual, settings.residual),
            (self.exact, settings.exact_sum),
            (self.overwrite, settings.overwrite),
            (self.common_gain, settings.common_gain),
        ):
            box.setChecked(on)
        lossless = settings.format in ("wav", "flac")
        self.bits.setVisible(lossless)
        self.bitrate.setVisible(not lossless)
        self.window_.setEnabled(enabled and settings.niter > 0)
        self._show_stems(enabled)
        self.problem.setText("")
        self._blocked(False)

    def _blocked(self, on: bool) -> list[QWidget]:
        """All fields, their signals blocked or not."""
        fields: list[QWidget] = [self.model, self.format, self.bits, self.folder, self.template, self.iterations]
        fields += [self.bitrate, self.common_gain]
        fields += [self.window_, self.softmask, self.residual, self.exact, self.overwrite, self.project]
        for widget in fields:
            widget.blockSignals(on)
        return fields

    def _show_models(self, chosen: str) -> None:
        names = [entry.name for entry in self._session.registry.entries()]
        if chosen not in names:
            names.append(chosen)
        if names != [self.model.itemData(at) for at in range(self.model.count())]:
            self.model.clear()
            for name in names:
                self.model.addItem(printable(Path(name).name) or tr("No model"), name)
        self.model.choose(chosen)

    def _show_stems(self, enabled: bool) -> None:
        """A box for each stem that the model (and the residual) makes, all ticked if none is named, and each group."""
        entries = {entry.name: entry.targets for entry in self._session.registry.entries()}
        shown = self._shown
        targets = [*entries.get(shown.model, shown.targets), *(["residual"] * shown.residual)]
        offered = groups_for(targets, (*self._session.settings.export_groups, *shown.groups))
        if targets != list(self.stems) or dict(offered) != self.files.groups:
            self._offer(targets, offered)
        named = {line.partition("=")[0] for line in shown.groups}
        for name, box in {**self.stems, **self.groups}.items():
            box.blockSignals(True)
            group = name in self.groups
            box.setChecked(name in named if group else not shown.targets or name in shown.targets)
            box.setEnabled(enabled and not (group and shown.format == "stem.mp4"))
            box.blockSignals(False)
        self.files.add.setEnabled(enabled and shown.format != "stem.mp4" and len(targets) > 1)

    def _offer(self, targets: list[str], groups: tuple[Group, ...]) -> None:
        """Other boxes than before, in the same place and order."""
        before, self.files = self.files, StemChoice(targets, groups, song=False)
        for target, box in self.stems.items():
            box.setAccessibleName(tr("Write {stem}", stem=target_name(target)))
            box.setToolTip(tr("Write a file of this stem: {stem}", stem=target_name(target)))
        self.files.changed.connect(self._files_changed)
        self.files.groups_changed.connect(self._keep_groups)
        self._grid.replaceWidget(before, self.files)
        before.hide()
        before.deleteLater()
        last: QWidget = self.residual
        for widget in (*self.stems.values(), *self.groups.values(), self.files.add, self.project):
            QWidget.setTabOrder(last, widget)
            last = widget

    def _files_changed(self) -> None:
        groups = self.files.chosen_groups()
        stems = tuple(target for target, box in self.stems.items() if box.isChecked())
        if not stems and not groups:
            self._show_stems(True)  # one at least
            return
        targets = () if len(stems) == len(self.stems) else stems or tuple(name for name, _ in groups)
        self._say(targets=targets, groups=tuple(map(line_of, groups)))

    def _keep_groups(self) -> None:
        settings = self._session.settings
        settings.export_groups = keep_groups(
            tuple(self.stems), tuple(self.files.groups.items()), settings.export_groups
        )
        self._session.settings_changed.emit()

    def _lay_out(self) -> None:
        kind = _row(self.format, self.bits, self.bitrate)
        place = _row(self.folder, self.browse)
        more = _row(self.exact, self.overwrite, self.common_gain, spacing=2 * GRID)
        more.addStretch(1)
        filter_row = _row(self.iterations, self.window_)
        masks = _row(self.softmask, self.residual, spacing=2 * GRID)
        masks.addStretch(1)
        grid = self._grid
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        grid.addWidget(self.title, 0, 0, 1, 4)
        rows: tuple[tuple[tuple[str, QWidget | QLayout], ...], ...] = (
            ((tr("Model"), self.model), (tr("Folder"), place)),
            ((tr("Format"), kind), (tr("File names"), self.template)),
            ((tr("Filter"), filter_row), (tr("Files"), self.files)),
            (("", masks),),
            ((tr("Project"), self.project), ("", more)),
        )
        for at, pair in enumerate(rows, 1):
            for side, (words, field) in enumerate(pair):
                label = plain_label(words, tone="muted")
                grid.addWidget(label, at, 2 * side, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                n_rows = 2 if field is self.files else 1
                if isinstance(field, QWidget):
                    grid.addWidget(field, at, 2 * side + 1, n_rows, 1)
                else:
                    grid.addLayout(field, at, 2 * side + 1)
        grid.addWidget(self.problem, len(rows) + 1, 3)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(3, 3)

    def _connect(self) -> None:
        for choice, field in (
            (self.model, "model"),
            (self.format, "format"),
            (self.bits, "bit_depth"),
            (self.project, "project"),
        ):
            choice.activated.connect(partial(self._chosen, choice, field))
        for choice, field in ((self.iterations, "niter"), (self.window_, "window"), (self.bitrate, "bitrate")):
            choice.activated.connect(partial(self._chosen_number, choice, field))
        for box, field, tip in (
            (self.softmask, "softmask", tr("The filter starts from shares of the mixture")),
            (self.residual, "residual", tr("One more stem takes what the stems leave of the mixture")),
            (self.common_gain, "common_gain", tr("Make all files softer, alike, if something would clip")),
            (self.exact, "exact_sum", tr("Stems add up to the original exactly, to the last bit")),
            (self.overwrite, "overwrite", tr("Replace files that exist already")),
        ):
            box.setToolTip(tip)
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            box.toggled.connect(partial(self._toggled, field))
        self.folder.editingFinished.connect(self._folder_typed)
        self.template.editingFinished.connect(self._template_typed)
        self.browse.clicked.connect(self._browse)

    def _say(self, **fields: object) -> None:
        self.changed.emit(fields)

    def _chosen(self, choice: Choice, field: str, *_: object) -> None:
        changes: dict[str, object] = {field: choice.value}
        if field == "model":
            changes |= {"targets": (), "groups": ()}
        if choice is self.format and choice.value != "wav" and self._shown.bit_depth == "32f":
            changes["bit_depth"] = "24"
        if choice is self.bits and choice.value == "32f" and self._shown.format == "flac":
            changes["bit_depth"] = "24"
        self._say(**changes)

    def _chosen_number(self, choice: Choice, field: str, *_: object) -> None:
        self._say(**{field: int(choice.value)})

    def _toggled(self, field: str, on: bool) -> None:
        changes: dict[str, object] = {field: on}
        if field == "residual":
            changes |= {"targets": (), "groups": ()}
        self._say(**changes)

    def _folder_typed(self) -> None:
        folder = Path(self.folder.text().strip()).expanduser()
        if not folder.is_absolute():
            self.folder.setText(self._shown.folder)
        elif str(folder) != self._shown.folder:
            self._say(folder=str(folder))

    def _template_typed(self) -> None:
        text = self.template.text().strip()
        try:
            several = file_name(text, "song", "a", "") != file_name(text, "song", "b", "")
        except UmxError as e:
            self.problem.setText(refusal(e).one_line())
            return
        if not several and self._shown.format != "stem.mp4":
            self.problem.setText(tr("Every stem would have the same name: use {target}"))
        elif text != self._shown.template:
            self._say(template=text)

    def _browse(self) -> None:
        if chosen := QFileDialog.getExistingDirectory(self, tr("Folder of the stems"), self._shown.folder):
            self._say(folder=chosen)


def _line(name: str, tip: str) -> QLineEdit:
    line = QLineEdit()
    line.setAccessibleName(name)
    line.setToolTip(tip)
    return line


def _row(*widgets: QWidget, spacing: int = GRID) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(spacing)
    for widget in widgets:
        row.addWidget(widget)
    return row
