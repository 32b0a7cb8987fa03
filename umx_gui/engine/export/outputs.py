"""Which files are written of a song's stems, and which stems each is the sum of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.naming import check_target, printable
from umx_gui.errors import OptionError
from umx_gui.words import said

ALL = "*"
"""In a group: every stem. With a name behind a minus sign, that one is left out: ("*", "-drums")."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is written, by name, each the sum of some stems (by number); one without any is something else."""

    names: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]

    def mix(self, block: FloatArray) -> FloatArray:
        """The separator's stems [J, C, t] as those written [J', C, t]."""
        return np.stack([block[list(rows)].sum(axis=0, dtype=np.float32) for rows in self.members])

    def whole(self, n_stems: int) -> bool:
        """Whether each of the separator's stems is in exactly one of those written, so that they sum alike."""
        return sorted(row for rows in self.members for row in rows) == list(range(n_stems))

    def cover(self, n_stems: int) -> tuple[int, ...]:
        """The numbers of outputs that hold each of the stems once, the smallest first; () where there are none."""
        chosen: list[int] = []
        taken: set[int] = set()
        for k in sorted(range(len(self.members)), key=lambda k: len(self.members[k])):
            rows = set(self.members[k])
            if rows and not rows & taken:
                chosen.append(k)
                taken |= rows
        return tuple(sorted(chosen)) if len(taken) == n_stems else ()


def all_stems(names: Sequence[str]) -> Outputs:
    """Each stem as itself."""
    return Outputs(tuple(names), tuple((row,) for row in range(len(names))))


def choose_outputs(
    stems: Sequence[str],
    wanted: Sequence[str],
    aggregate: Mapping[str, Sequence[str]],
    residual: str | None,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> Outputs:
    """What is written of the separator's `stems`.

    `aggregate` gives sums by name. With `wanted`, those are written (stems or sums), and the residual that was asked
    for; without, all sums if there are any, else all stems. `groups` are sums that are written besides. Raises
    OptionError for a name that is none of either.
    """
    groups = groups or {}
    sums = {
        check_target(name, option): group_rows(stems, name, members, option)
        for option, given in (("aggregate", aggregate), ("group", groups))
        for name, members in given.items()
    }
    if wanted:
        names = [*dict.fromkeys(wanted), *([residual] if residual and residual not in wanted else [])]
    else:
        names = list(aggregate) or list(stems)
    names += [name for name in groups if name not in names]
    members = tuple(sums[name] if name in sums else (_row(stems, name, "targets"),) for name in names)
    return Outputs(tuple(check_target(name) for name in names), members)


def group_rows(stems: Sequence[str], name: str, members: Sequence[str], option: str = "group") -> tuple[int, ...]:
    """The numbers of the stems that a group is the sum of. Raises OptionError."""
    rows: list[int] = []
    for member in members:
        if member == ALL:
            rows += range(len(stems))
        elif member.startswith("-"):
            left_out = _row(stems, member[1:], option)
            rows = [row for row in rows if row != left_out]
        else:
            rows.append(_row(stems, member, option))
    if not rows or len(set(rows)) < len(rows):
        raise OptionError(option, said("“{name}” must name one or more stems, each once", name=printable(name)))
    return tuple(rows)


def _row(stems: Sequence[str], name: str, option: str) -> int:
    if name not in stems:
        raise OptionError(
            option, said("there is no “{name}” among {known}", name=printable(name), known=", ".join(stems))
        )
    return list(stems).index(name)
