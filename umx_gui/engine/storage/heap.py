"""What the C library does with the memory it is given back, where that can be told."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # of glibc's malloc.h
_LARGE_BYTES = 4 << 20


def return_large_blocks() -> bool:
    """Let blocks of 4 MB and more go back to the system as soon as they are freed, and threads share one heap.

    By itself glibc raises that limit to 32 MB, and gives each thread a heap: on a separation's windows of some MB that
    keeps about 60 MB for nothing, more the longer the song. To be called before threads are started. False where the
    C library is another one.
    """
    mallopt = _of_glibc("mallopt")
    if mallopt is None:
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)) and bool(mallopt(_M_ARENA_MAX, 1))


def return_free_memory() -> bool:
    """Give what is free between blocks that are in use back to the system: after a song, or one that was cancelled.

    Otherwise it stays, some 60 MB one time and less another, by how the blocks happen to lie. It takes milliseconds, in
    which other threads may wait for memory. False where the C library is another one.
    """
    trim = _of_glibc("malloc_trim")
    if trim is None:
        return False
    trim(ctypes.c_size_t(0))
    return True


def _of_glibc(name: str) -> Callable[..., int] | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        function: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):
        return None
    return function
