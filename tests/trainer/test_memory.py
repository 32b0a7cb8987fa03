"""The C library keeps large blocks once told to, seen by how many pages the system hands out."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from trainer.memory import keep_memory
if "keep" in sys.argv:
    assert keep_memory()

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        bytearray(b"x") * 64_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(faults())
"""


def page_faults(*args: str) -> int:
    done = subprocess.run([sys.executable, "-c", PROGRAM, *args], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="missing: glibc")
def test_large_blocks_are_used_again_without_new_pages():
    assert page_faults("keep") < page_faults() / 10
