"""The songs of MUSDB18 and MUSDB18-HQ, through the `musdb` package where the program ffmpeg is, which it needs.

Where it is not, our own decoder reads the same files.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainer.data_options import DataOptions
from trainer.layout_songs import layout_songs
from trainer.reference_songs import MIXTURE, References, ReferenceSong, aligned
from umx_gui.errors import DatasetError

SOURCES = ("vocals", "drums", "bass", "other")
# A song that ends so much earlier than it says is damaged; codecs round its length by less.
_MISSING_S = 0.2


@dataclass(frozen=True)
class MusdbSong:
    """One song of MUSDB; `track` is the `musdb.MultiTrack`, which reads its files only when asked."""

    name: str
    track: Any

    def load(self, pad: bool = False) -> References:
        """Decode mixture and stems. Raises DatasetError and ScoringError."""
        path = Path(self.track.path)
        if missing := [name for name in SOURCES if name not in self.track.sources]:
            raise DatasetError(path, f"it has no {missing[0]}")
        streams = {MIXTURE: self.track, **{name: self.track.sources[name] for name in SOURCES}}
        read = aligned({name: self._read(stream, path) for name, stream in streams.items()}, path, pad)
        mixture = read.pop(MIXTURE)
        rate = int(self.track.rate)
        if mixture.shape[1] < (self.track.duration - _MISSING_S) * rate:
            raise DatasetError(
                path, f"only {mixture.shape[1] / rate:.2f} of its {self.track.duration:.2f} s can be read"
            )
        return References(read, mixture, rate)

    def _read(self, stream: Any, path: Path) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Samples [C, T] of a stream, as `musdb` gives them, but in float32."""
        import ffmpeg

        try:
            audio = stream.audio
        except (ffmpeg.Error, OSError, ValueError, RuntimeError, Warning) as e:
            raise DatasetError(path, "ffmpeg cannot read it; get a fresh copy of the file") from e
        return np.ascontiguousarray(np.asarray(audio, np.float32).T)


def musdb_songs(root: Path, subset: str, is_wav: bool) -> Sequence[ReferenceSong]:
    """The songs of a subset (`test`, `train`), by name. Raises DatasetError."""
    if any(shutil.which(program) is None for program in ("ffmpeg", "ffprobe")):
        return layout_songs(DataOptions(dataset="musdb", is_wav=is_wav), root, subset)
    if not (root / subset).is_dir():
        raise DatasetError(root, f"it has no folder {subset}; MUSDB18 has the folders train and test")
    # Only now: importing it fails where ffmpeg is missing.
    import ffmpeg
    import musdb

    try:
        tracks = musdb.DB(root=str(root), subsets=[subset], is_wav=is_wav).tracks
    except (ffmpeg.Error, OSError, ValueError, RuntimeError, KeyError) as e:
        raise DatasetError(root / subset, "ffmpeg cannot read one of its songs; get a fresh copy of them") from e
    if not tracks:
        kind = "folders of WAV files" if is_wav else ".stem.mp4 files (with folders of WAV files, add --is-wav)"
        raise DatasetError(root / subset, f"it holds no {kind}")
    return [MusdbSong(track.name, track) for track in sorted(tracks, key=lambda track: str(track.name))]
