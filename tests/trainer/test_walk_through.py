"""docs/training.md as it stands: its dataset is made, and its commands are run by a shell, one after another."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile as sf

from umx_gui.engine.models.registry import ModelRegistry

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {"umx-trainer": "trainer.cli", "umx-gui": "umx_gui.cli"}


def blocks(language: str) -> list[str]:
    page = (ROOT / "docs/training.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


@pytest.mark.skipif(sys.platform == "win32", reason="missing: a POSIX shell")
def test_from_a_dataset_to_stems(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    for name, module in COMMANDS.items():
        path = tmp_path / "bin" / name
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -W ignore -m {module} "$@"\n')
        path.chmod(0o755)
    path = os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "UMX_MODELS_DIR": str(tmp_path / "models")}
    environment["OMP_NUM_THREADS"] = "1"
    monkeypatch.chdir(tmp_path)
    exec("\n".join(blocks("python")), {"__name__": "page"})
    said = []
    for block in blocks("sh"):
        done = subprocess.run(
            ["sh", "-e", "-c", block], env=environment, capture_output=True, text=True, timeout=240, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr[-3000:]
        said.append(done.stdout)
    trained, scored = said
    history = [json.loads(line) for line in Path("run/history.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in history] == [1, 2]
    assert [line["tracks"] for line in history] == [2, 2], "the validation song is not trained on"
    assert "done: all epochs are done" in trained
    assert {p.name for p in Path("run/excerpts/epoch-002").iterdir()} >= {"mixture.flac", "vocals.flac", "other.flac"}
    monkeypatch.setenv("UMX_MODELS_DIR", str(tmp_path / "models"))
    entry = ModelRegistry().entry("my-umx")
    assert (entry.licence, set(entry.targets)) == ("CC0 1.0", {"vocals", "drums", "bass", "other"})
    scores = json.loads(Path("scores/evaluation.json").read_text())
    assert set(scores["scores"]["targets"] if "targets" in scores["scores"] else scores["scores"]) >= {"vocals", "bass"}
    assert "UMXHQ" in scored
    stems = {path.stem: sf.info(path) for path in Path("stems").rglob("*.wav")}
    assert set(stems) == {"vocals", "drums", "bass", "other"}
    assert {info.frames for info in stems.values()} == {7 * 44100}
