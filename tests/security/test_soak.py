"""Somebody at the window for hours: nothing grows, no sample is late, and the stems are the same in the end.

`pytest --slow` does all 1,440 actions of scripts/soak.py: two hours with one every five seconds, in half an hour.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest
from processes import ROOT
from sound_server import missing_packages

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is looked up in /proc")
SCRIPT = ROOT / "scripts" / "soak.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("soak", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["soak"] = module
    spec.loader.exec_module(module)
    return module


def soak(*options: object, timeout_s: float) -> dict[str, Any]:
    if absent := missing_packages():
        pytest.skip(f"missing: {', '.join(absent)}")
    command = [sys.executable, str(SCRIPT), *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def late_by_others() -> int:
    """How many late samples may be the fault of other work: none, unless the cores are wanted by twice as many."""
    return 0 if os.getloadavg()[0] < 2 * (os.cpu_count() or 1) else 5


@pytest.mark.sound
def test_a_few_minutes_at_the_window(script: ModuleType) -> None:
    found = soak("--actions", 40, timeout_s=300)
    assert found["sound"]
    late = max(found["underruns"] - late_by_others(), 0)
    assert script.is_well({**found, "underruns": late}), found


@pytest.mark.slow
@pytest.mark.sound
def test_two_hours_at_the_window(script: ModuleType) -> None:
    found = soak(timeout_s=7200)
    print(found)
    assert found["sound"]
    assert script.is_well(found), found


WELL = {"grown": {"memory_mb": 5.0, "threads": 1, "files": 0}, "underruns": 0, "same_stems": True}


@pytest.mark.parametrize(
    "harm",
    [
        {"grown": {"memory_mb": 200.0, "threads": 0, "files": 0}},
        {"grown": {"memory_mb": 0.0, "threads": 9, "files": 0}},
        {"grown": {"memory_mb": 0.0, "threads": 0, "files": 40}},
        {"underruns": 1},
        {"same_stems": False},
    ],
)
def test_harm_is_noticed(script: ModuleType, harm: dict[str, object]) -> None:
    assert script.is_well(WELL)
    assert not script.is_well({**WELL, **harm})


def test_only_what_stays_counts_as_growth(script: ModuleType) -> None:
    noted = script.Noted([100.0 + 300 * (n % 3 == 1) for n in range(50)], [5] * 50, list(range(50)))
    grown = noted.grown()
    assert (grown["memory_mb"], grown["threads"]) == (0, 0)
    assert grown["files"] == 30
