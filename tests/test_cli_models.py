"""`umx-gui models` as it is typed: list, download, import, verify, remove."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from loopback import Server, drip, loopback_server

from umx_gui.cli import main
from umx_gui.engine.models.published import PUBLISHED
from umx_gui.engine.models.registry import ModelRegistry

ROOT = Path(__file__).resolve().parent.parent
Run = Callable[..., int]


@pytest.fixture(scope="module")
def speech_weights() -> dict[str, bytes]:
    """Random weights in the shape of umxse, under its published names."""
    import io

    import torch

    from umx_gui.engine.models.network import NetworkShape, OpenUnmix

    torch.manual_seed(2)
    contents = {}
    for file in PUBLISHED["umxse"].files:
        buffer = io.BytesIO()
        torch.save(OpenUnmix(NetworkShape(513, 513, 1, 256, 3)).eval().state_dict(), buffer)
        contents[file.name] = buffer.getvalue()
    return contents


@pytest.fixture
def server(speech_weights: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that has umxse."""
    with loopback_server() as running:
        running.files.update({f"/umxse/{name}": data for name, data in speech_weights.items()})
        monkeypatch.setenv("UMX_MODELS_URL", running.url)
        yield running


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the user's models."""
    monkeypatch.setenv("UMX_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "models"


@pytest.fixture
def run(folder: Path) -> Run:
    """Run `umx-gui models` in this process; returns the exit code."""
    return lambda *arguments: main(["models", *map(str, arguments)])


def test_the_list_shows_what_is_there_and_what_could_be(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("a connection was made"))
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    (large,) = [line for line in lines if line.split()[0] == "umxl"]
    for words in ("published", "vocals drums bass other", "452 MB", "6.32", "not installed", "CC BY-NC-SA 4.0"):
        assert words in large
    assert run("list", "--json") == 0
    items = {item["name"]: item for item in json.loads(capsys.readouterr().out)}
    assert items["umxse"]["targets"] == ["speech", "noise"]
    assert items["umxse"]["installed"] is False
    assert items["umxhq"]["scores"]["vocals"] == 6.25


def test_umxse_is_downloaded_once_its_digests_are_accepted_and_separates_speech(
    run: Run, folder: Path, server: Server, speech_weights: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("download", "umxse") == 1
    error = capsys.readouterr().err
    for data in speech_weights.values():
        assert hashlib.sha256(data).hexdigest() in error
    assert "umxse" not in ModelRegistry(folder).names()
    assert run("download", "umxse", "--accept-digest") == 0
    assert run("verify", "umxse") == 0
    assert len(server.requests) == 2
    assert "umxse: good" in capsys.readouterr().out
    # A stereo song at 44.1 kHz: the stems have its rate, channels and length, and add up to it.
    song = 0.1 * np.random.default_rng(0).standard_normal((50_001, 2))
    soundfile.write("talk.wav", song, 44100, "PCM_24")
    assert main(["separate", "talk.wav", "--model", "umxse"]) == 0
    stems = {name: soundfile.read(f"talk_umxse/{name}.wav", dtype="int32") for name in ("speech", "noise")}
    assert {(x.shape, rate) for x, rate in stems.values()} == {((50_001, 2), 44100)}
    whole = soundfile.read("talk.wav", dtype="int32")[0]
    assert np.array_equal(stems["speech"][0] + stems["noise"][0], whole)
    assert all(np.any(x) for x, _ in stems.values())


def test_umxl_wants_its_licence_accepted(run: Run, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("download", "umxl") == 1
    error = capsys.readouterr().err
    assert "CC BY-NC-SA 4.0" in error
    assert "--accept-licence" in error
    assert server.requests == []
    assert run("download", "umxl", "--accept-licence") == 1
    assert "127.0.0.1 does not have it" in capsys.readouterr().err


def test_what_is_not_the_published_file_is_not_installed(
    run: Run, folder: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    name = PUBLISHED["umxhq"].files[0].name
    server.files[f"/umxhq/{name}"] = b"x" * 100_000
    assert run("download", "umxhq") == 1
    assert f"“{name}” could not be downloaded: what 127.0.0.1 sent is not the published file" in capsys.readouterr().err
    assert "umxhq" not in ModelRegistry(folder).names()


def test_another_name_is_a_usage_error(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("download", "spleeter") == 2
    assert "umxhq" in capsys.readouterr().err


def test_a_published_model_that_is_missing_is_offered(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write("song.wav", np.zeros((1000, 2)), 44100)
    assert main(["separate", "song.wav", "--model", "umxhq"]) == 1
    assert "umx-gui models download umxhq" in capsys.readouterr().err


def test_ctrl_c_keeps_what_came_and_remove_throws_it_away(
    run: Run, folder: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    digits = PUBLISHED["umxhq"].files[0]
    server.files[f"/umxhq/{digits.name}"] = b"x" * 20_000_000
    server.otherwise = drip(1000, 0.01)
    program = [sys.executable, "-m", "umx_gui", "models", "download", "umxhq"]
    process = subprocess.Popen(program, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    part = folder / ".downloading-umxhq" / f"{digits.name}.part"
    deadline = time.monotonic() + 60
    while not (part.exists() and part.stat().st_size > 5000):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=600)[1] == ""
    assert process.returncode == 130
    assert part.stat().st_size > 5000
    assert run("list") == 0
    assert "% there" in capsys.readouterr().out
    assert run("remove", "umxhq") == 0
    assert list(folder.iterdir()) == []
    assert run("remove", "umxhq") == 1


def test_a_zip_is_imported_verified_and_removed(
    run: Run, folder: Path, tiny_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "nice.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in (tiny_models / "tiny").iterdir():
            archive.write(file, f"tiny/{file.name}")
    assert run("import", path) == 0
    assert "nice: vocals drums bass other" in capsys.readouterr().out
    assert run("import", path) == 1
    assert run("verify", "nice", "--verbose") == 0
    captured = capsys.readouterr()
    assert "vocals.safetensors" in captured.err
    assert "nice: good\n" in captured.out
    weights = folder / "nice" / "bass.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    for command in (["models", "verify", "nice"], ["separate", "song.wav", "--model", "nice"]):
        soundfile.write("song.wav", np.zeros((1000, 2)), 44100)
        assert main(command) == 1
        assert "bass.safetensors is not the file that was imported" in capsys.readouterr().err
    assert run("remove", "nice") == 0
    assert list(folder.iterdir()) == []


def test_at_a_terminal_a_bar_grows_and_digests_are_asked_about(run: Run, folder: Path, server: Server) -> None:
    import fcntl
    import pty
    import struct
    import termios

    server.otherwise = drip(1_000_000, 0.03)
    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    command = [sys.executable, "-m", "umx_gui", "models", "download", "umxse"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    shown = b""
    while b"[y/N]" not in shown:
        shown += os.read(screen, 1000)
    assert b"downloading" in shown
    assert re.search(rb"umxse +[1-9]\d?%", shown)
    assert not (folder / "umxse").exists()
    os.write(screen, b"y\n")
    while b"licence not stated" not in shown:
        shown += os.read(screen, 1000)
    assert process.wait(300) == 0
    os.close(screen)
    assert "umxse" in ModelRegistry(folder).names()
