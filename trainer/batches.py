"""Batches of magnitudes, made ahead by worker processes in shared memory.

A batch depends on the seed, the epoch and the step alone, whoever makes it, so that a resumed run sees the same ones.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import TracebackType

import numpy as np
import torch
import torch.multiprocessing as mp
from torch import Tensor

from trainer.config import TrainConfig
from trainer.dataset import Track
from trainer.draw import Drawer
from trainer.memory import keep_memory
from umx_gui.engine.stft import STFT
from umx_gui.errors import DatasetError

_AHEAD = 2


@dataclass(frozen=True)
class Batch:
    """Magnitudes [N, B, C, F] of the mixtures and [J, N, B, C, F] of the targets, and where they come from.

    Frames come first because the network wants them so. weights: [B, J] of each squared error, 0 where the truth is
    not known.
    """

    mixture: Tensor
    targets: Tensor
    weights: Tensor
    tracks: tuple[str, ...]


@dataclass(frozen=True)
class _Slot:
    mixture: Tensor
    targets: Tensor


def new_slot(config: TrainConfig, shared: bool = False) -> _Slot:
    """Room for one batch."""
    shape = (config.n_frames, config.batch_size, config.nb_channels, config.n_bins)
    slot = _Slot(torch.zeros(shape), torch.zeros((len(config.targets), *shape)))
    if shared:
        slot.mixture.share_memory_()  # type: ignore[no-untyped-call]
        slot.targets.share_memory_()  # type: ignore[no-untyped-call]
    return slot


def fill(slot: _Slot, drawer: Drawer, config: TrainConfig, epoch: int, step: int, augmented: bool = True) -> Batch:
    """Make the batch of one step inside a slot."""
    rng = np.random.default_rng((config.seed, epoch, step))
    window = STFT(config.nfft, config.nhop, center=False).window()
    weights: list[list[float]] = []
    tracks: list[str] = []
    for b in range(config.batch_size):
        item = drawer.item(rng, augmented)
        gains = torch.from_numpy(item.gains)
        for place, wave in zip((slot.mixture, *slot.targets), torch.from_numpy(item.waves), strict=True):
            for channel, samples in enumerate(wave):
                # What `STFT.forward` does without centring, but with the frames first: five times as fast here.
                frames = samples.unfold(0, config.nfft, config.nhop) * window
                place[:, b, channel] = torch.fft.rfft(frames).abs() * gains
        weights.append([item.weight * known for known in item.known])
        tracks.extend(item.tracks)
    return Batch(slot.mixture, slot.targets, torch.tensor(weights), tuple(dict.fromkeys(tracks)))


class BatchSource:
    """Gives the batches of an epoch in order. A batch is valid until the next one is asked for."""

    def __init__(self, config: TrainConfig) -> None:
        self._config = config
        self._workers = [_Worker(config) for _ in range(config.nb_workers)]
        self._own = None if self._workers else new_slot(config)
        self._drawer: Drawer | None = None
        self._epoch, self._next, self._asked, self._steps = 0, 0, 0, 0

    def start(self, tracks: Sequence[Track], epoch: int, first_step: int, steps: int) -> None:
        """Begin an epoch at a step. Batches still under way from the last one are dropped."""
        self._epoch, self._next, self._asked, self._steps = epoch, first_step, first_step, steps
        if self._own is not None:
            self._drawer = Drawer(tracks, self._config)
        for worker in self._workers:
            worker.begin(tracks)
        self._ask()

    def next(self) -> Batch:
        """The batch of the next step. Raises DatasetError where a file can no longer be read."""
        step, self._next = self._next, self._next + 1
        if self._own is not None and self._drawer is not None:
            return fill(self._own, self._drawer, self._config, self._epoch, step)
        batch = self._workers[step % len(self._workers)].receive()
        self._ask()
        return batch

    def _ask(self) -> None:
        if not self._workers:
            return
        while self._asked < min(self._next + _AHEAD * len(self._workers), self._steps):
            self._workers[self._asked % len(self._workers)].ask(self._epoch, self._asked)
            self._asked += 1

    def close(self) -> None:
        """Stop the workers."""
        for worker in self._workers:
            worker.close()

    def __enter__(self) -> BatchSource:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _Worker:
    """One process that makes batches into a ring of shared slots; one slot more than are asked for ahead."""

    def __init__(self, config: TrainConfig) -> None:
        self._slots = [new_slot(config, shared=True) for _ in range(_AHEAD + 1)]
        self._pending: deque[int] = deque()
        self._turn = 0
        context = mp.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(
            target=_work, args=(theirs, config, self._slots), daemon=True, name="umx-trainer-data"
        )
        self._process.start()
        theirs.close()

    def begin(self, tracks: Sequence[Track]) -> None:
        """Take over the tracks of an epoch."""
        while self._pending:
            self.receive()
        self._pipe.send(tuple(tracks))

    def ask(self, epoch: int, step: int) -> None:
        """Have a batch made."""
        self._pipe.send((epoch, step, self._turn))
        self._pending.append(self._turn)
        self._turn = (self._turn + 1) % len(self._slots)

    def receive(self) -> Batch:
        """Wait for the oldest batch asked for."""
        slot = self._slots[self._pending.popleft()]
        try:
            answer = self._pipe.recv()
        except EOFError as e:
            raise RuntimeError("a data worker ended unexpectedly") from e
        if isinstance(answer, DatasetError):
            raise answer
        weights, tracks = answer
        return Batch(slot.mixture, slot.targets, torch.tensor(weights), tracks)

    def close(self) -> None:
        """End the process: it leaves when its pipe closes."""
        self._pipe.close()
        self._process.join(2.0)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _work(pipe: Connection, config: TrainConfig, slots: Sequence[_Slot]) -> None:
    """The life of a worker. It ends when the pipe does, and so with its parent, however that one dies."""
    torch.set_num_threads(1)
    keep_memory()
    drawer: Drawer | None = None
    try:
        while True:
            request = pipe.recv()
            if not isinstance(request[0], int):
                drawer = Drawer(request, config)
                continue
            if drawer is None:
                continue
            epoch, step, turn = request
            try:
                batch = fill(slots[turn], drawer, config, epoch, step)
                pipe.send((batch.weights.tolist(), batch.tracks))
            except DatasetError as e:
                pipe.send(DatasetError(Path(e.path), e.detail))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        # Leave at once: interpreter teardown of a spawned torch process takes longer than it is worth.
        os._exit(0)
