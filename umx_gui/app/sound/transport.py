"""Play, pause, seek, loop: the player in its own process as the window's thread sees it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from umx_gui.app.open_song.song import Song
from umx_gui.app.sound.mix_state import MixState
from umx_gui.engine.storage.scratch import Region
from umx_gui.errors import SoundReason, SoundUnavailableError
from umx_gui.messages import describe
from umx_gui.playback.null_device import NullDevice
from umx_gui.playback.player import Player
from umx_gui.playback.varispeed import MAX_SPEED as MAX_SPEED
from umx_gui.playback.varispeed import MIN_SPEED as MIN_SPEED

POLL_HZ = 30
SHORTEST_LOOP_S = 0.02
_FIRST_LOOK_MS = 1500  # by then a device that cannot be opened has said so


class Transport(QObject):
    """Plays the song that is loaded. Positions are samples at the song's rate, and are what is heard now.

    The sound process starts with the first song, so that it costs the first picture of the window nothing. Where there
    is no sound, the playhead still runs, silently, and `told` says why with each press of play.
    """

    position_changed = Signal(int)
    playing_changed = Signal(bool)
    speed_changed = Signal()
    loop_changed = Signal(object)  # (start, stop) in samples, or None
    song_changed = Signal()  # another song, or none: length and rate are new
    sound_changed = Signal()  # available, underruns
    told = Signal(object)  # Message

    def __init__(self, make_player: Callable[[], Player | NullDevice] = Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mix = MixState(self)
        self.mix.mix_changed.connect(self._send_mix)
        self._make_player = make_player
        self._output: str | None = None
        self._player: Player | NullDevice | None = None
        self._error: SoundUnavailableError | None = None
        self._song: Song | None = None
        self._instead: Region | None = None  # what is heard in the place of the song's stems
        self._loop: tuple[int, int] | None = None
        self._speed = 1.0
        self._position = self._underruns = 0
        self._playing = False
        self._timer = QTimer(self)
        self._timer.setInterval(1000 // POLL_HZ)
        self._timer.timeout.connect(self._poll)
        self._first_look = QTimer(self)
        self._first_look.setSingleShot(True)
        self._first_look.setInterval(_FIRST_LOOK_MS)
        self._first_look.timeout.connect(self._check_sound)

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
    def speed(self) -> float:
        """How fast it plays, 0.5 to 2; pitch moves with it."""
        return self._speed

    @property
    def available(self) -> bool:
        """Whether there is sound; True until a device was tried."""
        return self._error is None

    @property
    def underruns(self) -> int:
        """How often the sound device had to wait, since the song was loaded."""
        return self._underruns

    def levels(self) -> NDArray[np.float32]:
        """Peaks [J + 1, 2] since the last call, linear; the last row is the master. For one caller only."""
        if self._player is None:
            return np.zeros((len(self.mix.targets) + 1, 2), np.float32)
        return self._player.levels

    def play(self) -> None:
        """Play on from the playhead; from the start (of the loop) where it stands at the end."""
        if self._player is None or self._song is None:
            return
        self._check_sound(tell=False)
        if self._error is not None:
            self.told.emit(describe(self._error))
        if self._position >= self.n_samples:
            self.seek(self._loop[0] if self._loop else 0)
        self._player.play()
        self._timer.start()
        self._set_playing(True)

    def pause(self) -> None:
        """Stop, and stay at the playhead."""
        if self._player is not None:
            self._player.pause()  # the timer ends by itself once the playhead stands
        self._set_playing(False)

    def toggle(self) -> None:
        """Play or pause."""
        if self._playing:
            self.pause()
        else:
            self.play()

    def seek(self, sample: int) -> None:
        """Go to a sample, held within the song."""
        if self._player is not None:
            sample = min(max(sample, 0), self.n_samples)
            self._player.seek(sample)
            self._set_position(sample)

    def seek_by_s(self, seconds: float) -> None:
        """Go back or ahead."""
        self.seek(self._position + round(seconds * self.sample_rate))

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Repeat [start, stop) in either order, held within the song; a stretch shorter than 20 ms is none."""
        if loop is not None:
            start, stop = (min(max(at, 0), self.n_samples) for at in sorted(loop))
            loop = (start, stop) if stop - start >= SHORTEST_LOOP_S * self.sample_rate else None
        if loop != self._loop:
            self._loop = loop
            if self._player is not None:
                self._player.set_loop(loop)
            self.loop_changed.emit(loop)

    def set_speed(self, speed: float) -> None:
        """Play slower or faster, held within 0.5 and 2; it stays from song to song."""
        speed = min(max(round(speed, 2), MIN_SPEED), MAX_SPEED)
        if speed != self._speed:
            self._speed = speed
            if self._player is not None:
                self._player.set_speed(speed)
            self.speed_changed.emit()

    def load(self, song: Song | None) -> None:
        """Take another song (or none): stopped, at its start, without a loop; the mix stays."""
        self._set_playing(False)
        self._timer.stop()
        self._song, self._instead = song, None
        self.set_loop(None)
        self.mix.set_targets(song.targets if song is not None else ())
        if song is not None:
            if self._player is None or self._error is not None:
                self._replace_player(self._new_player())  # a device may be there by now
            self._load_player()
            self._first_look.start()
        elif self._player is not None:
            self._player.unload()
        self._underruns = 0
        self._set_position(0)
        self.song_changed.emit()

    def take_stems(self, instead: Region | None = None) -> None:
        """The song has other stems than before: hear them, or `instead` in their place, and show their strips."""
        self._instead = instead
        if self._song is not None and self._player is not None:
            self._player.set_stems(instead or self._song.stems_region)
            self.mix.set_targets(self._song.targets)
            self._send_mix()

    def try_sound_again(self) -> None:
        """Open the sound device anew, after it vanished or another one was chosen: stopped at the playhead."""
        if self._song is not None:
            self.pause()
            self._replace_player(self._new_player())
            self._load_player()
            self._first_look.start()

    @property
    def lost(self) -> bool:
        """Whether the sound device is gone, so that it may come back."""
        return self._error is not None and self._error.reason in (SoundReason.LOST, SoundReason.NO_DEVICE)

    def take_sound_back(self) -> None:
        """The sound device is there again: go on through it where the playhead is."""
        playing = self._playing
        self.try_sound_again()
        if playing:
            self.play()

    def another_player(self) -> Player | NullDevice:
        """A second player on the same output, for something short beside the song; its owner closes it."""
        return self._new_player()

    def set_output(self, name: str) -> None:
        """Play through this device ("": the system's choice), from the playhead on."""
        if (name or None) == self._output:
            return
        self._output = name or None
        if self._player is not None:
            self.take_sound_back()

    def close(self) -> None:
        """Let the sound process go."""
        self._timer.stop()
        self._first_look.stop()
        self._song = None
        if self._player is not None:
            self._player.close()
            self._player = None

    def _new_player(self) -> Player | NullDevice:
        player = self._make_player()
        player.device = self._output
        return player

    def _load_player(self) -> None:
        song, player = self._song, self._player
        if song is not None and player is not None:
            stems = self._instead or song.stems_region
            player.load(song.scratch, song.mixture_region, stems, song.fill_region, song.sample_rate)
            player.set_mix(self.mix.mix)
            player.set_loop(self._loop)
            player.set_speed(self._speed)
            player.seek(self._position if self._position < song.n_samples else 0)

    def _replace_player(self, player: Player | NullDevice, error: SoundUnavailableError | None = None) -> None:
        if self._player is not None:
            self._player.close()
        changed = (self._error is None) != (error is None)
        self._player, self._error = player, error
        if changed:
            self.sound_changed.emit()

    def _check_sound(self, tell: bool = True) -> None:
        """Where sound has failed meanwhile, go on in silence."""
        if self._player is None or (error := self._player.error) is None:
            return
        was_playing = self._playing
        self._replace_player(NullDevice(), error)
        self._load_player()
        if was_playing and self._player is not None:
            self._player.play()
            if tell:
                self.told.emit(describe(error))

    def _send_mix(self) -> None:
        if self._player is not None:
            self._player.set_mix(self.mix.mix)

    def _poll(self) -> None:
        self._check_sound()
        if self._player is None:
            return
        before = self._position
        self._set_position(self._player.position)
        if self._playing and not self._player.playing:
            self._set_playing(False)
        if not self._playing and self._position == before:
            self._timer.stop()
        if self._player.underruns != self._underruns:
            self._underruns = self._player.underruns
            self.sound_changed.emit()

    def _set_position(self, sample: int) -> None:
        if sample != self._position:
            self._position = sample
            self.position_changed.emit(sample)

    def _set_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self.playing_changed.emit(playing)
