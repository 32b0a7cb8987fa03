"""One lane: the visible stretch of the mixture or of a stem, as one of several pictures of sound.

The lane keeps a picture of itself. News of a stretch redraws the columns of that stretch, scrolling those that come
into view; the playhead above it costs a copy of a few columns.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from umx_gui.app.open_song.reference_pictures import error_key, reference_key
from umx_gui.app.open_song.song import MIXTURE, Song
from umx_gui.app.session import Session
from umx_gui.engine.summaries import FLOOR_DB
from umx_gui.views.kit.bind import Throttle
from umx_gui.views.kit.color_tables import Table, spectrum_table, wave_table
from umx_gui.views.kit.formats import target_name
from umx_gui.views.kit.theme import Theme, current
from umx_gui.views.lanes import lane_marks, lane_picture, raster
from umx_gui.views.lanes.lane_modes import COMPOSITE, MASK, SPOKEN, WAVEFORM, WHERE_DARK, LaneModes
from umx_gui.views.lanes.mode_menu import mode_menu
from umx_gui.views.lanes.spectrum_look import SpectrumLook
from umx_gui.views.lanes.timeline import Timeline
from umx_gui.words import tr

MIN_HEIGHT = 72
SPLIT_HEIGHT = 144
FRAME_MS = 12
_DIM = 0.3


class Lane(QWidget):
    """The picture of `key` ("mixture" or a target), following the timeline, the mix and the news of the session."""

    def __init__(self, key: str, session: Session, timeline: Timeline, modes: LaneModes, look: SpectrumLook) -> None:
        super().__init__()
        self.key = key
        self._session = session
        self._timeline = timeline
        self._modes = modes
        self._look = look
        self._picture: lane_picture.Picture | None = None
        self._view: lane_picture.View | None = None  # what the picture was drawn with
        self._origin = 0  # the picture's first column on the grid of its view
        self._pixmap: QPixmap | None = None
        self._spectra: lane_picture.Spectra = {}
        self._stale: tuple[int, int] | None = None
        self.setMinimumHeight(MIN_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self._redraw = Throttle(self._recolor, self, interval_ms=FRAME_MS)
        self._fill_in = Throttle(self._take_news, self, interval_ms=100)
        timeline.changed.connect(self._redraw.poke)
        modes.changed.connect(self._mode_changed)
        look.changed.connect(self.forget)
        session.transport.mix.mix_changed.connect(self._recolor)
        session.tiles_filled.connect(self._tiles_filled)
        session.mixture_filled.connect(self._mixture_filled)
        session.stems_filled.connect(self._stems_filled)
        self._mode_changed()

    def sizeHint(self) -> QSize:
        """High enough to see something."""
        return QSize(640, 104)

    @property
    def mode(self) -> str:
        """How it is drawn: one of `lane_modes.modes_of(key)`."""
        return self._modes.of(self.key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A new size needs a new picture."""
        self.forget()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy what is asked for out of the picture."""
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        if self._pixmap is None or self._pixmap.devicePixelRatio() != ratio:
            self._pixmap = self._draw()
        exposed = event.rect()
        source = QRectF(exposed.x() * ratio, exposed.y() * ratio, exposed.width() * ratio, exposed.height() * ratio)
        painter.drawPixmap(QRectF(exposed), self._pixmap, source)
        if any(pictures.behind for pictures in self._spectra.values()):
            self._redraw.poke()

    def changeEvent(self, event: QEvent) -> None:
        """Another palette is another theme."""
        self._recolor()

    @property
    def waiting(self) -> bool:
        """Whether it has news that it does not show yet."""
        return self._picture is None or self._pixmap is None or self._stale is not None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The ways in which it can be drawn."""
        mode_menu(self.key, self._modes, self).popup(event.globalPos())

    def spectrum_area(self) -> QRectF:
        """Where the spectrogram is; empty without one."""
        return QRectF(0, 0, self.width(), round(lane_picture.SPECTRUM_SHARES.get(self.mode, 1.0) * self.height()))

    # News

    def forget(self) -> None:
        """Draw everything anew at the next paint."""
        self._picture = None
        self._spectra.clear()
        self._recolor()

    def _recolor(self) -> None:
        self._pixmap = None
        self.update()

    def _mode_changed(self) -> None:
        for key in (self.key, reference_key(self.key), error_key(self.key)):
            self._session.forget_tiles(key)  # what is still shown is asked for again when it is drawn
        self.setAccessibleName(f"{target_name(self.key)} {tr(SPOKEN.get(self.mode, self.mode))}")
        self.forget()

    def _mixture_filled(self, start: int, stop: int) -> None:
        if self.key == MIXTURE and self.mode in lane_picture.WAVES:
            self._mark(start, stop)

    def _stems_filled(self, start: int, stop: int, final: bool) -> None:
        if self.key != MIXTURE and self.mode in lane_picture.WAVES:
            self._mark(start, stop)

    def _tiles_filled(self, key: str, start: int, stop: int) -> None:
        for (of, _), pictures in self._spectra.items():
            if of == key:
                pictures.drop(start, stop)
        song = self._song()
        if song is not None and key in lane_picture.tile_keys(self.mode, self.key, song):
            self._mark(start, stop)

    def _mark(self, start: int, stop: int) -> None:
        if self._stale is not None:
            start, stop = min(start, self._stale[0]), max(stop, self._stale[1])
        self._stale = (start, stop)
        (self._fill_in.now if stop >= self._timeline.n_samples else self._fill_in.poke)()  # now: no more is to come

    def _take_news(self) -> None:
        """Draw the columns of the stretch that changed; nothing where it is not seen."""
        if self._stale is None:
            return
        (start, stop), self._stale = self._stale, None
        song, picture, view = self._song(), self._picture, self._view
        if song is None or picture is None or view is None:
            self.forget()
            return
        width = picture.shape[1]
        first = max(int(start / view.per_column) - self._origin - 2, 0)
        last = min(int(stop / view.per_column) - self._origin + 3, width)
        if first < last:
            picture[:, first:last] = self._columns(song, view, self._origin + first, self._origin + last)
            self._recolor()

    # Pictures

    def _song(self) -> Song | None:
        song = self._session.song
        return song if song is not None and self.key in song.peaks else None

    def _new_view(self, song: Song, theme: Theme) -> lane_picture.View:
        """What the picture has to be now."""
        ratio = self.devicePixelRatioF()
        height, width = max(round(self.height() * ratio), 1), max(round(self.width() * ratio), 1)
        per_column = self._timeline.visible / width
        if self._view is not None and abs(per_column - self._view.per_column) < 1e-9 * per_column:
            per_column = self._view.per_column  # the same but for rounding: it was scrolled
        mode = self.mode
        split = mode == WAVEFORM and song.n_channels == 2 and self.height() >= SPLIT_HEIGHT
        colors: tuple[lane_picture.Color, ...] = ()
        if mode == COMPOSITE:
            colors = tuple(lane_picture.color_of(c) for c in (theme.color("ground"), *map(theme.target, song.targets)))
        look = self._look
        return lane_picture.View(
            mode, per_column, height, width, self._timeline.gain, split, look.axis, look.levels_db, colors
        )

    def _draw(self) -> QPixmap:
        """The whole lane in the present colours; numbers are computed only where something else changed."""
        theme, song, ratio = current(), self._song(), self.devicePixelRatioF()
        if song is None or not song.n_samples:
            return lane_marks.nothing_yet(theme, self.size(), ratio)
        self._update_picture(song, self._new_view(song, theme))
        assert self._picture is not None
        assert self._view is not None
        result = self._colored(self._picture, self._view, theme, ratio)
        painter = QPainter(result)
        self._decorate(painter, song, theme)
        painter.end()
        return result

    def _update_picture(self, song: Song, view: lane_picture.View) -> None:
        """Draw what is missing: all, or the columns that were scrolled into view."""
        origin = round(self._timeline.start / view.per_column)
        old, shift = self._picture, origin - self._origin
        behind = lane_picture.catch_up(self._spectra)
        if old is not None and view == self._view and shift == 0 and not behind:
            return
        for key in lane_picture.tile_keys(view.mode, self.key, song):
            first, last = int(self._timeline.start), int(self._timeline.stop) + 1
            self._session.want_tiles(key, max(first, 0), min(last, song.n_samples))
        if old is None or behind or view != self._view or abs(shift) >= view.width - 4:
            self._picture = self._columns(song, view, origin, origin + view.width)
        else:
            kept = view.width - abs(shift) - 2  # two columns more: their neighbours were not known
            picture = np.empty_like(old)
            if shift > 0:
                picture[:, :kept] = old[:, shift : shift + kept]
                picture[:, kept:] = self._columns(song, view, origin + kept, origin + view.width)
            else:
                picture[:, -kept:] = old[:, shift - kept : shift]
                picture[:, :-kept] = self._columns(song, view, origin, origin + view.width - kept)
            self._picture = picture
        self._view, self._origin = view, origin

    def _columns(self, song: Song, view: lane_picture.View, first: int, last: int) -> lane_picture.Picture:
        return lane_picture.columns(song, self.key, view, first, last, self._spectra)

    def _colored(self, picture: lane_picture.Picture, view: lane_picture.View, theme: Theme, ratio: float) -> QPixmap:
        """The picture in colours: of the waveform, of the spectrogram, or its own."""
        if picture.dtype == np.uint32:
            return raster.color_pixmap(picture.view(np.uint32), ratio)
        levels, rows = picture.astype(np.uint8, copy=False), view.spectrum_rows
        if rows == 0:
            return raster.pixmap(levels, self._wave_table(theme), ratio)
        upper = raster.pixmap(levels[:rows], self._spectrum_table(theme), ratio)
        if rows == view.height:
            return upper
        result = QPixmap(view.width, view.height)
        result.setDevicePixelRatio(ratio)
        painter = QPainter(result)
        painter.drawPixmap(QPointF(0, 0), upper)
        painter.drawPixmap(QPointF(0, rows / ratio), raster.pixmap(levels[rows:], self._wave_table(theme), ratio))
        painter.end()
        return result

    def _is_dark(self, song: Song) -> bool:
        """Whether a spectrogram is there, and nothing in it is louder than the quietest level that is shown."""
        place = max(int(self._timeline.start), 0), min(int(self._timeline.stop), song.n_samples)
        keys = lane_picture.tile_keys(self.mode, self.key, song)
        if self._picture is None or not all(self._session.tiles_drawn(key, *place) for key in keys):
            return False
        return float(self._picture.max()) <= 255 * (1 - self._look.levels_db[0] / FLOOR_DB) + 2

    def _heard(self) -> bool:
        mix = self._session.transport.mix
        if self.key == MIXTURE:
            return True
        strip = mix.strip(self.key)
        return not (mix.original or strip.mute or (mix.any_solo and not strip.solo))

    def _wave_table(self, theme: Theme) -> Table:
        return wave_table(theme.ground, theme.target(self.key).name(), 1.0 if self._heard() else _DIM)

    def _spectrum_table(self, theme: Theme) -> Table:
        strength = 1.0 if self._heard() else _DIM
        if self.mode == MASK:
            return self._wave_table(theme)
        return spectrum_table(theme, self.key, self._look.colors, strength, self._look.levels_db)

    def _decorate(self, painter: QPainter, song: Song, theme: Theme) -> None:
        """What lies above the sound."""
        area, view = QRectF(self.rect()), self._view
        if self.key != MIXTURE:
            lane_marks.veil_drafts(painter, song, theme, self._timeline, area)
        above = self.spectrum_area()
        if above.height():
            lane_marks.mark_frequencies(painter, theme, above, song.sample_rate, self._look.axis)
        dark = WHERE_DARK.get(self.mode)
        if dark and song.separated and self._is_dark(song):
            lane_marks.say(painter, theme, area, tr(dark))
        if view is None or above.height() == area.height():
            return
        parts = [(self.key, area.adjusted(0, above.height(), 0, 0))]
        if view.halves:
            parts = lane_marks.halves(painter, theme, area, self.key)
            if above.height():
                lane_marks.mark_frequencies(painter, theme, parts[1][1], song.sample_rate, self._look.axis)
                return
        elif above.height():
            painter.fillRect(QRectF(0, above.height(), area.width(), 1), theme.color("hairline"))
        if view.per_column < 1.0:
            color = theme.target(self.key)
            color.setAlphaF(1.0 if self._heard() else _DIM)
            for key, part in parts:
                lane_marks.draw_samples(painter, song, key, self._timeline, part, color, view.split)
        if view.split:
            painter.fillRect(QRectF(0, round(area.height() / 2), area.width(), 1), theme.color("hairline"))
