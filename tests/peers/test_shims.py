"""The shims do what the peers' own tests ask, and compute what the peers compute."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def run(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with the shims first on the path; no models are installed there."""
    path = os.pathsep.join(map(str, [HERE / "shims", ROOT]))
    env = {**os.environ, "PYTHONPATH": path, "UMX_MODELS_DIR": str(folder / "models")}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=200)


def test_the_contracts_hold(tmp_path: Path) -> None:
    # The first line says which packages were tested. The settings and fixtures of this project are not for them.
    program = "import sys, pytest, openunmix, norbert; print(openunmix.__file__, norbert.__file__)\n"
    program += "sys.exit(pytest.main(sys.argv[1:]))"
    options = ("-c", os.devnull, "--noconftest", "-p", "no:cacheprovider", "--import-mode=importlib", "-q", "-Werror")
    done = run("-c", program, *options, HERE / "contracts.py", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    used = done.stdout.splitlines()[0].split()
    assert [Path(file).parent for file in used] == [HERE / "shims/openunmix", HERE / "shims/norbert"]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, np.ndarray]]:
    """What `calls` finds with the shims, and with the installed packages, which are those of this process."""
    folder = tmp_path_factory.mktemp("calls")
    done = run(HERE / "calls.py", folder / "shims.npz", folder=folder)
    assert done.returncode == 0, done.stderr
    with np.load(folder / "shims.npz") as results:
        return [dict(results), runpy.run_path(str(HERE / "calls.py"))["results"]()]


def test_the_same_is_called(both: list[dict[str, np.ndarray]]) -> None:
    ours, theirs = both
    assert list(ours) == list(theirs)
    assert {name: a.shape for name, a in ours.items()} == {name: a.shape for name, a in theirs.items()}


# By the beginning of a name: how far ours may be from theirs, as a share of the largest value.
TOLERANCES = {
    "openunmix wiener": 2e-7,  # its pi is one of single precision
    "norbert": 1e-9,
    "network": 1e-6,
    "separator": 1e-5,
    "": 1e-6,
}


def test_the_same_is_found(both: list[dict[str, np.ndarray]]) -> None:
    ours, theirs = both
    wrong = {}
    for name, expected in theirs.items():
        limit = next(limit for start, limit in TOLERANCES.items() if name.startswith(start))
        scale = np.abs(expected).max(initial=1e-30)
        distance = np.abs(ours[name] - expected).max(initial=0.0) / scale
        if not distance <= limit:
            wrong[name] = distance
    assert wrong == {}
