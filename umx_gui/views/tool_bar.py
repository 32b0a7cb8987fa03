"""The bar on top: open, separate, model, device, waveform or spectrogram, export, menu."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget

from umx_gui.app.session import Session, SessionState
from umx_gui.engine.models.registry import ModelEntry
from umx_gui.engine.naming import printable
from umx_gui.errors import UmxError
from umx_gui.messages import describe
from umx_gui.views import icons
from umx_gui.views.actions import Actions
from umx_gui.views.bind import bind
from umx_gui.views.controls import ICON, MenuButton, button_for, claims_space, paint_focus
from umx_gui.views.dialogs import CardDialog
from umx_gui.views.formats import rate
from umx_gui.views.labels import plain_tip
from umx_gui.views.lane_modes import SPECTROGRAM, WAVEFORM, LaneModes
from umx_gui.views.theme import current, font

HEIGHT = 48
_LONGEST_NAME = 20
_LONGEST_CARD = 100_000
DEVICE_NAMES = {"auto": "Automatic", "cpu": "CPU", "cuda": "NVIDIA GPU (CUDA)", "mps": "Apple GPU (MPS)"}


class ToolBar(QWidget):
    """Every button is an action of the window, or a choice bound to the session."""

    def __init__(self, session: Session, actions: Actions, modes: LaneModes) -> None:
        super().__init__()
        self._session = session
        self._actions = actions
        self.setFixedHeight(HEIGHT)
        self.open = button_for(actions.open, "open", "Open")
        self.separate = button_for(actions.separate, "separate", "Separate", kind="accent")
        self.model = MenuButton("Model", "model", "Model")
        self.device = MenuButton("Device", "chip", "Device")
        self.view = ViewSwitch()
        self.filter = button_for(actions.filter, "filter")
        self.export = button_for(actions.export, "export", "Export")
        self.menu = MenuButton("Menu", "menu")
        bind(self.view, self.view.chosen, modes.set_all, modes.changed, lambda: modes.everywhere, self.view.set_current)
        layout = self._row = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(4)
        left = (self.open, self.separate, None, self.model, self.device, None, self.view, self.filter)
        for widget in (*left, -1, self.export):
            if isinstance(widget, QWidget):
                layout.addWidget(widget)
            elif widget is None:
                layout.addWidget(_Divider())
            else:
                layout.addStretch(1)
        layout.addWidget(self.menu)
        fill_menu(self.menu.menu, actions)
        session.models_changed.connect(self._models_changed)
        session.state_changed.connect(self._state_changed)
        self._models_changed()
        self._state_changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window words give way to icons."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and hairline."""
        theme = current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), theme.color("hairline"))

    def _fit(self) -> None:
        """Take the words out of the view switch, then of the device, until all fits."""
        for compact in range(3):
            self.view.set_compact(compact > 0)
            self.device.set_choice("" if compact > 1 else self._device_words())
            if self._row.sizeHint().width() <= self.width():
                break

    def _device_words(self) -> str:
        return DEVICE_NAMES.get(self._session.device, self._session.device)

    def _state_changed(self) -> None:
        song = self._session.song
        if self._session.state is SessionState.RENDERING:
            return  # it takes a moment: the button need not flicker
        done = self._session.state == SessionState.READY and song is not None and song.separated
        self.separate.setText("Separate again" if done else "Separate")
        self.separate.kind = "plain" if done else "accent"
        self.separate.updateGeometry()
        self.separate.update()
        self._fit()

    def _models_changed(self) -> None:
        menu = self.model.menu
        menu.clear()
        group = QActionGroup(menu)
        for entry in self._session.registry.entries():
            targets = ", ".join(entry.targets)
            action = menu.addAction(f"{plain(entry.name)}\t{targets} · {rate(entry.sample_rate)}")
            _choice(action, group, entry.name == self._session.model_name)
            action.triggered.connect(lambda _=False, name=entry.name: self._session.set_model(name))
        installed = not menu.isEmpty()
        if not installed:
            menu.addAction("No model is installed").setEnabled(False)
        menu.addSeparator()
        menu.addAction(self._actions.models)
        if installed:
            menu.addAction("About this model…").triggered.connect(self._show_card)
        self.model.set_choice(_short(self._session.model_name) or "No model")
        self.model.setToolTip(plain_tip(f"Model: {self._session.model_name}"))
        self.model.setAccessibleName(f"Model: {self._session.model_name}")
        self._devices_changed()

    def _show_card(self) -> None:
        """What the model is, by whom, and under which licence: its card as plain text."""
        try:
            entry = self._session.registry.entry(self._session.model_name)
        except UmxError as e:
            self._session.told.emit(describe(e))
            return
        CardDialog(printable(entry.name), card_text(entry), self.window()).exec()

    def _devices_changed(self) -> None:
        menu = self.device.menu
        menu.clear()
        group = QActionGroup(menu)
        for device in self._session.devices:
            action = menu.addAction(DEVICE_NAMES.get(device, device))
            _choice(action, group, device == self._session.device)
            action.triggered.connect(lambda _=False, name=device: self._session.set_device(name))
        chosen = self._device_words()
        self._fit()
        self.device.setToolTip(f"Computes on: {chosen}")
        self.device.setAccessibleName(f"Computing device: {chosen}")


