"""The examples in docs/ work as they are written there, and its links lead somewhere."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from tiny_models import make_tiny_models

from umx_gui.engine.models.model import Model, ModelSpec, save_model
from umx_gui.engine.models.network import NetworkShape, OpenUnmix

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs").glob("*.md"))
RATE = 22_050


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which examples run: a song, and small models under the names that the pages use."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UMX_MODELS_DIR", str(tmp_path / "models"))
    tiny = make_tiny_models(tmp_path / "made") / "tiny"
    for name in ("umx-free", "my-model"):
        shutil.copytree(tiny, tmp_path / "models" / name)
    shape = NetworkShape(n_bins=513, max_bin=372, hidden_size=16, n_layers=1, unidirectional=True)
    networks = {target: OpenUnmix(shape).eval() for target in ("vocals", "other")}
    save_model(tmp_path / "models" / "live-model", Model("live-model", ModelSpec(n_fft=1024, hop=256), networks))
    noise = 0.1 * np.random.default_rng(1).standard_normal((6 * RATE + 1, 2))
    soundfile.write("song.flac", noise, RATE, "PCM_24")
    return tmp_path


def examples(page: Path) -> list[tuple[int, str]]:
    """The Python blocks of a page, each with the number of the line before its first."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [(text.count("\n", 0, match.start(1)), match[1]) for match in found]


def test_there_are_examples() -> None:
    assert len(examples(ROOT / "docs/engine.md")) >= 12


@pytest.mark.parametrize("page", [page for page in PAGES if examples(page)], ids=lambda page: page.name)
def test_examples_run_one_after_another(page: Path, folder: Path) -> None:
    threads = torch.get_num_threads()
    names: dict[str, object] = {"__name__": "example"}
    try:
        for line, code in examples(page):
            # Empty lines in front, so that a traceback names the line of the page.
            exec(compile("\n" * line + code, page, "exec"), names)
    finally:
        torch.set_num_threads(threads)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    targets = [target.partition("#")[0] for target in links if "://" not in target]
    assert [target for target in targets if target and not (page.parent / target).exists()] == []
