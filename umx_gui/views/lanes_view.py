"""The heart of the window: overview, ruler, and a row of strip and lane for the mixture and each stem."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from umx_gui.app.open_song.song import MIXTURE
from umx_gui.app.session import Session
from umx_gui.errors import UmxError
from umx_gui.views.actions import Actions
from umx_gui.views.kit.controls import button_for
from umx_gui.views.kit.theme import STRIP_WIDTH, current
from umx_gui.views.lanes import ruler
from umx_gui.views.lanes.gestures import TimeGestures
from umx_gui.views.lanes.lane import Lane
from umx_gui.views.lanes.lane_modes import LaneModes
from umx_gui.views.lanes.overlay import Overlay
from umx_gui.views.lanes.overview import Overview
from umx_gui.views.lanes.readout import Readout
from umx_gui.views.lanes.score_curve import ScoreCurve
from umx_gui.views.lanes.selection import Selection
from umx_gui.views.lanes.song_header import SongHeader
from umx_gui.views.lanes.spectrum_look import SpectrumLook
from umx_gui.views.lanes.tempo import Tempo
from umx_gui.views.lanes.timeline import Timeline
from umx_gui.views.mixer.meter import LevelMeter
from umx_gui.views.mixer.mixer_strip import MixerStrip, MixtureStrip, Strip
from umx_gui.words import tr


class LanesView(QWidget):
    """Everything that shares the time axis."""

    rows_changed = Signal()
    double_clicked = Signal(int)  # a sample

    def __init__(self, session: Session, timeline: Timeline, modes: LaneModes, actions: Actions) -> None:
        super().__init__()
        self._session = session
        self._timeline = timeline
        self._modes = modes
        self.tempo = Tempo(timeline, session.settings.ruler, self)
        self.selection = Selection(session, self)
        self._gestures = TimeGestures(timeline, session.transport, self, self.tempo.snap, self.selection)
        self._gestures.double_clicked.connect(self.double_clicked)
        self.look = SpectrumLook(session, self)
        self.readout = Readout(session, timeline, lambda: self.look.axis, self._bar_words, self)
        self._rows: list[Row] = []
        self._followed = 0
        self.overview = Overview(session, timeline)
        self.ruler = ruler.Ruler(timeline, session.transport, self.tempo)
        self.header = SongHeader(session)
        self._zoom = ZoomCell(actions)
        self._content = _Rows()
        self._scroll = QScrollArea()
        self.overlay = Overlay(timeline, session.transport, self._content)
        self._lay_out()
        self._gestures.scroll_area = self._scroll
        self._gestures.watch(self.ruler)
        session.opened.connect(self._song_opened)
        session.stems_reset.connect(self._make_rows)
        session.transport.position_changed.connect(self._follow)
        self._make_rows()

    @property
    def meters(self) -> list[LevelMeter]:
        """The meters of the strips, in the order of the targets."""
        return [row.strip.meter for row in self._rows if isinstance(row.strip, MixerStrip)]

    @property
    def name_labels(self) -> dict[str, QWidget]:
        """The names of the lanes, by which they are dragged out."""
        return {row.strip.key: row.strip.name for row in self._rows}

    def strip(self, key: str) -> Strip:
        """The strip of the mixture or of a target."""
        return next(row.strip for row in self._rows if row.strip.key == key)

    def lane(self, key: str) -> Lane:
        """The lane of the mixture or of a target."""
        return next(row.lane for row in self._rows if row.lane.key == key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep ruler, overview and overlay as wide as the lanes."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.LayoutRequest):
            self._align()
        return False

    def _lay_out(self) -> None:
        self._scroll.setWidget(self._content)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # The lanes may have their width before the scroll bar is gone, and what is beside it has its own.
        for watched in (self._content, self._scroll.viewport()):
            watched.installEventFilter(self)
        self.header.setFixedWidth(STRIP_WIDTH)
        self._zoom.setFixedWidth(STRIP_WIDTH)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._grid.addWidget(self.header, 0, 0)
        self._grid.addWidget(self.overview, 0, 1)
        self._grid.addWidget(self._zoom, 1, 0)
        self._grid.addWidget(self.ruler, 1, 1)
        self._grid.addWidget(self._scroll, 2, 0, 1, 3)
        self._grid.setColumnStretch(1, 1)
        self._grid.setRowStretch(2, 1)

    def _align(self) -> None:
        gap = max(self._scroll.width() - self._scroll.viewport().width(), 0)
        self._grid.setColumnMinimumWidth(2, gap)
        area = QRect(STRIP_WIDTH, 0, max(self._content.width() - STRIP_WIDTH, 1), self._content.height())
        self.overlay.setGeometry(area)
        self.overlay.raise_()

    def _song_opened(self) -> None:
        song = self._session.song
        if song is not None:
            self._timeline.set_song(song.n_samples, song.sample_rate)
        self._make_rows()

    def _make_rows(self) -> None:
        """One row for what can be drawn; rows that stay are kept."""
        keys = self._keys()
        if tuple(row.lane.key for row in self._rows) != keys:
            for row in self._rows:
                row.hide()
                row.deleteLater()
            self._rows = [self._make_row(key) for key in keys]
            self._content.show_rows(self._rows)
        for row in self._rows:
            row.lane.forget()
        self._align()
        self.rows_changed.emit()

    def _keys(self) -> tuple[str, ...]:
        """What gets a row: what the song has, or, while its stems are on their way, what they will be."""
        session, song = self._session, self._session.song
        if song is None:
            return (MIXTURE,)
        if song.stems is not None or not session.settings.auto_separate:
            return song.keys
        try:
            targets = session.registry.entry(session.model_name).targets
        except UmxError:
            return song.keys  # the model cannot be found; the session says so
        rest = ("residual",) if session.settings.residual or len(targets) == 1 else ()
        return (MIXTURE, *targets, *rest)

    def _make_row(self, key: str) -> Row:
        mix = self._session.transport.mix
        strip = MixtureStrip(mix, self._modes) if key == MIXTURE else MixerStrip(key, mix, self._modes)
        lane = Lane(key, self._session, self._timeline, self._modes, self.look)
        self._gestures.watch(lane)
        self.readout.watch(lane)
        return Row(strip, lane, None if key == MIXTURE else ScoreCurve(key, self._session, self._timeline))

    def _bar_words(self, sample: int) -> str:
        return tr("   bar {place}", place=self.tempo.place(sample)) if self.tempo.bars else ""

    def _follow(self, position: int) -> None:
        """Turn the page under a playhead that leaves it; who scrolled away from the playhead is left in peace."""
        before, self._followed = self._followed, position
        if self._session.transport.playing and self._timeline.start <= before <= self._timeline.stop:
            self._timeline.reveal(position)


class Row(QWidget):
    """A strip and its lane, with what lies below that."""

    def __init__(self, strip: Strip, lane: Lane, below: QWidget | None = None) -> None:
        super().__init__()
        self.strip = strip
        self.lane = lane
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(strip)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(lane, 1)
        if below is not None:
            column.addWidget(below)
        layout.addLayout(column, 1)


class _Rows(QWidget):
    """The rows, with hairlines between them."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)

    def show_rows(self, rows: list[Row]) -> None:
        """Show these instead of what was there."""
        while self._layout.count():
            self._layout.takeAt(0)
        for row in rows:
            self._layout.addWidget(row, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is seen between the rows."""
        QPainter(self).fillRect(event.rect(), current().color("hairline"))


class ZoomCell(QWidget):
    """Left of the ruler: zoom out, in, all."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 8, 0)
        layout.setSpacing(0)
        layout.addStretch(1)
        for action, icon in ((actions.zoom_out, "zoom_out"), (actions.zoom_in, "zoom_in"), (actions.fit, "fit")):
            layout.addWidget(button_for(action, icon, height=24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and hairlines."""
        theme = current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme.color("hairline"))
