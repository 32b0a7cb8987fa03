"""Models made of others: each target from a model of one's choice, or from several whose magnitudes are averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from umx_gui.engine.models.model import Model, load_model
from umx_gui.engine.models.model_names import ALL_OTHERS, model_names, models_by_target
from umx_gui.engine.models.registry import ModelRegistry, order_targets
from umx_gui.errors import OptionError
from umx_gui.words import said


def combine(parts: Mapping[str, Sequence[Model]], name: str = "combined") -> Model:
    """A model whose targets come from the models named; several for one target are averaged.

    Raises OptionError where a model lacks the target, or where rates, transforms or channels differ.
    """
    first = next(iter(parts.values()))[0]
    for target, models in parts.items():
        for model in models:
            if target not in model.targets:
                raise OptionError(
                    "model",
                    said(
                        "{model} has no {target}, but {known}",
                        model=model.name,
                        target=target,
                        known=", ".join(model.targets),
                    ),
                )
            if model.spec != first.spec:
                ours, theirs = first.spec, model.spec
                raise OptionError(
                    "model",
                    f"{first.name} ({ours.sample_rate} Hz, {ours.n_channels} ch, n_fft {ours.n_fft}) and {model.name} "
                    f"({theirs.sample_rate} Hz, {theirs.n_channels} ch, n_fft {theirs.n_fft}) cannot work together",
                )
    order = order_targets(parts)
    groups = {t: [n for model in parts[t] for n in model.groups[model.targets.index(t)]] for t in order}
    return Model(
        name,
        first.spec,
        {t: group[0] for t, group in groups.items()},
        {t: parts[t][0].about.get(t, {}) for t in order},
        {t: tuple(group[1:]) for t, group in groups.items()},
    )


def load_models(expression: str, registry: ModelRegistry | None = None) -> Model:
    """A model by name or folder, or several: `vocals=umxl+umxhq,drums=mine`. Raises ModelError and OptionError.

    Each part names a target and the models that give it; `*=umxhq` gives all targets that no other part names, and of
    several such models each gives those that it has.
    """
    registry = registry or ModelRegistry()
    names = model_names(expression, registry)
    parts = models_by_target(expression, registry)
    if parts == {ALL_OTHERS: names[:1]}:
        return load_model(names[0], registry)
    loaded = {name: load_model(name, registry) for name in names}
    others = [loaded[name] for name in parts.pop(ALL_OTHERS, ())]
    models = {target: [loaded[name] for name in parts[target]] for target in parts}
    for target in dict.fromkeys(t for model in others for t in model.targets):
        models.setdefault(target, [model for model in others if target in model.targets])
    return combine(models, name="+".join(dict.fromkeys(model.name for model in loaded.values())))
