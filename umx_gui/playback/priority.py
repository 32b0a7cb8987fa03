"""The threads that must never be late go before all others, where the system lets them.

Under Linux as realtime threads, which needs a limit in `/etc/security/limits.d` or the like, else by their niceness.
Windows and macOS see to the threads that call back themselves.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

_PRIORITY = 10  # of 1 to 99; sound servers have 20 and more
_NICENESS = -11  # as sound servers, too
_LIMIT_US = 500_000


def hurry_process() -> None:
    """Let all ordinary threads of this process, and those they start, go before other processes.

    The thread that calls back may wait for Python's lock, and so for any of them. Should one ever compute for half a
    second without a rest, the process is ended: a fault must not take a core away from the system. The window then says
    that the sound has ended.
    """
    if sys.platform != "linux":
        return
    import resource

    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_RTTIME, (_LIMIT_US, _LIMIT_US))
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # it may have ended
            if os.sched_getscheduler(int(task.name)) == os.SCHED_OTHER:
                _hurry(int(task.name), _PRIORITY - 1)


def hurry() -> bool:
    """Let the calling thread go before the others of this process, too; False where it is not allowed, or not Linux."""
    return sys.platform == "linux" and _hurry(threading.get_native_id(), _PRIORITY)


def _hurry(thread: int, priority: int) -> bool:
    with suppress(OSError):
        os.sched_setscheduler(thread, os.SCHED_RR, os.sched_param(priority))
        return True
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, thread, _NICENESS)
        return True
    return False
