"""The stages of a song on its way from file to files."""

from __future__ import annotations

READING, SEPARATING, WRITING = "reading", "separating", "writing"
SHARES = {READING: (0.0, 0.05), SEPARATING: (0.05, 0.9), WRITING: (0.95, 0.05)}
"""Where each stage begins, and how much of a song's time it takes, for one bar that never runs backwards."""


def whole(stage: str, fraction: float) -> float:
    """How far a song is, in 0..1, when one of its stages is so far."""
    begin, share = SHARES[stage]
    return begin + share * fraction
