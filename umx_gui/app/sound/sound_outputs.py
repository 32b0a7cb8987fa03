"""The choice of the sound device: what there is, listed without the window waiting for it."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, QTimer, Signal

from umx_gui.app.settings import Settings
from umx_gui.app.sound.transport import Transport
from umx_gui.errors import SoundUnavailableError
from umx_gui.playback.devices import devices

_LOOK_MS = 2000  # between two looks for a device that was unplugged


class SoundOutputs(QObject):
    """The output devices by name; "" is the system's choice. A device that is gone stays listed while it is chosen, and
    is used again when it comes back."""

    changed = Signal()
    _found = Signal(object)

    def __init__(self, settings: Settings, transport: Transport, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self._settings, self._transport = settings, transport
        self._looking = False
        self._found.connect(self._take)
        self._gone_since: set[str] | None = None  # the devices that were there while the wanted one was not
        self._search = QTimer(self)
        self._search.setInterval(_LOOK_MS)
        self._search.timeout.connect(self.look)
        transport.sound_changed.connect(self._sound_changed)
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
        if self._search.isActive():
            self._search_in(set(names))
        self.changed.emit()

    def _sound_changed(self) -> None:
        """Look for the device as long as it is gone."""
        if self._transport.lost != self._search.isActive():
            self._gone_since = None
            if self._transport.lost:
                self._search.start()
            else:
                self._search.stop()

    def _search_in(self, there: set[str]) -> None:
        """Only what was missing and is there now can be what was plugged in: nothing is tried over and over."""
        new = set() if self._gone_since is None else there - self._gone_since
        self._gone_since = there
        wanted = self.chosen
        if any(not wanted or wanted in (name, name.rsplit(", ", 1)[0]) for name in new):
            self._transport.take_sound_back()
