"""A model like `umxse` (16 kHz, mono, two targets) through the whole application, with a stereo song of 44.1 kHz."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from app_sounds import open_and_wait, sound, write
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.session import Session
from umx_gui.app.settings import Settings
from umx_gui.app.sound.transport import Transport
from umx_gui.engine.export.exporter import ExportOptions
from umx_gui.engine.models.model import Model, ModelSpec, save_model
from umx_gui.engine.models.network import NetworkShape, OpenUnmix
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.playback.null_device import NullDevice

TARGETS = ("speech", "noise")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small model of that shape."""
    folder = tmp_path_factory.mktemp("models")
    shape = NetworkShape(n_bins=513, max_bin=513, n_channels=1, hidden_size=16)
    networks = {target: OpenUnmix(shape).eval() for target in TARGETS}
    save_model(folder / "speech", Model("speech", ModelSpec(16_000, 1024, 512, 1), networks), with_pth=False)
    return folder


def summed(paths: list[Path]) -> np.ndarray:
    """The sum of files of 24 bit, in their steps."""
    return sum(sf.read(path, dtype="int32")[0].astype(np.int64) for path in paths)


def test_in_the_session(
    models: Path, tmp_path: Path, qtbot: QtBot, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path / "config"))
    song_file = write(tmp_path / "talk.wav", sound(2.0))
    session = Session(Settings(model="speech"), ModelRegistry(models), Transport(NullDevice))
    told.listen(session.told)
    try:
        song = open_and_wait(session, song_file, qtbot)
        assert song.stems is not None
        assert song.targets == TARGETS
        assert song.stems.samples.shape == (2, 2, song.n_samples)
        np.testing.assert_allclose(song.stems.samples.sum(axis=0), song.mixture, atol=1e-6)
        assert session.status.sum_check == "exact"
        assert told.titles == ["Separated in mono"]
        done: list[list[Path]] = []
        session.exported.connect(done.append)
        session.export(tmp_path / "out", ExportOptions())
        qtbot.waitUntil(lambda: bool(done))
        assert [path.name for path in done[0]] == ["speech.wav", "noise.wav"]
        np.testing.assert_array_equal(summed(done[0]), sf.read(song_file, dtype="int32")[0])
        assert sf.info(done[0][0]).samplerate == 44_100
    finally:
        assert session.close(patience_s=30.0)


def test_in_the_terminal(models: Path, tmp_path: Path) -> None:
    write(tmp_path / "talk.wav", sound(2.0))
    done = subprocess.run(
        [sys.executable, "-m", "umx_gui", "separate", "talk.wav", "--model", "speech", "--json-progress"],
        cwd=tmp_path,
        env={**os.environ, "UMX_MODELS_DIR": str(models), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["title"] for event in events if event["event"] == "note"] == ["Separated in mono"]
    paths = [Path(event["path"]) for event in events if event["event"] == "written"]
    assert [path.name for path in paths] == ["speech.wav", "noise.wav"]
    np.testing.assert_array_equal(summed(paths), sf.read(tmp_path / "talk.wav", dtype="int32")[0])
    song = next(event for event in events if event["event"] == "song")
    assert song["exact_sum"] is True
