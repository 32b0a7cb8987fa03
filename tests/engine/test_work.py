"""Cancelling between threads, and the time that is left."""

from __future__ import annotations

import threading

import pytest

from umx_gui.engine.work import CancelToken, ProgressMeter
from umx_gui.errors import Cancelled, UmxError


@pytest.fixture
def clock(monkeypatch):
    """A clock that is moved by hand: `clock[0] += 2`."""
    now = [1000.0]
    monkeypatch.setattr("umx_gui.engine.work.time.monotonic", lambda: now[0])
    return now


def test_a_token_stops_work_in_another_thread_at_its_next_step():
    token, steps, begun, went_on = CancelToken(), [], threading.Event(), threading.Event()
    outcome = []

    def work() -> None:
        try:
            while len(steps) < 1000:
                token.check()
                steps.append(1)
                begun.set()
                went_on.wait(60)
        except Cancelled:
            outcome.append("cancelled")

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(60)
    token.cancel()
    went_on.set()
    thread.join(60)
    assert outcome == ["cancelled"]
    assert len(steps) == 1


def test_a_token_stays_cancelled_and_is_not_before():
    token = CancelToken()
    token.check()
    assert not token.cancelled
    token.cancel()
    token.cancel()
    assert token.cancelled
    for _ in range(2):
        with pytest.raises(Cancelled):
            token.check()


def test_being_cancelled_is_no_error():
    assert not issubclass(Cancelled, UmxError)


def test_the_time_left_is_in_proportion_to_the_time_taken(clock):
    meter = ProgressMeter(200.0)
    clock[0] += 10
    progress = meter.at(50.0, "networks")
    assert (progress.fraction, progress.stage, progress.remaining_s) == (0.25, "networks", pytest.approx(30.0))
    assert meter.elapsed_s == pytest.approx(10.0)
    clock[0] += 30
    assert meter.at(200.0, "filter").remaining_s == pytest.approx(0.0)


def test_no_time_is_told_before_it_can_be_known(clock):
    meter = ProgressMeter(100.0)
    assert meter.at(50.0, "x").remaining_s is None
    clock[0] += 100
    assert meter.at(1.0, "x").remaining_s is None
    assert meter.at(0.0, "x").remaining_s is None


def test_the_fraction_stays_between_0_and_1():
    meter = ProgressMeter(10.0)
    assert [meter.at(done, "x").fraction for done in (-1.0, 0.0, 11.0)] == [0.0, 0.0, 1.0]


def test_work_without_any_steps_is_no_division_by_zero():
    assert ProgressMeter(0.0).at(0.0, "x").fraction == 0.0
    assert ProgressMeter(0.0).at(1.0, "x").fraction == 1.0
