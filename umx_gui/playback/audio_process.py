"""The sound process: opens the device, plays what the control block says, and goes when its parent goes.

Started as `python -m umx_gui.playback.audio_process`; it imports NumPy and sounddevice, neither Qt nor torch. The first
line of its standard input is a `Job`, later lines are news (`{"stems": region}`), and its end means: leave.
"""

from __future__ import annotations

import gc
import json
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from time import perf_counter
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.storage.scratch import Region, map_region
from umx_gui.errors import SoundReason, SoundUnavailableError
from umx_gui.playback.control import Control
from umx_gui.playback.feeder import Feeder
from umx_gui.playback.job import Job, region_from
from umx_gui.playback.mixer import Mixer, Source
from umx_gui.playback.portaudio import DeviceInfo, find_output, load_sounddevice
from umx_gui.playback.priority import hurry, hurry_process
from umx_gui.playback.read_ahead import ReadAhead
from umx_gui.playback.varispeed import Varispeed

_TURN_S = 0.02
_AHEAD_S = 4.0  # of the song: two seconds at the highest speed
_STALLED_S = 5.0
_LEAVE_LIMIT_S = 1.0
_OPEN_TRIES = 3
_INVALID_RATE = -9997  # paInvalidSampleRate

Fill = Callable[[FloatArray, float], None]


class Parent(threading.Thread):
    """Reads what the parent sends. The pipe ends with the parent, even when that is killed."""

    def __init__(self) -> None:
        super().__init__(name="parent", daemon=True)
        self.lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.gone = threading.Event()
        self._pid = os.getppid()

    def run(self) -> None:
        """Read lines until the end."""
        rest = b""
        while data := os.read(0, 1 << 16):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self.lines.put(line.decode())
        self.lines.put("")
        self.gone.set()

    def wait(self) -> bool:
        """Rest for one turn; False once the parent has gone."""
        # A process the parent forked could hold the pipe open: then the number of the parent tells.
        return not self.gone.wait(_TURN_S) and os.getppid() == self._pid


