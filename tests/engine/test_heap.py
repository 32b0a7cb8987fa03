"""Memory that is freed goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Blocks below glibc's own, growing limit, all but the last of which are freed: the last one holds the heap's end.
PROGRAM = """
import ctypes, sys
from umx_gui.engine.storage.heap import return_large_blocks
if sys.argv[1] == "told":
    assert return_large_blocks()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
libc.free(libc.malloc(31 << 20))  # what raises the limit
blocks = [libc.malloc(8 << 20) for _ in range(20)]
for block in blocks:
    libc.memset(block, 1, 8 << 20)
for block in blocks[:-1]:
    libc.free(block)
for line in open("/proc/self/status"):
    if line.startswith("VmRSS"):
        print(int(line.split()[1]) // 1024)
"""


def resident_mb(how: str, program: str = PROGRAM) -> int:
    done = subprocess.run([sys.executable, "-c", program, how], capture_output=True, text=True, check=True, timeout=600)
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is on Linux")
def test_large_blocks_go_back_to_the_system() -> None:
    assert resident_mb("told") < resident_mb("untold") - 100


# Small blocks, every second of which is freed at the end of the heap and before it: whole pages are free in between.
HOLES = """
import ctypes, sys
from umx_gui.engine.storage.heap import return_free_memory
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
blocks = [libc.malloc(100_000) for _ in range(2000)]
for block in blocks:
    libc.memset(block, 1, 100_000)
for block in blocks[:-1:2]:
    libc.free(block)
if sys.argv[1] == "told":
    assert return_free_memory()
for line in open("/proc/self/status"):
    if line.startswith("VmRSS"):
        print(int(line.split()[1]) // 1024)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is on Linux")
def test_holes_go_back_to_the_system() -> None:
    assert resident_mb("told", HOLES) < resident_mb("untold", HOLES) - 50
