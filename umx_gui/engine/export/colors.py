"""The colours that stems have in files for other programs: those of the window, in its dark look."""

from __future__ import annotations

STEM_COLORS = {"vocals": "#F0A33C", "drums": "#56B4E9", "bass": "#2BB58A", "other": "#D585B5"}

_MIXTURE = "#B4BAC4"
_FURTHER = ("#C9B458", "#8FA3E8", "#E07B67", "#9CC56B")


def stem_color(name: str) -> str:
    """The colour of a stem (or "mixture") as #RRGGBB; unknown names get one of the same family."""
    if name == "mixture":
        return _MIXTURE
    return STEM_COLORS.get(name) or _FURTHER[sum(name.encode()) % len(_FURTHER)]
