"""The player: a song heard through a sound device that lives in a process of its own.

The window's process only writes and reads the control block. A device opened in it would fall silent whenever Python
paints or torch computes.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from time import monotonic, perf_counter, sleep

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.storage.scratch import Region, Scratch
from umx_gui.errors import SoundReason, SoundUnavailableError
from umx_gui.playback.control import Control, State, Word, seek_target
from umx_gui.playback.job import Job
from umx_gui.playback.launch import SoundProcess
from umx_gui.playback.mix import Mix, gains

_END_LIMIT_S = 1.5


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The song that is loaded."""

    scratch: Scratch
    mixture: Region
    stems: Region | None
    fill: Region
    sample_rate: int

    @property
    def n_samples(self) -> int:
        return self.mixture.shape[1]

    @property
    def n_stems(self) -> int:
        return 0 if self.stems is None else self.stems.shape[0]


class Player:
    """Plays stems as they fill, or the mixture where they are not there yet.

    Nothing here waits: `load` starts the sound process, which opens the device within about half a second; `play`
    before that plays as soon as it is open. `available` and `error` say, then and later, whether there is sound.

    device: a name as `devices()` gives it, None for the system's choice. latency_s: between mixing and hearing; shorter
    answers faster, longer survives a busier machine. block_size: samples per callback. device_rate: the rate in Hz to
    open the device at, None for the song's own, which most sound systems convert as needed; where a device refuses it,
    its default rate is taken and the sound process resamples. idle_s: after so long in silence the device is stopped.
    """

    def __init__(
        self,
        device: str | None = None,
        latency_s: float = 0.1,
        block_size: int = 1024,
        *,
        device_rate: int | None = None,
        idle_s: float = 30.0,
    ) -> None:
        self.device = device
        self._options = (device_rate, latency_s, block_size, idle_s)
        self._mix = Mix(())
        self._loop: tuple[int, int] | None = None
        self._speed = 1.0
        self._song: _Loaded | None = None
        self._control: Control | None = None
        self._process: SoundProcess | None = None
        self._leaving: list[tuple[SoundProcess, float]] = []
        self._error: SoundUnavailableError | None = None

    def load(self, scratch: Scratch, mixture: Region, stems: Region | None, fill: Region, sample_rate: int) -> None:
        """Take another song: stopped, at its start, without a loop; the mix stays.

        mixture: float32 [C, T] with C of 1 (heard on both sides) or 2; stems: float32 [J, C, T]; fill: uint8
        [ceil(T / FILL_GRAIN)], values of `Fill`. All lie in `scratch`, which must stay open while the song is loaded.
        """
        self.unload()
        self._song = _Loaded(scratch, mixture, stems, fill, sample_rate)
        self._loop = None
        self._start(0)

    def unload(self) -> None:
        """Let go of the song; what is heard fades out."""
        self._see_off()
        self._song = self._control = self._error = None

    def set_stems(self, stems: Region | None) -> None:
        """Hear other stems of the same song from now on, or none."""
        if self._song is None or self._process is None:
            return
        song = self._song
        self._song = _Loaded(song.scratch, song.mixture, stems, song.fill, song.sample_rate)
        self._send_settings()
        self._process.send_stems(stems)

    def set_mix(self, mix: Mix) -> None:
        """Hear this mix; gains move to it within one block. Strips without a stem count for nothing."""
        self._mix = mix
        self._send_settings()

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Repeat the samples [start, stop) once they are reached, without a gap; None plays on."""
        self._loop = loop
        self._send_settings()

    def set_speed(self, speed: float) -> None:
        """Play slower or faster, 0.5 to 2, pitch and all, as a tape does."""
        self._speed = speed
        if self._control is not None:
            self._control.set_speed(speed)

    def play(self) -> None:
        """Play on from the position; at the end, from the start (of the loop)."""
        if self._control is None or self._song is None:
            return
        if self.position >= self._song.n_samples:
            self.seek(self._loop[0] if self._loop else 0)
        self._control.set_play(True)

    def pause(self) -> None:
        """Fade out within 5 ms, and stay there."""
        if self._control is not None:
            self._control.set_play(False)

    def seek(self, sample: int) -> None:
        """Go to a sample, held within the song; what is heard fades over to it."""
        if self._control is None or self._song is None:
            return
        if self.at_end:
            self._control.set_play(False)  # it has stopped by itself; a seek must not start it again
        self._control.seek(min(max(sample, 0), self._song.n_samples))

    @property
    def position(self) -> int:
        """The sample that is heard now: behind what is mixed by the latency, and steady between callbacks."""
        control, song = self._control, self._song
        if control is None or song is None:
            return 0
        status = control.status()
        if status.seek_done != control.seek_wanted:
            return min(seek_target(control.seek_wanted), song.n_samples)
        pace = song.sample_rate * status.speed
        ahead = self._latency_s - (perf_counter() - status.anchor_s) + status.n_played / pace
        n_ahead = min(max(round(ahead * pace), 0), status.n_played)
        n_since_jump = status.n_played - status.jump_at
        if n_ahead <= n_since_jump or status.jump_from < 0:
            return status.position - min(n_ahead, n_since_jump)
        before = status.jump_from - (n_ahead - n_since_jump)
        start = self._loop[0] if self._loop else 0
        length = max(status.jump_from - start, 1)
        return before if before >= start else start + (before - start) % length

    @property
    def playing(self) -> bool:
        """Whether sound is wanted and can still come; False once the end was heard."""
        return self._control is not None and self._control.play and self.available and not self.at_end

    @property
    def at_end(self) -> bool:
        """Whether the song's last sample was heard."""
        if self._control is None or self._song is None:
            return False
        status = self._control.status()
        over = status.at_end and status.seek_done == self._control.seek_wanted
        return over and self.position >= self._song.n_samples

    @property
    def underruns(self) -> int:
        """How often the device had to wait for sound since the song was loaded."""
        return 0 if self._control is None else int(self._control.words[Word.UNDERRUNS])

    @property
    def levels(self) -> NDArray[np.float32]:
        """Peaks [J + 1, 2] since they were last read, linear, after all gains; the last row is the master."""
        n_stems = 0 if self._song is None else self._song.n_stems
        if self._control is None:
            return np.zeros((n_stems + 1, 2), np.float32)
        return self._control.take_levels(n_stems)

    @property
    def available(self) -> bool:
        """Whether there is sound, as far as is known: True until a device was tried."""
        return self.error is None

    @property
    def error(self) -> SoundUnavailableError | None:
        """Why there is no sound: the device refused, vanished, or the sound process died."""
        if self._error is None and self._control is not None and self._process is not None:
            self._error = self._control.error
            if self._error is None and self._process.exit_code is not None:
                # It may have written its reason just before it went.
                said = f"exit code {self._process.exit_code} {self._process.last_words()}".strip()
                self._error = self._control.error or SoundUnavailableError(said, SoundReason.ENDED)
        return self._error

    @property
    def pid(self) -> int | None:
        """The number of the sound process, for diagnostics."""
        return None if self._process is None else self._process.pid

    def wait_ready(self, limit_s: float = 10.0) -> bool:
        """Wait until the device is open; False where it cannot be, or not in time."""
        deadline_s = monotonic() + limit_s
        while self._control is not None and self.available and monotonic() < deadline_s:
            if self._control.state is State.READY:
                return True
            sleep(0.005)
        return False

    def reopen(self) -> None:
        """Open the device (`device` may have been changed) again, stopped, at the present position and with the mix."""
        if self._song is not None:
            position = self.position
            self._see_off()
            self._error = None
            self._start(position)

    def close(self) -> None:
        """End the sound process: within 0.3 s as a rule, by force after 1.5 s."""
        self.unload()
        for process, _ in self._leaving:
            process.end(_END_LIMIT_S)
        self._leaving.clear()

    def __enter__(self) -> Player:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _latency_s(self) -> float:
        return 0.0 if self._control is None else self._control.words[Word.LATENCY_S]

    def _start(self, position: int) -> None:
        assert self._song is not None
        song, (device_rate, latency_s, block_size, idle_s) = self._song, self._options
        self._control, handle = Control.create()
        self._control.seek(position)
        self._control.set_speed(self._speed)
        self._send_settings()
        on_windows = sys.platform == "win32"
        scratch = str(song.scratch.path) if on_windows else song.scratch.fileno()
        job = Job(
            handle, scratch, song.mixture, song.stems, song.fill, song.sample_rate,
            self.device, device_rate, latency_s, block_size, idle_s,
        )  # fmt: skip
        try:
            self._process = SoundProcess(job, [d for d in (handle, scratch) if isinstance(d, int)])
        except OSError as e:
            self._error = SoundUnavailableError(str(e), SoundReason.ENDED)
        finally:
            if isinstance(handle, int):
                os.close(handle)

    def _send_settings(self) -> None:
        if self._control is not None and self._song is not None:
            self._control.set_settings(gains(self._mix.padded(self._song.n_stems)), self._loop)

    def _see_off(self) -> None:
        """Ask the sound process to go, and clear away those that went."""
        if self._process is not None:
            self._process.leave()
            self._leaving.append((self._process, monotonic()))
            self._process = None
        still = []
        for process, since_s in self._leaving:
            if process.exit_code is None and monotonic() - since_s < _END_LIMIT_S:
                still.append((process, since_s))
            else:
                process.end(0.1)
        self._leaving = still
