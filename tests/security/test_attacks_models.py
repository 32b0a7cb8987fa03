"""Attacks 3 to 9: model files that mean harm are refused before they can do any.

The numbers are those of docs/security.md.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from hostile_models import containers, edit_json, make_model, overlapping, rezipped, saved, state_of
from processes import report_of

from umx_gui.engine import Audio, Block, Separator
from umx_gui.engine.models import weights
from umx_gui.engine.models.model import load_model
from umx_gui.errors import ModelInvalidError, TorchTooOldError
from umx_gui.messages import describe


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good model folder with two targets."""
    return make_model(tmp_path / "model")


def refused(folder: Path, content: bytes | None = None) -> str:
    """Why a folder is refused, with other vocals."""
    if content is not None:
        (folder / "vocals.pth").write_bytes(content)
    with pytest.raises(ModelInvalidError) as error:
        load_model(folder)
    message = describe(error.value)
    assert len(message.one_line()) < 400
    return error.value.detail


def test_03_a_hundred_malicious_pickles(folder: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    n_refused = 0
    for name, content in containers(canary, state_of(folder)):
        assert refused(folder, content) in ("it is not a weight file, or holds code that would be executed",), name
        assert not canary.exists(), name
        n_refused += 1
    assert n_refused >= 100


CARELESS = """
import io, json, pickle, shutil, sys, time, warnings
from pathlib import Path
import torch
from hostile_models import containers
canary, worked = Path(sys.argv[1]), []
warnings.simplefilter("ignore")
for name, content in containers(canary, {}):
    try:
        torch.load(io.BytesIO(content), weights_only=False) if "torch" in name else pickle.loads(content)
    except Exception:
        pass
    if "Popen" in name or "popen" in name:
        time.sleep(0.1)
    if canary.exists():
        worked.append(name)
        canary.rmdir() if canary.is_dir() else canary.unlink()
print(json.dumps(worked))
"""


def test_03_the_malicious_pickles_do_harm_where_nobody_looks(tmp_path: Path) -> None:
    # Otherwise the test above would prove nothing.
    assert len(report_of(CARELESS, tmp_path / "canary")) >= 80


def test_04_an_old_torch_loads_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("2.5.1", "2.9.1+cu128", "1.13.0"):
        with pytest.raises(TorchTooOldError):
            weights.check_torch(version)
    for version in ("2.10.0", "2.14.1+cpu", "3.0"):
        weights.check_torch(version)
    monkeypatch.setattr(weights, "SAFE_TORCH", "99.0")
    with pytest.raises(TorchTooOldError) as error:
        load_model(folder)
    assert "99.0 or newer" in describe(error.value).action


def test_04_files_of_users_are_never_loaded_as_programs() -> None:
    root = Path(weights.__file__).parents[3]
    for path in [*(root / "umx_gui").rglob("*.py"), *(root / "trainer").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        for forbidden in ("jit.load", "export.load", "weights_only=False", "hub.load", "pickle.load", "shell=True"):
            assert forbidden not in text, f"{path}: {forbidden}"
        assert text.count("torch.load(") == text.count("weights_only=True"), path


BOMBS = """
import json, sys, time
from pathlib import Path
from umx_gui.engine.models.model import load_model
from umx_gui.errors import ModelInvalidError
def memory_mb(what):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024
load_model(sys.argv[1])
found = {}
for folder in sys.argv[2:]:
    Path("/proc/self/clear_refs").write_text("5")  # the highest mark is that of now
    before, began = memory_mb("VmRSS"), time.process_time()
    try:
        load_model(folder)
        detail = "loaded"
    except ModelInvalidError as error:
        detail = error.detail
    found[Path(folder).name] = [detail, time.process_time() - began, memory_mb("VmHWM") - before]
print(json.dumps(found))
"""


def bombs(folder: Path, tmp_path: Path) -> dict[str, Path]:
    """Small folders that ask for a lot of memory, by what they do."""
    state = state_of(folder)
    made: dict[str, Path] = {}

    def bomb(name: str, content: bytes) -> Path:
        path = Path(shutil.copytree(folder, tmp_path / name))
        (path / "vocals.pth").write_bytes(content)
        made[name] = path
        return path

    def claims(**tensors: torch.Tensor) -> bytes:
        return saved({**state, **tensors})

    old = io.BytesIO()
    huge = {**state, "fc1.weight": torch.zeros(1).expand(1 << 17, 1 << 17)}
    torch.save(huge, old, _use_new_zipfile_serialization=False)
    bomb("05 stride zero", claims(**{"fc1.weight": torch.zeros(1).expand(1 << 17, 1 << 18)}))
    bomb("05 right shape, stride zero", claims(**{"fc1.weight": torch.zeros(1).expand(16, 744)}))
    bomb("05 no storage at all", claims(**{"fc1.weight": torch.empty(1 << 20, 1 << 20, device="meta")}))
    bomb("05 old file", old.getvalue())
    bomb("05 old file that lies", old.getvalue().replace(b"K\x01X", b"\x8a\x05\0\0\0\0\x10X"))
    wide = claims(input_mean=torch.zeros(1).expand(1 << 24))
    edit_json(bomb("06 long input", wide) / "separator.json", nfft=1 << 25)
    for key, value in (("hidden_size", 1 << 20), ("nb_layers", 1 << 20), ("hidden_size", 4096)):
        edit_json(bomb(f"06 {key} {value}", saved(state)) / "vocals.json", **{key: value})
    for key, value in (("nfft", 16384), ("nb_channels", 8)):
        path = bomb(f"06 {key}", saved(state))
        for file in ("separator.json", "vocals.json", "drums.json"):
            edit_json(path / file, **{key: value})
    zeros = saved({**state, "fc1.weight": torch.zeros(60 << 20)})
    bomb("07 deflated", rezipped(zeros, zipfile.ZIP_DEFLATED))
    bomb("07 deflated, with a second end", rezipped(zeros, zipfile.ZIP_DEFLATED) + b"PK\5\6")
    bomb("07 overlapping", overlapping())
    for name, header in (
        ("shape", {"x": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 4]}}),
        ("length", {}),
    ):
        path = Path(shutil.copytree(folder, tmp_path / f"09 huge {name}"))
        text = json.dumps(header).encode()
        size = len(text) if header else 1 << 62
        (path / "vocals.safetensors").write_bytes(size.to_bytes(8, "little") + text + bytes(4))
        made[path.name] = path
    return made


