"""What stems are called in the window."""

from __future__ import annotations

from umx_gui.words import mark, tr

_TARGETS = {
    "mixture": mark("Mixture"),
    "vocals": mark("Vocals"),
    "drums": mark("Drums"),
    "bass": mark("Bass"),
    "other": mark("Other"),
    "speech": mark("Speech"),
    "noise": mark("Noise"),
    "residual": mark("Residual"),
    "accompaniment": mark("Accompaniment"),
    "no drums": mark("No drums"),
    "difference": mark("Difference"),
}


def target_name(target: str) -> str:
    """A target as a heading, in the user's language where it is a usual one: Vocals."""
    return tr(_TARGETS.get(target) or target[:1].upper() + target[1:].replace("_", " "))
