"""The tracks of a dataset: which files, of which lengths, and what is known of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.config import TrainConfig
from trainer.decoded_cache import DecodedCache
from trainer.layouts import COMPOUND as COMPOUND
from trainer.layouts import Candidate, candidates, folder_candidates
from trainer.settling import Settling
from trainer.sounds import SoundReader, UnreadableFileError, cache_of, probe
from trainer.sums import is_unclear
from umx_gui.engine.audio import FloatArray
from umx_gui.engine.storage.files import read_small
from umx_gui.errors import DatasetError

_log = logging.getLogger("trainer.data")
_settling = Settling()
_told: set[tuple[Path, str]] = set()


@dataclass(frozen=True)
class Track:
    """One song: file and length in samples of each stem.

    aligned: its stems belong together. complete: they sum to the whole song, a missing one being silent.
    max_hz: where the sound ends, if its source was band-limited. streams: of which stream of its file a stem is, for
    those that are not the first. mixture: which of the files is the song itself, and no stem. bpm, key: where known.
    starts: at which sample of its file a stem begins, for those that begin later.
    """

    name: str
    folder: str
    files: tuple[tuple[str, str, int], ...]
    aligned: bool
    complete: bool
    real: bool
    max_hz: int | None
    streams: tuple[tuple[str, int], ...] = ()
    mixture: str | None = None
    bpm: float | None = None
    key: str | None = None
    starts: tuple[tuple[str, int], ...] = ()

    @property
    def stems(self) -> tuple[str, ...]:
        """The names of its stems."""
        return tuple(stem for stem, _, _ in self.files if stem != self.mixture)

    def path(self, stem: str) -> Path:
        """The file of a stem; KeyError where there is none."""
        for name, file, _ in self.files:
            if name == stem:
                return Path(self.folder) / file
        raise KeyError(stem)

    def length(self, stem: str | None = None) -> int:
        """The length in samples of a stem, or of the longest."""
        return max(n for name, _, n in self.files if stem in (None, name))

    @property
    def shortest(self) -> int:
        """The length in samples of its shortest file."""
        return min(n for _, _, n in self.files)

    def read(self, reader: SoundReader, stem: str, start: int, n_samples: int) -> FloatArray:
        """Samples [C, n_samples] of a stem, or of the mixture, from `start`. Raises DatasetError."""
        begin = start + dict(self.starts).get(stem, 0)
        return reader.read(self.path(stem), begin, n_samples, dict(self.streams).get(stem, 0))


def scan(folder: Path, sample_rate: int) -> tuple[Track, ...]:
    """All track folders inside `folder`, by name. Raises DatasetError, naming what is wrong where."""
    return tuple(_tracks(folder_candidates(folder), folder, sample_rate))


def tracks_of(config: TrainConfig, split: str) -> tuple[Track, ...]:
    """The tracks of a split (train, valid, test) in the layout of a run's dataset, by name. Raises DatasetError.

    Those that are still being written are left out, with a line in the log; so are, if `skip_bad`, those that cannot be
    used.
    """
    found = candidates(config, Path(config.root), split)
    most = None if "force_stereo" in config.source_augmentations else max(config.nb_channels, 2)
    where = Path(config.root)
    tracks = _tracks(found, where, config.sample_rate, most, cache_of(config), config.skip_bad)
    if not config.as_reference:
        return tuple(tracks)
    least = config.n_samples if split == "train" or config.dataset == "sourcefolder" else 0
    long_enough = tuple(track for track in tracks if track.shortest > least)
    if left := len(tracks) - len(long_enough):
        _log.info("%d of %d tracks in %s are no longer than an excerpt and are left out.", left, len(tracks), split)
    if not long_enough:
        raise DatasetError(where / split, f"no track is longer than the excerpts of {config.seq_dur:g} s")
    return long_enough


def _tracks(
    found: Sequence[Candidate],
    where: Path,
    sample_rate: int,
    most_channels: int | None = None,
    cache: DecodedCache | None = None,
    skip_bad: bool = False,
) -> list[Track]:
    tracks: list[Track] = []
    unsettled = _settling.growing([path for candidate in found for path in candidate.paths])
    n_writing = 0
    for candidate in found:
        try:
            if growing := [path for path in candidate.paths if path in unsettled]:
                raise UnreadableFileError(growing[0], "it grows")
            tracks.append(_track(candidate, sample_rate, most_channels, cache))
        except DatasetError as e:
            # What cannot be read yet may be whole in a minute; what is wrong otherwise will stay so.
            if isinstance(e, UnreadableFileError) and _settling.fresh([Path(e.path)]):
                n_writing += 1
                _log.warning(
                    "%s is still being written (%s); it is left out until the next epoch.", candidate.name, e.detail
                )
            elif skip_bad:
                # Once, not in every epoch.
                if (Path(e.path), e.detail) not in _told:
                    _told.add((Path(e.path), e.detail))
                    _log.warning("%s is left out: %s.", candidate.name, e.detail)
            else:
                raise
    if not tracks:
        why = "its tracks are still being written; start again when they are whole"
        raise DatasetError(where, why if n_writing else "none of its tracks can be used")
    return tracks


def _track(candidate: Candidate, sample_rate: int, most_channels: int | None, cache: DecodedCache | None) -> Track:
    files: list[tuple[str, str, int]] = []
    if candidate.fault is not None:
        raise candidate.fault
    for stem, path, stream in candidate.files:
        rate, channels, n_samples = probe(path, stream, cache)
        if rate != sample_rate:
            raise DatasetError(path, f"its rate is {rate} Hz, the run's is {sample_rate} Hz; convert it first")
        if n_samples < 1:
            raise UnreadableFileError(path, "it holds no samples")
        if most_channels is not None and channels > most_channels:
            raise DatasetError(path, f"it has {channels} channels; mix it down to {most_channels}, or use force_stereo")
        files.append((stem, str(path.relative_to(candidate.folder)), n_samples))
    note = read_note(candidate.folder) if candidate.noted else {}
    stems = {stem: n for stem, _, n in files if stem != candidate.mixture}
    same_length = len(set(stems.values())) == 1
    aligned = same_length if candidate.aligned is None else candidate.aligned
    whole = same_length and len(stems) > 1 and not is_unclear(stems)
    complete = whole if candidate.complete is None else candidate.complete
    return Track(
        name=candidate.name,
        folder=str(candidate.folder),
        files=tuple(files),
        aligned=bool(note.get("aligned", aligned)) and (same_length or bool(candidate.aligned)),
        complete=bool(note.get("complete", complete)),
        real=note.get("kind", "real") == "real",
        max_hz=_hz(note.get("max_hz")),
        streams=tuple((stem, stream) for stem, _, stream in candidate.files if stream),
        mixture=candidate.mixture,
        bpm=_bpm(note.get("bpm")),
        key=str(note["key"]) if note.get("key") else None,
    )


def _hz(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() and 0 < len(text) < 10 and int(text) else None


def _bpm(value: object) -> float | None:
    try:
        bpm = float(str(value))
    except ValueError:
        return None
    return bpm if 20 <= bpm <= 400 else None


def read_note(path: Path) -> dict[str, object]:
    """What track.json in a folder says of its track. Raises DatasetError."""
    file = path / "track.json"
    if not file.exists():
        return {}
    try:
        note = json.loads(read_small(file))
    except (OSError, ValueError, RecursionError) as e:
        raise DatasetError(file, "it is not readable JSON") from e
    if not isinstance(note, dict):
        raise DatasetError(file, "it is not a JSON object")
    return note


def items_per_epoch(tracks: Sequence[Track], config: TrainConfig) -> int:
    """How many items an epoch has, if --steps-per-epoch does not say: as in the reference for its layouts."""
    if config.dataset == "sourcefolder":
        return config.nb_train_samples
    if config.dataset in ("aligned", "trackfolder_var", "trackfolder_fix"):
        return len(tracks)
    return len(tracks) * config.samples_per_track


def stems_of(tracks: Iterable[Track]) -> set[str]:
    """The names of all stems there are."""
    return {stem for track in tracks for stem in track.stems}


def read(path: Path, start: int, n_samples: int, n_channels: int) -> FloatArray:
    """Samples [C, n_samples] float32 from `start`; beyond the end is silence. Raises DatasetError."""
    return SoundReader(n_channels).read(path, start, n_samples)
