"""The threads that must never be late go before all others, where the system lets them."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

_PRIORITY = 10  # of 1 to 99; sound servers have 20 and more
_NICENESS = -11  # as sound servers, too
_LIMIT_US = 500_000


def limit_haste() -> None:
    """End this process should a thread of it that goes before others ever compute half a second without a rest: a fault
    must not take a core away from the system. The window then says that the sound has ended.
    """
    if sys.platform == "linux":
        import resource

        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_RTTIME, (_LIMIT_US, _LIMIT_US))


def hurry() -> bool:
    """Let the calling thread go first; False where that is not allowed, or is the sound system's own business.

    Under Linux as a realtime thread, which needs a limit in `/etc/security/limits.d` or the like, else by its niceness.
    Windows and macOS do this themselves for the threads that call back.
    """
    if sys.platform != "linux":
        return False
    thread = threading.get_native_id()
    with suppress(OSError):
        os.sched_setscheduler(thread, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(_PRIORITY))
        return True
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, thread, _NICENESS)
        return True
    return False
