"""What the stems of a song depend on: the model, and how its filter is set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from umx_gui.engine.separation.options import SeparatorOptions

MAX_EMPHASIS_DB = 12.0
RESIDUAL = "residual"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Equal recipes give equal stems; the device and the number of threads are not part of it.

    niter: EM iterations. window: frames that are filtered together, 0 for the whole song. emphasis_db: by target, how
    much louder the filter is told that it is; only what is not 0 dB, in the order of the names.
    """

    model: str
    niter: int = 1
    residual: bool = False
    softmask: bool = False
    window: int = 300
    emphasis_db: tuple[tuple[str, float], ...] = field(default=())


def emphasis(values_db: Mapping[str, float] | Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Emphases in the one form that compares: held within 12 dB either way, without those of 0 dB, sorted."""
    limited = {name: min(max(db, -MAX_EMPHASIS_DB), MAX_EMPHASIS_DB) for name, db in dict(values_db).items()}
    return tuple(sorted((name, db) for name, db in limited.items() if db != 0.0))


def separator_options(recipe: Recipe, targets: tuple[str, ...], device: str) -> SeparatorOptions:
    """The engine's options for a model with these targets; emphases of other targets wait for another model."""
    from umx_gui.engine.separation.options import SeparatorOptions, with_residual_where_needed

    options = SeparatorOptions(
        n_iter=recipe.niter,
        residual=RESIDUAL if recipe.residual else None,
        softmask=recipe.softmask,
        wiener_win_len=recipe.window,
        emphasis_db={name: db for name, db in recipe.emphasis_db if name in targets},
        device=device,
    )
    return with_residual_where_needed(options, len(targets), RESIDUAL)
