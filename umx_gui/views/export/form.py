"""The export dialog's choices in words, and where its fields stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from umx_gui.app.open_song.song import Song
from umx_gui.errors import OptionError, UmxError
from umx_gui.messages import Message, describe
from umx_gui.views.kit.formats import clock
from umx_gui.views.kit.labels import plain_label
from umx_gui.words import mark, tr, trn

if TYPE_CHECKING:
    from umx_gui.views.export.dialog import ExportDialog

FORMATS = (
    ("wav", "WAV"),
    ("flac", "FLAC"),
    ("ogg", "Ogg Vorbis"),
    ("mp3", "MP3"),
    ("m4a", "M4A (AAC)"),
    ("stem.mp4", mark("One file for DJs (.stem.mp4)")),
)
DEPTHS = (("16", mark("16 bit")), ("24", mark("24 bit")), ("32f", mark("32 bit float")))
BITRATES = (
    ("0", mark("Usual bit rate")),
    *((str(kbps), f"{kbps} kbit/s") for kbps in (320, 256, 192, 160, 128, 96)),
)
PROJECTS = (
    ("", mark("None")),
    ("reaper", mark("REAPER project (.rpp)")),
    ("audacity", mark("Audacity file list (.lof)")),
)


def stretches_of(loop: tuple[int, int] | None, song: Song) -> tuple[tuple[str, tuple[int, int]], ...]:
    """The loop as a stretch to export, if there is one."""
    if loop is None:
        return ()
    start, stop = (clock(at / song.sample_rate, 2) for at in loop)
    return ((tr("The loop, {start} to {stop}", start=start, stop=stop), loop),)


def some_names(names: tuple[str, ...], most: int = 140) -> str:
    """As many names as two lines hold, and how many more there are."""
    shown = list(names)
    while len(shown) > 1 and len(", ".join(shown)) > most:
        shown.pop()
    more = len(names) - len(shown)
    return ", ".join(shown) + (trn(" and {n} more", " and {n} more", more) if more else "")


def lay_out(dialog: ExportDialog) -> QFormLayout:
    """All fields, with their names to the left."""
    said = QVBoxLayout()
    said.setSpacing(8)
    said.addWidget(dialog.level)
    asked = _row(dialog.problem, dialog.replace, dialog.number)
    asked.setStretch(0, 1)
    said.addLayout(asked)
    dialog.problem.setWordWrap(True)
    dialog.files.setWordWrap(True)
    names = QVBoxLayout()
    names.setSpacing(6)
    names.addWidget(dialog.template)
    names.addWidget(dialog.files)
    kind = _row(dialog.format, dialog.bits, dialog.bitrate)
    for at, share in enumerate((2, 1, 1)):
        kind.setStretch(at, share)
    place = _row(dialog.folder, dialog.browse)
    form = QFormLayout()
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(16)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    rows: list[tuple[str, QWidget | QLayout]] = [(tr("Files"), dialog.stems)]
    if dialog.stretch.count() > 1:
        rows.append((tr("Stretch"), dialog.stretch))
    rows += [
        (tr("Format"), kind),
        (tr("Names"), names),
        (tr("Project"), dialog.project),
        (tr("Folder"), place),
        ("", dialog.exact),
    ]
    for words, field in (*rows, ("", said)):
        label = plain_label(words)
        # Beside the first line of its field, however many lines there are.
        label.setFixedHeight(24 if field is dialog.stems else 32)
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if isinstance(field, QWidget):
            form.addRow(label, field)
        else:
            form.addRow(label, field)
    return form


def refusal(error: UmxError) -> Message:
    """What is said of what was typed; the names by the words that stand beside their line."""
    if isinstance(error, OptionError) and error.option == "template":
        return Message(tr("Files cannot be named like this"), tr(error.detail))
    return describe(error)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    return row
