"""Targets that are sums: everything of a song but one stem, and what a file `accompaniment` is beside other stems.

`accompaniment` is everything but the vocals, as in MUSDB18 and in the reference; `no drums` is everything but the
drums, as for `umx-gui separate --group`. In the layouts that name their target, files are what their names say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from trainer.config import TrainConfig
from trainer.layouts import COMPOUND
from umx_gui.engine.audio import FloatArray

VOCALS = "vocals"
_WITHOUT = "no "


def left_out(target: str) -> str | None:
    """The stem that a sum does without; None for a target that is no sum."""
    if target == COMPOUND:
        return VOCALS
    return target.removeprefix(_WITHOUT) or None if target.startswith(_WITHOUT) else None


def source_of(target: str, stems: Collection[str]) -> str:
    """The stem that a dataset must have for a target: itself, or that which the sum does without."""
    without = None if target in stems else left_out(target)
    return target if without is None else without


def song_parts(stems: Collection[str]) -> tuple[str, ...]:
    """The stems of a track that add up to its song. An accompaniment beside the stems it is made of is none of them."""
    made_of = [stem for stem in stems if stem not in (COMPOUND, VOCALS)]
    return tuple(stem for stem in stems if stem != COMPOUND or len(made_of) < 2)


def is_unclear(stems: Collection[str]) -> bool:
    """Whether it cannot be told what an accompaniment consists of: it may hold the one other stem, or go with it."""
    return COMPOUND in stems and len(set(stems) - {COMPOUND, VOCALS}) == 1


def parts_of(stems: Collection[str], config: TrainConfig) -> tuple[str, ...]:
    """`song_parts`, or all stems in the layouts that name their target."""
    return tuple(stems) if config.named_target is not None else song_parts(stems)


def is_known(target: str, parts: Collection[str], config: TrainConfig) -> bool:
    """Whether parts of a mixture tell a target: what an accompaniment consists of is not known."""
    return config.named_target is not None or COMPOUND not in parts or VOCALS in (target, left_out(target))


def known_targets(parts: Collection[str], config: TrainConfig) -> tuple[str, ...]:
    """Those of a run's targets that parts of a mixture tell."""
    return tuple(target for target in config.targets if is_known(target, parts, config))


def truth(target: str, parts: Mapping[str, FloatArray], config: TrainConfig) -> FloatArray | None:
    """A target's true sound [C, T] in a mixture of parts [C, T]; None where it is silent. It must be known."""
    if config.named_target is not None or (target in parts and target != COMPOUND):
        return parts.get(target)
    return sum_without(left_out(target), parts)


def sum_without(stem: str | None, parts: Mapping[str, FloatArray]) -> FloatArray | None:
    """The sum of all parts but one; None where there is no other, or where none is to be left out."""
    waves = [wave for name, wave in parts.items() if name != stem]
    return np.sum(waves, axis=0, dtype=np.float32) if waves and stem is not None else None
