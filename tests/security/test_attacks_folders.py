"""Attack 10: of a model's folder only its own files are read, and nothing in it stops the others.

The numbers are those of docs/security.md.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_models import edit_json, make_model
from processes import environment, umx_gui

from umx_gui.engine.models.model import load_model
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.errors import ModelInvalidError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good model folder with two targets."""
    return make_model(tmp_path / "model")


@pytest.fixture
def in_time() -> Iterator[None]:
    """The test fails if it waits for something that never comes."""

    def fail(*_: object) -> None:
        raise AssertionError("it hangs")

    old = signal.signal(signal.SIGALRM, fail)
    signal.alarm(300)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, old)


def refused(folder: Path) -> str:
    """Why a folder is refused."""
    with pytest.raises(ModelInvalidError) as error:
        load_model(folder)
    return error.value.detail


def test_10_exactly_the_named_files_are_loaded(folder: Path) -> None:
    whole = (folder / "vocals.pth").read_bytes()
    for name in ("vocals_backup.pth", "vocals-old.pth", "vocals.pth.bak", "vocals-0a1b2c3.pth", "vocals-0A1B2C3D.pth"):
        (folder / name).write_bytes(b"not these")
    assert load_model(folder).targets == ("vocals", "drums")
    (folder / "vocals-0a1b2c3d.pth").write_bytes(whole)
    assert "more than one weight file" in refused(folder)


@pytest.mark.usefixtures("in_time")
def test_10_only_files_are_read(folder: Path, tmp_path: Path) -> None:
    # Pipes would be waited for, and folders or endless devices make no model.
    (folder / "separator.json").unlink()
    os.mkfifo(folder / "separator.json")
    assert refused(folder)
    registry = ModelRegistry(tmp_path)
    assert folder.name not in registry.names()
    good = make_model(tmp_path / "other")
    os.mkfifo(good / "bass.json")
    os.mkfifo(good / "bass.pth")
    os.mkfifo(good / ".origin")
    (good / "vocals.json").unlink()
    os.mkfifo(good / "vocals.json")
    assert "other" in registry.names()
    assert refused(good)


@pytest.mark.parametrize(
    "text", ['{"sample_rate": 1e999}', '{"sample_rate": NaN}', "[" * 100_000, '{"sample_rate": []}', "\x00", "[]"]
)
def test_10_one_bad_folder_does_not_hide_the_other_models(tmp_path: Path, text: str) -> None:
    make_model(tmp_path / "good")
    make_model(tmp_path / "bad")
    (tmp_path / "bad" / "separator.json").write_text(text)
    names = ModelRegistry(tmp_path).names()
    assert "good" in names
    assert "bad" not in names


def test_10_what_a_model_says_of_itself_cannot_drive_the_terminal(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "models" / "m\x1b[31m")
    edit_json(folder / "separator.json", licence="\x1b]0;owned\x07\x1b[2JCC0\u202e")
    (folder / "x\x1b[1m.json").write_text("{}")
    (folder / "x\x1b[1m.pth").write_bytes(b"")
    done = umx_gui(environment(tmp_path / "models"), tmp_path, "models", "list")
    assert done.returncode == 0
    assert "CC0" in done.stdout
    assert not any(c in done.stdout for c in "\x1b\x07\u202e")
