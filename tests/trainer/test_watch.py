"""`umx-trainer watch`: the table of a run, once, and live on a terminal until Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trainer.cli import main
from trainer.watch import table
from umx_gui.engine.runs.run_folder import RunNews, RunState
from umx_gui.engine.runs.run_history import Epoch, TargetScores


def line(epoch: int, valid: float = 1.0) -> str:
    scores = {"train_loss": 2.0, "valid_loss": valid, "sdr_db": 3.0, "mixture_sdr_db": -1.5, "lr": 0.001}
    return json.dumps({"epoch": epoch, "steps": 5, "tracks": 3, "targets": {"vocals": scores}}) + "\n"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text(json.dumps({"epochs": 9, "targets": ["vocals"]}))
    (tmp_path / "history.jsonl").write_text(line(1, 0.5) + line(2, 0.25) + line(3, 0.75))
    return tmp_path


def test_once_prints_the_epochs_and_the_best(run, capsys):
    assert main(["watch", str(run), "--once"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{run.name}: Stopped, epoch 3 of 9"
    assert lines[3].split() == ["epoch", "train", "valid", "gain", "lr"]
    assert [row.split() for row in lines[4:7]] == [
        [str(epoch), "2", valid, "+4.50", "1.0e-03"] for epoch, valid in ((1, "0.5"), (2, "0.25"), (3, "0.75"))
    ]
    assert lines[7].split() == ["best", "0.25", "at", "2"]


def test_what_is_no_run_is_refused(tmp_path, capsys):
    assert main(["watch", str(tmp_path), "--once"]) == 1
    assert "no run folder" in capsys.readouterr().err


def test_it_fits_the_screen():
    scores = TargetScores(1.0, float("nan"), float("nan"), 0.0, 0.1)
    epochs = [Epoch(number, dict.fromkeys(("vocals", "drums", "bass", "other"), scores)) for number in range(1, 400)]
    news = RunNews(Path("/runs/a\x1b[31m\u202eb"), RunState.TRAINING, (), 500, 400, 3, 9, 75.0)
    for columns, rows in ((80, 24), (120, 10), (40, 12)):
        lines = table(news, epochs, columns, rows).split("\n")
        assert len(lines) == rows
        assert max(map(len, lines)) <= columns
        assert "  399 " in lines[-2]
        assert "\x1b" not in lines[0]
    assert table(news, epochs, 80, 24).startswith("a[31mb: Training, epoch 400 of 500, step 3 of 9, 0:01:15 left")
    assert "n/a" in table(news, epochs, 120, 24)


def test_why_a_run_ended_is_told_whole():
    words = [f"reason{number}" for number in range(40)]
    news = RunNews(Path("x"), RunState.FAILED, ("vocals",), detail=" ".join(words))
    lines = table(news, [], 80, 24).split("\n")
    assert max(map(len, lines)) <= 80
    assert " ".join(lines).split()[2:42] == words


def test_a_run_without_epochs_is_said_to_have_none():
    assert "no epoch is done yet" in table(RunNews(Path("x"), RunState.PREPARING, ("vocals",)), [])


@pytest.mark.skipif(sys.platform == "win32", reason="missing: pseudo-terminals")
def test_live_until_ctrl_c(run):
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "trainer.cli", "watch", str(run)]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, cwd=Path(__file__).parents[2]) as process:
        os.close(theirs)
        screen = _read_until(ours, b"    3 ")
        with (run / "history.jsonl").open("a") as file:
            file.write(line(4, 0.125))
        screen = _read_until(ours, b"0.125 at 4")
        assert b"    4 " in screen
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == 0
    os.close(ours)


def _read_until(fd: int, words: bytes, limit_s: float = 300.0) -> bytes:
    deadline, seen = time.monotonic() + limit_s, b""
    while words not in seen:
        assert time.monotonic() < deadline, seen
        seen += os.read(fd, 65536)
    return seen
