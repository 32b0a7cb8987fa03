"""The excerpts of a training run, heard: a player of its own, beside the song's, which pauses meanwhile."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from umx_gui.app.sound.transport import Transport
from umx_gui.app.worker import Worker
from umx_gui.engine.audio import Audio
from umx_gui.engine.runs.run_folder import EXCERPTS
from umx_gui.engine.storage.scratch import Scratch
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled
from umx_gui.messages import describe
from umx_gui.playback.mix import FILL_GRAIN
from umx_gui.playback.null_device import NullDevice
from umx_gui.playback.player import Player

_POLL_MS = 100
_LONGEST_S = 60.0
_MOST = 4096


def excerpts_of(run: Path) -> dict[int, tuple[Path, ...]]:
    """The excerpts in a run's folder, by epoch, the latest last: untrusted names, of regular FLAC files only."""
    found: dict[int, tuple[Path, ...]] = {}
    try:
        folders = sorted((run / EXCERPTS).iterdir())[:_MOST]
        for folder in folders:
            number = folder.name.removeprefix("epoch-")
            if number.isdecimal() and len(number) < 10 and not folder.is_symlink():
                files = sorted(p for p in folder.glob("*.flac") if p.is_file() and not p.is_symlink())
                found[int(number)] = tuple(files[:64])
    except OSError:
        return {}
    return dict(sorted((number, files) for number, files in found.items() if files))


class ExcerptPlayer(QObject):
    """Plays one short file from its start, once. `changed` tells that it began or ended, `told` why it cannot."""

    changed = Signal()
    told = Signal(object)  # Message

    def __init__(self, transport: Transport, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._transport = transport
        self._player: Player | NullDevice | None = None
        self._scratch: Scratch | None = None
        self._worker: Worker | None = None
        self._path: Path | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def path(self) -> Path | None:
        """What plays, or is about to."""
        return self._path

    def play(self, path: Path) -> None:
        """Play a file; what plays already ends, and the song pauses."""
        self.stop()
        self._transport.pause()
        self._path = path
        worker = self._worker = Worker("excerpt", parent=self)

        def read(token: CancelToken) -> Generator[object, None, None]:
            from umx_gui.engine.decoding.decode import read_audio

            yield read_audio(path, 0.0, _LONGEST_S)

        worker.submit(read, on_value=self._begin, on_done=self._done)
        self.changed.emit()

    def stop(self) -> None:
        """Be silent."""
        self._timer.stop()
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()
            worker.deleteLater()
        if self._player is not None:
            self._player.close()
            self._player = None
        if self._scratch is not None:
            self._scratch.close()
            self._scratch = None
        if self._path is not None:
            self._path = None
            self.changed.emit()

    def _begin(self, audio: object) -> None:
        if not isinstance(audio, Audio) or self._path is None:
            return
        samples = audio.samples[:2]
        scratch = self._scratch = Scratch()
        region, place = scratch.reserve(samples.shape)
        place[:] = samples
        fill, _ = scratch.reserve((-(-samples.shape[1] // FILL_GRAIN),), np.uint8)
        player = self._player = self._transport.another_player()
        player.load(scratch, region, None, fill, audio.sample_rate)
        player.play()
        self._timer.start()

    def _done(self, error: Exception | None) -> None:
        if error is not None and not isinstance(error, Cancelled):
            self.told.emit(describe(error))
            QTimer.singleShot(0, self.stop)

    def _poll(self) -> None:
        """The end of the file, a device that cannot be opened, or the song that goes on: each ends it."""
        if self._player is None:
            return
        if self._player.error is not None:
            self.told.emit(describe(self._player.error))
            self.stop()
        elif self._player.at_end or self._transport.playing:
            self.stop()
