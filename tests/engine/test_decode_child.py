"""The decoding child: quick, bounded, replaced when it fails, gone when its parent is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from decode_helpers import decoded, tones, write, write_av

from umx_gui.engine.decoding import decode, decode_client
from umx_gui.engine.decoding.decode import AudioFile, warm_up
from umx_gui.engine.decoding.decode_client import DecoderProcess, pool
from umx_gui.engine.work import CancelToken
from umx_gui.errors import AudioChangedError, AudioUnreadableError, Cancelled, UnreadableReason

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and process ids as POSIX has them")


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write(tmp_path / "song.wav", tones(1_000_000))


@pytest.fixture(autouse=True)
def child_of_its_own() -> Iterator[None]:
    """Each test begins and ends without a warm child."""
    pool.close()
    yield
    pool.close()


def warm_child() -> DecoderProcess:
    """The warm child, left where it is."""
    child = pool.take()
    pool.give_back(child, healthy=True)
    return child


def wait_until(condition: object, limit_s: float = 60.0) -> bool:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("name", ["song.wav", "aac.m4a"])
def test_child_gives_what_this_process_gives(tmp_path: Path, name: str) -> None:
    samples = tones(150_000)
    path = write(tmp_path / name, samples) if name == "song.wav" else write_av(tmp_path / name, samples)
    assert np.array_equal(decoded(path, in_child=True), decoded(path, in_child=False))
    here, there = AudioFile(path, in_child=False).info, AudioFile(path).info
    assert here == there


def test_one_child_serves_many_files(song: Path) -> None:
    warm_up()
    pid = warm_child().pid
    for _ in range(3):
        assert decoded(song, in_child=True).shape == (2, 1_000_000)
    assert warm_child().pid == pid


def cpu_seconds(pid: int) -> float:
    """What a process has computed so far; infinite where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return float("inf")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_five_minutes_of_wav_in_less_than_the_promise(tmp_path: Path) -> None:
    samples = np.tile(tones(44_100), 300)
    path = write(tmp_path / "five.wav", samples)
    decoded(path, in_child=True, duration_s=1.0)
    pid = warm_child().pid
    walls, costs = [], []
    for _ in range(3):
        start, own, childs = time.perf_counter(), time.process_time(), cpu_seconds(pid)
        with AudioFile(path) as file:
            n_samples = sum(block.shape[1] for block in file.blocks())
        walls.append(time.perf_counter() - start)
        costs.append(time.process_time() - own + cpu_seconds(pid) - childs)
        assert n_samples == samples.shape[1]
    # On a machine that is busy with other things the clock says little; what the two processes compute says it all.
    assert min(walls) < 0.4 or min(costs) < 0.3


def test_a_stretch_that_nobody_wants_any_more_keeps_the_child(song: Path) -> None:
    blocks = AudioFile(song).blocks()
    next(blocks)
    blocks.close()
    pid = warm_child().pid
    assert decoded(song, in_child=True).shape == (2, 1_000_000)
    assert warm_child().pid == pid


def test_two_files_at_once(song: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other.flac", tones(1_000_000, level=0.1))
    one, two = AudioFile(song).blocks(), AudioFile(other).blocks()
    pairs = list(zip(one, two, strict=True))
    assert sum(a.shape[1] for a, _ in pairs) == 1_000_000
    assert max(np.abs(a).max() for a, _ in pairs) > 0.3 > max(np.abs(b).max() for _, b in pairs)


def test_many_threads(song: Path) -> None:
    wanted = decoded(song, in_child=False)
    with ThreadPoolExecutor(3) as threads:
        results = list(threads.map(lambda _: np.array_equal(decoded(song, in_child=True), wanted), range(5)))
    assert all(results)


def test_a_refused_file_costs_its_child_and_nothing_else(tmp_path: Path, song: Path) -> None:
    warm_up()
    pid = warm_child().pid
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0")
    with pytest.raises(AudioUnreadableError) as refused:
        AudioFile(bad)
    assert refused.value.reason is UnreadableReason.DAMAGED
    assert warm_child().pid != pid
    assert decoded(song, in_child=True).shape == (2, 1_000_000)


@posix
@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGSEGV])
def test_a_child_that_dies_costs_one_message(song: Path, monkeypatch: pytest.MonkeyPatch, ended_by: int) -> None:
    taken = []
    take = pool.take
    monkeypatch.setattr(pool, "take", lambda: taken.append(take()) or taken[-1])
    blocks = AudioFile(song).blocks()
    next(blocks)
    os.kill(taken[-1].pid, ended_by)
    with pytest.raises(AudioUnreadableError) as refused:
        list(blocks)
    assert refused.value.reason is UnreadableReason.DAMAGED
    assert decoded(song, in_child=True).shape == (2, 1_000_000)


@posix
def test_a_warm_child_that_died_is_replaced(song: Path) -> None:
    warm_up()
    os.kill(warm_child().pid, signal.SIGKILL)
    assert decoded(song, in_child=True).shape == (2, 1_000_000)


