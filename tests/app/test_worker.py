"""Jobs run in a thread of their own, report in the window's thread, and stop when they are told to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QThread, QTimer
from pytestqt.qtbot import QtBot

from umx_gui.app.worker import PATIENT, PROMPT, Worker
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import Cancelled, DeviceUnavailableError, OutOfMemoryError

Values = Generator[object, None, None]
ROOT = Path(__file__).resolve().parents[2]
NICED = """
import os, threading
from PySide6.QtCore import QCoreApplication, QTimer
from umx_gui.app.worker import Worker
app, worker = QCoreApplication([]), Worker()
def work(cancel):
    yield os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
worker.submit(work, on_value=print, on_done=lambda error: app.quit())
QTimer.singleShot(60_000, app.quit)
app.exec()
worker.stop()
"""


class Record:
    """What a job reported, and in which thread."""

    def __init__(self) -> None:
        self.values: list[object] = []
        self.ends: list[Exception | None] = []
        self.threads: set[int] = set()

    def value(self, value: object) -> None:
        self.threads.add(threading.get_ident())
        self.values.append(value)

    def done(self, error: Exception | None) -> None:
        self.threads.add(threading.get_ident())
        self.ends.append(error)


@pytest.fixture
def worker(qapp: object) -> Iterator[Worker]:
    worker = Worker("test")
    yield worker
    assert worker.stop(timeout_s=30.0)


@pytest.fixture
def record() -> Record:
    return Record()


def count(n: int) -> Values:
    yield from range(n)


def test_values_arrive_in_order_in_the_window_thread(worker: Worker, record: Record, qtbot: QtBot) -> None:
    inside: list[int] = []

    def work(_: CancelToken) -> Values:
        inside.append(threading.get_ident())
        yield from count(100)

    worker.submit(work, on_value=record.value, on_done=record.done)
    qtbot.waitUntil(lambda: bool(record.ends))
    assert record.values == list(range(100))
    assert record.ends == [None]
    assert record.threads == {threading.get_ident()}
    assert inside != [threading.get_ident()]


def test_jobs_run_one_after_the_other(worker: Worker, record: Record, qtbot: QtBot) -> None:
    for first in (0, 10, 20):
        worker.submit(lambda _, first=first: (first + i for i in range(3)), on_value=record.value, on_done=record.done)
    qtbot.waitUntil(lambda: len(record.ends) == 3)
    assert record.values == [0, 1, 2, 10, 11, 12, 20, 21, 22]


def test_a_cancelled_job_delivers_nothing_more(worker: Worker, record: Record, qtbot: QtBot) -> None:
    yielded = threading.Event()
    closed = threading.Event()

    def work(_: CancelToken) -> Values:
        try:
            yield 1
            yielded.set()
            while True:
                yield 2
                time.sleep(0.001)
        finally:
            closed.set()

    job = worker.submit(work, on_value=record.value, on_done=record.done)
    # Without an event loop nothing is taken: the values are on their way when the job is cancelled.
    assert yielded.wait(60)
    worker.cancel(job)
    qtbot.waitUntil(lambda: bool(record.ends))
    assert record.values == []
    assert [type(e) for e in record.ends] == [Cancelled]
    assert closed.is_set(), "the generator's own clean-up runs at once"


def test_a_queued_job_can_be_cancelled_before_it_starts(worker: Worker, record: Record, qtbot: QtBot) -> None:
    gate = threading.Event()

    def wait(token: CancelToken) -> Values:
        while not gate.wait(0.01):
            token.check()
        yield "waited"

    def never(_: CancelToken) -> Values:
        record.values.append("ran")
        yield None

    worker.submit(wait, on_value=record.value, on_done=record.done)
    worker.cancel(worker.submit(never, on_value=record.value, on_done=record.done))
    gate.set()
    qtbot.waitUntil(lambda: len(record.ends) == 2)
    assert record.values == ["waited"]
    assert record.ends[0] is None
    assert isinstance(record.ends[1], Cancelled)


@pytest.mark.parametrize(
    ("raised", "reported"),
    [
        (DeviceUnavailableError("cuda"), DeviceUnavailableError),
        (MemoryError(), OutOfMemoryError),
        (ZeroDivisionError("ours"), ZeroDivisionError),
        (Cancelled(), Cancelled),
    ],
)
def test_errors_are_the_outcome_and_the_thread_lives_on(
    worker: Worker, record: Record, qtbot: QtBot, raised: Exception, reported: type[Exception]
) -> None:
    def fail(_: CancelToken) -> Values:
        yield 1
        raise raised

    worker.submit(fail, on_value=record.value, on_done=record.done)
    worker.submit(lambda _: count(1), on_value=record.value, on_done=record.done)
    qtbot.waitUntil(lambda: len(record.ends) == 2)
    assert isinstance(record.ends[0], reported)
    assert record.ends[0].__traceback__ is None
    assert record.ends[1] is None


def test_progress_comes_at_most_twenty_times_a_second(
    worker: Worker, record: Record, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 100.0
    clock = SimpleNamespace(monotonic=lambda: now_s, perf_counter=time.perf_counter)
    monkeypatch.setattr("umx_gui.app.worker.time", clock)

    def work(_: CancelToken) -> Values:
        nonlocal now_s
        for step in range(1000):  # one second
            yield Progress(step / 1000, "working")
            now_s += 0.001

    worker.submit(work, on_value=record.value, on_done=record.done)
    qtbot.waitUntil(lambda: bool(record.ends))
    assert 19 <= len(record.values) <= 20


def test_a_fast_job_waits_for_a_slow_window(worker: Worker, record: Record, qtbot: QtBot) -> None:
    made = 0

    def work(_: CancelToken) -> Values:
        nonlocal made
        while made < 1000:
            made += 1
            yield made

    worker.submit(work, on_value=record.value, on_done=record.done)
    time.sleep(0.2)
    assert made < 50
    qtbot.waitUntil(lambda: bool(record.ends))
    assert len(record.values) == 1000


def test_the_window_draws_between_values_that_take_it_long(worker: Worker, record: Record, qtbot: QtBot) -> None:
    seen: list[str] = []

    def taken(value: object) -> None:
        record.value(value)
        seen.append("value")
        time.sleep(0.005)

    timer = QTimer()
    timer.timeout.connect(lambda: seen.append("turn"))
    worker.submit(lambda _: count(14), on_value=taken, on_done=record.done)
    time.sleep(0.2)  # all of them are there
    timer.start(0)
    qtbot.waitUntil(lambda: bool(record.ends))
    timer.stop()
    assert record.values == list(range(14))
    runs = "".join("v" if what == "value" else "." for what in seen).split(".")
    assert max(map(len, runs)) <= 2, "one that takes longer than its turn ends it"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities per thread")
def test_the_thread_is_niced_and_the_window_is_not(worker: Worker, record: Record, qtbot: QtBot) -> None:
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    worker.submit(
        lambda _: (os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) for _ in range(1)),
        on_value=record.value,
        on_done=record.done,
    )
    qtbot.waitUntil(lambda: bool(record.ends))
    assert record.values == [max(mine, 10)]
    assert os.getpriority(os.PRIO_PROCESS, 0) == mine


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities per thread")
def test_what_is_waited_for_goes_before_what_takes_minutes(qapp: object, record: Record, qtbot: QtBot) -> None:
    worker = Worker("opener", niceness=PROMPT)
    worker.submit(
        lambda _: (os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) for _ in range(1)),
        on_value=record.value,
        on_done=record.done,
    )
    qtbot.waitUntil(lambda: bool(record.ends))
    worker.stop()
    assert record.values == [max(os.getpriority(os.PRIO_PROCESS, 0), PROMPT)]
    assert PROMPT < PATIENT


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities per thread")
def test_a_program_that_was_started_nice_is_left_so() -> None:
    """Nobody but root may take niceness back: a thread that tried would end with the attempt, before its first job."""
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    command = ["nice", "-n", "15", sys.executable, "-c", NICED]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("missing: setpriv")
        command = ["setpriv", "--bounding-set=-sys_nice", *command]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.stdout.strip() == str(min(mine + 15, 19)), done.stderr


def test_stopping_ends_a_running_job_and_calls_nobody(qapp: object, record: Record, qtbot: QtBot) -> None:
    worker = Worker("test")

    def work(_: CancelToken) -> Values:
        while True:
            yield 1

    worker.submit(work, on_value=record.value, on_done=record.done)
    qtbot.waitUntil(lambda: bool(record.values))
    begun = time.process_time()  # whatever else the machine does, this process has little to do until then
    assert worker.stop(timeout_s=30.0)
    assert time.process_time() - begun < 1
    seen = len(record.values)
    qtbot.wait(50)
    worker.submit(work, on_value=record.value, on_done=record.done)
    qtbot.wait(50)
    assert len(record.values) == seen
    assert record.ends == []
    assert not worker.isRunning()


def test_a_job_that_cannot_stop_is_reported(qapp: object, record: Record) -> None:
    worker = Worker("test")
    gate, inside = threading.Event(), threading.Event()

    def work(_: CancelToken) -> Values:
        inside.set()
        gate.wait(60)
        yield 1

    worker.submit(work, on_value=record.value, on_done=record.done)
    assert inside.wait(60)
    assert not worker.stop(timeout_s=0.1)
    gate.set()
    assert worker.wait(60_000)


def test_inline_jobs_are_done_when_submit_returns(qapp: object, record: Record) -> None:
    worker = Worker("test", inline=True)
    worker.submit(lambda _: count(3), on_value=record.value, on_done=record.done)
    assert record.values == [0, 1, 2]
    assert record.ends == [None]
    assert not worker.busy
    token = CancelToken()

    def stop_at_one(value: object) -> None:
        record.value(value)
        token.cancel()

    worker.submit(lambda _: count(3), on_value=stop_at_one, on_done=record.done, token=token)
    assert record.values == [0, 1, 2, 0]
    assert isinstance(record.ends[1], Cancelled)
    assert QThread.currentThread() is worker.thread()
    assert worker.stop()
