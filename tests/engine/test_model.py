"""Model folders: saved and loaded again, by openunmix as well; and what must be refused before it can do harm."""

from __future__ import annotations

import io
import json
import pickle
import zipfile

import numpy as np
import pytest
import torch
from openunmix.utils import load_separator
from random_models import TINY, UMXHQ, UNIDIRECTIONAL, random_model, random_network
from safetensors.torch import save_file

from umx_gui import errors
from umx_gui.engine import load_model
from umx_gui.engine.models.model import Model, ModelSpec, save_model
from umx_gui.engine.models.network import NetworkShape


@pytest.fixture
def folder(tmp_path):
    """A good model folder with two targets, fp32 safetensors and pth."""
    save_model(tmp_path / "good", random_model(TINY, ("vocals", "drums")))
    return tmp_path / "good"


def same_weights(a: Model, b: Model, tolerance: float = 0.0) -> bool:
    pairs = [(a.networks[t].state_dict(), b.networks[t].state_dict()) for t in a.targets]
    return a.targets == b.targets and all(
        torch.allclose(x[key], y[key], rtol=tolerance, atol=tolerance) for x, y in pairs for key in x
    )


@pytest.mark.parametrize(
    "kind", [TINY, UNIDIRECTIONAL, (ModelSpec(16000, 512, 128, 1), NetworkShape(257, 200, 1, 8, 2))]
)
def test_a_saved_model_loads_as_it_was(tmp_path, kind):
    model = random_model(kind)
    save_model(tmp_path / "m", model)
    loaded = load_model(tmp_path / "m")
    assert loaded.spec == model.spec
    assert same_weights(model, loaded)


def test_half_precision_halves_the_file_and_keeps_three_digits(tmp_path):
    model = random_model(UMXHQ, ("vocals",))
    save_model(tmp_path / "half", model, half=True, with_pth=False)
    save_model(tmp_path / "full", model, with_pth=False)
    half, full = ((tmp_path / name / "vocals.safetensors").stat().st_size for name in ("half", "full"))
    assert half < 0.51 * full
    assert same_weights(model, load_model(tmp_path / "half"), 1e-3)


def test_openunmix_loads_the_folder_and_gives_the_same_stems(tmp_path, rng):
    model = random_model((ModelSpec(), NetworkShape(hidden_size=32)), ("vocals", "drums"))
    save_model(tmp_path / "m", model)
    theirs = load_separator(str(tmp_path / "m"), targets=["vocals", "drums"], niter=1, device="cpu")
    theirs.freeze()
    assert theirs.sample_rate.item() == 44100
    magnitude = torch.rand(1, 2, 2049, 20)
    for target in model.targets:
        assert torch.allclose(theirs.target_models[target](magnitude), model.networks[target](magnitude), atol=1e-6)


def test_reads_pth_under_each_published_name(tmp_path, folder):
    for name in ("vocals.pth", "vocals-0a1b2c3d.pth", "vocals_0a1b2c3d.pth"):
        (folder / "vocals.safetensors").unlink(missing_ok=True)
        for old in folder.glob("vocals*.pth"):
            old.rename(folder / name)
        assert load_model(folder).targets == ("vocals", "drums")


def test_a_backup_beside_the_weights_is_not_taken_for_them(folder):
    (folder / "vocals.safetensors").unlink()
    (folder / "vocals_backup.pth").write_bytes(b"junk")
    assert load_model(folder).targets == ("vocals", "drums")


def test_two_weight_files_of_one_target_are_refused(folder):
    (folder / "vocals.safetensors").unlink()
    (folder / "vocals-0a1b2c3d.pth").write_bytes((folder / "vocals.pth").read_bytes())
    with pytest.raises(errors.ModelInvalidError, match="more than one"):
        load_model(folder)


def test_obsolete_keys_of_old_files_are_ignored_and_no_others(folder):
    (folder / "vocals.safetensors").unlink()
    state = torch.load(folder / "vocals.pth", weights_only=True)
    old = {**state, "stft.window": torch.ones(4096), "transform.0.window": torch.ones(1), "sample_rate": torch.ones(1)}
    torch.save(old, folder / "vocals.pth")
    load_model(folder)
    torch.save({**state, "surprise": torch.ones(1)}, folder / "vocals.pth")
    with pytest.raises(errors.ModelInvalidError, match="surprise"):
        load_model(folder)


