"""The bar on top: open, separate, model, device, waveform or spectrogram, export, menu."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF
from PySide6.QtGui import QAction, QActionGroup, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from umx_gui.app.session import Session, SessionState
from umx_gui.engine.naming import printable
from umx_gui.errors import UmxError
from umx_gui.messages import describe
from umx_gui.views.actions import Actions
from umx_gui.views.kit.bind import bind
from umx_gui.views.kit.controls import MenuButton, button_for
from umx_gui.views.kit.dialogs import CardDialog
from umx_gui.views.kit.formats import rate, target_names
from umx_gui.views.kit.labels import plain, plain_tip
from umx_gui.views.kit.theme import current
from umx_gui.views.lanes.lane_modes import LaneModes
from umx_gui.views.lanes.view_switch import ViewSwitch
from umx_gui.views.models.card import card_text
from umx_gui.words import mark, tr

HEIGHT = 48
_LONGEST_NAME = 20
DEVICE_NAMES = {"auto": mark("Automatic"), "cpu": "CPU", "cuda": "NVIDIA GPU (CUDA)", "mps": mark("Apple GPU (MPS)")}


class ToolBar(QWidget):
    """Every button is an action of the window, or a choice bound to the session."""

    def __init__(self, session: Session, actions: Actions, modes: LaneModes) -> None:
        super().__init__()
        self._session = session
        self._actions = actions
        self._compact_more: Callable[[bool], None] | None = None
        self._more_view: MenuButton | None = None
        self.setFixedHeight(HEIGHT)
        self.open = button_for(actions.open, "open", tr("Open"))
        self.separate = button_for(actions.separate, "separate", tr("Separate"), kind="accent")
        self.model = MenuButton(tr("Model"), "model", tr("Model"))
        self.device = MenuButton(tr("Device"), "chip", tr("Device"))
        self.view = ViewSwitch()
        self.filter = button_for(actions.filter, "filter")
        self.export = button_for(actions.export, "export", tr("Export"))
        self.menu = MenuButton(tr("Menu"), "menu")
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
        session.models_changed.connect(self._models_changed)
        session.state_changed.connect(self._state_changed)
        self._models_changed()
        self._state_changed()

    def fill_menu(self) -> None:
        """Fill the main menu, once all parts of the window have said what they add."""
        fill_menu(self.menu.menu, self._actions)

    def add_view_menu(self, button: MenuButton) -> None:
        """Show a button beside the switch of the views."""
        self._more_view = button
        self._row.insertWidget(self._row.indexOf(self.view) + 1, button)
        self._fit()

    def add(self, button: QWidget, set_compact: Callable[[bool], None]) -> None:
        """Show a button of another part of the window; it is told where there is no room for its words."""
        self._compact_more = set_compact
        self._row.insertWidget(self._row.indexOf(self.export), button)
        self._fit()

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
        """Until all fits, take the words out of the view switch, its menu, the queue, the device, and of what everybody
        knows."""
        for compact in range(6):
            for button, words in ((self.open, tr("Open")), (self.export, tr("Export"))):
                button.setText(words if compact < 5 else "")
                button.updateGeometry()
            self.view.set_compact(compact > 0)
            if self._more_view is not None:
                self._more_view.set_choice("" if compact > 1 else tr("View"))
            if self._compact_more is not None:
                self._compact_more(compact > 2)
            self.device.set_choice("" if compact > 3 else self._device_words())
            if self._row.sizeHint().width() <= self.width():
                break

    def _device_words(self) -> str:
        return tr(DEVICE_NAMES.get(self._session.device, self._session.device))

    def _state_changed(self) -> None:
        song = self._session.song
        if self._session.state is SessionState.RENDERING:
            return  # it takes a moment: the button need not flicker
        done = self._session.state == SessionState.READY and song is not None and song.separated
        self.separate.setText(tr("Separate again") if done else tr("Separate"))
        self.separate.kind = "plain" if done else "accent"
        self.separate.updateGeometry()
        self.separate.update()
        self._fit()

    def _models_changed(self) -> None:
        menu = self.model.menu
        menu.clear()
        group = QActionGroup(menu)
        for entry in self._session.registry.entries():
            stems = plain(target_names(entry.targets))
            action = menu.addAction(f"{plain(entry.name)}\t{stems} · {rate(entry.sample_rate)}")
            _choice(action, group, entry.name == self._session.model_name)
            action.triggered.connect(lambda _=False, name=entry.name: self._session.set_model(name))
        installed = not menu.isEmpty()
        if not installed:
            menu.addAction(tr("No model is installed")).setEnabled(False)
        menu.addSeparator()
        menu.addAction(self._actions.models)
        if installed:
            menu.addAction(tr("About this model…")).triggered.connect(self._show_card)
        self.model.set_choice(_short(self._session.model_name) or tr("No model"))
        self.model.setToolTip(plain_tip(tr("Model: {model_name}", model_name=self._session.model_name)))
        self.model.setAccessibleName(tr("Model: {model_name}", model_name=self._session.model_name))
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
            action = menu.addAction(tr(DEVICE_NAMES.get(device, device)))
            _choice(action, group, device == self._session.device)
            action.triggered.connect(lambda _=False, name=device: self._session.set_device(name))
        chosen = self._device_words()
        self._fit()
        self.device.setToolTip(tr("Computes on: {chosen}", chosen=chosen))
        self.device.setAccessibleName(tr("Computing device: {chosen}", chosen=chosen))


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


def _short(name: str) -> str:
    """A model's name, which may be a whole path, for a button."""
    name = Path(name).name
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _choice(action: QAction, group: QActionGroup, on: bool) -> None:
    action.setCheckable(True)
    action.setChecked(on)
    group.addAction(action)
