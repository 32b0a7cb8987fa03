"""Batches of magnitudes, made ahead by worker processes in shared memory.

A batch depends on the seed, the epoch and the step alone, whoever makes it, so that a resumed run sees the same ones.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
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
from trainer.draw_reference import drawer_of
from trainer.items import Draws, Item
from trainer.memory import keep_memory
from umx_gui.engine.stft import STFT
from umx_gui.errors import DatasetError

_AHEAD = 2
_OTHERS = 20
_log = logging.getLogger("trainer.data")


@dataclass(frozen=True)
class Batch:
    """Magnitudes [N, B, C, F] of the mixtures and [J, N, B, C, F] of the targets, and where they come from.

    Frames come first because the network wants them so. weights: [B, J] of each squared error, 0 where the truth is
    not known. songs: the names of the tracks of each item. waves: [B, 1 + J, C, T], and gains [B, F] that the
    magnitudes were multiplied with, where they are `Wanted`; else empty.
    """

    mixture: Tensor
    targets: Tensor
    weights: Tensor
    tracks: tuple[str, ...]
    songs: tuple[tuple[str, ...], ...] = ()
    waves: Tensor = field(default_factory=lambda: torch.empty(0))
    gains: Tensor = field(default_factory=lambda: torch.empty(0))


@dataclass(frozen=True)
class Wanted:
    """What batches are to hold, and which of several processes they are for: each draws other items."""

    magnitudes: bool = True
    waves: bool = False
    rank: int = 0
    size: int = 1

    def generator(self, seed: int, epoch: int, step: int) -> np.random.Generator:
        """The generator of a step's items."""
        place = (seed, epoch, step) if self.size == 1 else (seed, epoch, step, self.rank)
        return np.random.default_rng(place)


@dataclass(frozen=True)
class _Slot:
    mixture: Tensor
    targets: Tensor
    waves: Tensor
    gains: Tensor


def new_slot(config: TrainConfig, shared: bool = False, wanted: Wanted | None = None) -> _Slot:
    """Room for one batch."""
    wanted = wanted or Wanted()
    n_items, n_targets = config.batch_size, len(config.targets)
    shape = (config.n_frames, n_items, config.nb_channels, config.n_bins) if wanted.magnitudes else (0,)
    waves = (n_items, 1 + n_targets, config.nb_channels, config.n_samples) if wanted.waves else (0,)
    gains = torch.ones(n_items, config.n_bins) if wanted.waves else torch.empty(0)
    slot = _Slot(torch.zeros(shape), torch.zeros((n_targets, *shape)), torch.zeros(waves), gains)
    if shared:
        for tensor in (slot.mixture, slot.targets, slot.waves, slot.gains):
            tensor.share_memory_()  # type: ignore[no-untyped-call]
    return slot


def fill(
    slot: _Slot, drawer: Draws, config: TrainConfig, epoch: int, step: int, augmented: bool = True,
    wanted: Wanted | None = None,
) -> Batch:  # fmt: skip
    """Make the batch of one step inside a slot."""
    wanted = wanted or Wanted()
    rng = wanted.generator(config.seed, epoch, step)
    window = STFT(config.nfft, config.nhop, center=False).window()
    weights: list[list[float]] = []
    songs: list[tuple[str, ...]] = []
    for b in range(config.batch_size):
        index = (step * wanted.size + wanted.rank) * config.batch_size + b
        item = _drawn(drawer, rng, config, epoch, index, augmented)
        gains, waves = torch.from_numpy(item.gains), torch.from_numpy(item.waves)
        if wanted.waves:
            slot.waves[b], slot.gains[b] = waves, gains
        for place, wave in zip((slot.mixture, *slot.targets), waves, strict=True) if wanted.magnitudes else ():
            for channel, samples in enumerate(wave):
                # What `STFT.forward` does without centring, but with the frames first: five times as fast here.
                frames = samples.unfold(0, config.nfft, config.nhop) * window
                place[:, b, channel] = torch.fft.rfft(frames).abs() * gains
        weights.append([item.weight * known for known in item.known])
        songs.append(item.tracks)
    return _batch(slot, weights, songs)