class Exploit:
    """Unpickling this would create a file."""

    def __init__(self, canary) -> None:
        self.canary = canary

    def __reduce__(self):
        return (open, (str(self.canary), "w"))


def hostile_weights(kind: str, tmp_path, good: bytes) -> bytes:
    buffer = io.BytesIO()
    state = torch.load(io.BytesIO(good), weights_only=True)
    if kind == "code in a bare pickle":
        return pickle.dumps(Exploit(tmp_path / "canary"))
    if kind == "code in a torch file":
        torch.save({**state, "x": Exploit(tmp_path / "canary")}, buffer)
    elif kind == "a tensor that claims gigabytes":
        torch.save({**state, "fc1.weight": torch.zeros(1).expand(16, 2974)}, buffer)
    elif kind == "missing parameters":
        torch.save({"input_mean": state["input_mean"]}, buffer)
    elif kind == "not a number":
        torch.save({**state, "fc2.weight": state["fc2.weight"] * float("nan")}, buffer)
    elif kind == "compressed":
        with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
            for item in old.infolist():
                new.writestr(item.filename, old.read(item))
    elif kind == "a list":
        torch.save([1, 2, 3], buffer)
    elif kind == "noise":
        return np.random.default_rng(0).bytes(10_000)
    elif kind == "cut short":
        return good[: len(good) // 2]
    return buffer.getvalue()


@pytest.mark.parametrize(
    "kind",
    [
        "code in a bare pickle",
        "code in a torch file",
        "a tensor that claims gigabytes",
        "missing parameters",
        "not a number",
        "compressed",
        "a list",
        "noise",
        "cut short",
        "nothing",
    ],
)
def test_hostile_weights_are_refused_and_do_nothing(folder, tmp_path, kind):
    good = (folder / "vocals.pth").read_bytes()
    (folder / "vocals.safetensors").unlink()
    (folder / "vocals.pth").write_bytes(hostile_weights(kind, tmp_path, good))
    with pytest.raises(errors.ModelInvalidError):
        load_model(folder)
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("damage", ["cut", "noise", "other shape", "huge header"])
def test_damaged_safetensors_are_refused(folder, damage):
    path = folder / "vocals.safetensors"
    good = path.read_bytes()
    if damage == "cut":
        path.write_bytes(good[:-100])
    elif damage == "noise":
        path.write_bytes(b"\0" * 1000)
    elif damage == "huge header":
        path.write_bytes((1 << 62).to_bytes(8, "little") + good[8:])
    else:
        save_file(random_network(NetworkShape(hidden_size=12, n_layers=1)).state_dict(), path)
    with pytest.raises(errors.ModelInvalidError):
        load_model(folder)


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("separator.json", "nfft", 1 << 30),
        ("separator.json", "nfft", "4096; rm"),
        ("separator.json", "nhop", 0),
        ("separator.json", "nhop", 4096),
        ("separator.json", "sample_rate", -1),
        ("separator.json", "nb_channels", 1000),
        ("separator.json", "nb_channels", True),
        ("vocals.json", "hidden_size", 1 << 20),
        ("vocals.json", "nb_layers", 1000),
        ("vocals.json", "nb_channels", 1),
        ("vocals.json", "unidirectional", "yes"),
    ],
)
def test_settings_out_of_bounds_are_refused_before_memory_is_spent(folder, name, key, value):
    data = json.loads((folder / name).read_text())
    (data if name == "separator.json" else data["args"])[key] = value
    (folder / name).write_text(json.dumps(data))
    with pytest.raises(errors.ModelInvalidError):
        load_model(folder)


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', "[" * 100_000])
@pytest.mark.parametrize("name", ["separator.json", "vocals.json"])
def test_damaged_settings_are_refused(folder, name, text):
    (folder / name).write_text(text)
    with pytest.raises(errors.ModelInvalidError):
        load_model(folder)


def test_an_empty_folder_and_a_missing_one_are_told_apart(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(errors.ModelInvalidError):
        load_model(tmp_path / "empty")
    with pytest.raises(errors.ModelNotFoundError):
        load_model(tmp_path / "missing")


def test_a_target_that_would_leave_the_folder_is_not_saved(tmp_path):
    model = random_model(TINY, ("../escape",))
    with pytest.raises(errors.ModelInvalidError):
        save_model(tmp_path / "m", model)
    assert not list(tmp_path.glob("escape*"))