class ViewSwitch(QAbstractButton):
    """Waveform | Spectrogram for all lanes: one control with two halves; arrow keys and Space change it."""

    chosen = Signal(str)

    _HALVES = ((WAVEFORM, "Waveform"), (SPECTROGRAM, "Spectrogram"))

    def __init__(self) -> None:
        super().__init__()
        self._current = WAVEFORM
        self._compact = False
        self.setFont(font())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip("How all lanes are drawn (W)")
        self.set_current(WAVEFORM)

    def set_current(self, mode: str) -> None:
        """Show this choice."""
        self._current = mode
        self.setAccessibleName(f"Lanes are drawn as: {mode}")
        self.update()

    def set_compact(self, on: bool) -> None:
        """Icons only."""
        if on != self._compact:
            self._compact = on
            self.updateGeometry()
            self.update()

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def sizeHint(self) -> QSize:
        """Room for both words."""
        return QSize(sum(self._widths()), 32)

    def _widths(self) -> list[int]:
        if self._compact:
            return [ICON + 24] * len(self._HALVES)
        return [self.fontMetrics().horizontalAdvance(words) + ICON + 32 for _, words in self._HALVES]

    def event(self, event: QEvent) -> bool:
        """Space belongs to the switch while it has the keyboard."""
        return claims_space(event) or super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the half under the mouse."""
        self.chosen.emit(self._HALVES[event.position().x() >= self._widths()[0]][0])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing more."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space, Return and arrows go to the other half."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.chosen.emit(SPECTROGRAM if self._current == WAVEFORM else WAVEFORM)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A trough, and the chosen half raised in it."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("ground") if theme.name == "dark" else theme.color("hover"))
        painter.drawRoundedRect(area, 6, 6)
        left = 0.0
        for (mode, words), width in zip(self._HALVES, self._widths(), strict=True):
            on = mode == self._current
            half = QRectF(left, 0, width, self.height())
            if on:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("hover") if theme.name == "dark" else theme.color("raised"))
                painter.drawRoundedRect(half.adjusted(2, 2, -2, -2), 4, 4)
            color = theme.color("text") if on else theme.color("muted")
            icons.draw(painter, mode, QRectF(left + 12, (self.height() - ICON) / 2, ICON, ICON), color)
            painter.setPen(color)
            if not self._compact:
                painter.drawText(half.adjusted(ICON + 20, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
            left += width
        paint_focus(painter, self, area, 6)


class _Divider(QWidget):
    """A hairline between groups."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(17, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line."""
        QPainter(self).fillRect(8, 6, 1, self.height() - 12, current().color("hairline"))


def fill_menu(menu: QMenu, actions: Actions) -> None:
    """The main menu: everything that has a key, and the rest."""
    for group in actions.menu_groups():
        for item in group:
            if isinstance(item, QMenu):
                menu.addMenu(item)
            else:
                menu.addAction(item)
        menu.addSeparator()


def plain(text: str) -> str:
    """Untrusted text for a menu: no mnemonics, no tabs, nothing that hides or turns letters."""
    return printable(" ".join(text.split())).replace("&", "&&")


def card_text(entry: ModelEntry) -> str:
    """A model in a few facts, and its card, of which no more than a reasonable length is read."""
    size = f"{entry.size_bytes / 1e6:.0f} MB"
    facts = (f"Separates: {', '.join(entry.targets)}", f"Licence: {entry.licence}", f"Kind: {entry.origin}, {size}")
    card = ""
    if entry.card is not None:
        try:
            with entry.card.open(encoding="utf-8", errors="replace") as file:
                card = file.read(_LONGEST_CARD)
        except OSError:
            card = "The card of this model cannot be read."
    return "\n".join(printable(line) for line in (*facts, "", *card.splitlines()))


def _short(name: str) -> str:
    """A model's name, which may be a whole path, for a button."""
    name = Path(name).name
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _choice(action: QAction, group: QActionGroup, on: bool) -> None:
    action.setCheckable(True)
    action.setChecked(on)
    group.addAction(action)
