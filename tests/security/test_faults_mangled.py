"""Settings, queue and autosaves that are mangled, empty, giants, pipes or folders: the window opens, nothing is lost.

`pytest --slow` starts a hundred times instead of eight.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot
from session_helpers import full_document

from umx_gui.app.queue.file import encoded
from umx_gui.app.queue.job import JobSettings, QueueJob
from umx_gui.app.session import Session
from umx_gui.app.settings import Settings
from umx_gui.app.sound.transport import Transport
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.sessions.session_file import write_session
from umx_gui.playback.null_device import NullDevice
from umx_gui.views.application import application
from umx_gui.views.kit.theme import ThemeKeeper
from umx_gui.views.main_window import MainWindow

FILES = ("settings.json", "queue.json", "autosave/0123456789abcdef.umx", "autosave/kept/fedcba9876543210.umx")
MOST_SECONDS = 3.0


@pytest.fixture
def good(tmp_path: Path) -> dict[str, bytes]:
    """The contents of all files in which the program keeps something of its own, as it wrote them."""
    folder = tmp_path / "good"
    Settings(model="tiny", theme="dark", niter=2, recent_files=["/a", "/b"]).save(folder)
    jobs = [QueueJob(n, Path(f"/nowhere/{n}.wav"), JobSettings("tiny", "/nowhere/out")) for n in range(1, 4)]
    (folder / "queue.json").write_bytes(encoded(jobs, {"ab": [["/nowhere/x.wav", 1, 2]]}, paused=True))
    for name in FILES[2:]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_session(folder / name, full_document(autosave_of="/nowhere/a.umx"))
    return {name: (folder / name).read_bytes() for name in FILES}


def mangled(content: bytes, rng: np.random.Generator) -> bytes:
    """Bytes changed, cut out and doubled, and words of JSON put in."""
    data = bytearray(content)
    for _ in range(int(rng.integers(1, 8))):
        at, length = int(rng.integers(max(len(data), 1))), int(rng.integers(1, 40))
        kind = int(rng.integers(4))
        if kind == 0 and data:
            data[at] = int(rng.integers(256))
        elif kind == 1:
            del data[at : at + length]
        elif kind == 2:
            data[at:at] = data[at : at + length]
        else:
            data[at:at] = rng.choice([b"-1", b"1e999", b"null", b'"', b"{}", b"[[", b"\\ud800", b"9" * 400])
    return bytes(data)


def harm(path: Path, content: bytes, rng: np.random.Generator) -> bytes | None:
    """Put a mangled file at a path; its content, None where it is something else."""
    kind = int(rng.integers(10))
    if kind == 0:
        path.mkdir()
    elif kind == 1:
        path.touch()
        os.truncate(path, 1 << 30)
    elif kind == 2 and hasattr(os, "mkfifo"):
        os.mkfifo(path)
    else:
        data = b"" if kind == 3 else mangled(content, rng)
        path.write_bytes(data)
        return data
    return None


def start(models: Path, qtbot: QtBot) -> float:
    """Open the window on what is there, and close it again; how long it took to be shown, in seconds."""
    began = time.monotonic()
    session = Session(None, ModelRegistry(models), Transport(NullDevice))
    keeper = ThemeKeeper(application(), session.settings.theme)
    window = MainWindow(session, keeper)
    window.restore()
    window.show()
    qtbot.waitExposed(window)
    took_s = time.monotonic() - began
    session.start()
    window.sessions.start()
    listed: list[object] = []
    session.files.opening.list_kept(listed.append)
    qtbot.waitUntil(lambda: bool(listed))
    window.close()
    assert session.close(patience_s=30.0)
    for done in (window, keeper):
        done.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return took_s


def starts(
    n: int, place: Path, good: dict[str, bytes], models: Path, qtbot: QtBot, config: Callable[[Path], None]
) -> None:
    took = []
    for number in range(n):
        rng, folder = np.random.default_rng((5, number)), place / f"config {number}"
        (folder / "autosave" / "kept").mkdir(parents=True)
        config(folder)
        put = {name: harm(folder / name, good[name], rng) for name in FILES}
        took.append(start(models, qtbot))
        # Whatever was there and could not be read is there still, if under another name.
        left = {path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.stat().st_size < 1 << 20}
        for name, content in put.items():
            if content is not None and name not in ("settings.json", "queue.json"):
                assert content in left, (number, name)
            elif content is None:
                assert [p for p in folder.rglob("*") if not p.is_file() or p.stat().st_size == 1 << 30], (number, name)
    print(f"{n} starts, {np.median(took):.2f} s, {max(took):.2f} s at most")
    assert np.median(took) < MOST_SECONDS


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    return lambda folder: monkeypatch.setenv("UMX_CONFIG_DIR", str(folder))


def test_eight_mangled_starts(
    tmp_path: Path, good: dict[str, bytes], tiny_models: Path, qtbot: QtBot, config: Callable[[Path], None]
) -> None:
    starts(8, tmp_path, good, tiny_models, qtbot, config)


@pytest.mark.slow
def test_a_hundred_mangled_starts(
    tmp_path: Path, good: dict[str, bytes], tiny_models: Path, qtbot: QtBot, config: Callable[[Path], None]
) -> None:
    starts(100, tmp_path, good, tiny_models, qtbot, config)
