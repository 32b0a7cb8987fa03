"""Garbage is collected in the window's thread, and nowhere else."""

from __future__ import annotations

import gc
import threading
import weakref

from umx_gui.app.collector import Collector


class Knot:
    """An object that only the collector can free."""

    def __init__(self) -> None:
        self.me = self


def test_garbage_made_in_another_thread_is_collected_in_the_windows_thread(qtbot):
    collector = Collector()
    try:
        threads: list[int] = []

        def litter() -> None:
            first = Knot()
            weakref.finalize(first, lambda: threads.append(threading.get_ident()))
            del first
            for _ in range(20_000):
                Knot()

        worker = threading.Thread(target=litter)
        worker.start()
        worker.join()
        assert threads == []
        qtbot.waitUntil(lambda: bool(threads))
        assert threads == [threading.get_ident()]
    finally:
        collector.stop()


def test_stopping_gives_collection_back(qtbot):
    was = gc.isenabled()
    collector = Collector()
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
    if not was:
        gc.disable()
