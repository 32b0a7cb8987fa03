"""Toy runs: they learn, stop, can be killed and resumed, and say so when the loss is no number."""

from __future__ import annotations

import itertools
import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
import torch
from toy_runs import RATE, digest

from trainer import checkpoint
from trainer.events import EpochDone, Finished, StepDone, StopReason
from trainer.learner import Stopper
from trainer.train import Run
from umx_gui.engine.models.model import load_model
from umx_gui.engine.work import CancelToken
from umx_gui.errors import Cancelled, OptionError, RunError, TrainingDivergedError
from umx_gui.messages import describe


def events(config, resume=False, cancel=None):
    return list(Run(config, resume).events(cancel))


def epochs(happened):
    return [e.line for e in happened if isinstance(e, EpochDone)]


def test_tones_and_noise_are_told_apart(toy):
    lines = epochs(events(toy(epochs=6, steps_per_epoch=15)))
    for target in ("vocals", "drums"):
        of_target = [line["targets"][target] for line in lines]
        assert of_target[-1]["train_loss"] < 0.5 * of_target[0]["train_loss"]
        assert of_target[-1]["sdr_db"] > of_target[-1]["mixture_sdr_db"] + 5


@pytest.mark.parametrize("options", [{"precision": "bf16"}, {"ema": 0.9}, {"unidirectional": True}, {"nb_channels": 1}])
def test_variants_learn_too(toy, options):
    lines = epochs(events(toy(epochs=4, steps_per_epoch=12, **options)))
    losses = [line["targets"]["vocals"]["train_loss"] for line in lines]
    assert losses[-1] < 0.7 * losses[0]


def test_two_targets_together_learn_what_each_learns_alone(toy, tmp_path):
    # Dropout draws from one generator, so only a network without it can be compared.
    alone = epochs(events(toy(nb_layers=1, targets=("vocals",), output=str(tmp_path / "alone"))))
    both = epochs(events(toy(nb_layers=1)))
    assert alone[0]["targets"]["vocals"]["train_loss"] == pytest.approx(
        both[0]["targets"]["vocals"]["train_loss"], rel=0.25
    )


