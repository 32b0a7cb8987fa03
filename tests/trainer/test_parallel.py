"""Two real processes over gloo: the same losses and gradients as one with the doubled batch, one run, one writer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from toy_runs import digest

from trainer.parallel import ALONE, join, own_part
from umx_gui.engine.runs.run_folder import RunState, read_run

ROOT = Path(__file__).resolve().parents[2]
TOY = """--targets vocals drums --batch-size 2 --steps-per-epoch 4 --seq-dur 0.5 --nfft 256 --nhop 128 --hidden-size 16
--bandwidth 3000 --sample-rate 8000 --nb-workers 0 --checkpoint-minutes 0 --lr 0.005 --threads 1 --device cpu"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="missing: gloo rendezvous over signals")


def started(arguments: list[str], size: int = 2) -> subprocess.Popen[str]:
    """The processes that torchrun would start, under its own launcher."""
    # Standalone it listens at a port that it is given then: one that was free before may be another test's meanwhile.
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", str(size)]
    command = [sys.executable, *launcher, *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(arguments: list[str]) -> str:
    process = started(arguments)
    out, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors[-3000:]
    return out


def test_alone_nothing_changes(monkeypatch):
    monkeypatch.delenv("RANK", raising=False)
    assert join() is ALONE
    assert (ALONE.total(3.5), ALONE.mean(3.5), ALONE.gathered("x"), ALONE.shared("y")) == (3.5, 3.5, ["x"], "y")
    assert own_part([1, 2, 3], ALONE) == [1, 2, 3]


def test_two_processes_equal_one_with_the_doubled_batch(tmp_path):
    program = str(ROOT / "tests/trainer/two_processes.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, program, str(tmp_path)], check=True, cwd=ROOT, env=environment, timeout=300)
    finished([program, str(tmp_path)])
    one = torch.load(tmp_path / "1-0.pt", weights_only=True)
    for rank in (0, 1):
        half = torch.load(tmp_path / f"2-{rank}.pt", weights_only=True)
        assert half["losses"] == pytest.approx(one["losses"], rel=1e-5)
        assert half["losses"][2] < half["losses"][0]
        for part in ("grads", "buffers"):
            for name, value in one[part].items():
                torch.testing.assert_close(half[part][name], value, rtol=1e-5, atol=1e-5, msg=f"{part} {name}")


def test_one_run_is_written_and_goes_on_as_if_never_stopped(root, tmp_path):
    def arguments(run: str, epochs: int) -> list[str]:
        given = ["--root", str(root), "--output", str(tmp_path / run), "--epochs", str(epochs)]
        return ["-m", "trainer.cli", "train", *given, *TOY.split()]

    out = finished(arguments("whole", 2))
    assert sum(line.startswith("epoch ") for line in out.splitlines()) == 2
    finished(arguments("cut", 1))
    finished(["-m", "trainer.cli", "train", "--checkpoint", str(tmp_path / "cut"), "--epochs", "2"])
    assert digest(tmp_path / "cut") == digest(tmp_path / "whole")
    assert read_run(tmp_path / "whole").state is RunState.DONE
    lines = [json.loads(line) for line in (tmp_path / "whole/history.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2]


def test_all_processes_stop_together(root, tmp_path):
    run = tmp_path / "run"
    given = ["--root", str(root), "--output", str(run), "--epochs", "100000"]
    process = started(["-m", "trainer.cli", "train", *given, *TOY.split()])
    deadline = time.monotonic() + 300
    while not (run / "history.jsonl").exists() or not (run / "history.jsonl").stat().st_size:
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    # Only the first process is told; the second hears of it from the first.
    os.kill(json.loads((run / "run.pid").read_text())["pid"], signal.SIGTERM)
    process.communicate(timeout=300)
    assert process.returncode != 0
    assert read_run(run).state is RunState.STOPPED
    state = torch.load(run / "checkpoint.pt", weights_only=True)
    assert len(state["generators"]) == 2
    assert not torch.equal(state["generators"][0]["cpu"], state["generators"][1]["cpu"])
