"""Files that change while they are read, decoders that die, memory that runs out, users who change their minds.

`pytest --slow` cancels a hundred times instead of ten.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from memory import children
from processes import TARGETS, assert_one_sentence, everything_in

from umx_gui.cli import main
from umx_gui.commands.console import Console
from umx_gui.commands.doors import guarded
from umx_gui.commands.separate import separate
from umx_gui.commands.separate_options import Request, add_arguments, to_request
from umx_gui.engine.separation.inference.stack import FoldedNetwork
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import Cancelled

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")


def sparse_wav(path: Path, seconds: int) -> Path:
    """A WAV file of silence that takes hardly any space: time to do something to it while it is read."""
    n_bytes = seconds * 44100 * 4
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", n_bytes + 36, b"WAVE", b"fmt ", 16, 1, 2, 44100, 176400, 4, 16,
                       b"data", n_bytes)  # fmt: skip
    path.write_bytes(head)
    os.truncate(path, n_bytes + len(head))
    return path


class Acting(Console):
    """A console that does something as soon as the first song is being read."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._act: Callable[[], object] | None = act

    def progress(self, stage: str, progress: Progress) -> None:
        """Act once."""
        if stage == "reading" and self._act is not None:
            act, self._act = self._act, None
            act()


@pytest.fixture
def place(tmp_path: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a song of 20 minutes and a short one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UMX_MODELS_DIR", str(tiny_models))
    sparse_wav(tmp_path / "song.wav", 1200)
    soundfile.write(tmp_path / "next.wav", np.zeros((4410, 2)), 44100)
    return tmp_path


@pytest.mark.parametrize("fault", ["cut", "gone", "replaced"])
def test_a_song_that_changes_while_it_is_read(place: Path, fault: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = place / "song.wav"
    faults: dict[str, Callable[[], object]] = {
        "cut": lambda: os.truncate(path, 100_000),
        "gone": path.unlink,
        "replaced": lambda: (place / "next.wav").rename(path),
    }
    assert separate(request_for("song.wav"), Acting(faults[fault]), CancelToken()) == 1
    err = capsys.readouterr().err
    assert_one_sentence(err)
    assert "“song.wav” changed while it was read" in err
    assert not (place / "song_tiny").exists()


def kill_decoders(by: signal.Signals) -> None:
    """End the decoding children of this process."""
    for child in children(os.getpid()):
        with contextlib.suppress(OSError):  # another one may just be gone
            if b"decode_child" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(child, by)


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGSEGV])
def test_a_decoder_that_dies_costs_one_song(
    place: Path, by: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    assert separate(request_for("song.wav", "next.wav"), Acting(lambda: kill_decoders(by)), CancelToken()) == 1
    err = capsys.readouterr().err
    assert_one_sentence(err)
    assert "“song.wav” cannot be opened" in err
    assert everything_in(place / "next_tiny") == {f"{target}.wav" for target in TARGETS}
    assert not (place / "song_tiny").exists()


@pytest.mark.parametrize("error", ["torch", "numpy", "python"])
def test_memory_that_runs_out_is_one_sentence(
    tmp_path: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: str
) -> None:
    def too_much(*_: object) -> None:
        if error == "torch":
            torch.empty(1 << 52)
        if error == "numpy":
            np.empty(1 << 52)
        raise MemoryError

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UMX_MODELS_DIR", str(tiny_models))
    monkeypatch.setattr(FoldedNetwork, "join", too_much)
    soundfile.write("song.wav", 0.1 * np.ones((44100, 2)), 44100)
    assert main(["separate", "--model", "tiny", "song.wav"]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert_one_sentence(last)
    assert "not enough memory" in last
    assert everything_in(tmp_path) == {"song.wav"}


def request_for(*arguments: str) -> Request:
    import argparse

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return to_request(parser.parse_args(["--model", "tiny", *arguments]))


def resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def cancel_often(
    n_times: int, folder: Path, rng: np.random.Generator, clock: Callable[[], float] = time.monotonic
) -> list[float]:
    """Separate a song, cancelled at so many moments from start to end; how long each cancel took, in seconds."""
    request, stems = request_for("song.flac"), folder / "song_tiny"
    expected = {t: (stems / f"{t}.wav").read_bytes() for t in TARGETS}
    shutil.rmtree(stems)
    whole_s, took, before_mb = seconds_of(request), [], resident_mb()
    shutil.rmtree(stems)
    for share in rng.permutation(np.linspace(0.0, 0.95, n_times)):
        cancel, asked = CancelToken(), [0.0]

        def ask(cancel: CancelToken = cancel, asked: list[float] = asked) -> None:
            asked[0] = clock()
            cancel.cancel()

        timer, began = threading.Timer(float(share) * whole_s, ask), time.monotonic()
        timer.start()
        try:
            separate(request, Console(), cancel)
        except Cancelled:
            took.append(clock() - asked[0])
            assert everything_in(folder) == {"song.flac"}
        else:  # it was quicker this time
            whole_s = min(whole_s, time.monotonic() - began)
            shutil.rmtree(stems)
        timer.cancel()
        timer.join()
    seconds_of(request)
    assert {t: (stems / f"{t}.wav").read_bytes() for t in TARGETS} == expected
    assert resident_mb() - before_mb < 50
    return took


def seconds_of(request: Request) -> float:
    """Separate a song to its end; how long that took."""
    began = time.monotonic()
    assert separate(request, Console(), CancelToken()) == 0
    return time.monotonic() - began


@pytest.fixture
def song_done_once(tmp_path: Path, tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a song of 10 seconds that was separated once, so that everything is loaded."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UMX_MODELS_DIR", str(tiny_models))
    samples = 0.1 * np.random.default_rng(1).standard_normal((10 * 44100, 2))
    soundfile.write("song.flac", samples, 44100)
    assert guarded(lambda cancel: separate(request_for("song.flac"), Console(), cancel), Console()) == 0
    return tmp_path


def test_cancelled_at_ten_moments(song_done_once: Path, rng: np.random.Generator) -> None:
    # By what is computed until it ends: of the seconds of a clock, other programs may have most.
    took = cancel_often(10, song_done_once, rng, time.process_time)
    assert len(took) >= 5
    assert np.median(took) < 0.5
    assert max(took) < 1


@pytest.mark.slow
def test_cancelled_at_a_hundred_moments(song_done_once: Path, rng: np.random.Generator) -> None:
    took = cancel_often(100, song_done_once, rng)
    print(f"cancelled {len(took)} times: {np.percentile(took, 95):.3f} s (95 %), {max(took):.3f} s at most")
    assert len(took) >= 50
    assert np.percentile(took, 95) < 1
    assert max(took) < 3
