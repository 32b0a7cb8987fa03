"""How the C library keeps the memory it is given back, where that can be told."""

from __future__ import annotations

import ctypes
import sys

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # of glibc's malloc.h
_LARGE_BYTES = 4 << 20


def return_large_blocks() -> bool:
    """Let blocks of 4 MB and more go back to the system as soon as they are freed, and threads share one heap.

    By itself glibc raises that limit to 32 MB, and gives each thread a heap: on a separation's windows of some MB that
    keeps about 60 MB for nothing, more the longer the song. To be called before threads are started. False where the
    C library is another one.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)) and bool(mallopt(_M_ARENA_MAX, 1))
