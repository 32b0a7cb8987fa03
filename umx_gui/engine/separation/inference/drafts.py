"""Stems at once: growing chunks with a stretch of right context, until the exact evaluation takes over.

The forward direction carries its state from chunk to chunk; the backward direction begins a context's length after the
chunk's end, so a draft differs from the exact result by what lies further ahead than that.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from umx_gui.engine.separation.inference.frames import FrameReader
from umx_gui.engine.separation.inference.looped import Kernels, LSTMState
from umx_gui.engine.separation.inference.passes import WINDOW
from umx_gui.engine.separation.inference.stack import NetworkGroups, group_masks
from umx_gui.engine.separation.inference.workers import Workers

_LARGEST_CHUNK = 8


class Draft:
    """Runs through a song from a frame on; `masks(a, b)` are valid for the chunk that was yielded last."""

    def __init__(
        self, groups: NetworkGroups, frames: FrameReader, first: int, context: int, kernels: Kernels | None = None
    ) -> None:
        self._groups, self._frames, self._context, self._kernels = groups, frames, context, kernels
        self._networks = networks = [network for group in groups for network in group]
        self._start = first
        self._codes: list[Tensor] = []
        self._ahead: list[list[Tensor]] = [[] for _ in networks]
        self._encoded_to = first
        self._states: dict[tuple[int, int], LSTMState] = {
            (j, layer): network.cells[layer][0].start()
            for j, network in enumerate(networks)
            for layer in range(network.shape.n_layers)
        }

    def chunks(self, workers: Workers) -> Iterator[tuple[int, int]]:
        """Evaluate chunk after chunk; yields each as (first frame, last frame + 1)."""
        start, n_windows = self._start, 1
        while start < self._frames.n_frames:
            stop = min(start + n_windows * WINDOW, self._frames.n_frames)
            yield from self._chunk(workers, start, stop)
            start, n_windows = stop, min(2 * n_windows, _LARGEST_CHUNK)

    def masks(self, start: int, stop: int) -> Iterator[Tensor]:
        """The masks [n, C, F] of all targets in turn for frames of the chunk."""
        a, b = start - self._start, stop - self._start
        codes = iter(self._codes)
        return group_masks(self._groups, lambda _: next(codes)[a:b])

    def _chunk(self, workers: Workers, start: int, stop: int) -> Iterator[tuple[int, int]]:
        end = min(stop + self._context, self._frames.n_frames)
        self._encode(workers, end)
        encoded = [torch.cat(parts) for parts in self._ahead]
        self._codes = list(workers.map(lambda j: self._evaluate(j, encoded[j], stop - start), range(len(encoded))))
        self._start = start
        yield start, stop
        self._ahead = [[part[stop - start :]] for part in encoded]

    def _encode(self, workers: Workers, end: int) -> None:
        if end <= self._encoded_to:
            return
        step = max(-(-(end - self._encoded_to) // workers.n_workers), 1)
        spans = [(a, min(a + step, end)) for a in range(self._encoded_to, end, step)]
        for parts in workers.map(self._encode_span, spans):
            for ahead, part in zip(self._ahead, parts, strict=True):
                ahead.append(part)
        self._encoded_to = end

    def _encode_span(self, span: tuple[int, int]) -> list[Tensor]:
        magnitude = self._frames.magnitude(*span)
        return [network.encode(magnitude) for network in self._networks]

    def _evaluate(self, j: int, encoded: Tensor, n: int) -> Tensor:
        """Target j's code [n, H] from its encoded chunk and context [n + context, H]."""
        network, x = self._networks[j], encoded
        for layer, cells in enumerate(network.cells):
            forward, state = cells[0].run(x[:n], self._states[j, layer], self._kernels)
            self._states[j, layer] = state
            parts = [forward]
            if x.shape[0] > n:
                parts.append(cells[0].run(x[n:], state, self._kernels)[0])
            outputs = [torch.cat(parts)]
            if len(cells) == 2:
                outputs.append(cells[1].run(x, cells[1].start(), self._kernels)[0])
            x = torch.cat(outputs, dim=1)
        return network.join(encoded[:n], x[:n])
