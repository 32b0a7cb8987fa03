"""Attacks 29 to 32: datasets, run folders and caches of compiled code that come from somebody else.

The numbers are those of docs/security.md. Attack 30, that a run's folder chooses code, is in `trainer/test_objective`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from processes import ROOT
from pytestqt.qtbot import QtBot
from told import Told

from trainer.cli import main
from trainer.config import config_from
from trainer.data_options import DataOptions
from trainer.dataset import scan
from trainer.layouts import candidates
from trainer.live import LiveRun
from umx_gui.app.settings import Settings
from umx_gui.app.training.runs import TrainingRuns
from umx_gui.engine.runs.run_folder import is_held, last_words, set_paused
from umx_gui.engine.work import CancelToken
from umx_gui.errors import DatasetError, OutputNotWritableError

posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes, devices and links of POSIX")
RATE = 8000


def track(folder: Path, seed: int = 0) -> Path:
    """A good track of two stems."""
    folder.mkdir(parents=True)
    for name in ("vocals", "drums"):
        samples = 0.1 * np.random.default_rng(seed).standard_normal((RATE, 2))
        soundfile.write(folder / f"{name}.wav", samples, RATE)
    return folder


def check(root: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, bool]:
    """Which tracks `check-dataset` calls usable."""
    main(["check-dataset", str(root), "--json", "--split", "train", "--sample-rate", str(RATE)])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return {report["name"]: report["faults"] == [] for report in json.loads(said.out)["splits"]["train"]}


@posix
def test_29_pipes_devices_and_links_in_a_dataset_hold_nobody_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train = tmp_path / "train"
    track(train / "good")
    for name in ("pipe", "device", "folder", "nowhere"):
        (track(train / name) / "vocals.wav").unlink()
    os.mkfifo(train / "pipe" / "vocals.wav")
    (train / "device" / "vocals.wav").symlink_to("/dev/zero")
    (train / "folder" / "vocals.wav").mkdir()
    (train / "nowhere" / "vocals.wav").symlink_to("vocals.wav")
    os.mkfifo(train / "song.stem.mp4")
    assert check(tmp_path, capsys)["good"]
    aligned = DataOptions(dataset="aligned", input_file="drums.*", output_file="vocals.*")
    assert [found.name for found in candidates(aligned, tmp_path, "train")] == ["good"]


NOTES = {
    "deep": "[" * 100_000,
    "words for a number": json.dumps({"max_hz": "loud", "bpm": "fast"}),
    "an endless number": json.dumps({"max_hz": 10**300, "bpm": float("inf")}),
    "no object": "[1]",
    "not text": "\ud800",
}


@posix
@pytest.mark.parametrize("kind", [*NOTES, "pipe", "gigabyte"])
def test_29_a_track_s_note_is_read_with_suspicion(tmp_path: Path, kind: str) -> None:
    note = track(tmp_path / "train" / "odd") / "track.json"
    if kind == "pipe":
        os.mkfifo(note)
    elif kind == "gigabyte":
        note.touch()
        os.truncate(note, 1 << 30)
    else:
        note.write_bytes(NOTES[kind].encode("utf-8", "surrogatepass"))
    if "number" in kind:
        assert [(found.max_hz, found.bpm) for found in scan(tmp_path / "train", RATE)] == [(None, None)]
    else:
        with pytest.raises(DatasetError, match="JSON"):
            scan(tmp_path / "train", RATE)


@posix
@pytest.mark.parametrize("name", ["run.pid", "best", "excerpts"])
def test_31_a_run_goes_through_no_link_in_its_folder(tmp_path: Path, name: str) -> None:
    precious, run = tmp_path / "precious", tmp_path / "run"
    run.mkdir()
    precious.write_text("mine")
    (run / name).symlink_to(precious)
    with pytest.raises(OutputNotWritableError), LiveRun(config_of(run), CancelToken()):
        pass
    assert precious.read_text() == "mine"
    assert not is_held(run)


@posix
def test_31_what_a_run_tells_goes_through_no_link(tmp_path: Path) -> None:
    precious, run = tmp_path / "precious", tmp_path / "run"
    run.mkdir()
    precious.write_text("mine")
    for name in (".progress.json.new", "progress.json"):
        (run / name).symlink_to(precious)
    with LiveRun(config_of(run), CancelToken()):
        assert json.loads((run / "progress.json").read_text())["state"] == "preparing"
        assert not (run / "progress.json").is_symlink()
    assert precious.read_text() == "mine"


@posix
def test_31_watching_and_resuming_go_through_no_link_either(
    tmp_path: Path, told: Told, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path / "config"))
    precious, run = tmp_path / "precious", tmp_path / "run"
    run.mkdir()
    precious.write_text("mine")
    (run / "checkpoint.pt").write_bytes(b"none")
    (run / "train.log").symlink_to(precious)
    (run / "run.pause").symlink_to(tmp_path / "new")
    assert not set_paused(run, True)
    assert not (tmp_path / "new").exists()
    assert last_words(run) == ""
    runs = TrainingRuns(Settings(), tmp_path / "models")
    told.listen(runs.told)
    runs.resume(run)
    assert told.titles == ["The training cannot be started"]
    assert precious.read_text() == "mine"
    (run / "train.log").unlink()
    os.mkfifo(run / "train.log")
    assert last_words(run) == ""


def config_of(run: Path) -> Any:
    return config_from({"root": str(run), "output": str(run), "targets": ("vocals",)})


LOADS = """
import os, sys
from umx_gui.engine.separation import compiling
compiling.begin()
print(compiling.loops() is not None)
sys.stdout.flush()
os._exit(0)
"""


class Canary:
    """What numba's index of compiled code would run when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.execv, (shutil.which("touch"), ["touch", str(self._path)]))  # and the process is no more


@posix
def test_32_compiled_code_is_taken_from_nobody_else(tmp_path: Path) -> None:
    if importlib.util.find_spec("numba") is None:
        pytest.skip("missing: numba")
    cache, canary = tmp_path / "compiled", tmp_path / "ran"
    env = {**os.environ, "NUMBA_CACHE_DIR": str(cache), "UMX_COMPILED": "wait", "PYTHONPATH": str(ROOT)}

    def loads() -> bool:
        done = subprocess.run([sys.executable, "-c", LOADS], env=env, capture_output=True, text=True, timeout=600)
        return done.stdout.strip() == "True"

    theirs = Path(os.environ["NUMBA_CACHE_DIR"])
    if list(theirs.glob("*.ok")):
        shutil.copytree(theirs, cache)
        cache.chmod(0o700)
    assert loads()
    indices = list(cache.rglob("*.nbi"))
    assert indices
    for index in indices:
        index.write_bytes(pickle.dumps(Canary(canary)))
    cache.chmod(0o777)
    assert not loads()
    assert not canary.exists()
    # Who owns the folder could do the same with the program: there the trap does snap, so this test can fail.
    cache.chmod(0o700)
    loads()
    assert canary.exists()
    if os.geteuid() == 0:
        canary.unlink()
        os.chown(cache, 65534, 65534)
        assert not loads()
        assert not canary.exists()
