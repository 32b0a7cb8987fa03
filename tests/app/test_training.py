"""Training runs from the application: real processes, which outlive it, are stopped, resumed and told about."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from told import Told
from toy_runs import make_dataset
from toy_training import MORE

from umx_gui.app.settings import Settings, load_settings
from umx_gui.app.training.run_watch import RunWatch
from umx_gui.app.training.runs import TrainingPlan, TrainingRuns
from umx_gui.engine.runs.run_folder import RunState, ask_to_stop, is_held
from umx_gui.errors import OptionError

LIMIT_MS = 180_000
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def runs(qtbot: QtBot, tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainingRuns]:
    """Runs of a user without any; what is still at work in the end is stopped."""
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path / "config"))
    made = TrainingRuns(Settings(), tmp_path / "models")
    told.listen(made.told)
    yield made
    for child in made._started.values():
        child.kill()
        child.wait()
    made.close()


def until(condition: Callable[[], bool], limit_s: float = LIMIT_MS / 1000) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


APPLICATION = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from umx_gui.app.settings import Settings
from umx_gui.app.training.runs import TrainingPlan, TrainingRuns

app = QCoreApplication([])
runs = TrainingRuns(Settings(), Path("models"))
root, output, more = sys.argv[1:]
assert runs.start(TrainingPlan(Path(root), Path(output), ("vocals",), "small", 100_000, more))
assert "trainer" not in sys.modules
"""


def test_a_run_outlives_the_application_and_is_found_again(
    runs: TrainingRuns, qtbot: QtBot, tmp_path: Path, rng: np.random.Generator, told: Told
) -> None:
    root, run = make_dataset(tmp_path / "data", rng), tmp_path / "run"
    command = [sys.executable, "-W", "ignore", "-c", APPLICATION, str(root), str(run), MORE]
    subprocess.run(command, cwd=ROOT, check=True, timeout=600)
    until(lambda: is_held(run))

    settings, _ = load_settings(tmp_path / "config")
    assert settings.training_runs == [str(run)]
    assert settings.training_data == str(root)
    again = RunWatch(runs)
    again.follow(run)
    again.set_active(True)
    with qtbot.waitSignal(again.history_changed, timeout=LIMIT_MS):
        pass
    assert again.news is not None
    assert again.news.state.running
    assert again.news.here
    assert again.epochs[0].targets["vocals"].valid_loss > 0

    runs.resume(run)  # it runs: nothing happens
    assert not runs._started
    runs.stop(run)
    assert runs.news(run).state in (RunState.STOPPING, RunState.STOPPED)
    qtbot.waitUntil(lambda: again.news.state is RunState.STOPPED, timeout=LIMIT_MS)
    assert again.news.resumable
    assert told.titles == []
    assert not ask_to_stop(run)


def test_why_it_did_not_start_is_told(runs: TrainingRuns, qtbot: QtBot, tmp_path: Path, told: Told) -> None:
    run = tmp_path / "run"
    assert runs.start(TrainingPlan(tmp_path, run, ("vocals",), more="--seq-dur 0.01"))
    assert runs.folders == (run,)
    assert runs.news(run).state in (RunState.STARTING, RunState.FAILED)
    qtbot.waitUntil(lambda: runs.news(run).state is RunState.FAILED, timeout=LIMIT_MS)
    message = told.only()
    assert message.title == "The training of “run” ended"
    assert "--seq-dur" in message.reason
    assert "--seq-dur" in runs.news(run).detail


def test_a_run_can_be_stopped_before_it_is_there(
    runs: TrainingRuns, qtbot: QtBot, tmp_path: Path, rng: np.random.Generator, told: Told
) -> None:
    run = tmp_path / "run"
    assert runs.start(TrainingPlan(make_dataset(tmp_path / "data", rng), run, ("vocals",), more=MORE))
    runs.stop(run)
    qtbot.waitUntil(lambda: not runs.news(run).state.running, timeout=LIMIT_MS)
    assert told.titles == []


def test_what_cannot_be_started_is_refused(runs: TrainingRuns, tmp_path: Path, told: Told) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "checkpoint.pt").touch()
    assert not runs.start(TrainingPlan(tmp_path, tmp_path / "a", ("vocals",), more="--model 'x"))
    assert not runs.start(TrainingPlan(tmp_path, tmp_path, ("vocals",)))
    assert not runs.start(TrainingPlan(tmp_path, tmp_path / "file", ("vocals",)))
    assert runs.folders == ()
    assert told.titles == [
        "The option More options cannot be used like this",
        f"“{tmp_path.name}” holds a run already",
        "The training cannot be started",
    ]


def test_the_command_line_of_a_plan() -> None:
    plan = TrainingPlan(Path("/d"), Path("/o"), ("vocals", "bass"), "large", 7, "--model 'a b'")
    words = "train --root /d --output /o --epochs 7 --targets vocals bass --hidden-size 1024 --model"
    assert plan.arguments() == [*words.split(" "), "a b"]
    with pytest.raises(OptionError):
        TrainingPlan(Path("/d"), Path("/o"), ("bass",), more='"').arguments()


def test_a_run_of_another_machine_is_watched_only(runs: TrainingRuns, tmp_path: Path, told: Told, qtbot: QtBot) -> None:
    runs.add(tmp_path)
    assert told.only().title == f"“{tmp_path.name}” is no training run"
    (tmp_path / "history.jsonl").write_text('{"epoch": 1, "targets": {"vocals": {"train_loss": 1.5}}}\n')
    (tmp_path / "progress.json").write_text(json.dumps({"state": "training", "host": "elsewhere", "epoch": 2}))
    (tmp_path / "checkpoint.pt").touch()
    assert runs.add(tmp_path)
    watch = RunWatch(runs)
    watch.follow(tmp_path)
    assert watch.news is not None
    assert (watch.news.state, watch.news.here) == (RunState.TRAINING, False)
    runs.resume(tmp_path)
    runs.stop(tmp_path)
    assert not runs._started
    assert runs.news(tmp_path).state is RunState.TRAINING
    runs.forget(tmp_path)
    assert runs.folders == ()


def test_what_has_no_results_is_not_published(runs: TrainingRuns, qtbot: QtBot, tmp_path: Path, told: Told) -> None:
    with qtbot.waitSignal(runs.told, timeout=LIMIT_MS):
        runs.publish(tmp_path, "--out")
        runs.publish(tmp_path, "second")
    qtbot.waitUntil(lambda: not runs.publishing, timeout=LIMIT_MS)
    assert told.titles == ["A model is being published already", "“--out” was not published"]
    assert not (tmp_path / "models").exists()


def test_closing_gives_up_publishing(runs: TrainingRuns, tmp_path: Path, told: Told) -> None:
    runs.publish(tmp_path, "name")
    runs.close()
    assert not runs.publishing
    assert told.titles == []