@posix
def test_a_decoder_that_hangs_is_ended_in_time(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded(song, in_child=True, duration_s=0.1)
    monkeypatch.setattr(decode, "OPEN_LIMIT_S", 0.5)
    pid = warm_child().pid
    os.kill(pid, signal.SIGSTOP)
    start = time.monotonic()
    with pytest.raises(AudioUnreadableError) as refused:
        AudioFile(song)
    assert refused.value.reason is UnreadableReason.TOO_SLOW
    assert 0.4 < time.monotonic() - start < 30
    assert not is_running(pid)


@posix
def test_cancel_reaches_a_decoder_that_hangs(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    take = pool.take
    monkeypatch.setattr(pool, "take", lambda: taken.append(take()) or taken[-1])
    cancel = CancelToken()
    blocks = AudioFile(song).blocks(cancel=cancel)
    next(blocks)
    os.kill(taken[-1].pid, signal.SIGSTOP)
    threading.Timer(0.2, cancel.cancel).start()
    with pytest.raises(Cancelled):  # a decoder that is too slow is another error, after seconds
        for _ in blocks:
            pass


def test_cancel_between_blocks(song: Path) -> None:
    cancel = CancelToken()
    blocks = AudioFile(song).blocks(cancel=cancel)
    next(blocks)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(blocks)
    assert decoded(song, in_child=True).shape == (2, 1_000_000)


def test_a_file_that_is_cut_while_it_is_read(song: Path) -> None:
    with AudioFile(song) as file:
        blocks = file.blocks()
        next(blocks)
        os.truncate(song, 100_000)
        with pytest.raises(AudioChangedError):
            list(blocks)


def test_a_file_that_vanishes_while_it_is_read(song: Path) -> None:
    with AudioFile(song) as file:
        blocks = file.blocks()
        next(blocks)
        song.unlink()
        with pytest.raises(AudioChangedError):
            list(blocks)
        with pytest.raises(AudioChangedError):
            list(file.blocks())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_memory_is_limited_and_nothing_is_written(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "import numpy as np\n"
        "from umx_gui.engine.decoding.decode_child import limit_resources\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "limit_resources(1 << 28)\n"
        "np.ones(1 << 24)\n"
        "try: np.ones(1 << 26)\n"
        "except MemoryError: print('limited')\n"
        "try: os.write(os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY), b'x')\n"
        "except OSError: print('writes nothing')\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "written")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.stdout.split() == ["limited", "writes", "nothing"], done.stderr


PARENT = """
import sys
from umx_gui.engine.decoding.decode import AudioFile
from umx_gui.engine.decoding.decode_client import pool
assert "torch" not in sys.modules
taken = []
take = pool.take
pool.take = lambda: taken.append(take()) or taken[-1]
blocks = AudioFile(sys.argv[1]).blocks()
next(blocks)
print(taken[-1].pid, flush=True)
sys.stdin.read()
"""


@posix
@pytest.mark.parametrize("hangs", [False, True])
def test_the_child_ends_with_its_parent(song: Path, hangs: bool) -> None:
    # No guard around the parent's main code: the child must not run it again.
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(song)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        # Stopped in the middle of a block it is waiting to hand over, or asleep: both end.
        if hangs:
            os.kill(pid, signal.SIGSTOP)
        parent.kill()
    if hangs:
        os.kill(pid, signal.SIGCONT)
    assert wait_until(lambda: not is_running(pid))


def test_nothing_is_imported_from_the_working_folder(song: Path, tmp_path: Path) -> None:
    for name in ("numpy", "json", "av", "soundfile", "umx_gui"):
        (tmp_path / f"{name}.py").write_text(
            "import pathlib; pathlib.Path(__file__).with_name('ran').touch()\nraise SystemExit\n"
        )
    script = (
        "import os, sys\n"
        "from umx_gui.engine.decoding.decode import read_audio\n"
        "os.chdir(sys.argv[2])\n"
        "assert read_audio(sys.argv[1]).n_samples == 1_000_000\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(song), str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_gets_a_child_of_its_own(song: Path) -> None:
    script = (
        "import os, sys\n"
        "from umx_gui.engine.decoding.decode import read_audio\n"
        "read_audio(sys.argv[1])\n"
        "pid = os.fork()\n"
        "ok = read_audio(sys.argv[1]).n_samples == 1_000_000\n"
        "if pid == 0: sys.exit(0 if ok else 1)\n"
        "assert ok and os.waitpid(pid, 0)[1] == 0\n"
        "assert read_audio(sys.argv[1]).n_samples == 1_000_000\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script, str(song)],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_without_a_decoder_the_message_says_so(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode_client, "_LAUNCH", "raise SystemExit(1)")
    with pytest.raises(AudioUnreadableError) as refused:
        AudioFile(song)
    assert refused.value.reason is UnreadableReason.NO_DECODER
