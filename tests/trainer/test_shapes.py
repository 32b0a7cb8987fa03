"""Networks of other sizes train, resume to the bit, publish, and load again as what they were."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from toy_runs import digest
from toy_training import toy_args

from trainer.cli import main
from umx_gui.engine.audio import Audio
from umx_gui.engine.models.model import load_model
from umx_gui.engine.separation.options import SeparatorOptions
from umx_gui.engine.separation.separator import Separator

SHAPES = (
    ["--unidirectional"],
    ["--nb-layers", "1"],
    ["--nb-layers", "2", "--unidirectional"],
    ["--bandwidth", "2000"],
    ["--nb-channels", "1"],
    ["--nfft", "512"],
    ["--nfft", "512", "--nhop", "256"],
    ["--nhop", "64", "--nb-channels", "1", "--unidirectional", "--bandwidth", "4000"],
)


@pytest.mark.parametrize("options", SHAPES, ids=" ".join)
def test_other_sizes_train_resume_publish_and_load(root, tmp_path, monkeypatch, options):
    monkeypatch.setenv("UMX_MODELS_DIR", str(tmp_path / "models"))
    small = ["--steps-per-epoch", "2", "--batch-size", "2", *options]
    assert main([*toy_args(root, tmp_path / "whole"), *small]) == 0
    assert main([*toy_args(root, tmp_path / "run"), *small, "--epochs", "1"]) == 0
    assert main(["train", "--checkpoint", str(tmp_path / "run"), "--epochs", "2"]) == 0
    assert digest(tmp_path / "run") == digest(tmp_path / "whole")

    assert main(["publish", str(tmp_path / "run"), "shaped", "--fp32"]) == 0
    model, trained = load_model("shaped"), load_model(tmp_path / "run/best")
    given = json.loads((tmp_path / "run/config.json").read_text())
    assert (model.spec.n_fft, model.spec.hop, model.spec.n_channels) == (
        given["nfft"],
        given["nhop"],
        given["nb_channels"],
    )
    shape = model.networks["vocals"].shape
    assert (shape.n_layers, shape.unidirectional) == (given["nb_layers"], given["unidirectional"])
    assert shape.max_bin == int(given["bandwidth"] / 4000 * (given["nfft"] // 2)) + 1
    for target, network in model.networks.items():
        for name, value in network.state_dict().items():
            assert torch.equal(value, trained.networks[target].state_dict()[name])
    wave = 0.1 * np.random.default_rng(1).standard_normal((2, 8000)).astype(np.float32)
    stems = Separator(model, SeparatorOptions(device="cpu", threads=1)).separate_all(Audio(wave, 8000))
    assert stems.samples.shape[0] == 2
    assert stems.samples.shape[-1] == 8000
    assert np.isfinite(stems.samples).all()
    assert stems.samples.any()
