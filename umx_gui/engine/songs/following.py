"""Work on something that is still growing: what follows goes as far as the other has come, in a thread of its own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Generic, TypeVar

from umx_gui.errors import Cancelled

T = TypeVar("T")


class Follower(Generic[T]):
    """Runs `work(wait)`, a generator that calls wait(n) before it needs the first n of something.

    Used in a `with` block, at whose end the work has ended: it is stopped, by Cancelled, if it has to wait still.
    """

    def __init__(self, work: Callable[[Callable[[int], None]], Iterator[T]]) -> None:
        self._work, self._there, self._left = work, 0, False
        self._news = threading.Condition()
        self._steps: deque[T] = deque()
        self._pool = ThreadPoolExecutor(1, "umx-follow")
        self._future = self._pool.submit(self._run)

    def arrived(self, n: int) -> None:
        """Tell that the first n are there. Raises what the work raised, if it failed meanwhile."""
        with self._news:
            self._there = n
            self._news.notify_all()
        if self._future.done():
            self._future.result()

    def rest(self) -> Iterator[T]:
        """What the work yielded and will yield; raises what it raises. To be called when all is there."""
        while True:
            with self._news:
                self._news.wait_for(lambda: bool(self._steps) or self._future.done(), timeout=0.1)
                steps = list(self._steps)
                self._steps.clear()
            yield from steps
            if not steps and self._future.done():
                return self._future.result()

    def _run(self) -> None:
        steps = self._work(self._wait)
        for step in steps:
            with self._news:
                self._steps.append(step)
                self._news.notify_all()

    def _wait(self, n: int) -> None:
        with self._news:
            self._news.wait_for(lambda: self._left or self._there >= n)
            if self._there < n:
                raise Cancelled

    def __enter__(self) -> Follower[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._news:
            self._left = True
            self._news.notify_all()
        self._pool.shutdown(wait=True)