@pytest.mark.skipif(sys.platform != "linux", reason="memory is looked up in /proc")
def test_05_06_07_09_bombs_are_refused_within_a_second_and_100_mb(folder: Path, tmp_path: Path) -> None:
    made = bombs(folder, tmp_path)
    assert sum(p.stat().st_size for path in made.values() for p in path.iterdir()) < 30 << 20
    found = report_of(BOMBS, folder, *made.values())
    assert found.keys() == made.keys()
    for name, (detail, seconds, megabytes) in found.items():
        assert detail != "loaded", name
        assert seconds < 1, name  # of computing; other programs may want the machine, too
        assert megabytes < 100, name


def test_07_compressed_records_are_refused_even_if_they_are_small(folder: Path) -> None:
    good = (folder / "vocals.pth").read_bytes()
    for data in (rezipped(good, zipfile.ZIP_DEFLATED), rezipped(good, zipfile.ZIP_LZMA)):
        assert refused(folder, data) == "it is compressed, which weight files never are"
        assert refused(folder, data + b"PK\5\6") == "the file is damaged"
    (folder / "vocals.pth").write_bytes(rezipped(good))
    load_model(folder)


def test_07_a_model_larger_than_any_is_refused_unread(folder: Path) -> None:
    with (folder / "vocals.pth").open("r+b") as file:
        file.truncate(1 << 40)
    assert "too large" in refused(folder)


def test_08_missing_parameters_are_named(folder: Path) -> None:
    state = state_of(folder)
    assert "parameters are missing: bn1.bias" in refused(folder, saved({"input_mean": state["input_mean"]}))
    assert "parameters are missing: lstm.weight_hh_l0" in refused(
        folder, saved({key: value for key, value in state.items() if key != "lstm.weight_hh_l0"})
    )
    assert "unknown parameters: \\x1b[2J" in refused(folder, saved({**state, "\\x1b[2J": torch.ones(1)}))
    assert "\x1b" not in refused(folder, saved({**state, "\x1b[2J": torch.ones(1)}))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_08_weights_that_are_no_numbers(folder: Path, value: float) -> None:
    state = state_of(folder)
    for key in ("fc3.weight", "input_mean", "bn2.running_var", "lstm.bias_hh_l0_reverse"):
        bad = state[key].clone()
        bad.view(-1)[-1] = value
        assert "not numbers" in refused(folder, saved({**state, key: bad}))


def test_08_tensors_of_other_kinds(folder: Path) -> None:
    state = state_of(folder)
    weight = state["fc1.weight"]
    for other in (weight.to(torch.complex64), weight.to(torch.float8_e4m3fn), weight > 0, weight.to("meta")):
        assert "no plain array" in refused(folder, saved({**state, "fc1.weight": other}))
    assert "another kind" in refused(folder, saved({**state, "fc1.weight": weight.int()}))
    assert "variance" in refused(folder, saved({**state, "bn1.running_var": -state["bn1.running_var"]}))


@pytest.mark.parametrize("key", ["fc3.weight", "output_mean", "bn3.bias"])
def test_08_a_model_that_computes_no_numbers(folder: Path, key: str, rng: np.random.Generator) -> None:
    # Every weight is finite, but what comes out is not: nothing of it may reach ears or encoders.
    state = state_of(folder)
    (folder / "vocals.pth").write_bytes(saved({**state, key: torch.full_like(state[key], 3e38)}))
    mixture = Audio(rng.standard_normal((2, 30_000)).astype(np.float32), 44100)
    separator = Separator(load_model(folder))
    for steps in (separator.separate(mixture), separator.stream(mixture)):
        blocks: list[Block] = []
        with pytest.raises(ModelInvalidError) as error:
            blocks.extend(step for step in steps if isinstance(step, Block))
        assert all(np.isfinite(block.samples).all() for block in blocks)
        assert "not numbers" in describe(error.value).reason


def test_09_safetensors_that_overlap(folder: Path) -> None:
    header = {f"{n}": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} for n in "ab"}
    text = json.dumps(header).encode()
    (folder / "vocals.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + bytes(8))
    assert "damaged" in refused(folder)
