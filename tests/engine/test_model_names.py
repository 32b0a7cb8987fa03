"""Expressions that name models, read without loading any."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from umx_gui.engine.models.ensemble import load_models
from umx_gui.engine.models.model_names import model_names, models_by_target
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.errors import OptionError


@pytest.fixture
def registry(tiny_models) -> ModelRegistry:
    """The tiny models: "tiny" has four targets, "voice" one."""
    return ModelRegistry(tiny_models)


def test_one_model_gives_all_targets(registry):
    assert models_by_target("tiny", registry) == {"*": ("tiny",)}
    assert model_names("anything", registry) == ("anything",)


def test_parts_name_a_target_and_one_or_more_models(registry):
    found = models_by_target(" vocals = one + two , lead vocals=one,*=three", registry)
    assert found == {"vocals": ("one", "two"), "lead vocals": ("one",), "*": ("three",)}
    assert model_names("vocals=one+two,bass=one,*=three", registry) == ("one", "two", "three")


@pytest.mark.parametrize("expression", [
    "=", "vocals=", "=one", "vocals=one,", ",vocals=one", "vocals=one+", "vocals=+one", "vocals=one,vocals=two",
    "vocals=one,drums", "*=one,*=two",
])  # fmt: skip
def test_what_is_neither_is_refused_with_the_form_it_should_have(registry, expression):
    with pytest.raises(OptionError, match="target=model"):
        models_by_target(expression, registry)


def test_a_folder_or_an_installed_model_may_have_an_equals_sign_in_its_name(tiny_models, tmp_path, monkeypatch):
    registry = ModelRegistry(tmp_path / "models")
    monkeypatch.chdir(tmp_path)
    shutil.copytree(tiny_models / "voice", "lr=0.001")
    shutil.copytree(tiny_models / "voice", "models/seed=1")
    for name in ("lr=0.001", "seed=1"):
        assert model_names(name, registry) == (name,)
        assert load_models(name, registry).targets == ("vocals",)


def test_of_several_models_for_the_rest_each_gives_what_it_has(registry):
    model = load_models("drums=tiny,*=voice+tiny", registry)
    assert dict(zip(model.targets, map(len, model.groups), strict=True)) == {
        "vocals": 2,
        "drums": 1,
        "bass": 1,
        "other": 1,
    }
    assert model.name == "tiny+voice"
    assert load_models("*=voice", registry).name == "voice"


def test_reading_an_expression_loads_no_torch():
    program = "import sys, umx_gui.engine.models.model_names; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], timeout=600).returncode == 0
