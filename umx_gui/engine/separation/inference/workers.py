"""Workers of one thread each: parallel by stretches of a song, not inside operators, whose barriers stall when busy."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

import torch

from umx_gui.engine.faults import NO_MEMORY
from umx_gui.engine.work import CancelToken

A = TypeVar("A")
B = TypeVar("B")


def available_cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers:
    """A pool of threads, each of which lets torch use one thread only. A cancelled token stops what has not begun."""

    def __init__(self, n_workers: int, cancel: CancelToken | None = None) -> None:
        self.n_workers = n_workers
        self._cancel = cancel or CancelToken()
        self._pool = ThreadPoolExecutor(n_workers, "umx-separate", initializer=torch.set_num_threads, initargs=(1,))

    def map(self, work: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
        """The results in the order of the items, with no more work begun than there are workers, and one waiting."""
        pending: deque[Future[B]] = deque()
        try:
            for item in items:
                pending.append(self._pool.submit(self._run, work, item))
                if len(pending) > self.n_workers:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()

    def _run(self, work: Callable[[A], B], item: A) -> B:
        self._cancel.check()
        try:
            with torch.inference_mode():
                return work(item)
        except RuntimeError as e:
            # On the CPU torch has no type for this.
            if NO_MEMORY in str(e):
                raise MemoryError from e
            raise

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
