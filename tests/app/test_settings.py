"""Settings survive whatever is in their file, and never lose it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from umx_gui.app import settings as module
from umx_gui.app.settings import Settings, config_dir, load_settings


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    Settings(theme="dark", volume_db=-3.5).save(tmp_path)
    assert json.loads((tmp_path / "settings.json").read_text()) == {
        "version": module.VERSION,
        "theme": "dark",
        "volume_db": -3.5,
    }


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    saved = Settings(model="mine", auto_separate=False, niter=2, recent_files=["/a/ü.wav"], demo_shown=True)
    saved.save(tmp_path / "new" / "folder")
    assert load_settings(tmp_path / "new" / "folder") == (saved, None)


def test_no_file_means_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == (Settings(), None)


def test_the_folder_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path))
    assert config_dir() == tmp_path
    Settings(theme="light").save()
    assert load_settings()[0].theme == "light"


def test_old_names_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module.RENAMES, "colours", "theme")
    (tmp_path / "settings.json").write_text('{"version": 0, "colours": "light"}')
    assert load_settings(tmp_path) == (Settings(theme="light"), None)


@pytest.mark.parametrize(
    "line",
    [
        '"theme": "pink"',
        '"theme": 3',
        '"niter": true',
        '"niter": 11',
        '"volume_db": NaN',
        '"volume_db": 1e999',
        '"auto_separate": 1',
        '"export_receipt": "yes"',
        '"recent_files": "a"',
        '"recent_files": [1]',
        '"recent_files": ["a\\u0000b"]',
        '"open_folder": "\\ud800"',
        '"model": null',
    ],
)
def test_a_bad_value_is_a_default_and_the_file_is_kept(tmp_path: Path, line: str) -> None:
    text = f'{{"version": 1, "demo_shown": true, {line}}}'
    (tmp_path / "settings.json").write_text(text)
    settings, told = load_settings(tmp_path)
    assert settings == Settings(demo_shown=True)
    assert told is not None
    assert (tmp_path / "settings.json.bad-1").read_text() == text
    settings.save(tmp_path)
    assert load_settings(tmp_path) == (settings, None)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b'{"niter": ' + b"9" * 6000 + b"}"])
def test_a_file_that_is_no_settings_is_moved_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "settings.json.bad-1").write_text("an older one")
    (tmp_path / "settings.json").write_bytes(content)
    settings, told = load_settings(tmp_path)
    assert settings == Settings()
    assert told is not None
    assert not (tmp_path / "settings.json").exists()
    assert (tmp_path / "settings.json.bad-1").read_text() == "an older one"
    assert (tmp_path / "settings.json.bad-2").read_bytes() == content


def test_odd_files_do_not_stop_the_start(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.mkdir()
    assert load_settings(tmp_path)[0] == Settings()
    assert (tmp_path / "settings.json.bad-1").is_dir()
    with path.open("wb") as file:
        file.truncate(1 << 30)
    assert load_settings(tmp_path)[0] == Settings()
    assert (tmp_path / "settings.json.bad-2").stat().st_size == 1 << 30
    if hasattr(os, "mkfifo"):
        os.mkfifo(path)
        assert load_settings(tmp_path)[0] == Settings()


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    Settings(theme="dark").save(tmp_path / "file")
    assert (tmp_path / "file").read_text() == ""


def test_mangled_files_start_100_of_100(tmp_path: Path, rng: np.random.Generator) -> None:
    full = Settings("m", "cpu", False, 3, True, ["/a", "/b"], "/c", "/d", "flac", "16", False, "dark", "spectrogram")
    full.save(tmp_path)
    path = tmp_path / "settings.json"
    whole = path.read_bytes()
    for _ in range(100):
        mangled = bytearray(whole)
        for _ in range(int(rng.integers(1, 8))):
            at = int(rng.integers(len(mangled)))
            kind = rng.integers(3)
            if kind == 0:
                mangled[at] = int(rng.integers(256))
            elif kind == 1:
                del mangled[at : at + int(rng.integers(1, 20))]
            else:
                mangled[at:at] = mangled[int(rng.integers(len(mangled))) :][:20]
        path.write_bytes(mangled)
        settings, told = load_settings(tmp_path)
        kept = [p.read_bytes() for p in tmp_path.glob("*.bad-*")]
        assert told is None or bytes(mangled) in kept
        settings.save(tmp_path)
        assert load_settings(tmp_path) == (settings, None)


def test_recent_files_are_few_and_the_last_comes_first(tmp_path: Path) -> None:
    settings = Settings()
    for number in [*range(12), 5]:
        settings.remember_file(tmp_path / f"{number}.wav")
    assert [Path(f).stem for f in settings.recent_files] == ["5", "11", "10", "9", "8", "7", "6", "4", "3", "2"]
