"""Which stems are written, and what each is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.naming import check_target, printable
from umx_gui.errors import OptionError


@dataclass(frozen=True, slots=True)
class Outputs:
    """The stems written, by name, each the sum of some of the separator's stems (by number)."""

    names: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]

    def mix(self, block: FloatArray) -> FloatArray:
        """The separator's stems [J, C, t] as those written [J', C, t]."""
        return np.stack([block[list(rows)].sum(axis=0, dtype=np.float32) for rows in self.members])

    def whole(self, n_stems: int) -> bool:
        """Whether each of the separator's stems is in exactly one of those written, so that they sum alike."""
        return sorted(row for rows in self.members for row in rows) == list(range(n_stems))


def choose_outputs(
    stems: Sequence[str], wanted: Sequence[str], aggregate: Mapping[str, Sequence[str]], residual: str | None
) -> Outputs:
    """What is written of the separator's `stems`.

    `aggregate` gives sums by name. With `wanted`, those are written (stems or sums), and the residual that was asked
    for; without, all sums if there are any, else all stems. Raises OptionError for a name that is none of either.
    """
    sums = {
        check_target(name, "aggregate"): tuple(_row(stems, m, "aggregate") for m in aggregate[name])
        for name in aggregate
    }
    for name, rows in sums.items():
        if not rows or len(set(rows)) < len(rows):
            raise OptionError("aggregate", f"“{name}” must name one or more stems, each once")
    if wanted:
        names = [*dict.fromkeys(wanted), *([residual] if residual and residual not in wanted else [])]
    else:
        names = list(sums) or list(stems)
    members = tuple(sums[name] if name in sums else (_row(stems, name, "targets"),) for name in names)
    return Outputs(tuple(check_target(name) for name in names), members)


def _row(stems: Sequence[str], name: str, option: str) -> int:
    if name not in stems:
        raise OptionError(option, f"there is no “{printable(name)}” among {', '.join(stems)}")
    return list(stems).index(name)
