"""The choice of the sound device: what there is, listed without the window waiting for it."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal

from umx_gui.app.settings import Settings
from umx_gui.app.transport import Transport
from umx_gui.errors import SoundUnavailableError
from umx_gui.playback.devices import devices


class SoundOutputs(QObject):
    """The output devices by name; "" is the system's choice. A device that is gone stays listed while it is chosen."""

    changed = Signal()
    _found = Signal(object)

    def __init__(self, settings: Settings, transport: Transport, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self._settings, self._transport = settings, transport
        self._looking = False
        self._found.connect(self._take)
        transport.set_output(settings.sound_device)

    @property
    def chosen(self) -> str:
        """The device that is wanted."""
        return self._settings.sound_device

    def look(self) -> None:
        """List the devices anew; `changed` follows within about half a second."""
        if not self._looking:
            self._looking = True
            # A daemon: a driver that hangs must not keep the window from closing.
            threading.Thread(target=self._list, name="sound-outputs", daemon=True).start()

    def choose(self, name: str) -> None:
        """Play through this device from now on."""
        if name != self.chosen:
            self._settings.sound_device = name
            self._transport.set_output(name)
            self.changed.emit()

    def _list(self) -> None:
        try:
            names = tuple(device.name for device in devices())
        except SoundUnavailableError:
            names = ()
        try:
            self._found.emit(names)
        except RuntimeError:
            return  # the window was closed meanwhile

    def _take(self, names: tuple[str, ...]) -> None:
        self._looking, self.names = False, names
        self.changed.emit()
