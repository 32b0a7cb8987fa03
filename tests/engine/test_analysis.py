"""Kept states: other settings without the networks, any stretch first; models combined from several."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_models import TINY, UMXSE, random_model, random_network
from test_separator import blocks, db, song

from umx_gui import errors
from umx_gui.engine import Separator, SeparatorOptions
from umx_gui.engine.models.ensemble import combine, load_models
from umx_gui.engine.models.model import Model, save_model
from umx_gui.engine.models.registry import ModelRegistry

SETTINGS = [
    {"n_iter": 0},
    {"n_iter": 2},
    {"softmask": True},
    {"residual": "residual"},
    {"wiener_win_len": 64},
    {"wiener_win_len": 0},
    {"filter": "norbert"},
    {"emphasis_db": {"vocals": 6.0}},
    {"exact_sum": False},
]


def joined(items) -> np.ndarray:
    return np.concatenate([b.samples for b in blocks(items)], axis=2)


@pytest.fixture(scope="module")
def analysed():
    """A separator and a song of 20 s at another rate, whose networks have run."""
    mixture = song(np.random.default_rng(1), 20.0, sample_rate=48_000)
    separator = Separator(random_model())
    analysis = separator.analysis(mixture)
    list(separator.finish(analysis))
    return separator, analysis


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_rendering_with_other_settings_equals_separating_anew(analysed, setting):
    separator, analysis = analysed
    options = SeparatorOptions(**setting)
    rendered = joined(separator.render(analysis, options))
    np.testing.assert_array_equal(rendered, Separator(separator.model, options).separate_all(analysis.mixture).samples)


@pytest.mark.parametrize("setting", [{}, {"n_iter": 0}, {"wiener_win_len": 64}], ids=str)
@pytest.mark.parametrize(("start_s", "stop_s"), [(0, 3), (9.5, 12.25), (17, 20), (19.999, 20)])
def test_a_stretch_alone_equals_the_same_stretch_of_the_whole(analysed, setting, start_s, stop_s):
    separator, analysis = analysed
    options = SeparatorOptions(**setting)
    start, stop = int(start_s * 48_000), int(stop_s * 48_000)
    found = blocks(separator.render(analysis, options, start, stop))
    assert found[0].start == start
    assert found[-1].stop >= stop
    part = joined(found)[:, :, : stop - start]
    whole = joined(separator.render(analysis, options))[:, :, start:stop]
    assert db(whole, part) > 90


def test_emphasis_makes_a_target_louder_and_keeps_the_sum(analysed):
    separator, analysis = analysed
    plain, loud = (
        joined(separator.render(analysis, SeparatorOptions(emphasis_db={"vocals": gain}))) for gain in (0.0, 9.0)
    )
    power = np.square(loud).mean((1, 2)) / np.square(plain).mean((1, 2))
    assert power[0] > 1.5
    assert all(power[1:] < 1)
    assert db(analysis.mixture.samples, loud.sum(0)) > 120


def test_rendering_before_the_networks_have_run_is_an_error_of_the_program(rng):
    separator = Separator(random_model())
    with pytest.raises(ValueError, match="networks"):
        list(separator.render(separator.analysis(song(rng, 1.0)), SeparatorOptions()))


@pytest.mark.parametrize("options", [{"emphasis_db": {"piano": 1.0}}, {"emphasis_db": {"vocals": float("nan")}}])
def test_emphasis_that_cannot_work_is_refused(options):
    with pytest.raises(errors.OptionError):
        Separator(random_model(), SeparatorOptions(**options))


def test_targets_from_different_models_are_those_models_targets(rng):
    one = random_model(TINY, ("vocals", "drums"), "one")
    two = Model("two", one.spec, {"drums": random_network(TINY[1], 7), "bass": random_network(TINY[1], 8)})
    mixed = combine({"drums": [two], "vocals": [one]})
    assert mixed.targets == ("vocals", "drums")
    mixture = song(rng, 1.0)
    options = SeparatorOptions(n_iter=0, exact_sum=False)
    stems = Separator(mixed, options).separate_all(mixture)
    for target, model in (("vocals", one), ("drums", two)):
        np.testing.assert_array_equal(stems[target], Separator(model, options).separate_all(mixture)[target])


def test_several_models_for_a_target_give_the_mean_of_their_magnitudes(rng):
    one, two = (Model(str(k), TINY[0], {"vocals": random_network(TINY[1], k)}) for k in (1, 2))
    mixture = song(rng, 1.0)
    options = SeparatorOptions(n_iter=0, exact_sum=False)
    single = [Separator(m, options).separate_all(mixture).samples for m in (one, two)]
    mean = Separator(combine({"vocals": [one, two]}), options)
    np.testing.assert_allclose(mean.separate_all(mixture).samples, (single[0] + single[1]) / 2, atol=1e-6)
    drafts = joined(b for b in blocks(mean.stream(mixture)) if not b.final)
    assert db(mean.separate_all(mixture).samples[:, :, : drafts.shape[2]], drafts) > 30


def test_models_of_different_rates_are_not_mixed():
    with pytest.raises(errors.OptionError, match="cannot work together"):
        combine({"vocals": [random_model(TINY)], "drums": [random_model(UMXSE)]})


def test_a_combination_is_loaded_from_its_expression(tmp_path):
    registry = ModelRegistry(tmp_path / "models")
    for name in ("one", "two"):
        save_model(tmp_path / name, random_model(TINY, name=name))
        registry.add(tmp_path / name)
    model = load_models("vocals=one+two, *=two", registry)
    assert model.targets == ("vocals", "drums", "bass", "other")
    assert [len(group) for group in model.groups] == [2, 1, 1, 1]
    assert load_models("one", registry).name == "one"


@pytest.mark.parametrize("expression", ["vocals=", "=one", "vocals=one,vocals=one", "vocals=missing", "piano=one"])
def test_expressions_that_cannot_work_are_refused(tmp_path, expression):
    registry = ModelRegistry(tmp_path / "models")
    save_model(tmp_path / "one", random_model(TINY, name="one"))
    registry.add(tmp_path / "one")
    with pytest.raises(errors.UmxError):
        load_models(expression, registry)


def test_options_can_be_changed_one_by_one():
    assert replace(SeparatorOptions(), n_iter=3).n_iter == 3
    with pytest.raises(errors.OptionError):
        replace(SeparatorOptions(), n_iter=-3)
