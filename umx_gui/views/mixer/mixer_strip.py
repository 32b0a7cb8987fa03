"""The controls of one lane: name, solo, mute, volume, pan and level; the mixture's strip switches A/B instead."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from umx_gui.app.open_song.song import MIXTURE
from umx_gui.app.sound.mix_state import MixState
from umx_gui.views.kit.bind import bind
from umx_gui.views.kit.controls import Button, LetterButton
from umx_gui.views.kit.formats import target_name
from umx_gui.views.kit.labels import Line
from umx_gui.views.kit.sliders import PanSlider, VolumeSlider, level_words
from umx_gui.views.kit.theme import STRIP_WIDTH, current, mix_colors
from umx_gui.views.lanes.lane_modes import SPECTROGRAM, WAVEFORM, LaneModes
from umx_gui.views.lanes.mode_menu import mode_menu
from umx_gui.views.mixer.meter import LevelMeter
from umx_gui.words import tr


class Strip(QWidget):
    """The ground of every strip: a bar in the lane's colour, the name, and the choice of how the lane is drawn."""

    def __init__(self, key: str, mix: MixState, modes: LaneModes) -> None:
        super().__init__()
        self.key = key
        self._mix = mix
        self.setFixedWidth(STRIP_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("{stem} strip", stem=target_name(key)))
        self.name = Line("strong", "text")
        self.name.set_text(target_name(key))
        self.view = Button(
            tr("{stem} as a spectrogram", stem=target_name(key)), "spectrogram", height=24, checkable=True
        )
        bind(
            self.view,
            self.view.toggled,
            lambda on: modes.set_one(key, SPECTROGRAM if on else WAVEFORM),
            modes.changed,
            lambda: modes.of(key) != WAVEFORM,
            self.view.setChecked,
        )
        self._modes = modes
        self.view.setToolTip(tr("{name}; right-click for more", name=self.view.accessibleName()))
        self._recolor()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The ways in which the lane can be drawn."""
        mode_menu(self.key, self._modes, self).popup(event.globalPos())

    @property
    def heard(self) -> bool:
        """Whether this lane can be heard with the present mix."""
        strip = self._mix.strip(self.key)
        if self.key == MIXTURE:
            return self._mix.original
        return not (self._mix.original or strip.mute or (self._mix.any_solo and not strip.solo))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The colour bar, faint where the lane is not heard."""
        theme = current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        color = theme.target(self.key)
        if not self.heard:
            color = mix_colors(theme.panel, color.name(), 0.35)
        painter.fillRect(QRectF(0, 0, 3, self.height()), color)

    def changeEvent(self, event: QEvent) -> None:
        """Another palette is another theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self._recolor()

    def _recolor(self) -> None:
        theme = current()
        self.view.on_color = mix_colors(theme.panel, theme.target(self.key).name(), 0.75)


class MixerStrip(Strip):
    """A stem's strip, bound to the mix."""

    def __init__(self, key: str, mix: MixState, modes: LaneModes) -> None:
        name = target_name(key)
        self.solo = LetterButton(tr("Solo {name}", name=name), "S")
        self.mute = LetterButton(tr("Mute {name}", name=name), "M")
        self.volume = VolumeSlider(tr("{name} volume", name=name))
        self.pan = PanSlider(tr("{name} pan", name=name))
        self.level = Line("caption", right=True)
        self.meter = LevelMeter(name, vertical=True, color=self._heard_color)
        super().__init__(key, mix, modes)
        self.level.fix_width("+00.0")
        self.pan.setFixedWidth(44)
        self._lay_out()
        self._bind()
        mix.mix_changed.connect(self._mix_changed)
        self._mix_changed()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.name, 1)
        top.addWidget(self.view)
        top.addWidget(self.solo)
        top.addWidget(self.mute)
        bottom = QHBoxLayout()
        bottom.setSpacing(4)
        bottom.addWidget(self.volume, 1)
        bottom.addWidget(self.level)
        bottom.addWidget(self.pan)
        controls = QVBoxLayout()
        controls.setSpacing(8)
        controls.addStretch(1)
        controls.addLayout(top)
        controls.addLayout(bottom)
        controls.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(12)
        row.addLayout(controls, 1)
        row.addWidget(self.meter)

    def _bind(self) -> None:
        key, mix = self.key, self._mix
        rows = (
            (self.solo, self.solo.toggled, self._set_solo, lambda: mix.strip(key).solo, self.solo.setChecked),
            (self.mute, self.mute.toggled, mix.set_mute, lambda: mix.strip(key).mute, self.mute.setChecked),
            (self.volume, self.volume.edited, mix.set_gain_db, lambda: mix.strip(key).gain_db, self.volume.show_real),
            (self.pan, self.pan.edited, mix.set_pan, lambda: mix.strip(key).pan, self.pan.show_real),
        )
        for widget, moved, write, read, show in rows:
            bind(widget, moved, partial(write, key), mix.mix_changed, read, show)

    def _set_solo(self, key: str, on: bool) -> None:
        """Ctrl+click hears this stem alone."""
        held = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier
        self._mix.set_solo(key, on or bool(held), exclusive=bool(held))

    def _mix_changed(self) -> None:
        self.level.set_text(level_words(self._mix.strip(self.key).gain_db))
        self._recolor()
        self.update()

    def _heard_color(self) -> QColor:
        theme = current()
        color = theme.target(self.key)
        return color if self.heard else mix_colors(theme.panel, color.name(), 0.35)

    def _recolor(self) -> None:
        super()._recolor()
        theme = current()
        self.solo.on_color = theme.target(self.key)
        self.mute.on_color = theme.color("muted")
        self.volume.fill = self._heard_color()
        self.pan.fill = self._heard_color()
        self.name.set_tone("text" if self.heard else "muted")
        for widget in (self.volume, self.pan, self.meter, self.solo, self.mute):
            widget.update()


class MixtureStrip(Strip):
    """The strip of the mixture: A/B with the original."""

    def __init__(self, mix: MixState, modes: LaneModes) -> None:
        self.original = Button(tr("Hear the original instead of the stems"), text="A/B", kind="raised", height=24)
        self.original.setCheckable(True)
        super().__init__(MIXTURE, mix, modes)
        self.caption = Line("caption")
        self.caption.set_text(tr("What the stems add up to"))
        row = QGridLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setHorizontalSpacing(4)
        row.setVerticalSpacing(4)
        row.setRowStretch(0, 1)
        row.setRowStretch(3, 1)
        row.setColumnStretch(0, 1)
        row.addWidget(self.name, 1, 0)
        row.addWidget(self.view, 1, 1)
        row.addWidget(self.original, 1, 2)
        row.addWidget(self.caption, 2, 0, 1, 3)
        bind(
            self.original,
            self.original.toggled,
            mix.set_original,
            mix.mix_changed,
            lambda: mix.original,
            self.original.setChecked,
        )
        mix.mix_changed.connect(self.update)
