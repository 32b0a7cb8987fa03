"""The C library's memory, told to keep what it has."""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX = -1, -2, -4


def keep_memory() -> bool:
    """Have glibc reuse large blocks instead of giving them back to the system; whether that was possible.

    A training step frees and takes the same tens of megabytes again and again. Each time, the system would hand them
    out page by page, which took a fifth of a step's time.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    large = (1 << 31) - 1
    wishes = ((_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, large), (_M_TOP_PAD, 1 << 28))
    return all(mallopt(what, value) for what, value in wishes)
