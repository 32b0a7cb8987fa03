"""The `.stem.mp4` format of DJ programs: the mixture and four stems as tracks of one file.

The first track is the mixture and plays by default; JSON in the box moov/udta/stem names and colours the four others.
After Native Instruments' published description of the format; stempeg reads these files. Tracks are AAC, so the stems
sum to the mixture as nearly as AAC keeps them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.exact_sum import IntArray
from umx_gui.engine.export.colors import STEM_COLORS
from umx_gui.engine.export.mp4_boxes import add_to_file, box, find, read_moov
from umx_gui.engine.export.writers import AacWriter, Encoding
from umx_gui.engine.storage.file_set import typed_errors
from umx_gui.errors import OptionError
from umx_gui.words import said

N_STEMS = 4
# The order of the MUSDB18 corpus, which readers of the format expect for these four.
_USUAL_ORDER = ("drums", "bass", "other", "vocals")
_MASTERING: dict[str, dict[str, float | bool]] = {
    "compressor": {
        "enabled": False,
        "input_gain": 0,
        "output_gain": 0,
        "threshold": 0,
        "dry_wet": 50,
        "attack": 0.003,
        "release": 0.3,
        "ratio": 1,
        "hp_cutoff": 20,
    },
    "limiter": {"enabled": False, "release": 0.05, "threshold": 0, "ceiling": -0.35},
}


def stem_order(targets: tuple[str, ...]) -> tuple[str, ...]:
    """The order of the stems in the file. Raises OptionError unless there are four."""
    if len(targets) != N_STEMS:
        raise OptionError("format", said("a .stem.mp4 file holds exactly four stems, not {n}", n=len(targets)))
    return _USUAL_ORDER if set(targets) == set(_USUAL_ORDER) else targets


def stem_metadata(targets: tuple[str, ...]) -> dict[str, Any]:
    """The contents of the `stem` box: names and colours of the stems, and a mastering chain that does nothing."""
    further = iter([c for c in STEM_COLORS.values() if c not in {STEM_COLORS.get(t) for t in targets}])
    stems = [{"name": t.capitalize(), "color": STEM_COLORS.get(t) or next(further)} for t in targets]
    return {"version": 1, "mastering_dsp": _MASTERING, "stems": stems}


def read_stem_metadata(path: Path) -> dict[str, Any] | None:
    """The contents of a file's `stem` box; None where it has none. Raises OSError and ValueError."""
    with path.open("rb") as file:
        _, moov = read_moov(file)
    found = find(moov, (b"moov", b"udta", b"stem"))
    if found is None:
        return None
    content: dict[str, Any] = json.loads(moov[found.body : found.stop])
    return content


class StemMp4Writer:
    """A `.stem.mp4` file being written: `write` takes the mixture and the stems together."""

    def __init__(
        self,
        path: Path,
        encoding: Encoding,
        sample_rate: int,
        targets: tuple[str, ...],
        tags: Mapping[str, str],
    ) -> None:
        self._path, self._targets = path, targets
        titles = ("Mixture", *(target.capitalize() for target in targets))
        self._tracks = AacWriter(path, "mp4", encoding.bit_rate(sample_rate, 2), sample_rate, 2, tags, titles)

    @property
    def checksums(self) -> list[int | None]:
        """None for the only file: AAC gives back what is near."""
        return [None]

    def write(self, mixture: FloatArray, stems: FloatArray | IntArray) -> None:
        """Append mixture [C, t] and float stems [4, C, t] in the order of the targets; mono goes to both channels."""
        tracks = np.clip(np.concatenate([mixture[None], stems.astype(np.float32, copy=False)]), -1.0, 1.0)
        if tracks.shape[1] == 1:
            tracks = np.repeat(tracks, 2, axis=1)
        self._tracks.write_tracks(tracks)

    def close(self, complete: bool = True) -> None:
        """Finish the tracks and, if they are complete, add what makes them stems. Raises as `Writer.close` does."""
        self._tracks.close()
        if not complete:
            return
        names = box(b"stem", json.dumps(stem_metadata(self._targets)).encode())
        with typed_errors(self._path.parent):
            add_to_file(self._path, [((b"moov", b"udta"), names)])
