"""Handing files to an earlier window: what is taken, what is refused, and what a killed process leaves."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from umx_gui.app.single_instance import MAX_BYTES, SingleInstance, parsed, socket_name

ROOT = Path(__file__).resolve().parents[2]
SECOND = """
import sys
from pathlib import Path
from umx_gui.app.single_instance import SingleInstance
single = SingleInstance(Path(sys.argv[1]))
print("first" if single.claim() else single.hand_over(sys.argv[2:]))
if "stay" in sys.argv:
    sys.stdout.flush()
    sys.stdin.read()
"""


@pytest.fixture
def first(qtbot: QtBot, tmp_path: Path) -> Iterator[SingleInstance]:
    single = SingleInstance(tmp_path)
    assert single.claim()
    yield single
    single.close()


def start(folder: Path, *files: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", SECOND, str(folder), *files], env=env, text=True, stdin=pipe, stdout=pipe
    )


def test_files_go_to_the_first(first: SingleInstance, qtbot: QtBot, tmp_path: Path) -> None:
    asked: list[list[Path]] = []
    first.asked.connect(asked.append)
    with start(tmp_path, "/music/a ü.wav", "b.wav") as second:
        qtbot.waitUntil(lambda: bool(asked))
        assert second.communicate(timeout=600)[0].strip() == "True"
    assert asked == [[Path("/music/a ü.wav"), Path.cwd() / "b.wav"]]


def test_a_killed_one_leaves_nothing_in_the_way(qtbot: QtBot, tmp_path: Path) -> None:
    with start(tmp_path, "stay") as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline().strip() == "first"
        assert not SingleInstance(tmp_path).claim()
        killed.kill()
        killed.wait(10)
        single = SingleInstance(tmp_path)
        assert single.claim()
        asked: list[list[Path]] = []
        single.asked.connect(asked.append)
        with start(tmp_path, "/a.wav") as second:
            qtbot.waitUntil(lambda: bool(asked))
            assert second.communicate(timeout=600)[0].strip() == "True"
        single.close()


def test_one_that_does_not_answer_is_not_waited_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("umx_gui.app.single_instance.PATIENCE_S", 0.5)
    assert not SingleInstance(tmp_path).hand_over(["/a.wav"])


def test_a_folder_that_cannot_be_written_keeps_no_window_closed(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").touch()
    assert SingleInstance(tmp_path / "file").claim()


@pytest.mark.parametrize("length", [10, 300])
def test_the_socket_is_its_users_alone(length: int, tmp_path: Path, qtbot: QtBot) -> None:
    folder = tmp_path / ("x" * min(length, 200)) / ("y" * min(length, 200))
    single = SingleInstance(folder)
    assert single.claim()
    path = Path(socket_name(folder))
    assert path.lstat().st_mode & 0o077 == 0
    single.close()


def test_only_whole_paths_are_taken() -> None:
    names = ["/a.wav", "b.wav", "http://localhost/a.wav", "/a\0b", "\ud800"]
    assert parsed(json.dumps({"files": names}).encode()) == [Path("/a.wav")]
    for wrong in (b"", b"5", b"[]", b"{}", b'{"files": 3}', b'{"files": [3]}', b"[" * 99_999, b"\xff"):
        assert parsed(wrong) is None


def test_nonsense_is_refused_and_the_window_lives(first: SingleInstance, qtbot: QtBot, tmp_path: Path) -> None:
    asked: list[list[Path]] = []
    first.asked.connect(asked.append)
    rng = random.Random(3)
    for content in [b"\n", b"{}\n", rng.randbytes(1000) + b"\n", b"x" * (MAX_BYTES + 10)]:
        socket = QLocalSocket()
        socket.connectToServer(socket_name(tmp_path))
        assert socket.waitForConnected(2000)
        socket.write(content)
        qtbot.waitUntil(
            lambda socket=socket: socket.state() is not QLocalSocket.LocalSocketState.ConnectedState, timeout=10_000
        )
    assert asked == []
    silent = QLocalSocket()  # says nothing, and must not keep others waiting
    silent.connectToServer(socket_name(tmp_path))
    done: list[bool] = []
    thread = threading.Thread(target=lambda: done.append(SingleInstance(tmp_path).hand_over(["/a.wav"])))
    thread.start()
    qtbot.waitUntil(lambda: bool(done))
    thread.join()
    assert done == [True]
    assert asked == [[Path("/a.wav")]]
