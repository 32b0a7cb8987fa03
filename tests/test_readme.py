"""What the README shows works as it is written there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tiny_models import make_tiny_models

from umx_gui import cli

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the song of the README; small models stand in for those it names."""
    folder = tmp_path_factory.mktemp("readme")
    models = make_tiny_models(folder / "models")
    for name in ("umx-free", "my-model"):
        shutil.copytree(models / "tiny", models / name)
    noise = 0.1 * np.random.default_rng(1).standard_normal((31 * 16000, 2))
    for name in ("song.flac", "song.mp3"):
        soundfile.write(folder / name, noise, 16000)
    return folder


def test_the_python_example(folder: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    env = {**os.environ, "UMX_MODELS_DIR": str(folder / "models")}
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, env=env, capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr.decode()
    song, rate = soundfile.read(folder / "song.flac")
    stems = [soundfile.read(folder / f"{name}.wav")[0] for name in ("vocals", "drums", "bass", "other")]
    assert np.abs(sum(stems) - song).max() < 1e-6
    assert rate == 16000


COMMANDS = re.findall(r"^    umx-gui (.*?)(?:  +#.*)?$", README, re.MULTILINE)


def test_there_are_commands_in_it() -> None:
    assert len(COMMANDS) >= 6


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands(command: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shutil.copytree(folder, tmp_path / "here", ignore=shutil.ignore_patterns("*.wav", "models")))
    monkeypatch.setenv("UMX_MODELS_DIR", str(folder / "models"))
    arguments = [name for word in shlex.split(command) for name in (sorted(map(str, Path().glob(word))) or [word])]
    assert cli.main(arguments) == 0
    if arguments[0] == "separate":
        assert list(Path().rglob("*_*/*.*"))


def test_links_lead_somewhere() -> None:
    for name in ("README.md", "ARCHITECTURE.md", "GLOSSARY.md", "docs/adr/README.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)]+)\)", text) if "://" not in target]
        missing = [target for target in targets if not (ROOT / name).parent.joinpath(target).exists()]
        assert missing == [], name
