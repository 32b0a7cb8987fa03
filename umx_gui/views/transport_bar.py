"""The bar below the lanes: start, play, loop, time, A/B, master volume and level."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from umx_gui.app.session import Session
from umx_gui.app.sound.transport import Transport
from umx_gui.views.actions import Actions
from umx_gui.views.export.take_out import TakeOut
from umx_gui.views.kit.bind import bind
from umx_gui.views.kit.controls import Button, button_for
from umx_gui.views.kit.formats import clock, decibels
from umx_gui.views.kit.labels import Line
from umx_gui.views.kit.sliders import SpeedSlider, VolumeSlider, level_words, speed_words
from umx_gui.views.kit.theme import current, font
from umx_gui.views.mixer.meter import LevelMeter
from umx_gui.words import tr

HEIGHT = 64
_ROOM_FOR_SPEED = 1000


class TransportBar(QWidget):
    """Bound to the transport and its mix."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self._transport = session.transport
        self.setFixedHeight(HEIGHT)
        self.start = button_for(actions.start, "start")
        self.play = button_for(actions.play, "play", kind="round", height=40)
        self.loop = button_for(actions.loop, "loop")
        self.clock = Clock(session.transport)
        self.original = button_for(actions.original, "", tr("A/B  Original"), kind="raised")
        self.speed = SpeedSlider(tr("Speed"))
        self.speed.setFixedWidth(96)
        self.normal_speed = button_for(actions.normal_speed, "", speed_words(1.0))
        self.volume = VolumeSlider(tr("Master volume"))
        self.volume.setFixedWidth(144)
        self.take_out = TakeOut(session)
        self.level = Line("caption")
        self.level.fix_width("+00.0 dB")
        self.meter = LevelMeter(tr("Master"), vertical=False, color=lambda: current().color("accent"))
        self._lay_out()
        mix, transport = self._transport.mix, self._transport
        bind(
            self.speed,
            self.speed.edited,
            transport.set_speed,
            transport.speed_changed,
            lambda: transport.speed,
            self.speed.show_real,
        )
        transport.speed_changed.connect(self._speed_changed)
        bind(
            self.volume,
            self.volume.edited,
            mix.set_master_gain_db,
            mix.mix_changed,
            lambda: mix.master_gain_db,
            self.volume.show_real,
        )
        mix.mix_changed.connect(self._mix_changed)
        self._transport.playing_changed.connect(self._playing_changed)
        session.opened.connect(self._enable)
        session.closed.connect(self._enable)
        self._mix_changed()
        self._enable()

    def _lay_out(self) -> None:
        levels = QVBoxLayout()
        levels.setSpacing(2)
        levels.addStretch(1)
        levels.addWidget(self.volume)
        levels.addWidget(self.meter)
        levels.addStretch(1)
        self._speaker = Button(tr("Master volume"), "volume")
        self._speaker.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._speaker.setToolTip(tr("Back to 0 dB"))
        self._speaker.clicked.connect(lambda: self._transport.mix.set_master_gain_db(0.0))
        self._switches = QHBoxLayout()
        self._more_switches: list[tuple[Button, str, str]] = []
        self._switches.setSpacing(8)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        for widget in (self.start, self.play, self.loop):
            row.addWidget(widget)
        row.addSpacing(16)
        row.addWidget(self.clock)
        row.addSpacing(16)
        self._switches.addWidget(self.original)
        row.addLayout(self._switches)
        row.addSpacing(8)
        row.addWidget(self.speed)
        row.addWidget(self.normal_speed)
        row.addStretch(1)
        row.addWidget(self.take_out)
        row.addSpacing(16)
        row.addWidget(self._speaker)
        row.addLayout(levels)
        row.addWidget(self.level)

    def add_switch(self, action: QAction, words: str, short: str) -> Button:
        """One more thing that can be heard instead of the stems; seen while its action is. `short` words for a narrow
        window."""
        button = button_for(action, "", words, kind="raised")
        self._more_switches.append((button, words, short))
        self._switches.addWidget(button)

        def show() -> None:
            button.setVisible(action.isVisible())
            self._fit()

        action.changed.connect(show)
        show()
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the speed is set by its keys alone, and words give way."""
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        wide = self.width() >= _ROOM_FOR_SPEED
        self.speed.setVisible(wide)
        self.normal_speed.setVisible(wide or self._transport.speed != 1.0)
        self.volume.setFixedWidth(144 if wide else 96)
        for button, words, short in self._more_switches:
            button.setText(words if wide else short)
            button.updateGeometry()
        more = any(button.isVisibleTo(self) for button, _, _ in self._more_switches)
        self._speaker.setVisible(wide or not more)
        self._mix_changed()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and hairline."""
        theme = current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        painter.fillRect(QRectF(0, 0, self.width(), 1), theme.color("hairline"))

    def _enable(self) -> None:
        self.clock.update()

    def _mix_changed(self) -> None:
        mix = self._transport.mix
        self.level.set_text(f"{level_words(mix.master_gain_db)} dB")
        matched = f"  {decibels(mix.original_gain_db)} dB" if mix.original_gain_db else ""
        words = tr("A/B  Original") if self.width() >= _ROOM_FOR_SPEED else "A/B"
        self.original.setText(f"{words}{matched}")
        self.original.updateGeometry()

    def _speed_changed(self) -> None:
        self.normal_speed.setVisible(self.width() >= _ROOM_FOR_SPEED or self._transport.speed != 1.0)
        self.normal_speed.setText(speed_words(self._transport.speed))
        self.normal_speed.setAccessibleName(
            tr("Speed {speed}, back to normal", speed=speed_words(self._transport.speed))
        )

    def _playing_changed(self, playing: bool) -> None:
        self.play.set_icon("pause" if playing else "play")
        self.play.setAccessibleName(tr("Pause") if playing else tr("Play"))


class Clock(QWidget):
    """Where the playhead is, large, and how long the song is; its figures keep their places."""

    def __init__(self, transport: Transport) -> None:
        super().__init__()
        self._transport = transport
        self._shown = ""
        self.setFont(font("time"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        transport.position_changed.connect(self._refresh)
        transport.song_changed.connect(self._song_changed)
        self._refresh()

    def sizeHint(self) -> QSize:
        """Room for the longest time of this song."""
        digits = "0:00:00.00" if self._transport.n_samples >= 3600 * self._transport.sample_rate else "00:00.00"
        small = self.fontMetrics().horizontalAdvance(f" / {digits[:-3]}") * 2 // 3
        return QSize(self.fontMetrics().horizontalAdvance(digits) + small + 8, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The time now, then the length, smaller."""
        theme = current()
        painter = QPainter(self)
        loaded = self._transport.n_samples > 0
        painter.setPen(theme.color("text" if loaded else "muted"))
        painter.setFont(self.font())
        baseline = (self.height() + self.fontMetrics().capHeight()) // 2
        painter.drawText(0, baseline, self._shown)
        x = self.fontMetrics().horizontalAdvance(self._shown) + 8
        painter.setFont(font("body"))
        painter.setPen(theme.color("muted"))
        painter.drawText(x, baseline, f"/ {clock(self._transport.n_samples / self._transport.sample_rate)}")

    def _song_changed(self) -> None:
        self.updateGeometry()
        self._refresh()
        self.update()

    def _refresh(self) -> None:
        words = clock(self._transport.position / self._transport.sample_rate, 2)
        if words != self._shown:
            self._shown = words
            self.setAccessibleName(tr("Time {words}", words=words))
            self.update()
