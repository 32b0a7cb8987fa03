"""The program's own files, well-formed and absurd: the window opens, and what is there is kept or left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from session_helpers import full_document
from test_faults_mangled import start

from umx_gui.app.settings import load_settings
from umx_gui.engine.sessions.session_file import to_json

HUGE, DEEP = "9" * 5000, "[" * 100_000 + "]" * 100_000


def session(**changes: Any) -> str:
    """A session in which some things are absurd."""
    return json.dumps({**to_json(full_document(autosave_of="/nowhere/a.umx")), **changes})


SETTINGS = {
    "numbers of 5000 digits": f'{{"version": 1, "volume_db": {HUGE}, "niter": {HUGE}, "device": "cpu"}}',
    "endlessly deep": f'{{"version": 1, "recent_files": {DEEP}}}',
    "a hundred thousand songs": json.dumps({"version": 1, "recent_files": ["/a\0b", "\ud800", ""] * 33_000}),
    "another encoding": json.dumps({"version": 1, "theme": "light"}).encode("utf-16"),
    "each name twice": '{"version": 1, "theme": "light", "theme": {}, "version": 1e999}',
}
QUEUES = {
    "a job that holds itself": '{"version": 1, "jobs": [[[[]]], {"jobs": [{}]}, null, true, 1e999]}',
    "ten thousand jobs of nothing": json.dumps({"version": 1, "jobs": [{}] * 10_000}),
    "names of zeros": json.dumps({"version": 1, "jobs": [{"id": 1, "path": "/a\0b"}, {"id": -1, "path": "/\udc80"}]}),
    "numbers of 5000 digits": f'{{"version": 1, "jobs": [{{"id": {HUGE}, "path": "/a.wav"}}], "paused": {HUGE}}}',
    "endlessly deep": f'{{"version": 1, "jobs": {DEEP}}}',
}
SESSIONS = {
    "a loop before all time": session(loop={"start": -5, "stop": 1 << 70}, playhead=-(1 << 70)),
    "gains without end": session(master_db=1e308, strips={"vocals": {"gain_db": -1e308, "pan": 7}}),
    "a hundred thousand stretches": session(stretches=[{"start": n, "stop": n - 1} for n in range(100_000)]),
    "targets of one name": session().replace('"drums"', '"vocals"'),
    "endlessly deep": session(view="@").replace('"@"', DEEP),
}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path))
    (tmp_path / "autosave").mkdir()
    return lambda: tmp_path


def placed(path: Path, content: str | bytes) -> bytes:
    data = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    path.write_bytes(data)
    return data


@pytest.mark.parametrize("what", SETTINGS)
def test_absurd_settings(config: Callable[[], Path], tiny_models: Path, qtbot: QtBot, what: str) -> None:
    put = placed(config() / "settings.json", SETTINGS[what])
    start(tiny_models, qtbot)
    assert put in [path.read_bytes() for path in config().glob("settings*")], "nothing of it was kept"
    assert len(load_settings(config())[0].recent_files) <= 10


@pytest.mark.parametrize("what", QUEUES)
def test_absurd_queues(config: Callable[[], Path], tiny_models: Path, qtbot: QtBot, what: str) -> None:
    placed(config() / "queue.json", QUEUES[what])
    start(tiny_models, qtbot)


@pytest.mark.parametrize("what", SESSIONS)
def test_absurd_autosaves(config: Callable[[], Path], tiny_models: Path, qtbot: QtBot, what: str) -> None:
    put = placed(config() / "autosave" / "0123456789abcdef.umx", SESSIONS[what])
    start(tiny_models, qtbot)
    left = [path.read_bytes() for path in (config() / "autosave").rglob("*") if path.is_file()]
    assert put in left, "an autosave was thrown away"
