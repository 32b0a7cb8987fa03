"""Several seeds in one run, excerpts to be heard, and a run that pauses, goes on and stops when asked."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from toy_runs import RATE, digest
from toy_training import start, toy_args

from trainer.cli import main
from trainer.events import Finished, Paused, PauseToken, StepDone, StopReason, outcome
from trainer.report import JsonReport, Report
from trainer.train import Run
from umx_gui.engine.runs.run_folder import RunState, read_run
from umx_gui.engine.runs.run_history import HistoryFollower


def test_the_best_of_several_seeds_is_kept_and_said(toy, tmp_path):
    happened = list(Run(toy(epochs=2, seeds=(1, 2, 3))).events())
    run = tmp_path / "run"
    lines = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    assert [(line["epoch"], line["seed"]) for line in lines] == [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3)]
    finished = happened[-1]
    assert isinstance(finished, Finished)
    for target in ("vocals", "drums"):
        losses = [(line["targets"][target]["valid_loss"], line["seed"]) for line in lines]
        about = json.loads((run / f"best/{target}.json").read_text())
        assert (about["best_loss"], about["args"]["seed"]) == min(losses)
        assert finished.seeds[target] == min(losses)[1]
        assert len(about["valid_loss_history"]) <= 2
        assert f"best of seed {min(losses)[1]}" in outcome(finished)
    follower = HistoryFollower(run)
    follower.read()
    assert len(follower.epochs) == 6
    assert read_run(run, 6).epochs == 6


def test_what_holds_for_all_targets_is_said_once():
    epochs, patience = StopReason.EPOCHS, StopReason.PATIENCE
    assert outcome(Finished({"vocals": epochs, "drums": epochs})) == "all epochs are done"
    assert outcome(Finished({"a": epochs, "b": patience, "c": epochs}, {"a": 1, "b": 2, "c": 2})) == (
        "a, c: all epochs are done; b: the validation loss no longer falls; a best of seed 1; b, c best of seed 2"
    )
    assert outcome(Finished({"a": epochs}, {"a": 3})) == "all epochs are done; best of seed 3"


def test_each_seed_trains_as_a_run_of_its_own(toy, tmp_path):
    list(Run(toy(epochs=2, seeds=(1, 2), output=str(tmp_path / "both"))).events())
    list(Run(toy(epochs=2, seed=2, output=str(tmp_path / "second"))).events())
    assert digest(tmp_path / "both") == digest(tmp_path / "second")


def test_a_run_of_seeds_resumes_to_the_bit(toy, tmp_path):
    options = {"epochs": 1, "steps_per_epoch": 2, "seeds": (1, 2), "checkpoint_minutes": 0.0, "scaler_items": 3}
    whole = toy(output=str(tmp_path / "whole"), **options)
    n_events = len(list(Run(whole).events()))
    for stop in range(1, n_events):
        cut = toy(output=str(tmp_path / f"cut{stop}"), **options)
        running = Run(cut).events()
        list(itertools.islice(running, stop))
        running.close()
        list(Run(cut, resume=True).events())
        assert digest(tmp_path / f"cut{stop}") == digest(tmp_path / "whole"), stop
        assert (tmp_path / f"cut{stop}/history.jsonl").read_bytes() == (tmp_path / "whole/history.jsonl").read_bytes()


def test_seeds_come_from_the_command_line(root, tmp_path, capsys):
    assert main([*toy_args(root, tmp_path / "run"), "--seeds", "5", "6", "--epochs", "1", "--json-progress"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(last["seeds"].values()) <= {5, 6}
    assert main(["train", "--checkpoint", str(tmp_path / "run"), "--seeds", "5"]) == 2
    assert main([*toy_args(root, tmp_path / "other"), "--seeds", "5", "5"]) == 2


def test_every_validation_leaves_excerpts_of_a_bounded_number(toy, tmp_path):
    list(Run(toy(epochs=4, excerpts=2, excerpt_s=0.5)).events())
    folder = tmp_path / "run/excerpts"
    assert sorted(path.name for path in folder.iterdir()) == ["epoch-003", "epoch-004"]
    waves = {path.stem: sf.read(path)[0] for path in (folder / "epoch-004").iterdir()}
    assert set(waves) == {"mixture", "vocals", "drums"}
    assert all(wave.shape == (RATE // 2, 2) for wave in waves.values())
    # Nearer to its stem than the mixture is: the two were told apart already.
    assert np.sum(waves["mixture"] ** 2) > 0
    error = np.sum((waves["vocals"] + waves["drums"] - waves["mixture"]) ** 2) / np.sum(waves["mixture"] ** 2)
    assert error < 1
    again = sf.read(folder / "epoch-003/mixture.flac")[0]
    np.testing.assert_array_equal(again, waves["mixture"])


def test_no_excerpts_where_none_are_wanted(toy, tmp_path):
    list(Run(toy(epochs=1, excerpts=0)).events())
    assert not (tmp_path / "run/excerpts").exists()


def test_a_paused_run_waits_and_ends_with_the_same_weights(toy, tmp_path):
    list(Run(toy(output=str(tmp_path / "whole"))).events())
    pause, happened = PauseToken(), []
    for event in Run(toy()).events(pause=pause):
        happened.append(event)
        if isinstance(event, StepDone) and event.step == 3 and event.epoch == 1:
            pause.set_paused(True)
        if isinstance(event, Paused) and sum(isinstance(e, Paused) for e in happened) == 3:
            pause.set_paused(False)
    pauses = [event for event in happened if isinstance(event, Paused)]
    assert pauses == [Paused(1, 3)] * 3
    assert digest(tmp_path / "run") == digest(tmp_path / "whole")


def test_pauses_are_told_once(capsys):
    for report, words in ((Report(4), "paused;"), (JsonReport(), '"event": "paused"')):
        for event in (Paused(1, 2), Paused(1, 2), StepDone(1, 3, 9, {"vocals": 1.0}), Paused(1, 3)):
            report.tell(event)
        assert capsys.readouterr().out.count(words) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="missing: signals")
def test_pause_continue_and_stop_from_the_command_line(root, tmp_path, capsys):
    run = tmp_path / "run"
    with start([*toy_args(root, run), "--epochs", "100000"]) as process:
        _until(lambda: read_run(run).epoch > 0)
        assert main(["pause", str(run)]) == 0
        _until(lambda: read_run(run).state is RunState.PAUSED)
        before = (read_run(run).epoch, read_run(run).step)
        assert read_run(run).resumable
        time.sleep(0.5)
        assert (read_run(run).epoch, read_run(run).step) == before
        assert main(["continue", str(run)]) == 0
        _until(lambda: read_run(run).state is RunState.TRAINING and (read_run(run).epoch, read_run(run).step) > before)
        assert main(["pause", str(run)]) == 0
        _until(lambda: read_run(run).state is RunState.PAUSED)
        assert main(["stop", str(run)]) == 0
        process.communicate(timeout=300)
    assert process.returncode == 130
    assert read_run(run).state is RunState.STOPPED
    assert main(["pause", str(run)]) == 1
    assert "no process is at work" in capsys.readouterr().err
    assert main(["stop", str(tmp_path)]) == 1


def test_tensorboard_is_optional_and_writes_curves(root, tmp_path, capsys):
    try:
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    except ImportError:
        assert main([*toy_args(root, tmp_path / "run"), "--tensorboard"]) == 2
        assert "TensorBoard is not installed" in capsys.readouterr().err
        return
    command = [sys.executable, "-W", "ignore", "-m", "trainer.cli", *toy_args(root, tmp_path / "run"), "--tensorboard"]
    subprocess.run(command, check=True, env=os.environ, cwd=Path(__file__).parents[2], timeout=600)
    found = EventAccumulator(str(tmp_path / "run/tensorboard"))
    found.Reload()
    assert "valid_loss/vocals" in found.Tags()["scalars"]
    assert [event.step for event in found.Scalars("train_loss/drums")] == [1, 2]


def _until(condition, limit_s=300.0):
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
