"""Selecting in the window, and everything that is done with what is selected: actions, bar, marks."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QKeySequence, QPainter
from PySide6.QtWidgets import QMenu, QWidget

from umx_gui.app.export.what import not_ready
from umx_gui.app.separation.recipe import Recipe
from umx_gui.app.session import Session
from umx_gui.views.actions import Actions
from umx_gui.views.kit.controls import Button, button_for
from umx_gui.views.lanes.timeline import Timeline
from umx_gui.views.lanes_view import LanesView
from umx_gui.views.stretches.bar import StretchBar
from umx_gui.views.stretches.marks import mark_lanes, mark_strip
from umx_gui.views.stretches.way_panel import WayPanel
from umx_gui.words import tr


class StretchDoor(QObject):
    """Binds the selection and the session's stretches to a main window."""

    def __init__(
        self, session: Session, timeline: Timeline, lanes: LanesView, actions: Actions, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._timeline, self._lanes, self._window = session, timeline, lanes, window
        self.selection = lanes.selection
        self._make_actions(actions)
        self._way: WayPanel | None = None
        self._another = Button(tr("Separate the stretch another way"), text=tr("Another way…"), kind="raised")
        self._another.clicked.connect(self.another.trigger)
        keys = self.another.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self._another.setToolTip(f"{self.another.text()} ({keys})")
        buttons: list[QWidget] = [
            button_for(self.separate, "separate", tr("Separate only this"), kind="accent"),
            self._another,
            button_for(self.loop, "loop"),
            button_for(self.zoom, "zoom_in"),
            button_for(self.export, "export"),
        ]
        self.bar = StretchBar(session, self.selection, buttons, button_for(self.clear, "close"))
        self._paint()
        for signal in (self.selection.changed, session.transport.loop_changed, session.opened, session.closed):
            signal.connect(self._enable)
        for signal in (self.selection.changed, session.stretches.changed):
            signal.connect(self._look)
        session.stretches.progress.connect(self._enable)
        lanes.double_clicked.connect(self.select_edit)
        self._enable()

    @property
    def way(self) -> WayPanel:
        """The panel for another way, made when it is first wanted."""
        if self._way is None:
            self._way = WayPanel(self._session, self._window)
            self._way.wanted.connect(self._separate)
        return self._way

    def select_edit(self, sample: int) -> None:
        """Select the stretch with its own separation that lies here, if there is one."""
        edit = self._session.stretches.over(sample)
        if edit is not None:
            self.selection.set(edit.start, edit.stop)

    def _make_actions(self, actions: Actions) -> None:
        add, selection, position = actions.add, self.selection, self._session.transport
        self.start = add(tr("Select from the playhead"), "I", partial(selection.set_edge, 0), song=True)
        self.end = add(tr("Select up to the playhead"), "O", partial(selection.set_edge, 1), song=True)
        self.under = add(
            tr("Select the stretch under the playhead"), "X", lambda: self.select_edit(position.position), song=True
        )
        self.clear = add(tr("Select nothing"), "Escape", selection.clear)
        self.separate = add(tr("Separate only the selection"), "Ctrl+Shift+R", self._separate)
        self.another = add(tr("Separate the selection another way…"), "Ctrl+Alt+R", self._open_way)
        self.loop = add(tr("Loop the selection"), "Shift+L", self._loop)
        self.zoom = add(tr("Zoom to the selection"), "Shift+Z", self._zoom)
        self.export = add(tr("Export the selection…"), "Ctrl+Alt+E", self._export)
        menu = QMenu(tr("Selection"), self._window)
        menu.addActions([self.start, self.end, self.under, self.clear])
        menu.addSeparator()
        menu.addActions([self.separate, self.another, self.loop, self.zoom, self.export])
        actions.more.append([menu])

    def _enable(self, *_: object) -> None:
        song, stretch = self._session.song, self.selection.or_loop
        if self._way is not None and stretch is None:
            self._way.hide()
        there = song is not None and stretch is not None
        free = self._session.stretches.running is None
        for action in (self.zoom, self.export):
            action.setEnabled(there)
        self.loop.setEnabled(self.selection.stretch is not None)
        self.clear.setEnabled(self.selection.stretch is not None)
        for action in (self.separate, self.another):
            action.setEnabled(there and free)
        self._another.setEnabled(there and free)

    def _chosen(self) -> tuple[int, int] | None:
        """The selection; where nothing is selected, the loop, which is selected then."""
        if (stretch := self.selection.or_loop) is not None:
            self.selection.set(*stretch)
        return self.selection.stretch

    def _separate(self, recipe: Recipe | None = None) -> None:
        if (stretch := self._chosen()) is not None:
            self._session.stretches.separate(*stretch, recipe)

    def _open_way(self) -> None:
        if self.way.isVisible():
            self.way.hide()
            return
        if self._chosen() is None:
            return
        session, edit = self._session, self.bar.edit
        take = edit.take if edit is not None else None
        recipe = take.recipe if take is not None else session.desk.tuning.recipe(session.model_name)
        self.way.open_at(self._another.mapTo(self._window, QPoint(0, 0)), recipe)

    def _loop(self) -> None:
        if (stretch := self.selection.stretch) is not None:
            transport = self._session.transport
            transport.set_loop(stretch)
            if not stretch[0] <= transport.position < stretch[1]:
                transport.seek(stretch[0])

    def _zoom(self) -> None:
        if (stretch := self.selection.or_loop) is not None:
            room = 0.02 * (stretch[1] - stretch[0])
            self._timeline.set_view(stretch[0] - room, stretch[1] + room)

    def _export(self) -> None:
        from umx_gui.views.export.dialog import ExportDialog

        song, stretch = self._session.song, self._chosen()
        if song is None or stretch is None:
            return
        words = tr("The selection, {words}", words=self.selection.words().partition("   ")[0])
        if not song.targets:
            self._session.told.emit(not_ready(song))
            return
        dialog = ExportDialog(self._session, song, self._window, ((words, stretch),))
        dialog.stretch.choose("1")
        if dialog.exec():
            choice = dialog.choice
            self._session.export(choice.folder, choice.options, what=choice.what)

    # Marks

    def _paint(self) -> None:
        lanes, timeline, stretches = self._lanes, self._timeline, self._session.stretches
        overlay, ruler, overview = lanes.overlay, lanes.ruler, lanes.overview

        def over_lanes(painter: QPainter) -> None:
            at = lambda sample: timeline.x_of(sample, overlay.width())  # noqa: E731
            mark_lanes(painter, self.selection, stretches, at, overlay.height())

        def over_ruler(painter: QPainter) -> None:
            at = lambda sample: timeline.x_of(sample, ruler.width())  # noqa: E731
            mark_strip(painter, self.selection, stretches, at, ruler.height() - 1)

        def over_overview(painter: QPainter) -> None:
            at = lambda sample: sample * overview.width() / max(timeline.n_samples, 1)  # noqa: E731
            mark_strip(painter, self.selection, stretches, at, overview.height() - 6)

        overlay.marks, ruler.marks, overview.marks = over_lanes, over_ruler, over_overview

    def _look(self) -> None:
        for widget in (self._lanes.overlay, self._lanes.ruler, self._lanes.overview):
            widget.update()
