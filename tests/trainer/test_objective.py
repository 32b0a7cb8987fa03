"""Objectives: the two of docs/extending.md train from the command line, as the page has them, and resume to the bit."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import sys
from pathlib import Path

import pytest
import torch
from toy_runs import RATE, digest

from trainer.batches import BatchSource, Wanted
from trainer.checkpoint import load_checkpoint
from trainer.cli import main
from trainer.dataset import scan
from trainer.events import EpochDone
from trainer.learner import input_of
from trainer.objective import target_batch
from trainer.train import Run
from umx_gui.errors import OptionError, TrainingDivergedError

PAGE = Path(__file__).resolve().parents[2] / "docs/extending.md"


@pytest.fixture
def objectives(tmp_path, monkeypatch):
    """The page's examples as the module that its command line names, and one that goes wrong."""
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    wrong = (
        "class Wrong(WaveformL1):\n    def step(self, batch):\n        return {'loss': 1.0, 'x': float('nan')}, {}\n"
    )
    (tmp_path / "my_objectives.py").write_text("\n\n".join([*blocks, wrong]))
    monkeypatch.syspath_prepend(tmp_path)
    yield "my_objectives"
    sys.modules.pop("my_objectives", None)


@pytest.fixture
def songs(root):
    """More songs, so that either half of the names has some."""
    for name in "efgh":
        shutil.copytree(root / "train/a", root / f"train/{name}")
    return root


def lines(config, resume=False):
    return [event.line for event in Run(config, resume).events() if isinstance(event, EpochDone)]


def test_the_wave_can_be_learnt(toy, objectives):
    history = lines(toy(epochs=5, steps_per_epoch=12, objective=f"{objectives}:WaveformL1"))
    of_vocals = [line["targets"]["vocals"] for line in history]
    assert of_vocals[-1]["train_loss"] < 0.7 * of_vocals[0]["train_loss"]
    assert of_vocals[-1]["sdr_db"] > of_vocals[-1]["mixture_sdr_db"] + 3
    assert "logs" not in of_vocals[0]


def test_the_unpaired_one_learns_from_stems_of_other_songs(toy, objectives, songs):
    config = toy(epochs=6, steps_per_epoch=16, batch_size=8, aligned_share=1.0, objective=f"{objectives}:Unpaired")
    history = lines(config)
    told = history[-1]["targets"]["vocals"]
    assert set(told["logs"]) == {"judge_loss", "judge_right"}
    assert max(line["targets"]["vocals"]["sdr_db"] for line in history) > told["mixture_sdr_db"] + 2
    state = load_checkpoint(Path(config.output))["learners"]["vocals"]["objective"]
    assert {"0.weight", "2.bias"} < set(state["judge"])
    assert state["optimizer"]["state"]


def test_no_stem_of_a_mixture_is_ever_seen(toy, objectives, songs):
    config = toy(batch_size=8, aligned_share=1.0, objective=f"{objectives}:Unpaired", nb_layers=1)
    given = sys.modules.get(objectives) or __import__(objectives)
    run = Run(config)
    with BatchSource(config) as source:
        source.start(scan(songs / "train", RATE), 1, 0, 9)
        batch = source.next()
    own = [i for i, names in enumerate(batch.songs) if not all(map(given.gives_targets, names))]
    assert 0 < len(own) < 8
    results = []
    for change in (False, True):
        if change:
            batch.targets[:, :, own] = torch.rand_like(batch.targets[:, :, own])
        torch.manual_seed(3)
        learner = run._fresh()[0]
        results.append((learner.step(batch, input_of(batch, config), 0), learner.logs))
    assert results[0] == results[1]


