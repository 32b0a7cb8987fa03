"""The groups a user may export: two that everybody wants, and those that were made; as lines of the settings."""

from __future__ import annotations

from collections.abc import Sequence

from umx_gui.app.export.what import Group
from umx_gui.engine.export.outputs import group_rows
from umx_gui.engine.naming import check_target
from umx_gui.errors import UmxError


def groups_for(targets: Sequence[str], lines: Sequence[str]) -> tuple[Group, ...]:
    """The groups that can be made of these stems; lines that are none, or of other stems, are left out."""
    found: dict[str, tuple[str, ...]] = {}
    if "vocals" in targets and len(targets) > 2:
        found["accompaniment"] = ("*", "-vocals")
    if "drums" in targets and len(targets) > 2:
        found["no drums"] = ("*", "-drums")
    for line in lines:
        name, members = group_of(line)
        try:
            check_target(name)
            group_rows(targets, name, members)
        except UmxError:
            continue
        if name not in targets:
            found[name] = members
    return tuple((name, tuple(targets[row] for row in group_rows(targets, name, m))) for name, m in found.items())


def group_of(line: str) -> Group:
    """A group of a line of the settings, as it was written."""
    name, _, listed = line.partition("=")
    return name, tuple(part for part in listed.split(",") if part)


def keep_groups(targets: Sequence[str], groups: Sequence[Group], lines: Sequence[str]) -> list[str]:
    """Lines of the settings that remember these groups of these stems before those that were there; ten at most."""
    usual = dict(groups_for(targets, ()))
    made = [line_of(group) for group in groups if group[0] not in usual]
    return [*made, *(line for line in lines if line not in made)][:10]


def line_of(group: Group) -> str:
    """A group as a line of the settings."""
    return f"{group[0]}={','.join(group[1])}"
