"""`umx-gui` and small programs as processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("vocals", "drums", "bass", "other")


def environment(models: Path, **more: str) -> dict[str, str]:
    """An environment in which `umx-gui` finds these models."""
    return {**os.environ, "UMX_MODELS_DIR": str(models), "PYTHONPATH": str(ROOT), **more}


def umx_gui(
    env: dict[str, str], cwd: Path, *arguments: object, timeout: float = 600
) -> subprocess.CompletedProcess[str]:
    """Run `umx-gui` to its end."""
    command = [sys.executable, "-m", "umx_gui", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=timeout)


def report_of(program: str | Path, *arguments: object, timeout: float = 600) -> Any:
    """What a Python program (its text, or its file) prints as JSON in its last line; it can import the helpers here."""
    paths = [str(ROOT), *(str(ROOT / "tests" / name) for name in ("", "engine", "security", "trainer"))]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
    start = [str(program)] if isinstance(program, Path) else ["-c", program]
    done = subprocess.run(
        [sys.executable, *start, *map(str, arguments)], env=env, capture_output=True, text=True, timeout=timeout
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def everything_in(folder: Path) -> set[str]:
    """All names below a folder, hidden ones too."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def assert_one_sentence(text: str) -> None:
    """What stderr says is one plain line, without anything a programmer would have written."""
    lines = text.splitlines()
    assert len(lines) == 1, text
    assert not any(word in text for word in ("Traceback", "Error", "Errno", "0x", "None")), text
