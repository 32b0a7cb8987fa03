"""Which models are named for which target, as in `vocals=umxl+umxhq,*=mine`. No torch: names can be checked early."""

from __future__ import annotations

from pathlib import Path

from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.errors import OptionError

ALL_OTHERS = "*"


def models_by_target(expression: str, registry: ModelRegistry) -> dict[str, tuple[str, ...]]:
    """The names or folders of models by target; `*` stands for every target that is not named.

    One model, by its name or folder, gives them all: {"*": (name,)}. Raises OptionError for what is neither.
    """
    if "=" not in expression or Path(expression).is_dir() or expression in registry.names():
        return {ALL_OTHERS: (expression,)}
    parts: dict[str, tuple[str, ...]] = {}
    for part in expression.split(","):
        target, _, names = (piece.strip() for piece in part.partition("="))
        models = tuple(name.strip() for name in names.split("+"))
        if not target or not all(models) or target in parts:
            raise OptionError("model", "write target=model, or target=model+model, with commas between targets")
        parts[target] = models
    return parts


def model_names(expression: str, registry: ModelRegistry) -> tuple[str, ...]:
    """All names and folders in an expression, each once, in order. Raises OptionError."""
    return tuple(dict.fromkeys(name for names in models_by_target(expression, registry).values() for name in names))
