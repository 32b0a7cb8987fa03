"""Receipts of `umx-gui separate` and of the queue: they verify, and nobody gets one that does not ask for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from umx_gui.app.queue.job import JobSettings
from umx_gui.app.queue.run import Ended, Gate, Order, Runner
from umx_gui.app.settings import Settings
from umx_gui.cli import main
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.sessions.document import Kind
from umx_gui.engine.sessions.session_file import read_session
from umx_gui.engine.work import CancelToken

RECEIPT = Path("song_tiny/song.receipt.umx")
STEMS = [f"{target}.wav" for target in ("vocals", "drums", "bass", "other")]


@pytest.fixture
def place(tiny_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a song, which is the current one."""
    monkeypatch.setenv("UMX_MODELS_DIR", str(tiny_models))
    monkeypatch.delenv("UMX_RECEIPTS", raising=False)
    monkeypatch.chdir(tmp_path)
    soundfile.write("song.wav", 0.1 * np.random.default_rng(3).standard_normal((40_000, 2)), 44100, "PCM_16")
    return tmp_path


def names() -> list[str]:
    return sorted(path.name for path in Path("song_tiny").iterdir())


@pytest.mark.parametrize("more", [(), ("--niter", "2", "--softmask", "--residual", "--wiener-win-len", "50")])
def test_the_command_writes_one_that_verifies(
    place: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    assert main(["separate", "song.wav", "--format", "flac", *more]) == 0
    receipt = read_session(RECEIPT)
    assert receipt.kind is Kind.RECEIPT
    assert {file.file for file in receipt.written} == {path.name for path in Path("song_tiny").glob("*.flac")}
    assert receipt.filter in ("compiled", "torch")
    assert receipt.export.format == "flac"
    capsys.readouterr()
    assert main(["verify", str(RECEIPT), "--json-progress"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["equal"] is True


def test_some_stems_and_sums_verify_too(place: Path) -> None:
    assert main(["separate", "song.wav", "--targets", "vocals", "--group", "rest=*,-vocals"]) == 0
    receipt = read_session(RECEIPT)
    assert {file.file for file in receipt.written} == {"vocals.wav", "rest.wav"}
    assert main(["verify", str(RECEIPT)]) == 0


@pytest.mark.parametrize("options", [["--no-receipt"], ["--start", "0.2"], ["--fast"], ["--residual-name", "rest"]])
def test_none_where_none_is_wanted_or_none_could_tell(place: Path, options: list[str]) -> None:
    assert main(["separate", "song.wav", *options]) == 0
    assert not RECEIPT.exists()
    assert Path("song_tiny/vocals.wav").exists()


def test_the_environment_can_say_no(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UMX_RECEIPTS", "off")
    assert main(["separate", "song.wav"]) == 0
    assert names() == sorted(STEMS)


@pytest.mark.parametrize("wanted", [True, False])
def test_the_queue_asks_the_same_setting_as_the_window(place: Path, wanted: bool) -> None:
    run: Callable[..., object] = Runner(ModelRegistry(), Gate(), Settings(export_receipt=wanted)).run
    order = Order(place / "song.wav", JobSettings(model="tiny"), place / "song_tiny", False, False, "cpu")
    *_, ended = run(order, {}, CancelToken())  # type: ignore[misc]
    assert isinstance(ended, Ended)
    assert len(ended.entries) == 4
    assert names() == sorted([*STEMS, RECEIPT.name] if wanted else STEMS)
    if wanted:
        assert main(["verify", str(RECEIPT)]) == 0
