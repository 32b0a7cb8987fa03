"""One window for a user: a second start hands its files to the first window, which comes to the front.

Who holds the lock is the first; a lock goes with its process, however that ends. The files travel through a socket that
only the same user can reach: names only, as one line of JSON of a limited size; what they are is looked at by the
window, as if they had been dropped on it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from umx_gui.app.settings import config_dir
from umx_gui.engine.storage.files import try_lock

MAX_BYTES = 4 << 20
PATIENCE_S = 5.0
_STEP_MS = 200
_MAX_SOCKET_PATH = 100  # systems allow about 104 to 108 bytes
_DONE = b"ok\n"
_log = logging.getLogger(__name__)


class SingleInstance(QObject):
    """The first window's end: `asked` says which files a later start brings."""

    asked = Signal(object)  # list[Path]; empty: only come to the front

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder or config_dir()
        self._lock: int | None = None
        self._server: QLocalServer | None = None
        self._said: dict[QLocalSocket, bytearray] = {}

    def claim(self) -> bool:
        """Be the first, and listen; False where another process is. True as well where nothing can be claimed."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            fd = os.open(self._folder / "window.lock", os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as e:
            _log.info("windows cannot find each other: %s", e)
            return True
        if not try_lock(fd, unsupported=True):
            os.close(fd)
            return False
        self._lock = fd
        self._listen()
        return True

    def hand_over(self, files: list[str]) -> bool:
        """Give files to the first window; False where it does not answer in time."""
        content = json.dumps({"files": [str(Path(name).absolute()) for name in files]}).encode() + b"\n"
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and len(content) <= MAX_BYTES:
            # It may be starting, or just closing: try again.
            if _send(socket_name(self._folder), content, until):
                return True
            time.sleep(_STEP_MS / 1000)
        return False

    def close(self) -> None:
        """Leave it to the next start."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _listen(self) -> None:
        name = socket_name(self._folder)
        QLocalServer.removeServer(name)  # of a process that was killed: the lock says that nobody listens there
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._connected)
        if server.listen(name):
            self._server = server
        else:
            _log.warning("later starts cannot reach this window: %s", server.errorString())

    def _connected(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()) is not None:
            self._said[socket] = bytearray()
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(self._gone)
            self._read_from(socket)

    def _read(self) -> None:
        for socket in list(self._said):
            self._read_from(socket)

    def _read_from(self, socket: QLocalSocket) -> None:
        said = self._said[socket]
        said += socket.read(MAX_BYTES + 1 - len(said)).data()
        line, newline, _ = bytes(said).partition(b"\n")
        if not newline:
            if len(said) > MAX_BYTES:
                socket.abort()
            return
        said.clear()
        files = parsed(line)
        if files is None:
            _log.info("another program said what no window says")
            socket.abort()
            return
        socket.write(_DONE)
        socket.flush()
        self.asked.emit(files)

    def _gone(self) -> None:
        for socket in [s for s in self._said if s.state() is QLocalSocket.LocalSocketState.UnconnectedState]:
            del self._said[socket]
            socket.deleteLater()


def parsed(line: bytes) -> list[Path] | None:
    """The files that a message names; None for what is no message. Only whole paths on this computer count."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return None
    names = content.get("files") if isinstance(content, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    paths = [Path(name) for name in names if "\0" not in name and _can_be_a_name(name)]
    return [path for path in paths if path.is_absolute()]


def socket_name(folder: Path) -> str:
    """Where the window of these settings listens: in the settings' folder, where nobody else can put anything."""
    if sys.platform != "win32":
        path = folder.absolute() / "window.socket"
        if len(os.fsencode(path)) <= _MAX_SOCKET_PATH:
            return str(path)
    digest = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:16]
    if sys.platform == "win32":
        return f"umx-gui-{digest}"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return str(Path(runtime if runtime and len(runtime) < 60 else tempfile.gettempdir()) / f"umx-gui-{digest}")


def _send(name: str, content: bytes, until: float) -> bool:
    if sys.platform != "win32" and not _is_mine(Path(name)):
        return False
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_STEP_MS):
        return False
    socket.write(content)
    answer = b""
    while time.monotonic() < until and socket.state() is QLocalSocket.LocalSocketState.ConnectedState:
        socket.waitForBytesWritten(_STEP_MS) if socket.bytesToWrite() else socket.waitForReadyRead(_STEP_MS)
        answer += socket.readAll().data()
        if answer == _DONE:
            return True
    return False


def _is_mine(path: Path) -> bool:
    """Whether a socket belongs to this user: in a folder for all, another one could pose as the window."""
    try:
        return sys.platform == "win32" or path.lstat().st_uid == os.getuid()
    except OSError:
        return False


def _can_be_a_name(name: str) -> bool:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True
