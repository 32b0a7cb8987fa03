"""The exact evaluation of a song: encode all frames, run the LSTM through all of them, then decode window by window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.separation.inference.frames import FRAMES_AT_ONCE, FrameReader, OverlapAdd
from umx_gui.engine.separation.inference.looped import Kernels
from umx_gui.engine.separation.inference.rows import Rows, RowStore
from umx_gui.engine.separation.inference.stack import NetworkGroups, group_masks
from umx_gui.engine.separation.inference.workers import Workers

WINDOW = 300


@dataclass(frozen=True, slots=True)
class BlockSizes:
    """How many frames are taken at once; the result does not depend on it."""

    window: int = WINDOW
    lstm_chunk: int = 512

    def halved(self) -> BlockSizes | None:
        """Half as much at once, or None where that would be too little to be worth it."""
        return BlockSizes(self.window // 2, self.lstm_chunk // 2) if self.window >= _LEAST_WINDOW else None


_LEAST_WINDOW = 64

# The masks [n, C, F] of the frames [start, stop), one target after another: so they need not all be in memory.
MaskSource = Callable[[int, int], Iterable[Tensor]]
SpectrumFilter = Callable[[Iterable[Tensor], Tensor, int], Iterator[Tensor]]


def stretches(start: int, stop: int, size: int) -> list[tuple[int, int]]:
    """[start, stop) cut into stretches of `size`, the last one shorter."""
    return [(a, min(a + size, stop)) for a in range(start, stop, size)]


class Codes:
    """What the networks know of a song: per target and frame the code from which its mask is made.

    With these kept, other filter settings need no network again.
    """

    def __init__(
        self,
        groups: NetworkGroups,
        frames: FrameReader,
        sizes: BlockSizes,
        folder: Path | None = None,
        kernels: Kernels | None = None,
    ) -> None:
        self._groups, self._sizes, self._kernels = groups, sizes, kernels
        self.networks, self.frames = [n for group in groups for n in group], frames
        # At one time: what went into the LSTM, and a layer's input and output.
        width = sum(3 * n.shape.hidden_size for n in self.networks)
        self._store = RowStore(4 * frames.n_frames * width, folder)
        self._rows = [self._new_rows(n.shape.hidden_size) for n in self.networks]

    def compute(self, workers: Workers) -> Iterator[float]:
        """Run the networks; yields the fraction done after each step. Raises Cancelled by the workers' token."""
        windows = stretches(0, self.frames.n_frames, self._sizes.window)
        for k, _ in enumerate(workers.map(self._encode, windows), 1):
            yield _ENCODE_SHARE * k / len(windows)
        n_layers = max(n.shape.n_layers for n in self.networks)
        done = _Count(sum(n.shape.n_layers * len(n.cells[0]) for n in self.networks) * len(self._chunks()))
        inputs = self._rows_as_inputs()
        for layer in range(n_layers):
            tasks = [
                (j, d)
                for j, n in enumerate(self.networks)
                if layer < n.shape.n_layers
                for d in range(len(n.cells[layer]))
            ]
            outputs = {task: self._new_rows(self.networks[task[0]].cells[layer][task[1]].width) for task in tasks}
            yield from self._run_layer(workers, layer, tasks, inputs, outputs, done)
            for j in {task[0] for task in tasks}:
                self._drop(inputs[j])
                inputs[j] = [outputs[t] for t in tasks if t[0] == j]
        for k, _ in enumerate(workers.map(lambda w: self._join(w, inputs), windows), 1):
            yield 1 - _JOIN_SHARE * (1 - k / len(windows))
        # From now on only the codes are wanted: a song's states are kept for as long as it is open.
        for rows in inputs.values():
            self._drop(rows)
        self._store.clear()

    def masks(self, start: int, stop: int) -> Iterator[Tensor]:
        """The masks [n, C, F] of all targets in turn for the frames [start, stop)."""
        rows = iter(self._rows)
        return group_masks(self._groups, lambda n: next(rows).get(start, stop).to(n.device))

    def _new_rows(self, width: int) -> Rows:
        return self._store.take(self.frames.n_frames, width)

    def _drop(self, rows: list[Rows]) -> None:
        for r in rows:
            if r not in self._rows:
                self._store.give(r)

    def _rows_as_inputs(self) -> dict[int, list[Rows]]:
        return {j: [rows] for j, rows in enumerate(self._rows)}

    def _chunks(self) -> list[tuple[int, int]]:
        return stretches(0, self.frames.n_frames, self._sizes.lstm_chunk)

    def _encode(self, window: tuple[int, int]) -> None:
        magnitude = self.frames.magnitude(*window)
        for network, rows in zip(self.networks, self._rows, strict=True):
            rows.put(window[0], network.encode(magnitude).cpu())

    def _run_layer(
        self,
        workers: Workers,
        layer: int,
        tasks: list[tuple[int, int]],
        inputs: dict[int, list[Rows]],
        outputs: dict[tuple[int, int], Rows],
        done: _Count,
    ) -> Iterator[float]:
        """All targets and directions of one layer side by side, each chunk after chunk with its state carried over."""
        cells = {(j, d): self.networks[j].cells[layer][d] for j, d in tasks}
        states = {task: cells[task].start() for task in tasks}
        chunks = self._chunks()

        def step(item: tuple[int, tuple[int, int]]) -> None:
            index, task = item
            a, b = chunks[-1 - index] if cells[task].reverse else chunks[index]
            x = torch.cat([rows.get(a, b) for rows in inputs[task[0]]], dim=1).to(self.networks[task[0]].device)
            out, states[task] = cells[task].run(x, states[task], self._kernels)
            outputs[task].put(a, out.cpu())

        # One worker takes a task through a whole batch of chunks, so that its weights stay in its cache.
        def steps(item: tuple[list[int], tuple[int, int]]) -> int:
            indices, task = item
            for index in indices:
                step((index, task))
            return len(indices)

        batches = [list(range(a, b)) for a, b in stretches(0, len(chunks), 4)]
        for batch in batches:
            for n_done in workers.map(steps, [(batch, task) for task in tasks]):
                done.value += n_done
                yield _ENCODE_SHARE + (1 - _ENCODE_SHARE - _JOIN_SHARE) * done.value / done.total

    def _join(self, window: tuple[int, int], recurrent: dict[int, list[Rows]]) -> None:
        for j, (network, rows) in enumerate(zip(self.networks, self._rows, strict=True)):
            out = torch.cat([r.get(*window) for r in recurrent[j]], dim=1).to(network.device)
            code = network.join(rows.get(*window).to(network.device), out)
            rows.put(window[0], code.cpu())


