"""Models made of others: each target from a model of one's choice, or from several whose magnitudes are averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from umx_gui.engine.model import Model, load_model
from umx_gui.engine.registry import ModelRegistry, order_targets
from umx_gui.errors import OptionError


def combine(parts: Mapping[str, Sequence[Model]], name: str = "combined") -> Model:
    """A model whose targets come from the models named; several for one target are averaged.

    Raises OptionError where a model lacks the target, or where rates, transforms or channels differ.
    """
    first = next(iter(parts.values()))[0]
    for target, models in parts.items():
        for model in models:
            if target not in model.targets:
                raise OptionError("model", f"{model.name} has no {target}, but {', '.join(model.targets)}")
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

    Each part names a target and the models that give it; `*=umxhq` gives all targets that no other part names.
    """
    if "=" not in expression:
        return load_model(expression, registry)
    loaded: dict[str, Model] = {}
    parts: dict[str, list[Model]] = {}
    rest: Model | None = None
    for part in expression.split(","):
        target, _, names = (piece.strip() for piece in part.partition("="))
        if not target or not names or target in parts:
            raise OptionError("model", "write target=model, or target=model+model, with commas between targets")
        models = [_load_once(name.strip(), loaded, registry) for name in names.split("+")]
        if target == "*":
            rest = models[0]
        else:
            parts[target] = models
    if rest is not None:
        parts.update({t: [rest] for t in rest.targets if t not in parts})
    return combine(parts, name="+".join(dict.fromkeys(model.name for model in loaded.values())))


def _load_once(name: str, loaded: dict[str, Model], registry: ModelRegistry | None) -> Model:
    if name not in loaded:
        loaded[name] = load_model(name, registry)
    return loaded[name]
