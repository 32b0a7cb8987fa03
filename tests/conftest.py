"""Shared fixtures: signals, and what the machine offers.

Qt in the test process is always the `offscreen` platform: quick, and the same everywhere. A test that needs a real
window (drag and drop between programs, focus, a window manager) is marked `screen`, takes the `screen` fixture and
starts the application as a process of its own with `env=screen.env`; one process cannot change its platform.

A test that lacks a program skips with a reason that begins with "missing:". Where UMX_TEST_REQUIRE_ALL is 1 (as in CI)
such a skip is a failure.
"""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

# Before numpy is loaded. Threads of its libraries that wait for each other make a busy machine ten times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Tests that install a tiny model mean it when they name none, whatever is bundled.
os.environ["UMX_MODEL"] = "tiny"
# Where a test counts files, it counts stems; receipts have tests of their own.
os.environ.setdefault("UMX_RECEIPTS", "off")
# Two separations of a song are equal to the last bit if the compiled filter is there from the first on.
os.environ.setdefault("UMX_COMPILED", "wait")
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).resolve().parents[1] / ".pytest_cache" / "compiled"))

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from screen_server import Screen, missing_programs, screen_server
from sound_server import SoundServer, missing_packages
from sound_server import sound_server as running_sound_server
from tiny_models import make_tiny_models
from told import Told

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]

# A shell starts what runs in the background deaf to Ctrl-C, and so would be what the tests start, and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A wait ends as soon as what it waits for is there. Its bound is for what hangs, not for a machine that is busy.
for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitCallback, QtBot.waitExposed):
    wait.__kwdefaults__["timeout"] = 50_000


@pytest.fixture
def rng() -> np.random.Generator:
    """A seeded generator, so that a failure can be repeated."""
    return np.random.default_rng(20260101)


@pytest.fixture(scope="session")
def screen() -> Iterator[Screen]:
    """A private screen with a window manager; skips where its programs are missing."""
    if absent := missing_programs():
        pytest.skip(f"missing: {', '.join(absent)}")
    with screen_server() as running:
        yield running


@pytest.fixture(scope="session")
def sound_server() -> Iterator[SoundServer]:
    """A private sound server with a null sink to record from; skips where its programs are missing."""
    if absent := missing_packages():
        pytest.skip(f"missing: {', '.join(absent)}")
    with running_sound_server() as running:
        yield running


@pytest.fixture
def sound(sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SoundServer:
    """The sound server, for what this process starts during the test, too. Tests that take it are marked `sound`."""
    for name, value in sound_server.variables.items():
        monkeypatch.setenv(name, value)
    return sound_server


@pytest.fixture
def no_sound(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No sound server is found by what this process starts during the test."""
    for name in ("XDG_RUNTIME_DIR", "PIPEWIRE_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/none")


@pytest.fixture
def told() -> Told:
    """What the user was told: `told.listen(session.told)`, then `told.only()` or `told.titles`."""
    return Told()


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two models of random weights, quick to run: "tiny" (four targets) and "voice" (vocals only)."""
    from umx_gui.engine.separation import compiling

    compiling.begin()  # here, since a test that waits for a song must not have to wait for the compiler, too
    return make_tiny_models(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session", autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings, models and caches of the tests never touch those of the person who runs them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA", "CACHE", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(tmp_path_factory.mktemp(f"xdg-{name.lower()}")))
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--slow` runs the tests that take minutes, too."""
    parser.addoption("--slow", action="store_true", help="run the tests marked slow, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out slow tests unless they are asked for; with several workers, keep together what belongs together.

    One worker has all that plays sound or shows windows, one after another; otherwise a file is never divided.
    """
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            real = item.get_closest_marker("sound") or item.get_closest_marker("screen")
            item.add_marker(pytest.mark.xdist_group("machine" if real else item.path.relative_to(ROOT).as_posix()))
    if config.getoption("--slow") or "slow" in config.getoption("-m"):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Before several workers start: compile the filter's loops, which each of them would do."""
    command = [sys.executable, "-m", "umx_gui.engine.separation.compiling"]
    subprocess.run(command, cwd=ROOT, capture_output=True, timeout=600, check=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is required, a test skipped for a missing program has failed."""
    report = yield
    if os.environ.get("UMX_TEST_REQUIRE_ALL") == "1" and report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if reason.startswith("missing:"):
            report.outcome, report.longrepr = "failed", f"required here, but {reason}"
    return report


@pytest.fixture(autouse=True)
def _garbage_in_this_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """As in the application: a worker's thread must not destroy what is left of the windows of other tests."""
    if "qtbot" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    gc.enable()
    gc.collect()
