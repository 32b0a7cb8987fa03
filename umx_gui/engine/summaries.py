"""What a view draws instead of samples: a min/max/RMS pyramid, and a spectrogram in dB with a pyramid over time.

Both look at a (mapped) array that fills up, are brought up to date stretch by stretch, and are asked for columns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray

_BASE = 256
_STEP = 4
_TOP_CELLS = 512
FLOOR_DB = -120.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Lowest and highest sample and root mean square per column, each [n_columns]; zero where there is no audio."""

    lo: FloatArray
    hi: FloatArray
    rms: FloatArray


class Peaks:
    """The pyramid of samples [C, T]: cells of 256 samples, then of four cells each, until 512 or fewer are left."""

    def __init__(self, samples: FloatArray) -> None:
        self._samples = samples
        n_channels, n_cells, step = samples.shape[0], -(-samples.shape[1] // _BASE), _BASE
        self._levels: list[tuple[int, FloatArray]] = []
        while True:
            # [3, C, cells]: lowest, highest, mean square
            self._levels.append((step, np.zeros((3, n_channels, n_cells), np.float32)))
            if n_cells <= _TOP_CELLS:
                break
            n_cells, step = -(-n_cells // _STEP), step * _STEP

    @property
    def n_samples(self) -> int:
        """T."""
        return int(self._samples.shape[1])

    def update(self, start: int, stop: int) -> None:
        """Take in the samples [start, stop), which have changed."""
        start, stop = max(start, 0), min(stop, self.n_samples)
        if start >= stop:
            return
        first, last = start // _BASE, -(-stop // _BASE)
        x = self._samples[:, first * _BASE : last * _BASE]
        if pad := (last - first) * _BASE - x.shape[1]:
            x = np.pad(x, ((0, 0), (0, pad)), mode="edge")
        # Channel by channel on contiguous rows: reducing an interleaved array is twenty times slower.
        cells = np.ascontiguousarray(x).reshape(x.shape[0], last - first, _BASE)
        below = self._levels[0][1]
        below[0, :, first:last] = cells.min(2)
        below[1, :, first:last] = cells.max(2)
        below[2, :, first:last] = np.einsum("cnt,cnt->cn", cells, cells) / np.float32(_BASE)
        for _, level in self._levels[1:]:
            first, last = first // _STEP, -(-last // _STEP)
            part = below[:, :, first * _STEP : last * _STEP]
            if pad := (last - first) * _STEP - part.shape[2]:
                part = np.pad(part, ((0, 0), (0, 0), (0, pad)), mode="edge")
            part = part.reshape(3, part.shape[1], last - first, _STEP)
            level[0, :, first:last] = part[0].min(2)
            level[1, :, first:last] = part[1].max(2)
            level[2, :, first:last] = part[2].mean(2)
            below = level

    def query(self, start: float, stop: float, n_columns: int, channel: int | None = None) -> Columns:
        """The stretch [start, stop) of samples as columns of one channel, or of all together."""
        edges = np.linspace(start, stop, n_columns + 1)
        per_column = (stop - start) / max(n_columns, 1)
        inside = (edges[1:] > 0) & (edges[:-1] < self.n_samples)
        rows = slice(None) if channel is None else slice(channel, channel + 1)
        step, cells = 1, None
        for level_step, level in self._levels:
            if level_step <= per_column:
                step, cells = level_step, level
        limit = self.n_samples if cells is None else cells.shape[2]
        at = np.clip(np.floor(edges / step).astype(np.int64), 0, max(limit - 1, 0))
        if limit == 0 or not inside.any():
            zero = np.zeros(n_columns, np.float32)
            return Columns(zero, zero.copy(), zero.copy())
        first, last = int(at[0]), int(at[-1]) + 1
        at, after = at[:-1] - first, at[1:] - first
        if cells is None:
            x = self._samples[rows, first:last]
            lo = np.minimum.reduceat(x, at, axis=1).min(0)
            hi = np.maximum.reduceat(x, at, axis=1).max(0)
            square = _mean_reduceat(np.square(x).mean(0), at)
        else:
            part = cells[:, rows, first:last]
            # A column's last cell may be cut by its edge: it then belongs to the next column, too.
            lo = np.minimum(np.minimum.reduceat(part[0], at, axis=1), part[0][:, after]).min(0)
            hi = np.maximum(np.maximum.reduceat(part[1], at, axis=1), part[1][:, after]).max(0)
            square = _mean_reduceat(part[2].mean(0), at)
        return Columns(lo * inside, hi * inside, np.sqrt(square) * inside)


def _mean_reduceat(x: FloatArray, at: NDArray[np.int64]) -> FloatArray:
    counts = np.maximum(np.diff(np.append(at, x.shape[0])), 1)
    mean: FloatArray = (np.add.reduceat(x, at) / counts).astype(np.float32)
    return mean


@dataclass(frozen=True, slots=True)
class Spectrum:
    """How a spectrogram is made: a Hann window of `n_fft` samples every `hop` samples."""

    n_fft: int = 2048
    hop: int = 1024


class Samples(Protocol):
    """What a spectrogram needs of an array [C, T], so that a difference of arrays can stand in for one."""

    @property
    def shape(self) -> tuple[int, ...]:
        """C and T."""

    def __getitem__(self, where: tuple[slice, slice], /) -> FloatArray:
        """A stretch of some channels."""


class SpectrogramTiles:
    """The spectrogram of samples [C, T] (power averaged over channels) as bytes: 0 is `floor_db`, 255 is 0 dBFS.

    Row 0 is 0 Hz, the last row half the sample rate. A sine of full scale reaches 0 dB. Frames are `hop` samples apart;
    songs of many hours get a longer hop, so that no more than `MAX_CELLS` bytes are kept (and as many in the pyramid).
    """

    MAX_CELLS = (1 << 15) * 1025

    def __init__(
        self, samples: Samples, sample_rate: int, n_fft: int = 2048, hop: int = 1024, floor_db: float = FLOOR_DB
    ) -> None:
        self._samples = samples
        self.sample_rate, self.n_fft, self.floor_db = sample_rate, n_fft, floor_db
        while (samples.shape[1] // hop + 1) * (n_fft // 2 + 1) > self.MAX_CELLS:
            hop *= 2
        self.hop = hop
        n_frames, n_rows = samples.shape[1] // hop + 1, n_fft // 2 + 1
        self._window = np.hanning(n_fft + 1)[:-1].astype(np.float32)
        self._levels: list[NDArray[np.uint8]] = []
        while True:
            # Time first: a frame's rows lie together, as they are computed and drawn.
            self._levels.append(np.zeros((n_frames, n_rows), np.uint8))
            if n_frames <= _TOP_CELLS:
                break
            n_frames = -(-n_frames // 2)

    @property
    def n_rows(self) -> int:
        """How many frequencies: n_fft / 2 + 1."""
        return self.n_fft // 2 + 1

    @property
    def n_levels(self) -> int:
        """The levels of the pyramid over time, each of half as many frames as the one before."""
        return len(self._levels)

    def n_frames(self, depth: int) -> int:
        """How many frames a level has."""
        return int(self._levels[depth].shape[0])

    def frames(self, depth: int, first: int, last: int) -> NDArray[np.uint8]:
        """The frames [first, last) of a level, [frames, rows], fewer at the end."""
        return self._levels[depth][first:last]

    @property
    def n_bytes(self) -> int:
        """The memory that the spectrogram takes."""
        return sum(level.nbytes for level in self._levels)

    def update(self, start: int, stop: int) -> None:
        """Take in the samples [start, stop), which have changed."""
        n_frames, half = self._levels[0].shape[0], self.n_fft // 2
        first = max((start - half) // self.hop, 0)
        last = min(-(-(stop + half) // self.hop), n_frames)
        if start >= stop or first >= last:
            return
        for at in range(first, last, 256):
            stop_at = min(at + 256, last)
            self._levels[0][at:stop_at] = self._frames(at, stop_at)
        self._pass_up(0, first, last)

    def sketch(self, start: int, stop: int, depth: int = 3) -> None:
        """Take in [start, stop) in a hurry: one frame of 2 ** depth, enough for whole songs; `update` does the rest."""
        depth = min(depth, len(self._levels) - 1)
        level, every = self._levels[depth], 1 << depth
        first = max(start // (self.hop * every), 0)
        last = min(-(-stop // (self.hop * every)), level.shape[0])
        for at in range(first, last, 64):
            stop_at = min(at + 64, last)
            level[at:stop_at] = self._frames(at, stop_at, every)
        self._pass_up(depth, first, last)

    def _pass_up(self, depth: int, first: int, last: int) -> None:
        """The cells [first, last) of a level have changed: tell those above."""
        for below, level in zip(self._levels[depth:], self._levels[depth + 1 :], strict=False):
            first, last = first // 2, min(-(-last // 2), level.shape[0])
            part = below[2 * first : 2 * last]
            if part.shape[0] % 2:
                part = np.concatenate([part, part[-1:]])
            level[first:last] = part.reshape(-1, 2, self.n_rows).max(1)

    def query(
        self, start: float, stop: float, n_columns: int, row_edges: NDArray[np.integer] | None = None
    ) -> NDArray[np.uint8]:
        """The stretch [start, stop) of samples as bytes [rows, n_columns]; a column is the loudest of its frames.

        `row_edges` [R + 1] groups the rows into R bands, each the loudest of its rows (for logarithmic axes).
        """
        centres = (np.linspace(start, stop, n_columns + 1)[:-1] + (stop - start) / (2 * n_columns)) / self.hop
        per_column = (stop - start) / self.hop / max(n_columns, 1)
        depth = min(max(int(np.floor(np.log2(max(per_column, 1)))), 0), len(self._levels) - 1)
        level = self._levels[depth]
        at = np.clip(np.round(centres / 2**depth).astype(np.int64), 0, level.shape[0] - 1)
        columns = level[at]
        outside = (centres < -0.5) | (centres > self._levels[0].shape[0] - 0.5)
        columns[outside] = 0
        if row_edges is not None:
            edges = np.clip(row_edges[:-1], 0, self.n_rows - 1)
            columns = np.maximum.reduceat(columns[:, : max(int(row_edges[-1]), 1)], edges, axis=1)
        return np.ascontiguousarray(columns.T)

    def level_db(self, sample: float, hertz: float) -> float:
        """The level of the bin at a place, in dB of full scale; minus infinity below the floor and outside."""
        frame = round(sample / self.hop)
        row = round(hertz / self.sample_rate * self.n_fft)
        if not (0 <= frame < self._levels[0].shape[0] and 0 <= row < self.n_rows):
            return -math.inf
        byte = int(self._levels[0][frame, row])
        return self.floor_db * (1 - byte / 255) if byte else -math.inf

    def _frames(self, first: int, last: int, every: int = 1) -> NDArray[np.uint8]:
        """The frames [first, last) of those that are `every` hops apart."""
        import scipy.fft  # here, since it is slow to load and the window must not wait for it

        half, hop = self.n_fft // 2, self.hop * every
        a, b = first * hop - half, (last - 1) * hop + half
        x = self._samples[:, max(a, 0) : max(min(b, self._samples.shape[1]), 0)]
        x = np.pad(x, ((0, 0), (max(-a, 0), b - a - max(-a, 0) - x.shape[1])))
        view = np.lib.stride_tricks.sliding_window_view(x, self.n_fft, axis=1)[:, ::hop]
        power = np.zeros((view.shape[1], self.n_rows), np.float32)
        for channel in view:
            spec = scipy.fft.rfft(channel * self._window, axis=1)
            power += spec.real**2 + spec.imag**2
        # A full-scale sine peaks at sum(window) / 2.
        scale = 1.0 / (view.shape[0] * (float(self._window.sum()) / 2) ** 2)
        db = 10 * np.log10(power * np.float32(scale) + np.float32(1e-13))
        levels: NDArray[np.uint8] = np.clip((db - self.floor_db) * (255 / -self.floor_db), 0, 255).astype(np.uint8)
        return levels
