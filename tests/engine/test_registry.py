"""Installed models: listed, found by name or folder, added whole or not at all, removed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from random_models import TINY, random_model

from umx_gui import errors
from umx_gui.engine.models.model import load_model, save_model
from umx_gui.engine.models.registry import BUNDLED_DEFAULT, ModelRegistry, order_targets


@pytest.fixture
def registry(tmp_path):
    return ModelRegistry(tmp_path / "models")


@pytest.fixture
def folder(tmp_path):
    save_model(tmp_path / "made here", random_model(TINY, ("drums", "vocals", "piano")))
    return tmp_path / "made here"


def test_an_added_model_is_listed_found_loaded_and_removed(registry, folder):
    before = registry.names()
    entry = registry.add(folder, "mine", origin="trained")
    assert registry.names() == (*before, "mine")
    assert (entry.origin, entry.targets, entry.sample_rate) == ("trained", ("vocals", "drums", "piano"), 44100)
    assert entry.size_bytes > 100_000
    assert load_model("mine", registry).targets == ("vocals", "drums", "piano")
    registry.remove("mine")
    assert registry.names() == before


def test_scores_come_with_the_songs_that_they_are_of(registry, folder):
    assert (registry.add(folder, "plain").scores, registry.entry("plain").scored_on) == ((), "")
    spec = folder / "separator.json"
    scores = {"scores": {"drums": 5.5, "vocals": 4, "piano": "high", "kazoo": 1}, "scored_on": "A\nand B" + "!" * 300}
    spec.write_text(json.dumps(json.loads(spec.read_text()) | scores))
    entry = registry.add(folder, "scored")
    assert dict(entry.scores) == {"vocals": 4.0, "drums": 5.5}
    assert entry.scored_on.startswith("A")
    assert "\n" not in entry.scored_on
    assert len(entry.scored_on) == 200


def test_the_bundled_model_tells_what_was_measured_of_it():
    editions = Path(__file__).parents[2] / "scripts" / "bundled_model" / "editions"
    newest = max(editions.glob("*.json"), key=lambda path: int(path.stem))
    songs = json.loads(newest.read_text()).values()
    entry = ModelRegistry().entry(BUNDLED_DEFAULT)
    assert dict(entry.scores) == {
        target: pytest.approx(sum(song[target]["sdr_db"] for song in songs) / len(songs), abs=0.006)
        for target in ("vocals", "drums", "bass", "other")
    }
    assert "4_potassium" in entry.scored_on


def test_any_folder_is_found_by_its_path(registry, folder):
    assert registry.find(folder) == folder
    assert registry.entry(folder).origin == "folder"


def test_an_unknown_name_is_refused_with_the_known_ones(registry, folder):
    registry.add(folder, "mine")
    with pytest.raises(errors.ModelNotFoundError) as refused:
        registry.find("yours")
    assert "mine" in refused.value.known


def test_a_name_that_is_taken_is_not_overwritten(registry, folder):
    registry.add(folder, "mine")
    with pytest.raises(errors.OutputExistsError):
        registry.add(folder, "mine")


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden"])
def test_a_name_that_would_leave_the_folder_is_refused(registry, folder, name):
    if name == "":
        assert registry.add(folder, name).name == "made here"
        return
    with pytest.raises(errors.OptionError):
        registry.add(folder, name)


def test_a_folder_that_is_no_model_is_not_added(registry, tmp_path):
    before = registry.names()
    (tmp_path / "junk").mkdir()
    with pytest.raises(errors.ModelInvalidError):
        registry.add(tmp_path / "junk")
    assert registry.names() == before


def test_only_the_files_of_a_model_are_copied(registry, folder):
    (folder / "plugin.py").write_text("raise SystemExit")
    registry.add(folder, "mine")
    assert not (registry.find("mine") / "plugin.py").exists()


def test_a_model_outside_the_users_folder_cannot_be_removed(registry, folder):
    with pytest.raises(errors.OptionError):
        registry.remove(str(folder))
    assert folder.exists()


def test_a_model_of_the_users_can_be_removed_by_its_path_as_well(registry, folder):
    path = registry.add(folder, "mine").path
    registry.remove(str(path))
    assert list(registry.user_folder.iterdir()) == []


def test_an_unfinished_folder_is_no_model(registry, folder):
    registry.add(folder, "mine")
    (registry.user_folder / "mine").rename(registry.user_folder / ".importing-mine")
    assert "mine" not in registry.names()


def test_targets_are_in_the_order_in_which_they_are_shown():
    names = ["zither", "other", "bass", "accordion", "drums", "vocals"]
    assert order_targets(names) == ["vocals", "drums", "bass", "other", "accordion", "zither"]


def test_the_default_is_the_environments_choice_if_it_is_installed(registry, folder, monkeypatch):
    registry.add(folder, "mine")
    monkeypatch.setenv("UMX_MODEL", "mine")
    assert registry.default_name() == "mine"
    monkeypatch.setenv("UMX_MODEL", "missing")
    assert registry.default_name() != "missing"
