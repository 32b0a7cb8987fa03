"""Work that follows: as far as the other has come, with its own errors, and stopped when nothing more will come."""

from __future__ import annotations

import threading

import pytest

from umx_gui.engine.songs.following import Follower
from umx_gui.errors import Cancelled


def test_goes_as_far_as_the_other_has_come() -> None:
    seen: list[int] = []
    reached = threading.Semaphore(0)

    def work(wait):
        for n in (1, 2, 3):
            wait(n)
            seen.append(n)
            reached.release()
            yield n

    with Follower(work) as follower:
        follower.arrived(2)
        assert reached.acquire(timeout=60)
        assert reached.acquire(timeout=60)
        assert not reached.acquire(timeout=0.1)
        assert seen == [1, 2]
        follower.arrived(3)
        assert list(follower.rest()) == [1, 2, 3]


def test_its_failure_stops_the_other_and_is_told_once_at_the_latest_in_the_end() -> None:
    def work(wait):
        wait(1)
        raise OSError("full")
        yield

    def arrive(n: int) -> None:
        with Follower(work) as follower:
            for at in range(1, n):
                follower.arrived(at)
                threading.Event().wait(0.01)

    def arrive_and_wait() -> None:
        with Follower(work) as follower:
            follower.arrived(1)
            list(follower.rest())

    with pytest.raises(OSError, match="full"):
        arrive(1000)
    with pytest.raises(OSError, match="full"):
        arrive_and_wait()


def test_is_stopped_and_has_tidied_up_when_the_other_fails() -> None:
    tidied: list[type] = []

    def work(wait):
        try:
            wait(2)
            yield 1
        except Cancelled as e:
            tidied.append(type(e))
            raise

    def fail() -> None:
        with Follower(work) as follower:
            follower.arrived(1)
            raise ValueError("other")

    with pytest.raises(ValueError, match="other"):
        fail()
    assert tidied == [Cancelled]
