"""The panel of the filter desk, beside the lanes: everything that can be changed without running the networks."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from umx_gui.app.export.groups import groups_for
from umx_gui.app.separation.desk import DEFAULT, SLOTS
from umx_gui.app.separation.recipe import RESIDUAL
from umx_gui.app.separation.separating import Kept
from umx_gui.app.session import Session
from umx_gui.errors import UmxError
from umx_gui.views.actions import Actions
from umx_gui.views.emphasis_rows import TIP, EmphasisRows
from umx_gui.views.kit.controls import Button, button_for
from umx_gui.views.kit.fields import CheckBox, Choice
from umx_gui.views.kit.labels import Line, plain_label
from umx_gui.views.kit.theme import GRID, current
from umx_gui.views.lanes.timeline import Timeline
from umx_gui.words import mark, tr, trn

WIDTH = 37 * GRID
WINDOWS = (
    (75, mark("75 frames: quick changes")),
    (150, mark("150 frames")),
    (300, mark("300 frames: as published")),
    (600, mark("600 frames")),
    (1200, mark("1200 frames: steady sound")),
    (0, mark("The whole song")),
)
TIPS = {
    "niter": mark(
        "EM iterations: how often the filter refines its idea of where each stem sits between left and right.\n"
        "0 keeps the networks' own masks; more separates harder, and may sound less natural"
    ),
    "softmask": mark(
        "Soft mask: the filter starts from shares of the mixture instead of the networks' loudness.\n"
        "Often softer, with more of the other stems heard through"
    ),
    "residual": mark("Residual: one more stem takes what the stems leave of the mixture"),
    "window": mark(
        "Window: how much of the song is filtered together.\n"
        "A short one follows instruments that move or come and go; a long one is steadier"
    ),
}


class FilterPanel(QWidget):
    """Bound to the session's desk; shown and hidden by an action, while a song is open."""

    def __init__(self, session: Session, timeline: Timeline, actions: Actions) -> None:
        super().__init__()
        self._session, self._desk, self._action = session, session.desk, actions.filter
        self.setFixedWidth(WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Filter desk"))
        self.slots = {
            name: Button(tr("Settings {name}", name=name), text=name, kind="raised", height=24) for name in SLOTS
        }
        self.undo = button_for(actions.undo, "undo", height=24)
        self.redo = button_for(actions.redo, "redo", height=24)
        self.reset = Button(tr("As published"), text=tr("As published"), kind="raised", height=24)
        self.iterations = [
            Button(trn("{n} EM iteration", "{n} EM iterations", n), text=str(n), kind="raised", height=24)
            for n in range(4)
        ]
        self.window_ = _KeyedChoice(tr("Window of the filter"), tuple((str(n), words) for n, words in WINDOWS), "300")
        self.softmask = CheckBox(tr("Soft mask"))
        self.residual = CheckBox(tr("Residual stem"))
        self.note = plain_label("", "caption", "muted")
        self.note.setWordWrap(True)
        self.emphasis = EmphasisRows(self._desk)
        self._lay_out()
        self._connect(actions, timeline)
        self._song_changed()

    def beside(self, center: QWidget) -> QHBoxLayout:
        """A row of the window's middle and this panel."""
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(center, 1)
        row.addWidget(self)
        return row

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and hairline."""
        theme = current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        painter.fillRect(QRectF(0, 0, 1, self.height()), theme.color("hairline"))

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        title = Line("title", "text")
        title.set_text(tr("Filter"))
        close = button_for(self._action, "close", height=24)
        close.setCheckable(False)
        column.addLayout(_row(title, 1, self.undo, self.redo, close))
        column.addLayout(_row(*self.slots.values(), None, self.reset))
        column.addSpacing(GRID)
        column.addWidget(_caption(tr("EM iterations"), tr(TIPS["niter"])))
        column.addLayout(_row(*self.iterations, None))
        column.addSpacing(GRID)
        column.addWidget(_caption(tr("Window"), tr(TIPS["window"])))
        column.addWidget(self.window_)
        column.addSpacing(GRID)
        column.addWidget(self.softmask)
        column.addWidget(self.residual)
        column.addSpacing(GRID)
        column.addWidget(_caption(tr("Emphasis"), tr(TIP)))
        column.addWidget(self.emphasis)
        column.addStretch(1)
        column.addWidget(self.note)
        scroll = QScrollArea(self)
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(1, 0, 0, 0)
        outside.addWidget(scroll)

    def _connect(self, actions: Actions, timeline: Timeline) -> None:
        desk, session = self._desk, self._session
        for name, button in self.slots.items():
            button.setCheckable(True)
            button.setToolTip(tr("Settings {name}: hear them, and change them. B begins as a copy of A", name=name))
            button.clicked.connect(partial(self._choose_slot, name))
        for n, button in enumerate(self.iterations):
            button.setCheckable(True)
            button.setToolTip(tr(TIPS["niter"]))
            button.clicked.connect(partial(self._set_iterations, n))
        self.reset.setToolTip(tr("Set the filter as it was published with Open-Unmix"))
        self.reset.clicked.connect(lambda: desk.reset())
        for box, field in ((self.softmask, "softmask"), (self.residual, "residual")):
            box.setToolTip(tr(TIPS[field]))
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            box.toggled.connect(lambda on, field=field: desk.set(**{field: on}))
        self.window_.setToolTip(tr(TIPS["window"]))
        self.window_.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.window_.activated.connect(lambda _: desk.set(window=int(self.window_.value)))
        desk.changed.connect(self._refresh)
        actions.filter.toggled.connect(lambda _: self._show())
        timeline.changed.connect(lambda: session.refilter.look_at(int(timeline.start), int(timeline.stop)))
        for signal in (session.opened, session.closed, session.state_changed, session.stems_reset):
            signal.connect(self._song_changed)
        session.settings_changed.connect(self._show_targets)  # groups are made where they are exported

    def _choose_slot(self, name: str) -> None:
        self._desk.choose_slot(name)
        self._refresh()

    def _set_iterations(self, n: int) -> None:
        self._desk.set(niter=n)
        self._refresh()

    def _song_changed(self) -> None:
        self._show()
        self._show_targets()
        self._refresh()

    def _show(self) -> None:
        self.setVisible(self._action.isChecked() and self._session.song is not None)

    def _refresh(self) -> None:
        """Show what the desk says; the widgets keep no truth of their own."""
        tuning = self._desk.tuning
        for name, button in self.slots.items():
            button.setChecked(name == self._desk.slot)
        for n, button in enumerate(self.iterations):
            button.setChecked(n == tuning.niter)
        for box, on in ((self.softmask, tuning.softmask), (self.residual, tuning.residual)):
            box.blockSignals(True)
            box.setChecked(on)
            box.blockSignals(False)
        self.window_.setEnabled(tuning.niter > 0)
        if self.window_.findData(str(tuning.window)) < 0:
            self.window_.addItem(tr("{n} frames", n=tuning.window), str(tuning.window))
        self.window_.choose(str(tuning.window))
        self.reset.setEnabled(tuning != DEFAULT)
        song = self._session.song
        at_once = song is not None and isinstance(song.kept, Kept)
        self.note.setText(
            tr("Changes are heard at once: the networks need not run again.") if at_once
            else tr("Changes are heard once the song is separated.")
        )  # fmt: skip

    def _targets(self) -> tuple[str, ...]:
        song = self._session.song
        if song is not None and song.targets:
            return tuple(t for t in song.targets if t != RESIDUAL)
        try:
            return self._session.registry.entry(self._session.model_name).targets
        except UmxError:
            return ()

    def _show_targets(self) -> None:
        """A slider for each target, and for each group of some of them that the export knows."""
        song, targets = self._session.song, self._targets()
        stems = song.targets if song is not None and song.targets else targets
        found = groups_for(stems, self._session.settings.export_groups)
        groups = ((name, tuple(t for t in members if t != RESIDUAL)) for name, members in found)
        self.emphasis.show_targets(targets, [group for group in groups if 1 < len(group[1]) < len(targets)])


class _KeyedChoice(Choice):
    """A drop-down list that keeps Space and the arrow keys while it has the keyboard: elsewhere they move the song."""

    def event(self, event: QEvent) -> bool:
        """Claim those keys."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)
        ):
            event.accept()
            return True
        return super().event(event)


def _row(*items: QWidget | int | None) -> QHBoxLayout:
    """Widgets side by side; a number is the stretch of the one before it, None a gap that grows."""
    row = QHBoxLayout()
    row.setSpacing(GRID)
    for item in items:
        if item is None:
            row.addStretch(1)
        elif isinstance(item, int):
            row.setStretch(row.count() - 1, item)
        else:
            row.addWidget(item)
    return row


def _caption(words: str, tip: str) -> Line:
    line = Line("caption")
    line.set_text(words)
    line.setToolTip(tip)
    return line
