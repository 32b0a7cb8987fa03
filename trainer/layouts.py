"""Where the files of a dataset lie: our own track folders, MUSDB18, and the reference's four folder layouts.

folder            SPLIT/TRACK/STEM.wav, any stems, any format; SPLIT/TRACK.stem.mp4 as well
musdb             train/TRACK.stem.mp4, or with is_wav train/TRACK/STEM.wav; the reference's validation songs
aligned           SPLIT/TRACK/INPUT_FILE and SPLIT/TRACK/OUTPUT_FILE
sourcefolder      SPLIT/TARGET_DIR/*EXT and SPLIT/INTERFERER_DIR/*EXT
trackfolder_var   SPLIT/TRACK/*EXT, one of them TARGET_FILE
trackfolder_fix   SPLIT/TRACK/TARGET_FILE and SPLIT/TRACK/INTERFERER_FILE...
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from trainer.data_options import DataOptions
from trainer.sounds import SUFFIXES
from umx_gui.engine.export.stem_mp4 import read_stem_metadata
from umx_gui.engine.naming import printable
from umx_gui.engine.runs import dataset_words as words
from umx_gui.errors import DatasetError

# A sum of several targets: of use for the vocals network alone, since what the others should find in it is unknown.
COMPOUND = "accompaniment"
MIXTURE = "mixture"
_NOT_STEMS = (MIXTURE, "linear_mixture")
STEM_FILE = ".stem.mp4"
# The order of MUSDB18's streams, of which the first is the song.
MUSDB_STEMS: tuple[str, ...] = ("drums", "bass", "other", "vocals")
VALIDATION_SONGS = frozenset(
    {
        "Actions - One Minute Smile", "Clara Berry And Wooldog - Waltz For My Victims",
        "Johnny Lokke - Promises & Lies", "Patrick Talbot - A Reason To Leave", "Triviul - Angelsaint",
        "Alexander Ross - Goodbye Bolero", "Fergessen - Nos Palpitants", "Leaf - Summerghost",
        "Skelpolu - Human Mistakes", "Young Griffo - Pennies", "ANiMAL - Rockshow", "James May - On The Line",
        "Meaxic - Take A Step", "Traffic Experiment - Sirens",
    }
)  # fmt: skip
"""The songs of MUSDB18's training set that the reference keeps for validation."""
_log = logging.getLogger("trainer.data")


@dataclass(frozen=True)
class Candidate:
    """A track as its names tell, before its files are opened.

    files: (stem, path, stream). mixture: which of them is the song itself. aligned, complete: as of `Track`; None where
    the lengths decide. noted: whether a track.json may tell more. fault: why it cannot be used, if that is clear now.
    """

    name: str
    folder: Path
    files: tuple[tuple[str, Path, int], ...]
    mixture: str | None = None
    aligned: bool | None = None
    complete: bool | None = None
    noted: bool = False
    fault: DatasetError | None = None

    @property
    def paths(self) -> list[Path]:
        """Its files."""
        return list(dict.fromkeys(path for _, path, _ in self.files))


def candidates(options: DataOptions, root: Path, split: str) -> list[Candidate]:
    """The tracks of a split (train, valid, test), by name. Raises DatasetError where there is none."""
    if options.dataset == "musdb":
        return _musdb(root, split, options.is_wav)
    folder = root / split
    if not folder.is_dir():
        raise DatasetError(folder, words.NO_FOLDER)
    if options.dataset == "sourcefolder":
        return _sources(folder, options)
    if options.dataset == "folder":
        return folder_candidates(folder)
    find = {"aligned": _aligned, "trackfolder_var": _variable, "trackfolder_fix": _fixed}[options.dataset]
    found = [candidate for path in _folders(folder) if (candidate := find(path, options)) is not None]
    if not found:
        told = {
            "aligned": words.none_holds((options.input_file, options.output_file)),
            "trackfolder_var": words.none_holds((options.target_file,), options.ext),
            "trackfolder_fix": words.none_holds((options.target_file, *options.interferer_files)),
        }[options.dataset]
        raise DatasetError(folder, told)
    return found


def folder_candidates(folder: Path, with_mixture: bool = False) -> list[Candidate]:
    """The tracks of our own layout: folders with a file per stem, and stem files. Raises DatasetError."""
    if not folder.is_dir():
        raise DatasetError(folder, words.NO_FOLDER)
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.name.lower().endswith(STEM_FILE) and path.is_file():
            found.append(stem_file(path))
        elif path.is_dir() and (candidate := _folder(path, with_mixture)) is not None:
            found.append(candidate)
    if not found:
        raise DatasetError(folder, words.NO_TRACKS)
    return found


def _folder(path: Path, with_mixture: bool) -> Candidate | None:
    files: dict[str, Path] = {}
    fault = None
    for file in _sounds(path):
        if file.stem in _NOT_STEMS and not (with_mixture and file.stem == MIXTURE):
            continue
        if file.stem in files:
            fault = DatasetError(path, words.twice(printable(file.stem)))
        files.setdefault(file.stem, file)
    if not set(files) - {MIXTURE}:
        return None
    mixture = MIXTURE if MIXTURE in files else None
    return Candidate(path.name, path, tuple((s, p, 0) for s, p in files.items()), mixture, noted=True, fault=fault)