_ENCODE_SHARE = 0.25
_JOIN_SHARE = 0.05


@dataclass
class _Count:
    """Steps done of a total."""

    total: int
    value: int = 0


def decode(
    masks: MaskSource,
    frames: FrameReader,
    spectrum_filter: SpectrumFilter,
    adder: OverlapAdd,
    window: int,
    span: tuple[int, int],
    workers: Workers,
) -> Iterator[tuple[int, int, FloatArray]]:
    """The frames [span) to waves: yields (frames done so far, first sample, stems [J, C, t]) in order.

    The stems are those that the filter gives. It works on one window at a time.
    """

    def one(stretch: tuple[int, int]) -> tuple[int, int, FloatArray]:
        x = frames.spectrum(*stretch)
        pieces = (y.reshape(-1, *y.shape[2:]) for y in spectrum_filter(masks(*stretch), x, FRAMES_AT_ONCE))
        return stretch[1] - stretch[0], x.shape[0], adder.sums(pieces, x.shape[1]).cpu().numpy()

    done = 0
    for n, n_channels, sums in workers.map(one, stretches(*span, window)):
        first, waves = adder.add(sums, n)
        done += n
        if waves.shape[1]:
            yield done, first, waves.reshape(-1, n_channels, waves.shape[1])
        # What was given on is not kept while the next window is waited for.
        del sums, waves
