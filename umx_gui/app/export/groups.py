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
        name, _, listed = line.partition("=")
        members = tuple(part for part in listed.split(",") if part)
        try:
            check_target(name)
            group_rows(targets, name, members)
        except UmxError:
            continue
        if name not in targets:
            found[name] = members
    return tuple((name, tuple(targets[row] for row in group_rows(targets, name, m))) for name, m in found.items())


def line_of(group: Group) -> str:
    """A group as a line of the settings."""
    return f"{group[0]}={','.join(group[1])}"
