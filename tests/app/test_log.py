"""What nobody expected is logged with its traceback, told once, and stops nothing."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import qWarning
from told import Told

from umx_gui.app.log import Doors, log_path, start_log, stop_log


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    path = start_log(tmp_path / "logs")
    assert path == log_path(tmp_path / "logs")
    yield path
    stop_log()


@pytest.fixture
def doors(told: Told) -> Iterator[Doors]:
    doors = Doors(told.messages.append)
    yield doors
    doors.close()


def boom() -> None:
    raise ZeroDivisionError("deep inside")


def test_an_unexpected_exception_is_logged_and_told_once(log: Path, doors: Doors, told: Told) -> None:
    for _ in range(3):
        try:
            boom()
        except ZeroDivisionError as e:
            sys.excepthook(type(e), e, e.__traceback__)
    assert told.only().reason == "ZeroDivisionError"
    text = log.read_text()
    assert text.count("ZeroDivisionError: deep inside") == 3
    assert "in boom" in text


def test_threads_and_qt_are_heard_as_well(log: Path, doors: Doors, told: Told) -> None:
    thread = threading.Thread(target=boom)
    thread.start()
    thread.join()
    qWarning("a Qt warning")
    text = log.read_text()
    assert "deep inside" in text
    assert "WARNING" in text
    assert "Qt: a Qt warning" in text
    assert told.nothing(), "the window is not touched from another thread"


def test_hooks_are_put_back(told: Told) -> None:
    before = (sys.excepthook, threading.excepthook)
    doors = Doors(told.messages.append)
    assert sys.excepthook != before[0]
    doors.close()
    assert (sys.excepthook, threading.excepthook) == before


def test_the_log_does_not_grow_for_ever(log: Path) -> None:
    logger = logging.getLogger("umx_gui.test")
    for number in range(400):
        logger.info("%d %s", number, "x" * 10_000)
    files = list(log.parent.glob("umx-gui.log*"))
    assert len(files) == 3
    assert all(f.stat().st_size <= 1 << 20 for f in files)


def test_without_a_place_for_it_there_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert start_log(tmp_path / "file") is None
