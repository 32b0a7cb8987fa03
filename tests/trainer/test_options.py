"""Options of a run: what is refused at once, what a model to start from decides, and what earlier versions wrote."""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from toy_runs import RATE

from trainer import checkpoint, fine_tuning
from trainer.cli import parser
from trainer.config import SIZES, TrainConfig, read_config
from trainer.data_options import DATA_FIELDS
from trainer.train import Run
from trainer.train_cli import _GROUPS, config_of
from umx_gui.engine.models import model as model_files
from umx_gui.engine.models.model import load_model
from umx_gui.engine.models.network import max_bin_of
from umx_gui.errors import OptionError, RunError

SPECIAL = {*DATA_FIELDS, "targets", "model", "source_augmentations", "unidirectional", "gain_db", "seeds"}


def trained(config) -> str:
    """The best model of a run of one step."""
    list(Run(config).events())
    return str(Path(config.output) / checkpoint.BEST)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("patience", 0), ("weight_decay", -1.0), ("weight_decay", math.nan), ("lr_decay_gamma", 1.0), ("seed", -1),
        ("lr_decay_gamma", 2.0), ("nhop", 129), ("nhop", 15), ("nfft", 32768), ("hidden_size", 5000),
        ("seeds", (1, -1)), ("steps_per_epoch", -1), ("nb_channels", 9), ("samples_per_track", 0), ("ema", math.nan),
        ("nb_workers", -1),
    ],
)  # fmt: skip
def test_what_would_fail_later_is_refused_at_once(toy, option, value):
    with pytest.raises(OptionError) as caught:
        toy(**{option: value})
    assert caught.value.option == f"--{option.replace('_', '-')}"


def test_whatever_is_trained_can_be_loaded():
    assert {**model_files._BOUNDS, **model_files._NETWORK_BOUNDS} == SIZES


def test_sizes_come_from_the_model_unless_they_are_given(toy, root, tmp_path):
    best = trained(toy(epochs=1, steps_per_epoch=1, unidirectional=True, nb_channels=1))
    given = {"root": str(root), "output": str(tmp_path / "tuned"), "targets": ["drums"], "model": best}
    config, _ = config_of({"command": "train", **given})
    names = ("nfft", "nhop", "sample_rate", "nb_channels", "hidden_size", "nb_layers", "unidirectional", "bandwidth")
    assert [getattr(config, name) for name in names] == [256, 128, RATE, 1, 16, 2, True, 3000]
    assert config_of({"command": "train", **given, "nb_layers": 1})[0].nb_layers == 1
    # Other programs' models do not say their bandwidth.
    model = load_model(best)
    model.about["drums"]["args"].pop("bandwidth")
    again = fine_tuning.options_of(model, "drums")
    assert max_bin_of(again["bandwidth"], 256, RATE) == max_bin_of(3000, 256, RATE)


def test_a_model_without_the_target_is_refused(toy, root, tmp_path):
    best = trained(toy(epochs=1, steps_per_epoch=1))
    sf.write(root / "train/a/bass.wav", np.zeros((16000, 2)), RATE)
    with pytest.raises(OptionError, match="has vocals, drums, but no bass"):
        Run(toy(output=str(tmp_path / "bass"), model=best, targets=("bass",)))


def test_a_run_of_an_earlier_version_goes_on(toy, tmp_path):
    trained(toy(epochs=1, steps_per_epoch=1))
    path = tmp_path / "run/config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "sdr_every": 1}))
    assert read_config(tmp_path / "run") == toy(epochs=1, steps_per_epoch=1)


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": "many"}, {"epochs": True}, {"targets": 5}, {"targets": [5]}, {"root": None}, {"is_wav": 1},
        {"gain_db": 3}, {"lr": "small"}, {"model": ["x"]}, [1, 2], "text", None,
    ],
)  # fmt: skip
def test_a_config_of_other_types_is_refused(toy, tmp_path, change):
    whole = toy().to_json()
    (tmp_path / "config.json").write_text(json.dumps(whole))
    assert read_config(tmp_path) == toy()
    (tmp_path / "config.json").write_text(json.dumps({**whole, **change} if isinstance(change, dict) else change))
    with pytest.raises(RunError, match="none of umx-trainer"):
        read_config(tmp_path)


def test_a_config_without_what_every_run_has_is_refused(toy, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"root": "x"}))
    with pytest.raises(RunError, match="not whole"):
        read_config(tmp_path)


def test_help_says_of_every_option_what_it_is():
    commands = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    train = commands.choices["train"]
    assert {name for group in _GROUPS.values() for name in group} | SPECIAL == {f.name for f in fields(TrainConfig)}
    for action in train._actions:
        assert action.help, action.option_strings
