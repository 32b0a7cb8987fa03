"""Reference stems of an open song: found in what was dropped, read at the song's rate, cut to its length, laid out.

A folder of stems (that of a MUSDB track, say), the files themselves, or a `.stem.mp4` of MUSDB or a DJ program, whose
streams are the mixture and four stems: those its own list names, else MUSDB18's drums, bass, other and vocals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from umx_gui.engine.audio import Audio, FloatArray, Stems
from umx_gui.engine.decoding.decode import AudioFile
from umx_gui.engine.export.stem_mp4 import N_STEMS, read_stem_metadata
from umx_gui.engine.song_files import AUDIO_SUFFIXES
from umx_gui.engine.songs.reading import read_mixture
from umx_gui.engine.storage.scratch import Region, Scratch, release
from umx_gui.engine.summaries import Peaks
from umx_gui.engine.work import CancelToken, Progress

STEM_NAMES = ("vocals", "drums", "bass", "other", "accompaniment", "piano", "guitar", "residual")
_MUSDB_STREAMS = ("drums", "bass", "other", "vocals")
_SUFFIX = ".stem.mp4"
_MIXTURES = ("mixture", "mix")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """Where a reference is: a file, and which of its streams."""

    path: Path
    stream: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """References by target; `name` is what they are called by."""

    name: str
    sources: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Misfit:
    """What was done to references that did not fit: `kind` is "longer", "shorter" (by `amount` seconds), "rate" (of
    `amount` Hz) or "channels" (`amount` of them)."""

    kind: str
    amount: float


@dataclass(frozen=True, slots=True)
class References:
    """References [C, T] by target, as long as the song, and what was done to make them so."""

    name: str
    signals: Mapping[str, FloatArray]
    misfits: tuple[Misfit, ...]


@dataclass(frozen=True, eq=False)
class LaidOut:
    """References in the place and order of a song's stems, to be heard and drawn instead of them.

    stems [J, C, T] lie in `region` of the song's own scratch file; those without a reference, which are not among
    `names`, are silent. peaks: by name.
    """

    stems: Stems
    region: Region
    names: tuple[str, ...]
    peaks: Mapping[str, Peaks]

    def signals(self) -> dict[str, FloatArray]:
        """The references [C, T] by name."""
        return {name: self.stems[name] for name in self.names}


def find_references(paths: Sequence[Path], targets: Sequence[str] = ()) -> Found | None:
    """The reference stems in what was dropped; None where it is something else. `targets`: further names of stems.

    Folders are looked into, not opened; a single stem among other files is none.
    """
    if len(paths) == 1 and paths[0].name.casefold().endswith(_SUFFIX):
        path = paths[0]
        streams = _streams(path, {*STEM_NAMES, *targets})
        return Found(path.name[: -len(_SUFFIX)], {name: Source(path, at) for at, name in enumerate(streams, 1)})
    if len(paths) == 1 and paths[0].is_dir():
        files, name = sorted(paths[0].iterdir()), paths[0].name
    else:
        files, name = list(paths), paths[0].parent.name if paths else ""
    known = {*STEM_NAMES, *(target.casefold() for target in targets)}
    sounds = [path for path in files if path.suffix.casefold() in AUDIO_SUFFIXES and path.is_file()]
    stems = {path.stem.casefold(): Source(path) for path in sounds if path.stem.casefold() in known}
    others = [path for path in sounds if path.stem.casefold() not in (*stems, *_MIXTURES)]
    return Found(name, stems) if len(stems) > 1 and not others else None


def _streams(path: Path, known: set[str]) -> tuple[str, ...]:
    """What a stem file's streams are after the first. MUSDB18's own list cannot be relied on, and other programs call
    stems as they like: names that say nothing here, or not all, leave MUSDB18's order."""
    try:
        told = (read_stem_metadata(path) or {})["stems"]
        names = tuple(str(stem["name"]).strip().casefold() for stem in told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _MUSDB_STREAMS
    usable = len(names) == N_STEMS == len(set(names)) and all(names) and known & set(names)
    return names if usable else _MUSDB_STREAMS


def read_references(
    found: Found, n_channels: int, n_samples: int, sample_rate: int, scratch: Scratch, cancel: CancelToken
) -> Iterator[Progress | References]:
    """Read all references; the last thing yielded is `References`. Raises what `read_mixture` raises."""
    signals: dict[str, FloatArray] = {}
    misfits: dict[str, Misfit] = {}
    for at, (target, source) in enumerate(found.sources.items()):
        with AudioFile(source.path, stream=source.stream) as file:
            info = file.info
            if info.sample_rate != sample_rate:
                misfits.setdefault("rate", Misfit("rate", info.sample_rate))
            for step in read_mixture(file, scratch, 0.0, None, sample_rate, cancel):
                if isinstance(step, Progress):
                    yield Progress((at + step.fraction) / len(found.sources), "reading references")
                else:
                    read = step
        if read.n_channels != n_channels:
            misfits.setdefault("channels", Misfit("channels", read.n_channels))
        more = read.n_samples - n_samples
        if more:
            kind = "longer" if more > 0 else "shorter"
            misfits.setdefault(kind, Misfit(kind, abs(more) / sample_rate))
        signals[target] = _fitted(read, n_channels, n_samples)
    yield References(found.name, signals, tuple(misfits.values()))


def _fitted(read: Audio, n_channels: int, n_samples: int) -> FloatArray:
    """As many channels and samples as the song has; silence where the reference is shorter."""
    samples = read.samples[:, :n_samples]
    if len(samples) > n_channels:
        samples = samples.mean(axis=0, keepdims=True, dtype=np.float32)
    if len(samples) < n_channels:
        samples = np.repeat(samples, n_channels, axis=0)
    if samples.shape[1] < n_samples:
        samples = np.pad(samples, ((0, 0), (0, n_samples - samples.shape[1])))
    return samples


def paired(references: Mapping[str, FloatArray], stems: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """The reference of each stem, by the stem's name; stems that have none are left out.

    `accompaniment` and `residual` are what all references are that no other stem is paired with.
    """
    found = {name: references[name] for name in stems if name in references}
    rest = [signal for name, signal in references.items() if name not in stems and name != "accompaniment"]
    for name in ("accompaniment", "residual"):
        if name in stems and name not in found and rest:
            found[name] = np.sum(rest, axis=0, dtype=np.float32)
    return found


def lay_out(
    references: Mapping[str, FloatArray], stems: Stems, scratch: Scratch, cancel: CancelToken
) -> Iterator[Progress | LaidOut]:
    """Copy references [C, T] to where they can be heard in the place of these stems; the last thing yielded is
    `LaidOut`. Raises DiskFullError and Cancelled."""
    region, room = scratch.reserve(stems.samples.shape)
    samples = cast(FloatArray, room)
    peaks: dict[str, Peaks] = {}
    for target, reference in references.items():
        row = samples[stems.targets.index(target)]
        peaks[target] = Peaks(row)
        for start in range(0, row.shape[1], _PIECE):
            cancel.check()
            stop = min(start + _PIECE, row.shape[1])
            row[:, start:stop] = reference[:, start:stop]
            peaks[target].update(start, stop)
            yield Progress((len(peaks) - 1 + stop / row.shape[1]) / len(references), "reading references")
        release(room)
    yield LaidOut(Stems(stems.targets, samples, stems.sample_rate), region, tuple(references), peaks)
