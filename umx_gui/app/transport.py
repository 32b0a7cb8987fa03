"""Play, pause, seek, loop: the player in its own process as the window's thread sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from umx_gui.app.mix_state import MixState
from umx_gui.app.song import Song
from umx_gui.engine.scratch import Region, Scratch
from umx_gui.errors import SoundUnavailableError
from umx_gui.messages import describe
from umx_gui.playback.mix import Mix
from umx_gui.playback.null_device import NullDevice
from umx_gui.playback.player import Player

POLL_HZ = 30


class SoundPlayer(Protocol):
    """What `Player` and `NullDevice` have in common."""

    @property
    def position(self) -> int: ...  # noqa: D102
    @property
    def playing(self) -> bool: ...  # noqa: D102
    @property
    def at_end(self) -> bool: ...  # noqa: D102
    @property
    def underruns(self) -> int: ...  # noqa: D102
    @property
    def levels(self) -> NDArray[np.float32]: ...  # noqa: D102
    @property
    def available(self) -> bool: ...  # noqa: D102
    @property
    def error(self) -> SoundUnavailableError | None: ...  # noqa: D102

    def load(  # noqa: D102
        self, scratch: Scratch, mixture: Region, stems: Region | None, fill: Region, sample_rate: int
    ) -> None: ...
    def set_stems(self, stems: Region | None) -> None: ...  # noqa: D102
    def set_mix(self, mix: Mix) -> None: ...  # noqa: D102
    def play(self) -> None: ...  # noqa: D102
    def pause(self) -> None: ...  # noqa: D102
    def seek(self, sample: int) -> None: ...  # noqa: D102
    def set_loop(self, loop: tuple[int, int] | None) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


class Transport(QObject):
    """Plays the song that is loaded. Positions are samples at the song's rate, and are what is heard now.

    The sound process starts with the first song, so that it costs the first picture of the window nothing. Where there
    is no sound, the playhead still runs, silently, and `told` says why with each press of play.
    """

    position_changed = Signal(int)
    playing_changed = Signal(bool)
    loop_changed = Signal(object)  # (start, stop) in samples, or None
    song_changed = Signal()  # another song, or none: length and rate are new
    sound_changed = Signal()  # available, underruns
    told = Signal(object)  # Message

    def __init__(self, make_player: Callable[[], SoundPlayer] = Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mix = MixState(self)
        self.mix.mix_changed.connect(self._send_mix)
        self._make_player = make_player
        self._player: SoundPlayer | None = None
        self._song: Song | None = None
        self._loop: tuple[int, int] | None = None
        self._position = 0
        self._playing = False
        self._sound = (True, 0)
        self._timer = QTimer(self)
        self._timer.setInterval(1000 // POLL_HZ)
        self._timer.timeout.connect(self._poll)

    @property
    def song(self) -> Song | None:
        """What is loaded."""
        return self._song

    @property
    def sample_rate(self) -> int:
        """Of the song in Hz; 44100 where none is loaded."""
        return self._song.sample_rate if self._song is not None else 44100

    @property
    def n_samples(self) -> int:
        """The length of the song; 0 where none is loaded."""
        return self._song.n_samples if self._song is not None else 0

    @property
    def position(self) -> int:
        """The sample that is heard now."""
        return self._position

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._playing

    @property
    def loop(self) -> tuple[int, int] | None:
        """The stretch [start, stop) that is repeated."""
        return self._loop

    @property
    def available(self) -> bool:
        """Whether there is sound; True until a device was tried."""
        return self._sound[0]

    @property
    def underruns(self) -> int:
        """How often the sound device had to wait, since the song was loaded."""
        return self._sound[1]

    def levels(self) -> NDArray[np.float32]:
        """Peaks [J + 1, 2] since the last call, linear; the last row is the master. For one caller only."""
        if self._player is None or not self._playing:
            return np.zeros((len(self.mix.targets) + 1, 2), np.float32)
        return self._player.levels

    def play(self) -> None:
        """Play on from the playhead; from the start (of the loop) where it stands at the end."""

    def pause(self) -> None:
        """Stop, and stay at the playhead."""

    def toggle(self) -> None:
        """Play or pause."""
        if self._playing:
            self.pause()
        else:
            self.play()

    def seek(self, sample: int) -> None:
        """Go to a sample, held within the song."""

    def seek_by_s(self, seconds: float) -> None:
        """Go back or ahead."""
        self.seek(self._position + round(seconds * self.sample_rate))

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Repeat [start, stop), or nothing; a stretch shorter than 20 ms is nothing."""

    def load(self, song: Song | None) -> None:
        """Take another song (or none): stopped, at its start, without a loop."""

    def close(self) -> None:
        """Let the sound process go."""

    def _send_mix(self) -> None:
        if self._player is not None:
            self._player.set_mix(self.mix.mix)

    def _poll(self) -> None:
        assert describe
        assert NullDevice
