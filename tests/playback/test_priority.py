"""The threads that make sound go first where they may, and are no danger to the rest."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from songs import make_song
from sound_server import SoundServer
from test_process import wait_until

from umx_gui.playback.player import Player

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems do this themselves")


def may_hurry() -> bool:
    """Whether this user may have realtime threads."""
    code = "import os; os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(10))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=300).returncode == 0


def priorities(pid: int) -> dict[int, int]:
    """The threads of a process, and the priority of each; 0 for an ordinary one."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            found[int(task.name)] = os.sched_getparam(int(task.name)).sched_priority
    return found


def hurried(pid: int) -> list[int]:
    """The threads that go before the others of the process."""
    return [thread for thread, priority in priorities(pid).items() if priority == 10]


@pytest.mark.sound
@pytest.mark.parametrize("rate", [None, 48000])
def test_what_makes_sound_goes_first_also_after_a_rest(sound: SoundServer, rate: int | None):
    if not may_hurry():
        pytest.skip("not allowed here")
    song = make_song(2.0)
    with Player(device_rate=rate, idle_s=0.2) as player:
        song.load_into(player)
        assert player.wait_ready()
        n_threads = 1 if rate is None else 2  # the callback's, and the feeder's
        assert player.pid is not None
        pid = player.pid
        assert wait_until(lambda: len(hurried(pid)) == n_threads)
        assert min(priorities(pid).values()) >= 9, "a thread with Python's lock would be waited for"
        callback = max(hurried(pid))
        assert wait_until(lambda: callback not in hurried(pid)), "the device is not stopped"
        player.play()
        assert wait_until(lambda: len(hurried(pid)) == n_threads)
        assert min(priorities(pid).values()) >= 9
    song.scratch.close()


@pytest.mark.skipif(shutil.which("setpriv") is None or os.getuid() != 0, reason="takes rights away, so needs them")
def test_where_it_is_not_allowed_nothing_is_said():
    code = (
        "from umx_gui.playback.priority import hurry, hurry_process; hurry_process(); print(hurry());"
        "import os; print(os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0))"
    )
    poor = ["setpriv", "--bounding-set=-sys_nice", sys.executable, "-c", code]
    said = subprocess.run(poor, capture_output=True, text=True, check=True, timeout=300)
    assert said.stdout.split() == ["False", str(os.SCHED_OTHER), str(os.getpriority(os.PRIO_PROCESS, 0))]
    assert said.stderr == ""


def test_a_thread_that_never_rests_is_ended():
    if not may_hurry():
        pytest.skip("not allowed here")
    code = "from umx_gui.playback.priority import hurry_process; hurry_process()\nwhile True: pass"
    ended = subprocess.run([sys.executable, "-c", code], timeout=300)
    assert ended.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