@pytest.mark.parametrize("name", ["WaveformL1", "Unpaired"])
def test_a_resumed_run_ends_the_same(toy, objectives, songs, tmp_path, name):
    options = {"epochs": 2, "steps_per_epoch": 3, "checkpoint_minutes": 0.0, "objective": f"{objectives}:{name}"}
    whole = toy(output=str(tmp_path / "whole"), **options)
    lines(whole)
    cut = toy(output=str(tmp_path / "cut"), **options)
    running = Run(cut).events()
    for _ in itertools.islice(running, 5):
        pass
    running.close()
    lines(cut, resume=True)
    assert digest(tmp_path / "cut") == digest(tmp_path / "whole")
    states = [load_checkpoint(tmp_path / run)["learners"]["drums"]["objective"] for run in ("cut", "whole")]
    if name == "Unpaired":
        assert all(torch.equal(states[0]["judge"][key], states[1]["judge"][key]) for key in states[0]["judge"])
    assert (tmp_path / "cut/history.jsonl").read_bytes() == (tmp_path / "whole/history.jsonl").read_bytes()


def test_any_loss_that_is_no_number_stops_the_run(toy, objectives):
    with pytest.raises(TrainingDivergedError) as caught:
        lines(toy(objective=f"{objectives}:Wrong"))
    assert set(caught.value.tracks) <= {"a", "b", "c"}


def test_a_run_folder_alone_runs_no_code(toy, objectives, tmp_path, capsys, root):
    lines(toy(epochs=1, steps_per_epoch=1, objective=f"{objectives}:WaveformL1"))
    run = str(tmp_path / "run")
    sys.modules.pop(objectives)
    assert main(["train", "--checkpoint", run, "--epochs", "2"]) == 2
    assert "name it to run it" in capsys.readouterr().err
    assert objectives not in sys.modules
    more = ["--epochs", "2", "--objective", f"{objectives}:WaveformL1"]
    assert main(["train", "--checkpoint", run, *more]) == 0
    assert main(["train", "--checkpoint", run, "--epochs", "3", "--objective", "mse"]) == 2
    config = json.loads((tmp_path / "run/config.json").read_text())
    assert config["objective"] == f"{objectives}:WaveformL1"


@pytest.mark.parametrize(
    ("name", "words"),
    [("nowhere:X", "cannot be imported"), ("json:X", "cannot be imported"), ("json:loads", "no class")],
)
def test_what_is_no_objective_is_refused(toy, name, words):
    with pytest.raises(OptionError, match=words):
        Run(toy(objective=name))


def test_a_name_must_say_module_and_class(toy):
    with pytest.raises(OptionError, match="module:Class"):
        toy(objective="l1")


def test_audio_has_the_gains_of_its_magnitudes(toy, root):
    config = toy(source_augmentations=("level", "bandlimit"), batch_size=3)
    with BatchSource(config, Wanted(waves=True)) as source:
        source.start(scan(root / "train", RATE), 1, 0, 9)
        batch = source.next()
    assert not bool((batch.gains == 1).all())
    seen = target_batch(batch, input_of(batch, config), batch.weights[:, 0], 0)
    window = torch.hann_window(config.nfft)
    for wave, magnitude in ((seen.mixture_wave, seen.mixture), (seen.target_wave, seen.target)):
        found = torch.fft.rfft(wave.unfold(-1, config.nfft, config.nhop) * window).abs().permute(2, 0, 1, 3)
        error = (found - magnitude).square().sum() / magnitude.square().sum()
        assert 10 * torch.log10(error) < -20, error


def test_the_device_makes_the_same_magnitudes(toy, root):
    from trainer.device import Mover

    config = toy(source_augmentations=("level", "bandlimit"), batch_size=3)
    found = []
    for wanted in (Wanted(), Wanted(magnitudes=False, waves=True)):
        with BatchSource(config, wanted) as source:
            source.start(scan(root / "train", RATE), 1, 0, 9)
            batch = source.next()
            found.append(Mover(config, torch.device("cpu"))(batch) if wanted.waves else batch)
    torch.testing.assert_close(found[1].mixture, found[0].mixture)
    torch.testing.assert_close(found[1].targets, found[0].targets)
