"""Plays at a device's own rate: a thread mixes and resamples into a ring, the callback only picks up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import perf_counter

import numpy as np

from umx_gui.engine.audio import FloatArray
from umx_gui.playback.priority import hurry
from umx_gui.playback.varispeed import Varispeed

_TURN_S = 0.002


class Feeder(threading.Thread):
    """Keeps `depth_s` seconds of resampled sound (soxr, HQ) ahead of the device.

    One thread writes the ring, the callback reads it; each moves only its own count, so no lock is needed.
    """

    def __init__(
        self,
        mixer: Varispeed,
        song_rate: int,
        device_rate: int,
        block_size: int,
        depth_s: float,
        on_underrun: Callable[[], None],
    ) -> None:
        super().__init__(name="feeder", daemon=True)
        import soxr  # only songs that need it pay for it

        self._resampler = soxr.ResampleStream(song_rate, device_rate, 2, dtype="float32", quality="HQ")
        self._mixer = mixer
        self._on_underrun = on_underrun
        self._block = np.zeros((block_size, 2), np.float32)
        grown = -(-block_size * device_rate // song_rate)
        self._depth = max(round(depth_s * device_rate), 2 * grown)
        self._ring = np.zeros((self._depth + 4 * grown + 4096, 2), np.float32)
        self._n_written = self._n_read = 0
        self._leave = threading.Event()
        self.lag_s = self._depth / device_rate  # what it adds to the device's latency

    def run(self) -> None:
        """Fill the ring until `stop`."""
        hurry()
        while not self._leave.is_set():
            if self._n_written - self._n_read >= self._depth:
                self._leave.wait(_TURN_S)
                continue
            self._mixer.fill(self._block, perf_counter())
            self._write(self._resampler.resample_chunk(self._block))

    def fill(self, out: FloatArray, _now_s: float) -> None:
        """Copy the next samples into `out` [n, 2]; silence where there are none."""
        size = len(self._ring)
        n = min(self._n_written - self._n_read, len(out))
        at = self._n_read % size
        first = min(n, size - at)
        out[:first] = self._ring[at : at + first]
        out[first:n] = self._ring[: n - first]
        out[n:] = 0
        self._n_read += n
        if n < len(out):
            self._on_underrun()

    def stop(self) -> None:
        """End the thread."""
        self._leave.set()
        self.join(1.0)

    def _write(self, samples: FloatArray) -> None:
        size = len(self._ring)
        at = self._n_written % size
        first = min(len(samples), size - at)
        self._ring[at : at + first] = samples[:first]
        self._ring[: len(samples) - first] = samples[first:]
        self._n_written += len(samples)
