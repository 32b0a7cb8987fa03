"""What umx-gui stands on: every package that runs in it, with the version that is installed here and its licence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from umx_gui.engine.resource import resource

_NAME = r"(?:\[(?P<linked>[^\]]+)\]\([^)]*\)|(?P<plain>[\w.-]+))"
_ROW = re.compile(rf"^\| *{_NAME} *\|[^|]*\| *(?P<licence>[^|]*?) *\|$")
_RUN = "## To run"


@dataclass(frozen=True, slots=True)
class Package:
    """A package, its version here ("": it is not installed), and its licence."""

    name: str
    version: str
    licence: str


def packages() -> tuple[Package, ...]:
    """The packages of the bundled list that run with the window; none where an installation left the list out."""
    try:
        text = (resource("credits") / "third-party.md").read_text(encoding="utf-8")
    except OSError:
        return ()
    _, _, rest = text.partition(_RUN)
    table, _, _ = rest.partition("\n## ")
    rows = (row for line in table.splitlines() if (row := _ROW.match(line)) and row["licence"].strip("- ") != "licence")
    return tuple(
        Package(name, _installed(name), row["licence"])
        for row in rows
        if (name := row["linked"] or row["plain"]) and set(name) != {"-"}
    )


def credits_text() -> str:
    """A line for each package that is installed here: name, version, licence."""
    return "\n".join(f"{p.name} {p.version}: {p.licence}" for p in packages() if p.version)


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
