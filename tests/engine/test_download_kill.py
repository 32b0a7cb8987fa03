"""A download whose process is killed leaves no half model, and is gone on with."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from loopback import drip, loopback_server, serve
from published_models import QUICK, is_installed, nothing_installed, publish, weights

from umx_gui.engine.models.download import bytes_there, download_model
from umx_gui.engine.models.registry import ModelRegistry

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from dataclasses import replace
from pathlib import Path
from umx_gui.engine.models.published import PUBLISHED, PublishedFile
from umx_gui.engine.models.download import download_model
from umx_gui.engine.models.registry import ModelRegistry

folder, source, size, *names = sys.argv[1:]
files = tuple(PublishedFile(n.split("-")[0], n, n[-12:-4]) for n in names)
shape = {"hidden_size": 8, "n_fft": 256, "hop": 64}
model = replace(PUBLISHED["umxhq"], sources=(source,), files=files, file_bytes=int(size), **shape)
for step in download_model(model, ModelRegistry(Path(folder))):
    print(step, flush=True)
"""


@pytest.fixture(scope="module")
def server():
    with loopback_server() as running:
        yield running


@pytest.fixture(scope="module")
def model(server):
    return publish([server], {"vocals": weights(0), "drums": weights(1)})


def killed_after(n_lines: int, model, folder: Path) -> None:
    """Download in a process that is killed after it said this much, or ends."""
    arguments = [str(folder), model.sources[0], str(model.file_bytes), *(file.name for file in model.files)]
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for n_said, _ in enumerate(process.stdout, 1):
        if n_said == n_lines:
            process.kill()
            break
    process.stdout.close()
    process.wait(20)


def check_at(place: int, server, model, folder: Path) -> None:
    server.otherwise = drip(4000, 0.001)
    registry = ModelRegistry(folder)
    killed_after(place, model, folder)
    if not nothing_installed(registry):
        # Killed behind the end; at most the lock of the download is left, which the next one clears away.
        list(download_model(replace(model, name="other"), registry, limits=QUICK))
        registry.remove("other")
    else:
        n_there, server.otherwise = bytes_there(model, registry), serve
        assert n_there > 0
        server.requests.clear()
        list(download_model(model, registry, limits=QUICK))
        n_sent = sum(len(server.files[path]) - start_of(asked) for path, asked in server.requests)
        assert n_there + n_sent == sum(map(len, server.files.values()))
    assert is_installed(registry, model)


def start_of(asked: str) -> int:
    return int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0


@pytest.mark.parametrize("place", [1, 9, 20, 28])
def test_killed_on_the_way_it_goes_on(server, model, tmp_path, place):
    check_at(place, server, model, tmp_path / "models")


@pytest.mark.slow
def test_killed_at_a_hundred_places_it_goes_on(server, model, tmp_path):
    for place in range(100):
        check_at(1 + place % 32, server, model, tmp_path / str(place))
