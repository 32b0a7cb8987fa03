"""Mangled files through decoder and separator. All 2,000: `pytest --slow`, or scripts/mutants.py."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from processes import ROOT

SCRIPT = ROOT / "scripts" / "mutants.py"


@pytest.fixture(scope="module")
def mutants() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("mutants", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = module
    spec.loader.exec_module(module)
    return module


def no_harm(count: int, timeout_s: float, tmp_path: Path) -> None:
    """Try so many mutants: each is separated or refused, quickly."""
    command = [sys.executable, str(SCRIPT), "--count", str(count), "--keep", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["harm"] == {}, done.stderr
    assert done.returncode == 0
    assert found["separated"] + found["refused"] == count
    assert min(found["separated"], found["refused"]) > count // 10


def test_forty_mutants_do_no_harm(tmp_path: Path) -> None:
    no_harm(40, 1800, tmp_path)


@pytest.mark.slow
def test_two_thousand_mutants_do_no_harm(tmp_path: Path) -> None:
    no_harm(2000, 3600, tmp_path)


def test_mutants_follow_from_their_numbers(mutants: ModuleType) -> None:
    good = [bytes(range(256)) * 100, b"RIFF" * 5000]
    made = [mutants.mutant(good, 1, number) for number in range(200)]
    assert made == [mutants.mutant(good, 1, number) for number in range(200)]
    assert len({content for _, content in made}) > 180
    assert made != [mutants.mutant(good, 2, number) for number in range(200)]


WORKER = """
import json, os, signal, sys, time
first = int(sys.argv[sys.argv.index("--from") + 1])
for number in range(first, 6):
    if number == 2: os.kill(os.getpid(), signal.SIGSEGV)
    if number == 4: time.sleep(60)
    outcome = "no numbers" if number == 5 else "separated"
    print(json.dumps({"number": number, "outcome": outcome, "seconds": 11.0 if number == 1 else 0.1}), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_harm_is_noticed(mutants: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(WORKER)
    monkeypatch.setattr(mutants, "__file__", str(worker))
    monkeypatch.setattr(mutants, "_GIVEN_UP_S", 8.0)
    watch = mutants.Watch(tmp_path, 1, 6, lambda _: None)
    watch.run()
    assert watch.harm == {1: "took 11.0 s", 2: "died (-11)", 4: "hangs", 5: "no numbers"}
    assert watch.outcomes == {"separated": 2}
