"""`umx-trainer` as a process: progress, exit codes, kill -9, publishing."""

from __future__ import annotations

import json
import os
import signal
import sys

import numpy as np
import openunmix.utils
import pytest
import torch
from toy_runs import RATE, digest
from toy_training import start, toy_args

from trainer.cli import main
from umx_gui.engine.models.model import load_model
from umx_gui.engine.models.registry import ModelRegistry


@pytest.mark.skipif(sys.platform == "win32", reason="missing: SIGKILL")
def test_a_run_killed_twice_ends_with_the_same_weights(root, tmp_path):
    assert main(toy_args(root, tmp_path / "whole")) == 0
    args = toy_args(root, tmp_path / "run")
    for last_seen in ("step", "epoch"):
        with start([*args, "--nb-workers", "1"]) as process:
            while json.loads(process.stdout.readline())["event"] != last_seen:
                pass
            os.kill(process.pid, signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        args = ["train", "--checkpoint", str(tmp_path / "run")]
    assert main([*args, "--nb-workers", "0"]) == 0
    assert digest(tmp_path / "run") == digest(tmp_path / "whole")


def test_an_interrupt_saves_and_ends_with_130(root, tmp_path):
    with start([*toy_args(root, tmp_path / "run"), "--epochs", "500"]) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        told = process.stderr.read()
    assert process.returncode == 130
    assert told.strip() == "Stopped. Go on with --checkpoint."
    assert (tmp_path / "run/checkpoint.pt").exists()


def test_progress_is_lines_of_json(root, tmp_path, capsys):
    assert main([*toy_args(root, tmp_path / "run"), "--json-progress"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["epoch"] for line in lines if line["event"] == "epoch"] == [1, 2]
    assert lines[-1] == {"event": "done", "reasons": {"vocals": "epochs", "drums": "epochs"}}


def test_people_get_a_line_per_epoch(root, tmp_path, capsys):
    assert main(toy_args(root, tmp_path / "run")) == 0
    out = capsys.readouterr().out.splitlines()
    first, vocals, drums = (line.split() for line in out[:3])
    assert first == ["epoch", "1"]
    assert (vocals[:2], drums[:2]) == (["vocals", "train"], ["drums", "train"])
    assert vocals[5] == "SDR"
    assert vocals[7:9] == ["dB", "(gain"]
    assert out[-1] == "done: all epochs are done"


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["train", "--root", "x", "--output", "y"], 2, "--targets"),
        (["train", "--root", "/nowhere", "--output", "y", "--targets", "vocals"], 1, "no such folder"),
        (["train", "--root", "x", "--output", "y", "--target", "vocals", "--seq-dur", "0.01"], 2, "--seq-dur"),
        (["train", "--root", "x", "--output", "y", "--targets", "all", "--source-augmentations", "magic"], 2, "magic"),
        (["train", "--checkpoint", "/nowhere"], 1, "config.json"),
        (["publish", "/nowhere", "name"], 1, "config.json"),
        (["publish", "/nowhere", "a/b"], 2, "plain word"),
    ],
)
def test_mistakes_are_told_in_one_sentence(args, code, words, capsys):
    assert main(args) == code
    told = capsys.readouterr().err
    assert words in told
    assert len(told.strip().splitlines()) == 1


def test_a_resumed_run_cannot_become_another_one(root, tmp_path, capsys):
    assert main(toy_args(root, tmp_path / "run")) == 0
    assert main(["train", "--checkpoint", str(tmp_path / "run"), "--hidden-size", "32"]) == 2
    assert "--hidden-size" in capsys.readouterr().err
    assert main(["train", "--checkpoint", str(tmp_path / "run"), "--epochs", "3"]) == 0
    assert len((tmp_path / "run/history.jsonl").read_text().splitlines()) == 3


def test_a_published_model_is_ours_and_theirs(root, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("UMX_MODELS_DIR", str(tmp_path / "models"))
    assert main(toy_args(root, tmp_path / "run")) == 0
    assert main(["publish", str(tmp_path / "run"), "toy", "--fp32", "--licence", "CC0 1.0"]) == 0
    folder = tmp_path / "models/toy"
    assert capsys.readouterr().out.splitlines()[-1] == str(folder)
    entry = ModelRegistry().entry("toy")
    assert (entry.origin, entry.licence, entry.sample_rate) == ("trained", "CC0 1.0", RATE)
    assert "| vocals |" in entry.card.read_text()
    assert str(root) not in (folder / "vocals.json").read_text()

    magnitude = torch.from_numpy(np.random.default_rng(1).random((1, 2, 129, 40))).float()
    ours = load_model("toy").networks["vocals"](magnitude)
    theirs = openunmix.utils.load_target_models(targets=["vocals"], model_str_or_path=str(folder))["vocals"].eval()
    torch.testing.assert_close(ours, theirs(magnitude), rtol=1e-5, atol=1e-6)

    assert main(["publish", str(tmp_path / "run"), "toy"]) == 1
    assert "exists already" in capsys.readouterr().err
    assert main(["publish", str(tmp_path / "run"), "small", "--out", str(tmp_path / "out")]) == 0
    half = load_model(tmp_path / "out/small").networks["vocals"](magnitude)
    torch.testing.assert_close(half, ours.detach(), rtol=2e-2, atol=2e-2)
    assert (tmp_path / "out/small/vocals.safetensors").stat().st_size < 0.6 * (
        folder / "vocals.safetensors"
    ).stat().st_size
