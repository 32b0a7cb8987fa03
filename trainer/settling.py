"""Files that are being written at this moment: known by being young, and by growing while one looks."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

FRESH_S = 10.0
_LOOK_S = 0.25


class Settling:
    """Tells which files are still changing. What it saw at rest once is not watched again until it changes."""

    def __init__(self) -> None:
        self._at_rest: set[tuple[Path, int, int]] = set()

    def growing(self, paths: Iterable[Path]) -> set[Path]:
        """Those of the files that were changed in the last seconds and changed again within a quarter of a second."""
        before = {path: state for path in paths if (state := _state(path)) and _age_s(state) < FRESH_S}
        watched = {path: state for path, state in before.items() if (path, *state) not in self._at_rest}
        if watched:
            time.sleep(_LOOK_S)
        moved = {path for path, state in watched.items() if _state(path) != state}
        self._at_rest |= {(path, *state) for path, state in watched.items() if path not in moved}
        return moved

    def fresh(self, paths: Iterable[Path]) -> bool:
        """Whether one of the files was changed in the last seconds."""
        return any((state := _state(path)) is not None and _age_s(state) < FRESH_S for path in paths)


def _state(path: Path) -> tuple[int, int] | None:
    """Size and time of change; None where there is no such file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _age_s(state: tuple[int, int]) -> float:
    return abs(time.time() - state[1] / 1e9)
