"""What a track folder of the training data holds beside its sounds: `track.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

TARGETS = ("vocals", "drums", "bass", "other")


@dataclass(frozen=True)
class TrackNote:
    """The facts the training needs about a track.

    aligned: its files belong together and have equal length. complete: the four stems (a missing one is silent)
    sum to the whole song. max_hz: where the sound ends if its source was band-limited. sources: credits.
    """

    aligned: bool
    kind: str
    complete: bool
    max_hz: int | None
    sources: tuple[str, ...]


def write_note(track: Path, note: TrackNote) -> None:
    """Writes `track.json` last, so that a folder without it is an unfinished one."""
    track.mkdir(parents=True, exist_ok=True)
    (track / "track.json").write_text(json.dumps(asdict(note), indent=1) + "\n", encoding="utf-8")