def _batch(slot: _Slot, weights: list[list[float]], songs: Sequence[tuple[str, ...]]) -> Batch:
    tracks = tuple(dict.fromkeys(name for names in songs for name in names))
    return Batch(slot.mixture, slot.targets, torch.tensor(weights), tracks, tuple(songs), slot.waves, slot.gains)


def _drawn(
    drawer: Draws, rng: np.random.Generator, config: TrainConfig, epoch: int, index: int, augmented: bool
) -> Item:
    """An item of the epoch. With --skip-bad, one of a file that breaks off gives way to another one, with a line."""
    try:
        return drawer.nth(rng, epoch, index, augmented)
    except DatasetError as e:
        if not config.skip_bad:
            raise
        last = e
    for _ in range(_OTHERS):
        _log.warning("An item was left out: %s: %s.", last.path, last.detail)
        try:
            return drawer.item(rng, augmented)
        except DatasetError as e:
            last = e
    raise last


class BatchSource:
    """Gives the batches of an epoch in order. A batch is valid until the next one is asked for."""

    def __init__(self, config: TrainConfig, wanted: Wanted | None = None) -> None:
        self._config, self._wanted = config, wanted or Wanted()
        self._workers = [_Worker(config, self._wanted) for _ in range(config.nb_workers)]
        self._own = None if self._workers else new_slot(config, wanted=wanted)
        self._drawer: Draws | None = None
        self._epoch, self._next, self._asked, self._steps = 0, 0, 0, 0

    def start(self, tracks: Sequence[Track], epoch: int, first_step: int, steps: int) -> None:
        """Begin an epoch at a step. Batches still under way from the last one are dropped."""
        self._epoch, self._next, self._asked, self._steps = epoch, first_step, first_step, steps
        if self._own is not None:
            self._drawer = drawer_of(tracks, self._config)
        for worker in self._workers:
            worker.begin(tracks)
        self._ask()

    def next(self) -> Batch:
        """The batch of the next step. Raises DatasetError where a file can no longer be read."""
        step, self._next = self._next, self._next + 1
        if self._own is not None and self._drawer is not None:
            return fill(self._own, self._drawer, self._config, self._epoch, step, wanted=self._wanted)
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

    def __init__(self, config: TrainConfig, wanted: Wanted) -> None:
        self._slots = [new_slot(config, shared=True, wanted=wanted) for _ in range(_AHEAD + 1)]
        self._pending: deque[int] = deque()
        self._turn = 0
        context = mp.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(
            target=_work, args=(theirs, config, self._slots, wanted), daemon=True, name="umx-trainer-data"
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
        weights, songs = answer
        return _batch(slot, weights, songs)

    def close(self) -> None:
        """End the process: it leaves when its pipe closes."""
        self._pipe.close()
        self._process.join(2.0)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _work(pipe: Connection, config: TrainConfig, slots: Sequence[_Slot], wanted: Wanted) -> None:
    """The life of a worker. It ends when the pipe does, and so with its parent, however that one dies."""
    torch.set_num_threads(1)
    keep_memory()
    drawer: Draws | None = None
    try:
        while True:
            request = pipe.recv()
            if not isinstance(request[0], int):
                drawer = drawer_of(request, config)
                continue
            if drawer is None:
                continue
            epoch, step, turn = request
            try:
                batch = fill(slots[turn], drawer, config, epoch, step, wanted=wanted)
                pipe.send((batch.weights.tolist(), batch.songs))
            except DatasetError as e:
                pipe.send(DatasetError(Path(e.path), e.detail))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        # Leave at once: interpreter teardown of a spawned torch process takes longer than it is worth.
        os._exit(0)
