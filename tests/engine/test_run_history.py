"""A history is followed as it grows, and nothing in a foreign folder can do harm."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest

from umx_gui.engine.runs.run_folder import RunState, ask_to_stop, is_run, last_words, read_run
from umx_gui.engine.runs.run_history import HistoryFollower, epoch_of


def line(epoch: int, loss: float = 1.0) -> bytes:
    return json.dumps({"epoch": epoch, "targets": {"vocals": {"train_loss": loss, "lr": 0.1}}}).encode() + b"\n"


def numbers(follower: HistoryFollower) -> list[int]:
    return [epoch.number for epoch in follower.epochs]


def test_only_what_was_added_is_read(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    follower = HistoryFollower(tmp_path)
    assert not follower.read()
    path.write_bytes(line(1))
    assert follower.read()
    assert not follower.read()
    first = follower.epochs[0]
    # The trainer puts a new file in its place.
    (tmp_path / "new").write_bytes(line(1) + line(2))
    (tmp_path / "new").replace(path)
    assert follower.read()
    assert numbers(follower) == [1, 2]
    assert follower.epochs[0] is first


def test_half_a_line_waits_for_its_end(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    follower = HistoryFollower(tmp_path)
    whole = line(1) + line(2)
    path.write_bytes(whole[:-9])
    follower.read()
    assert numbers(follower) == [1]
    path.write_bytes(whole)
    follower.read()
    assert numbers(follower) == [1, 2]


@pytest.mark.parametrize("after", [line(1), line(1) + line(2, 9.0), line(1) + line(2, 9.0) + line(3), b""])
def test_a_resumed_run_may_take_epochs_back(tmp_path: Path, after: bytes) -> None:
    path = tmp_path / "history.jsonl"
    follower = HistoryFollower(tmp_path)
    path.write_bytes(line(1) + line(2) + line(3))
    follower.read()
    path.write_bytes(after)
    assert follower.read()
    assert numbers(follower) == [json.loads(part)["epoch"] for part in after.splitlines()]


@pytest.mark.parametrize(
    "bad",
    [
        *(b"{", b"[]", b"\xff", b"[" * 100_000, b'{"epoch": 1}', b'{"epoch": 1, "targets": []}'),
        *(b'{"epoch": true, "targets": {}}', b'{"epoch": 1e9, "targets": {}}', b'{"epoch": -1, "targets": {}}'),
    ],
)
def test_lines_that_tell_nothing_are_left_out(bad: bytes) -> None:
    assert epoch_of(bad) is None


def test_values_that_are_no_numbers_are_unknown() -> None:
    values = {"train_loss": "1", "valid_loss": 10**400, "sdr_db": None, "mixture_sdr_db": float("inf"), "lr": True}
    text = json.dumps({"epoch": 1, "targets": {"a\u202e\x1bb": values, "c": 3}})
    epoch = epoch_of(text.encode())
    assert epoch is not None
    assert list(epoch.targets) == ["ab", "c"]
    for scores in epoch.targets.values():
        assert all(math.isnan(getattr(scores, name)) for name in ("train_loss", "valid_loss", "gain_db", "lr"))


def test_odd_folders_are_read_without_failing(tmp_path: Path) -> None:
    assert not is_run(tmp_path)
    assert read_run(tmp_path / "none").state is RunState.NEW
    for content in ("[]", "{", '{"state": 3, "epoch": "x", "left_s": -1, "targets": 5, "epochs": -4}'):
        for name in ("config.json", "progress.json", "run.pid"):
            (tmp_path / name).write_text(content)
        news = read_run(tmp_path)
        assert (news.state, news.epoch, news.epochs, news.left_s) == (RunState.NEW, 0, 0, None)
        assert news.fraction is None
        assert not ask_to_stop(tmp_path)
    (tmp_path / "history.jsonl").mkdir()
    assert not HistoryFollower(tmp_path).read()
    if hasattr(os, "mkfifo"):
        for name in ("config.json", "run.pid", "progress.json"):
            (tmp_path / name).unlink()
            os.mkfifo(tmp_path / name)
        assert read_run(tmp_path).epochs == 0


def test_a_process_that_merely_has_the_number_is_not_stopped(tmp_path: Path) -> None:
    (tmp_path / "run.pid").write_text(json.dumps({"pid": os.getpid()}))
    assert not ask_to_stop(tmp_path)


def test_a_run_of_another_machine_is_believed_while_it_speaks(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"epochs": 4, "targets": ["vocals"]}')
    told = {"state": "training", "host": "another machine", "epoch": 2, "step": 1, "steps": 2, "left_s": 9}
    path = tmp_path / "progress.json"
    path.write_text(json.dumps(told))
    news = read_run(tmp_path)
    assert (news.state, news.here, news.left_s, news.fraction) == (RunState.TRAINING, False, 9, 0.375)
    os.utime(path, (0, 0))
    assert read_run(tmp_path).state is RunState.INTERRUPTED


def test_the_last_words_of_a_log(tmp_path: Path) -> None:
    assert last_words(tmp_path) == ""
    (tmp_path / "train.log").write_bytes(b"x" * 9000 + b"\nbar 1\rbar 2\r\x1b[1mThe end\xff\n\n")
    assert last_words(tmp_path) == "[1mThe end\ufffd"
