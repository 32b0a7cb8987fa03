"""Processes that start processes: none of them runs the program, or a user's own script, a second time.

A new process of `multiprocessing` imports its parent's main module anew, under the name `__mp_main__`. Whatever stands
there without a guard is run again, by each child, and by the children of those.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from processes import ROOT, environment

# The scripts that make the training songs want a package of their own.
LEFT_OUT = "" if importlib.util.find_spec("mido") else "bundled_model"
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for folder in ("umx_gui", "trainer", "scripts")
    for path in (ROOT / folder).rglob("*.py")
    if (not LEFT_OUT or LEFT_OUT not in path.parts)
    and (path.name == "__main__.py" or 'if __name__ == "__main__":' in path.read_text(encoding="utf-8"))
)
AS_A_CHILD = """
import runpy, sys
names, sys.argv = sys.argv[1:], ["program", "--no-such-option"]
sys.path.append(names.pop(0))  # where scripts find their neighbours
for name in names:
    runpy.run_module(name, run_name="__mp_main__", alter_sys=True)
    print(name, flush=True)
"""


def test_no_program_runs_again_in_its_children(tmp_path: Path) -> None:
    assert {"umx_gui.__main__", "trainer.cli", "umx_gui.playback.audio_process"} <= set(MODULES)
    command = [sys.executable, "-c", AS_A_CHILD, str(ROOT / "scripts" / "bundled_model"), *MODULES]
    done = subprocess.run(
        command, env=environment(tmp_path), cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.stdout.split() == MODULES, done.stderr
    assert done.returncode == 0


# A script of a user's, as in docs/engine.md, with everything in it that starts a process; and no guard.
SCRIPT = """
import sys
from pathlib import Path
with open("began", "a") as file:
    file.write("once\\n")
from umx_gui.engine import Separator, load_model, read_audio
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.playback.devices import devices
song = read_audio("song.wav")
stems = Separator(load_model("tiny", ModelRegistry(Path(sys.argv[1])))).separate_all(song)
try:
    devices()
except Exception:  # no sound here
    pass
print(len(stems.targets))
"""
BY_MULTIPROCESSING = """
with open("began", "a") as file:
    file.write("once\\n")
import multiprocessing
process = multiprocessing.get_context("spawn").Process(target=print)
process.start()
process.join()
"""


@pytest.mark.parametrize("ours", [True, False], ids=["ours", "multiprocessing"])
def test_a_script_without_a_guard_is_run_once(tmp_path: Path, tiny_models: Path, ours: bool) -> None:
    soundfile.write(tmp_path / "song.wav", 0.1 * np.random.default_rng(0).standard_normal((22050, 2)), 44100)
    (tmp_path / "script.py").write_text(SCRIPT if ours else BY_MULTIPROCESSING)
    env = environment(tiny_models)
    done = subprocess.run(
        [sys.executable, "script.py", str(tiny_models)], cwd=tmp_path, env=env, capture_output=True, text=True,
        timeout=600, check=False,
    )  # fmt: skip
    began = len((tmp_path / "began").read_text().splitlines())
    # The other way would be noticed here: its child runs the script anew.
    assert (began == 1) == ours
    if ours:
        assert done.stdout.strip() == "4", done.stderr
