"""The set-up that all tables share: rows that are chosen whole, plain text only, no grid, Tab leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from umx_gui.views.kit.labels import plain_tip
from umx_gui.views.kit.theme import font
from umx_gui.words import tr


class PlainTable(QTableWidget):
    """`columns` are their heads as the catalogue knows them, `explained` what their tool tips say; columns by number
    are `stretched`, or stand to the `right`."""

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        parent: QWidget | None = None,
        *,
        row_height: int = 36,
        stretched: Sequence[int] = (0,),
        right: Sequence[int] = (),
        explained: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(0, len(columns), parent)
        self._right = tuple(right)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(row_height)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setFont(font("caption"))
        for column, head in enumerate(columns):
            mode = QHeaderView.ResizeMode.Stretch if column in stretched else QHeaderView.ResizeMode.ResizeToContents
            header.setSectionResizeMode(column, mode)
            words = QTableWidgetItem(tr(head))
            words.setTextAlignment(self._alignment(column))
            words.setToolTip(tr((explained or {}).get(head, "")))
            self.setHorizontalHeaderItem(column, words)

    def recolor(self) -> None:
        """Other colours: show everything anew."""

    def changeEvent(self, event: QEvent) -> None:
        """Another palette is another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.rowCount():
            self.recolor()

    def set_cell(self, row: int, column: int, text: str, tip: str | None = None) -> None:
        """Show a text, which is its own tool tip unless there is another."""
        cell = self.cell(row, column)
        if cell.text() != text:
            cell.setText(text)
            cell.setToolTip(plain_tip(text if tip is None else tip))

    def cell(self, row: int, column: int) -> QTableWidgetItem:
        """The cell at a place, made when it is first wanted."""
        cell = self.item(row, column)
        if cell is None:
            cell = QTableWidgetItem()
            cell.setTextAlignment(self._alignment(column))
            cell.setFont(font("strong" if column == 0 else "body"))
            self.setItem(row, column, cell)
        return cell

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in self._right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
