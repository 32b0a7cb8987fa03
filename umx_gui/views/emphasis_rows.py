"""The emphases of the filter desk: a slider for each stem, and for each group of stems that moves them together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from umx_gui.app.export.what import Group
from umx_gui.app.separation.desk import FilterDesk
from umx_gui.views.kit.bind import bind
from umx_gui.views.kit.formats import target_name
from umx_gui.views.kit.labels import Line
from umx_gui.views.kit.sliders import EmphasisSlider
from umx_gui.views.kit.theme import GRID, current
from umx_gui.words import mark, tr

_NAME_WIDTH = 15 * GRID  # longer ones give way at their end
TIP = mark(
    "Emphasis: how much louder than it found it the filter takes a stem to be.\n"
    "Up draws doubtful sound into the stem, down leaves it to the others"
)


class EmphasisRows(QWidget):
    """Name, slider and value in rows: the stems, and below them the groups, if there are any."""

    def __init__(self, desk: FilterDesk) -> None:
        super().__init__()
        self.sliders: dict[str, EmphasisSlider] = {}
        self.group_sliders: dict[str, EmphasisSlider] = {}
        self._desk = desk
        self._shown: tuple[tuple[str, ...], tuple[Group, ...]] = ((), ())
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(GRID // 2)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: other colours of the targets."""
        if event.type() == QEvent.Type.PaletteChange:
            self._recolor()
        super().changeEvent(event)

    def show_targets(self, targets: Sequence[str], groups: Sequence[Group]) -> None:
        """One row for each, in this order."""
        if (shown := (tuple(targets), tuple(groups))) == self._shown:
            return
        self._shown = shown
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.sliders, self.group_sliders = {}, {}
        names = [target_name(name) for name in (*targets, "residual", *(name for name, _ in groups))]
        desk = self._desk
        for target in targets:
            set_db, get_db = partial(desk.set_emphasis_db, target), partial(desk.emphasis_db, target)
            self.sliders[target] = self._add_row(target, names, tr(TIP), set_db, get_db)
        if groups:
            self._add_caption()
        for name, members in groups:
            tip = tr("Moves together: {stems}", stems=", ".join(target_name(member) for member in members))
            set_db, get_db = partial(desk.set_group_db, members), partial(desk.group_db, members)
            self.group_sliders[name] = self._add_row(name, names, tip, set_db, get_db)
        self._recolor()

    def _add_caption(self) -> None:
        caption = Line("caption")
        caption.set_text(tr("Groups"))
        caption.setToolTip(tr("The groups of the export: their stems' emphases move together"))
        row = self._grid.rowCount()
        self._grid.setRowMinimumHeight(row, 4 * GRID)
        self._grid.addWidget(caption, row, 0, 1, 3, Qt.AlignmentFlag.AlignBottom)

    def _add_row(
        self, key: str, names: list[str], tip: str, set_db: Callable[[float], None], get_db: Callable[[], float]
    ) -> EmphasisSlider:
        name, words = Line("body", "text"), Line("caption", right=True)
        name.set_text(target_name(key))
        name.fix_width(max(names, key=name.fontMetrics().horizontalAdvance))
        name.setFixedWidth(min(name.width(), _NAME_WIDTH))
        name.setToolTip(target_name(key))
        words.fix_width("+00.0 dB")
        slider = EmphasisSlider(tr("Emphasis of {stem}", stem=target_name(key)))
        show = partial(_show, slider, words, tip)
        bind(slider, slider.edited, set_db, self._desk.changed, get_db, show)
        # What was asked for may have been held at a limit: the slider shows what came of it.
        slider.edited.connect(lambda _: show(get_db()))
        row = self._grid.rowCount()
        for at, widget in enumerate((name, slider, words)):
            self._grid.addWidget(widget, row, at)
        return slider

    def _recolor(self) -> None:
        for target, slider in self.sliders.items():
            slider.fill = current().target(target)
        for slider in self.group_sliders.values():
            slider.fill = current().color("muted")


def _show(slider: EmphasisSlider, words: Line, tip: str, db: float) -> None:
    slider.show_real(db)
    slider.setToolTip(f"{tr('{words}, double-click for 0 dB', words=slider.words())}\n{tip}")
    words.set_text(slider.words())
