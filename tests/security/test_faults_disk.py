"""A disk that is full or read-only: said in one sentence, in time, and nothing half-written is left."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from export_helpers import export, song
from processes import assert_one_sentence, environment, everything_in, umx_gui
from writers import DISPENSABLE, NAMES, Writer, writer

from umx_gui.app.log import start_log, stop_log
from umx_gui.app.settings import Settings, load_settings
from umx_gui.commands.console import Console
from umx_gui.commands.doors import failed
from umx_gui.engine.faults import fault_log_path
from umx_gui.engine.storage.scratch import Scratch
from umx_gui.errors import DiskFullError, OutputNotWritableError
from umx_gui.messages import describe

DISK_BYTES = 8 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB of its own; skips where none can be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("missing: mount permission")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Fill a disk to its last byte; returns the file that does it."""
    ballast = disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 12))
    return ballast


def remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in DISPENSABLE])
def test_a_full_disk_keeps_the_old_state(name: str, small_disk: Path, tmp_path: Path) -> None:
    subject: Writer = writer(name, tmp_path / "place")
    folder = small_disk / "folder"
    folder.mkdir()
    subject.prepare(folder)
    before = everything_in(folder)
    ballast = fill(small_disk)
    with pytest.raises(DiskFullError) as error:
        subject.act(folder)
    assert "too full" in describe(error.value).title
    assert everything_in(folder) - before <= {"models"}
    assert before == set() or subject.check(folder) == "old"
    ballast.unlink()
    subject.act(folder)
    assert subject.check(folder) == "new"


@pytest.mark.parametrize("name", [name for name in NAMES if name not in DISPENSABLE])
def test_a_read_only_disk_keeps_the_old_state(name: str, small_disk: Path, tmp_path: Path) -> None:
    subject: Writer = writer(name, tmp_path / "place")
    folder = small_disk / "folder"
    folder.mkdir()
    subject.prepare(folder)
    before = everything_in(folder)
    remount(small_disk, "ro")
    with pytest.raises(OutputNotWritableError) as error:
        subject.act(folder)
    assert describe(error.value).reason in ("the folder is read-only", "read-only file system")
    remount(small_disk, "rw")
    assert everything_in(folder) == before
    subject.act(folder)
    assert subject.check(folder) == "new"


def test_settings_that_cannot_be_saved_are_no_failure(small_disk: Path) -> None:
    Settings(theme="dark").save(small_disk)
    ballast = fill(small_disk)
    Settings(theme="light", recent_files=["/a" * 1000] * 9).save(small_disk)
    assert load_settings(small_disk) == (Settings(theme="dark"), None)
    ballast.unlink()
    remount(small_disk, "ro")
    Settings(theme="light").save(small_disk)
    assert load_settings(small_disk) == (Settings(theme="dark"), None)
    assert everything_in(small_disk) == {"settings.json"}


def test_decoded_sound_that_cannot_be_kept_is_read_all_the_same(small_disk: Path, tmp_path: Path) -> None:
    subject = writer("decoded sound", tmp_path / "place")
    subject.prepare(small_disk)
    ballast = fill(small_disk)
    for state in ("full", "ro"):
        if state == "ro":
            ballast.unlink()
            remount(small_disk, "ro")
        assert subject.act(small_disk) is None  # and so its reader decodes the file itself
    remount(small_disk, "rw")
    assert subject.check(small_disk) == "old"
    subject.act(small_disk)
    assert subject.check(small_disk) == "new"


def test_a_song_without_room_is_refused_before_it_is_laid_out(small_disk: Path) -> None:
    with Scratch(small_disk) as scratch:
        with pytest.raises(DiskFullError) as error:
            scratch.reserve((2, 100 << 20))
        assert error.value.needed >= 800 << 20
        assert error.value.free <= DISK_BYTES
        scratch.reserve((2, 1000))


def song_file(folder: Path, seconds: float) -> Path:
    path = folder / "song.wav"
    soundfile.write(path, 0.1 * np.random.default_rng(0).standard_normal((round(44100 * seconds), 2)), 44100)
    return path


@pytest.mark.parametrize("read_only", [False, True])
def test_the_command_says_so_before_it_separates(
    small_disk: Path, tmp_path: Path, tiny_models: Path, read_only: bool
) -> None:
    path = song_file(tmp_path, 30)
    if read_only:
        remount(small_disk, "ro")
    done = umx_gui(environment(tiny_models), small_disk, "separate", "--model", "tiny", str(path), "--json-progress")
    assert done.returncode == 1
    assert_one_sentence(done.stderr)
    assert ("read-only" if read_only else "too full") in done.stderr
    if not read_only:
        assert "32 MB are needed, 8 MB are free" in done.stderr
    assert not any(json.loads(line).get("stage") == "separating" for line in done.stdout.splitlines())
    assert everything_in(small_disk) == set()


def test_a_scratch_folder_that_is_full_is_named(small_disk: Path, tmp_path: Path, tiny_models: Path) -> None:
    path = song_file(tmp_path, 30)
    done = umx_gui(environment(tiny_models, TMPDIR=str(small_disk)), tmp_path, "separate", "--model", "tiny", str(path))
    assert done.returncode == 1
    assert_one_sentence(done.stderr)
    assert f"The disk of “{small_disk}” is too full" in done.stderr
    assert not (tmp_path / "song_tiny").exists()


def test_a_log_that_cannot_be_written_says_nothing(small_disk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = start_log(small_disk / "log")
    assert path is not None
    ballast, logger = fill(small_disk), logging.getLogger("umx_gui.test")
    try:
        for _ in range(100):
            logger.error("y" * 4000)
        assert capfd.readouterr().err == "", "it would be a traceback for each line"
        ballast.unlink()
        logger.error("there is room again")
        assert "there is room again" in path.read_text()
    finally:
        stop_log()


def test_a_fault_that_cannot_be_logged_is_a_sentence(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(small_disk))
    fault_log_path().parent.mkdir(parents=True)
    fill(small_disk)
    assert failed(KeyError("x" * 5000), Console()) == 1
    said = capfd.readouterr().err
    assert len(said.splitlines()) == 1
    assert str(small_disk) not in said, "there is no log to be sent"


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_a_disk_that_holds_no_file_so_large_is_named(tmp_path: Path, tiny_models: Path) -> None:
    """As FAT32, which ends at 4 GB; here a limit of the process says the same."""
    song_file(tmp_path, 30)
    command = f'ulimit -f 2000 && exec "{sys.executable}" -m umx_gui separate --model tiny song.wav'
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, env=environment(tiny_models), capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 1
    assert_one_sentence(done.stderr)
    assert "its disk cannot hold a file of this size" in done.stderr
    assert everything_in(tmp_path) == {"song.wav"}


def test_the_next_export_works_after_a_full_disk(small_disk: Path) -> None:
    stems, mixture = song(400_000)
    with pytest.raises(DiskFullError):
        export(small_disk / "out", stems, mixture)
    assert everything_in(small_disk) == set()
    export(small_disk / "out", *song(20_000))
    assert len(everything_in(small_disk)) == 5