def stem_file(path: Path) -> Candidate:
    """A .stem.mp4 file: its first stream is the song, its own list names the others."""
    names = MUSDB_STEMS
    try:
        told = (read_stem_metadata(path) or {}).get("stems", [])
        own = tuple(str(stem["name"]).strip().lower() for stem in told)
        if len(set(own)) == len(MUSDB_STEMS) and all(own):
            names = own
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # MUSDB18's own files are read by the order of their streams, whatever the list says of itself.
        names = MUSDB_STEMS
    files = tuple((name, path, stream) for stream, name in enumerate((MIXTURE, *names)))
    return Candidate(path.name[: -len(STEM_FILE)], path.parent, files, MIXTURE, True, True)


def _musdb(root: Path, split: str, is_wav: bool) -> list[Candidate]:
    folder = root / ("test" if split == "test" else "train")
    if not folder.is_dir():
        raise DatasetError(root, words.no_musdb_folder(folder.name))
    if is_wav:
        found = [_musdb_waves(path) for path in _folders(folder)]
    else:
        paths = sorted(path for path in folder.iterdir() if path.name.endswith(STEM_FILE))
        # MUSDB18's streams have one order, and its lists of names are not to be relied on.
        found = [
            Candidate(
                path.name[: -len(STEM_FILE)], folder,
                tuple((stem, path, k) for k, stem in enumerate((MIXTURE, *MUSDB_STEMS))), MIXTURE, True, True,
            )
            for path in paths if not path.name.startswith(".")
        ]  # fmt: skip
    if not found:
        raise DatasetError(folder, words.NO_WAVE_SONGS if is_wav else words.NO_STEM_SONGS)
    if split != "test":
        found = [song for song in found if (song.name in VALIDATION_SONGS) == (split == "valid")]
    if not found:
        raise DatasetError(folder, words.NONE_TO_VALIDATE if split == "valid" else words.NONE_TO_TRAIN)
    return found


def _musdb_waves(path: Path) -> Candidate:
    files = {stem: path / f"{stem}.wav" for stem in (MIXTURE, *MUSDB_STEMS)}
    missing = [stem for stem, file in files.items() if not file.is_file()]
    fault = DatasetError(path, words.without(missing[0])) if missing else None
    there = tuple((stem, file, 0) for stem, file in files.items() if file.is_file())
    return Candidate(path.name, path, there, MIXTURE, True, True, fault=fault)


def _aligned(path: Path, options: DataOptions) -> Candidate | None:
    patterns = (options.input_file, options.output_file)
    pair = [sorted(found for found in path.glob(pattern) if found.is_file()) for pattern in patterns]
    if not all(pair):
        return None
    files = ((MIXTURE, pair[0][0], 0), (str(options.named_target), pair[1][0], 0))
    return Candidate(path.name, path, files, MIXTURE, True, True)


def _fixed(path: Path, options: DataOptions) -> Candidate | None:
    names = (options.target_file, *options.interferer_files)
    if missing := [name for name in names if not (path / name).is_file()]:
        _log.info("%s is left out: it has no %s.", path.name, missing[0])
        return None
    files = tuple((str(Path(name).with_suffix("")), path / name, 0) for name in names)
    return Candidate(path.name, path, ((str(options.named_target), path / names[0], 0), *files[1:]), None, True, True)


def _variable(path: Path, options: DataOptions) -> Candidate | None:
    target = path / options.target_file
    if not target.is_file() and not options.silence_missing:
        return None
    rest = [p for p in sorted(path.glob("*" + options.ext)) if p.is_file() and not p.name.startswith(".")]
    # A mixture among the sources would be heard twice: the reference asks its users to see to that.
    rest = [p for p in rest if p != target and p.stem not in _NOT_STEMS]
    files = [(f"({p.stem})" if p.stem == options.named_target else p.stem, p, 0) for p in rest]
    if target.is_file():
        files.insert(0, (str(options.named_target), target, 0))
    if not files:
        _log.info("%s is left out: it is empty.", path.name)
        return None
    return Candidate(path.name, path, tuple(files), None, True, True)


def _sources(folder: Path, options: DataOptions) -> list[Candidate]:
    found = []
    for name in (*options.interferer_dirs, options.target_dir):
        paths = [p for p in sorted((folder / name).glob("*" + options.ext)) if p.is_file() and p.name[0] != "."]
        if not paths:
            raise DatasetError(folder / name, words.none_ends_in(options.ext))
        found += [Candidate(f"{name}/{p.name}", p.parent, ((name, p, 0),), None, False, False) for p in paths]
    return found


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _sounds(path: Path) -> list[Path]:
    """The sound files of a folder by name; hidden ones, as other systems leave them, are none."""
    files = sorted(path.iterdir())
    return [f for f in files if f.suffix.lower() in SUFFIXES and not f.name.startswith(".") and f.is_file()]