class Sound:
    """One open device playing one song."""

    def __init__(self, job: Job, control: Control) -> None:
        self._job, self._control = job, control
        self._sd = load_sounddevice()
        self._fd = job.scratch if isinstance(job.scratch, int) else os.open(job.scratch, os.O_RDWR | _O_BINARY)
        self._stems = job.stems
        self._mixture = cast(FloatArray, map_region(self._fd, job.mixture))
        self._fill = cast("NDArray[np.uint8]", map_region(self._fd, job.fill))
        self._mixer = Mixer(control, self._source(), job.sample_rate, job.block_size)
        self._varispeed = Varispeed(self._mixer, control, job.block_size)
        self._ahead = ReadAhead(self._fd, round(_AHEAD_S * job.sample_rate))
        self._feeder: Feeder | None = None
        self._called_s = perf_counter()
        self._started = self._hurried = False
        self._stream: Any = self._open()

    def run(self, parent: Parent) -> None:
        """Play until the parent goes or the device is lost. Raises SoundUnavailableError."""
        self._start()
        self._control.set_ready(self._stream.latency + (self._feeder.lag_s if self._feeder else 0.0))
        rest_since_s = perf_counter()
        while parent.wait():
            while not parent.lines.empty():
                if line := parent.lines.get():
                    self._take_stems(region_from(json.loads(line)["stems"]))
            now_s = perf_counter()
            if not self._mixer.at_rest:
                rest_since_s = now_s
                self._ahead.around(self._control.status().position, (self._job.mixture, self._stems))
            if self._started:
                self._check(now_s)
                # A device does not play out what it still holds when it is stopped: only what is older has been heard.
                if now_s - rest_since_s > self._job.idle_s + 2 * self._stream.latency:
                    self._stream.stop()
                    self._started = False
            elif rest_since_s == now_s:
                self._start()

    def leave(self) -> None:
        """Fade out, let the last samples be heard, and close the device."""
        self._control.set_play(False)
        deadline_s = perf_counter() + 0.2
        while self._started and not self._mixer.at_rest and perf_counter() < deadline_s:
            time.sleep(0.005)
        # Devices do not play out what they hold when they are closed.
        time.sleep(min(self._stream.latency, 0.2) if self._started else 0)
        if self._feeder is not None:
            self._feeder.stop()
        self._stream.close()

    def _source(self) -> Source:
        stems = None if self._stems is None else cast(FloatArray, map_region(self._fd, self._stems))
        return Source(self._mixture, stems, self._fill)

    def _take_stems(self, region: Region | None) -> None:
        self._stems = region
        self._mixer.source = self._source()

    def _open(self) -> Any:
        """The stream at the song's rate, else at the device's own with a feeder. Raises SoundUnavailableError."""
        job, device = self._job, find_output(self._sd, self._job.device)
        if job.device_rate is not None and job.device_rate != job.sample_rate:
            return self._open_resampled(device, job.device_rate)
        try:
            return self._open_at(device, job.sample_rate, self._varispeed.fill)
        except self._sd.PortAudioError as e:
            if e.args[1:2] != (_INVALID_RATE,) or device.default_rate == job.sample_rate:
                raise SoundUnavailableError(str(e.args[0])) from e
        return self._open_resampled(device, device.default_rate)

    def _open_resampled(self, device: DeviceInfo, rate: int) -> Any:
        job = self._job
        self._feeder = Feeder(
            self._varispeed, job.sample_rate, rate, job.block_size, job.latency_s, self._control.count_underrun
        )
        self._feeder.start()
        try:
            return self._open_at(device, rate, self._feeder.fill)
        except self._sd.PortAudioError as e:
            raise SoundUnavailableError(str(e.args[0])) from e

    def _open_at(self, device: DeviceInfo, rate: int, fill: Fill) -> Any:
        channels = min(device.channels, 2)
        callback = self._callback(as_mono(fill, self._job.block_size) if channels == 1 else fill)
        for tries_left in reversed(range(_OPEN_TRIES)):
            try:
                stream = self._sd.OutputStream(
                    samplerate=rate,
                    channels=channels,
                    dtype="float32",
                    blocksize=self._job.block_size,
                    latency=self._job.latency_s,
                    device=device.index,
                    callback=callback,
                )
                break
            except self._sd.PortAudioError as e:
                # The sound process of the song before may still be closing a device that only one can have.
                if not tries_left or e.args[1:2] == (_INVALID_RATE,):
                    raise
                time.sleep(0.2)
        return stream

    def _callback(self, fill: Fill) -> Callable[..., None]:
        mixer, control = self._mixer, self._control

        def callback(out: FloatArray, _n: int, _time: object, status: Any) -> None:
            if not self._hurried:
                self._hurried = True
                hurry()
            self._called_s = now_s = perf_counter()
            if status.output_underflow and not mixer.at_rest:
                control.count_underrun()
            fill(out, now_s)

        return callback

    def _start(self) -> None:
        self._hurried = False  # a stream that is started again calls from another thread
        try:
            self._stream.start()
        except self._sd.PortAudioError as e:
            raise SoundUnavailableError(str(e.args[0])) from e
        self._called_s, self._started = perf_counter(), True

    def _check(self, now_s: float) -> None:
        if not self._stream.active or now_s - self._called_s > _STALLED_S:
            raise SoundUnavailableError(self._job.device or "", SoundReason.LOST)


_O_BINARY: int = getattr(os, "O_BINARY", 0)


def as_mono(fill: Fill, block_size: int) -> Fill:
    """For a device with one channel: the mean of both sides."""
    both = np.zeros((block_size, 2), np.float32)

    def fill_mono(out: FloatArray, now_s: float) -> None:
        for start in range(0, len(out), block_size):
            part = out[start : start + block_size]
            fill(both[: len(part)], now_s)
            np.mean(both[: len(part)], axis=1, out=part[:, 0])

    return fill_mono


def main() -> int:
    """Play until told to leave; the exit code is 1 where no sound could be played."""
    parent = Parent()
    parent.start()
    if not (line := parent.lines.get()):
        return 0
    job = Job.from_json(line)
    control = Control.attach(job.control)
    np.seterr(all="ignore")
    sys.setswitchinterval(0.0005)
    try:
        sound = Sound(job, control)
        gc.collect()
        gc.freeze()
        hurry_process()
        gc.disable()  # what the callback makes is freed by its count; a collection would only delay it
        sound.run(parent)
    except SoundUnavailableError as e:
        control.set_failed(e)
        return 1
    limit = threading.Timer(_LEAVE_LIMIT_S, os._exit, (2,))
    limit.daemon = True
    limit.start()
    sound.leave()
    return 0


if __name__ == "__main__":
    try:
        code = main()
    except Exception:  # noqa: BLE001 - the door of this process: the parent reads the last line
        traceback.print_exc()
        code = 3
    # Straight out: a sound system that hangs must not keep the process.
    os._exit(code)
