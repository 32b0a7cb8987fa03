"""The bar of the selected stretch, above the transport: what can be done with it, and the ways it was separated."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QActionGroup, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from umx_gui.app.separation.takes import OWN, Edit, take_words
from umx_gui.app.session import Session
from umx_gui.engine.work import Progress
from umx_gui.views.kit.controls import Button, MenuButton
from umx_gui.views.kit.formats import NARROW_SPACE
from umx_gui.views.kit.labels import Line, plain
from umx_gui.views.kit.theme import current
from umx_gui.views.lanes.selection import Selection
from umx_gui.views.status_bar import ProgressBar
from umx_gui.words import tr

HEIGHT = 48
_MOST_LETTERS = 28


class StretchBar(QWidget):
    """Shown while something is selected, or a stretch is being separated."""

    def __init__(self, session: Session, selection: Selection, buttons: list[QWidget], close: QWidget) -> None:
        super().__init__()
        self._session, self._selection, self._stretches = session, selection, session.stretches
        self._progress: Progress | None = None
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(tr("Selection"))
        self.words = Line("body", "text")
        self.bar = ProgressBar()
        self.stage = Line("caption", "muted")
        self.cancel = Button(tr("Stop separating the stretch"), "close", tr("Cancel"), height=24)
        self.versions = MenuButton(tr("Version of the stretch"), "", tr("Version"), kind="raised")
        self.versions.menu.setAccessibleName(tr("Versions of the stretch"))
        self.versions.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lay_out(buttons, close)
        self.cancel.clicked.connect(session.stretches.cancel)
        self.versions.clicked.disconnect()
        self.versions.clicked.connect(self._open_versions)
        selection.changed.connect(self.refresh)
        session.stretches.changed.connect(self.refresh)
        session.stretches.progress.connect(self._show_progress)
        self.refresh()

    @property
    def edit(self) -> Edit | None:
        """The stretch that is selected, if it was separated by itself."""
        chosen = self._selection.stretch
        return self._stretches.at(*chosen) if chosen is not None else None

    def refresh(self) -> None:
        """Show what is selected."""
        self.words.set_text(self._selection.words())
        edit = self.edit
        self.versions.setVisible(edit is not None)
        if edit is not None:
            self.versions.set_choice(_shortened(self._name(edit.chosen)))
            self.versions.setToolTip(
                tr("How this stretch is separated: {way}. Click for its other versions", way=self._name(edit.chosen))
            )
        running = self._progress is not None
        for widget in (self.bar, self.stage, self.cancel):
            widget.setVisible(running)
        self.setVisible(self._session.song is not None and (self._selection.stretch is not None or running))

    def fill_versions(self) -> None:
        """The versions of the stretch as a menu."""
        menu, edit = self.versions.menu, self.edit
        menu.clear()
        if edit is None:
            return
        group = QActionGroup(menu)
        for chosen in (*range(len(edit.takes)), OWN):
            if chosen == OWN:
                menu.addSeparator()
            action = menu.addAction(plain(self._name(chosen)))
            action.setCheckable(True)
            action.setChecked(chosen == edit.chosen)
            action.triggered.connect(partial(self._choose, edit, chosen))
            group.addAction(action)
        menu.addSeparator()
        menu.addAction(tr("Remove this stretch")).triggered.connect(partial(self._remove, edit))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and hairline."""
        theme = current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("raised"))
        painter.fillRect(QRectF(0, 0, self.width(), 1), theme.color("hairline"))
        painter.fillRect(QRectF(0, 0, 3, self.height()), theme.color("accent"))

    def _lay_out(self, buttons: list[QWidget], close: QWidget) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        self.bar.setFixedWidth(96)
        self.stage.fix_width(tr("Loading the model") + "  ")
        for widget in (self.bar, self.stage, self.cancel, self.versions, *buttons, close):
            row.addWidget(widget)

    def _name(self, chosen: int) -> str:
        edit = self.edit
        if edit is None or chosen == OWN:
            return tr("As the rest of the song")
        words = take_words(edit.takes[chosen].recipe)
        several = sum(take_words(take.recipe) == words for take in edit.takes) > 1
        return f"{words} ({chosen + 1})" if several else words

    def _choose(self, edit: Edit, chosen: int, *_: object) -> None:
        self._stretches.choose(edit, chosen)

    def _remove(self, edit: Edit, *_: object) -> None:
        self._stretches.remove(edit)

    def _open_versions(self) -> None:
        self.fill_versions()
        self.versions.open_menu()

    def _show_progress(self, progress: Progress | None) -> None:
        self._progress = progress
        if progress is not None:
            loading = progress.stage == "loading the model"
            self.bar.show_fraction(None if loading else progress.fraction)
            percent = f"{progress.fraction * 100:.0f}{NARROW_SPACE}%"
            self.stage.set_text(tr("Loading the model") if loading else percent)
        self.refresh()


def _shortened(text: str) -> str:
    return plain(text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}\u2026")
