"""What the README shows works as it is written there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tiny_models import make_tiny_models

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the song of the README; small models stand in for those it names."""
    folder = tmp_path_factory.mktemp("readme")
    models = make_tiny_models(folder / "models")
    (models / "tiny").rename(models / "umx-free")
    noise = 0.1 * np.random.default_rng(1).standard_normal((44100, 2))
    soundfile.write(folder / "song.flac", noise, 44100)
    return folder


def test_the_python_example(folder: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    env = {**os.environ, "UMX_MODELS_DIR": str(folder / "models")}
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, env=env, capture_output=True, timeout=100)
    assert done.returncode == 0, done.stderr.decode()
    song, _ = soundfile.read(folder / "song.flac")
    stems = [soundfile.read(folder / f"{name}.wav")[0] for name in ("vocals", "drums", "bass", "other")]
    assert np.abs(sum(stems) - song).max() < 1e-6


def test_links_lead_somewhere() -> None:
    for name in ("README.md", "ARCHITECTURE.md", "GLOSSARY.md", "docs/adr/README.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)]+)\)", text) if "://" not in target]
        missing = [target for target in targets if not (ROOT / name).parent.joinpath(target).exists()]
        assert missing == [], name