def test_the_best_folder_is_a_model_at_any_time(toy, tmp_path):
    config = toy(epochs=3, nb_layers=2)
    best = tmp_path / "run" / checkpoint.BEST
    for event in Run(config).events():
        if isinstance(event, EpochDone):
            model = load_model(best)
            assert set(model.targets) == {"vocals", "drums"}
    about = json.loads((best / "vocals.json").read_text())
    assert about["valid_loss_history"][about["best_epoch"] - 1] == about["best_loss"]
    history = [json.loads(line) for line in (tmp_path / "run" / "history.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in history] == [1, 2, 3]


@pytest.mark.parametrize("options", [{}, {"ema": 0.9, "lr_schedule": "cosine"}, {"nb_workers": 1}])
def test_a_run_that_is_resumed_after_any_step_ends_with_the_same_weights(toy, tmp_path, options):
    options = {"epochs": 2, "steps_per_epoch": 4, "checkpoint_minutes": 0.0, **options}
    whole = toy(output=str(tmp_path / "whole"), **options)
    n_events = len(events(whole))
    expected = digest(tmp_path / "whole")
    cut = toy(output=str(tmp_path / "cut"), **options)
    # Every event is a place where the process may vanish: nothing of it survives but the folder.
    for stop in range(1, n_events) if not options.get("nb_workers") else (6,):
        shutil.rmtree(tmp_path / "cut", ignore_errors=True)
        running = Run(cut).events()
        for _ in itertools.islice(running, stop):
            pass
        running.close()
        events(cut, resume=True)
        assert digest(tmp_path / "cut") == expected, stop
        assert (tmp_path / "cut/history.jsonl").read_bytes() == (tmp_path / "whole/history.jsonl").read_bytes()


def test_cancelling_keeps_what_was_learnt(toy, tmp_path):
    expected_run = toy(output=str(tmp_path / "whole"))
    events(expected_run)
    cancel = CancelToken()
    config = toy()
    running = Run(config).events(cancel)
    assert [next(running).step for _ in range(4)] == [1, 2, 3, 4]
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(running)
    assert checkpoint.load_checkpoint(tmp_path / "run")["step"] == 4
    events(config, resume=True)
    assert digest(tmp_path / "run") == digest(tmp_path / "whole")


def test_tracks_that_arrive_meanwhile_join_at_the_next_epoch(toy, root):
    running = Run(toy(epochs=2)).events()
    lines = []
    for event in running:
        if isinstance(event, StepDone) and event.epoch == 1 and event.step == 2:
            shutil.copytree(root / "train/a", root / "train/z")
        if isinstance(event, EpochDone):
            lines.append(event.line["tracks"])
    assert lines == [3, 4]


def test_a_damaged_checkpoint_gives_way_to_the_one_before(toy, tmp_path):
    events(toy(epochs=2))
    run = tmp_path / "run"
    assert checkpoint.load_checkpoint(run)["epoch"] == 3
    data = (run / checkpoint.CHECKPOINT).read_bytes()
    (run / checkpoint.CHECKPOINT).write_bytes(data[: len(data) // 2])
    assert checkpoint.load_checkpoint(run)["epoch"] == 2


def test_a_run_is_never_overwritten(toy):
    events(toy(epochs=1))
    with pytest.raises(OptionError, match="holds a run already; go on with --checkpoint"):
        Run(toy(epochs=1))


def test_training_ends_early_when_nothing_gets_better(toy):
    happened = events(toy(epochs=50, steps_per_epoch=2, patience=2, lr=0.5, lr_decay_patience=1))
    lines = epochs(happened)
    assert len(lines) < 50
    assert happened[-1] == Finished({"vocals": StopReason.PATIENCE, "drums": StopReason.PATIENCE})
    assert min(v["lr"] for v in lines[-1]["targets"].values()) <= 0.5


def test_a_stopper_waits_for_its_patience_and_a_nan_is_no_progress():
    stopper = Stopper(patience=2)
    assert [stopper.see(loss, i) for i, loss in enumerate([math.nan, 3.0, 2.0, 2.5])] == [False, True, True, False]
    assert not stopper.stop
    stopper.see(2.0, 4)
    assert stopper.stop
    assert (stopper.best, stopper.best_epoch) == (2.0, 2)


def test_a_loss_that_is_no_number_stops_the_run_and_names_the_track(toy, root, tmp_path):
    run = Run(toy(epochs=3, checkpoint_minutes=0.0)).events()
    for _ in range(8):
        next(run)
    good = digest(tmp_path / "run")
    wave = np.full((16000, 2), np.nan, np.float32)
    sf.write(root / "train/b/vocals.wav", wave, RATE, subtype="FLOAT")
    run.close()
    with pytest.raises(TrainingDivergedError) as caught:
        events(toy(epochs=3), resume=True)
    assert "b" in caught.value.tracks
    assert "resume with a lower learning rate" in describe(caught.value).one_line()
    assert digest(tmp_path / "run") == good


def test_what_diverges_at_once_is_not_said_to_have_a_checkpoint(toy):
    with pytest.raises(TrainingDivergedError) as caught:
        events(toy(lr=1e30, steps_per_epoch=20))
    assert 1 < caught.value.step < 20
    assert "There is no checkpoint yet" in describe(caught.value).one_line()


def test_fine_tuning_starts_from_the_weights_of_a_model(toy, tmp_path):
    events(toy(epochs=4, steps_per_epoch=12))
    best = str(tmp_path / "run" / checkpoint.BEST)
    tuned = epochs(events(toy(output=str(tmp_path / "tuned"), model=best, epochs=1)))
    fresh = epochs(events(toy(output=str(tmp_path / "fresh"), epochs=1)))
    assert tuned[0]["targets"]["vocals"]["train_loss"] < 0.5 * fresh[0]["targets"]["vocals"]["train_loss"]
    with pytest.raises(OptionError, match="was made with --hidden-size 16, this run has 8"):
        Run(toy(output=str(tmp_path / "other"), model=best, hidden_size=8))


@pytest.mark.parametrize("seeds", [(), (1, 2)])
def test_a_tuned_run_goes_on_without_the_model_it_started_from(toy, tmp_path, seeds):
    events(toy(epochs=1, output=str(tmp_path / "first")))
    model = tmp_path / "model"
    shutil.copytree(tmp_path / "first" / checkpoint.BEST, model)
    options = {"epochs": 1, "steps_per_epoch": 2, "checkpoint_minutes": 0.0, "model": str(model), "seeds": seeds}
    events(toy(output=str(tmp_path / "whole"), **options))
    cut = toy(output=str(tmp_path / "cut"), **options)
    running = Run(cut).events()
    next(running), next(running)
    running.close()
    shutil.rmtree(model)
    events(cut, resume=True)
    assert digest(tmp_path / "cut") == digest(tmp_path / "whole")
    assert (tmp_path / "cut/history.jsonl").read_bytes() == (tmp_path / "whole/history.jsonl").read_bytes()


def test_what_seeds_start_from_must_fit_the_run(toy, tmp_path):
    events(toy(epochs=1, output=str(tmp_path / "first")))
    config = toy(epochs=1, model=str(tmp_path / "first" / checkpoint.BEST), seeds=(1, 2), checkpoint_minutes=0.0)
    running = Run(config).events()
    next(running), next(running)
    running.close()
    torch.save({"drums": {}}, tmp_path / "run" / checkpoint.START)
    with pytest.raises(RunError):
        Run(config, resume=True)


def test_a_target_that_no_track_has_is_refused(toy):
    with pytest.raises(OptionError, match="bass"):
        Run(toy(targets=("bass",)))


def test_weights_of_unknown_items_do_not_move(toy, root):
    for name in "abc":
        (root / f"train/{name}/drums.wav").rename(root / f"train/{name}/accompaniment.wav")
    # One track has drums, so that the target exists, but every item drawn is vocals over an accompaniment.
    path = root / "train/drumsolo"
    path.mkdir()
    sf.write(path / "drums.wav", 0.1 * np.ones((8000, 2)), RATE)
    config = toy(epochs=1, batch_size=1, steps_per_epoch=3)
    run = Run(config)
    before = {k: v.clone() for k, v in run._learners[1].network.state_dict().items()}
    from trainer.batches import Batch

    zeros = torch.rand(30, 1, 2, 129)
    batch = Batch(zeros, torch.stack([zeros, zeros]), torch.tensor([[1.0, 0.0]]), ("a",))
    from trainer.learner import input_of

    assert run._learners[1].step(batch, input_of(batch, config), 1) is None
    assert run._learners[0].step(batch, input_of(batch, config), 0) is not None
    for name, value in run._learners[1].network.state_dict().items():
        assert torch.equal(value, before[name])


def test_leftovers_of_a_killed_save_are_removed(toy, tmp_path):
    events(toy(epochs=1))
    leftover = Path(tmp_path / "run" / f".{checkpoint.CHECKPOINT}.abc.part")
    leftover.write_bytes(b"half")
    events(toy(epochs=2), resume=True)
    assert not leftover.exists()
