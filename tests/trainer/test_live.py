"""What a run at work tells those who watch its folder, and that it has the folder to itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trainer.cli import main
from trainer.config import TrainConfig
from trainer.events import EpochDone, Finished, StepDone, StopReason
from trainer.live import LiveRun
from umx_gui.engine.runs.run_folder import RunState, is_held, read_run
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled, DatasetError, OutputNotWritableError, RunBusyError


def step(epoch: int, number: int) -> StepDone:
    return StepDone(epoch, number, 10, {"vocals": 1.0})


def test_the_folder_tells_where_the_run_is(toy):
    config: TrainConfig = toy(epochs=4)
    run = Path(config.output)
    with LiveRun(config, CancelToken()) as live:
        (run / "config.json").write_text(json.dumps(config.to_json()))
        assert is_held(run)
        assert read_run(run).state is RunState.PREPARING
        live.tell(step(1, 1))
        live.tell(step(1, 10))
        news = read_run(run)
        assert (news.state, news.epoch, news.epochs, news.targets) == (RunState.VALIDATING, 1, 4, ("vocals", "drums"))
        assert news.fraction == 0.25
        assert news.left_s is not None
        live.tell(EpochDone(1, {"steps": 10}))
        assert read_run(run).state is RunState.TRAINING
        live.tell(Finished({"vocals": StopReason.PATIENCE}))
    news = read_run(run)
    assert (news.state, news.left_s) == (RunState.DONE, None)
    assert news.detail == "the validation loss no longer falls"
    assert not is_held(run)


@pytest.mark.parametrize(
    ("error", "state", "detail"),
    [
        (Cancelled(), RunState.STOPPED, ""),
        (DatasetError(Path("x"), "it is damaged"), RunState.FAILED, "it is damaged"),
        (ZeroDivisionError("oh"), RunState.FAILED, "ZeroDivisionError: oh"),
    ],
)
def test_how_it_ended(toy, error, state, detail):
    config = toy()
    run = Path(config.output)
    run.mkdir()
    with pytest.raises(type(error)), LiveRun(config, CancelToken()):
        raise error
    assert read_run(run).state is state
    assert detail in read_run(run).detail


def test_a_run_is_trained_once_at_a_time(toy):
    config = toy()
    with LiveRun(config, CancelToken()):
        with pytest.raises(RunBusyError), LiveRun(config, CancelToken()):
            pass
        assert read_run(Path(config.output)).state is RunState.PREPARING
    with LiveRun(config, CancelToken()):
        pass


def test_a_file_stops_it_where_signals_cannot(toy):
    config, cancel = toy(), CancelToken()
    run = Path(config.output)
    run.mkdir()
    (run / "run.stop").touch()  # an old wish is not for this run
    with LiveRun(config, cancel) as live:
        live._written = -10.0
        live.tell(step(1, 1))
        assert not cancel.cancelled
        (run / "run.stop").touch()
        live.tell(step(1, 2))  # within the same second nobody looks
        live._written = -10.0
        live.tell(step(1, 3))
        assert cancel.cancelled


def test_a_killed_run_is_seen_to_be_dead(toy):
    config = toy()
    run = Path(config.output)
    with LiveRun(config, CancelToken()) as live:
        live.tell(step(1, 10))
        left = (run / "progress.json").read_bytes()
    (run / "progress.json").write_bytes(left)
    assert read_run(run).state is RunState.INTERRUPTED


def test_a_run_that_cannot_begin_leaves_no_folder(tmp_path, capsys):
    run = tmp_path / "run"
    assert main(["train", "--root", str(tmp_path / "none"), "--output", str(run), "--targets", "vocals"]) == 1
    assert "no such folder" in capsys.readouterr().err
    assert not run.exists()


def test_a_place_that_is_no_folder_is_refused(toy, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputNotWritableError), LiveRun(toy(output=str(tmp_path / "file")), CancelToken()):
        pass


def test_a_real_run_tells_and_resumes(toy, root, tmp_path):
    run = tmp_path / "run"
    args = f"--batch-size 2 --steps-per-epoch 2 --seq-dur 0.5 --nfft 256 --nhop 128 --hidden-size 16 --nb-workers 0 \
        --bandwidth 3000 --sample-rate 8000 --epochs 1 --targets vocals --root {root} --output {run}"
    assert main(["train", *args.split()]) == 0
    news = read_run(run)
    assert (news.state, news.epoch, news.resumable, news.publishable) == (RunState.DONE, 1, True, True)
    assert main(["train", "--checkpoint", str(run), "--epochs", "2"]) == 0
    assert (read_run(run).epoch, read_run(run).epochs) == (2, 2)
