"""What a run, a check or an evaluation is told of its data: the layout of the dataset, with the reference's names."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from umx_gui.errors import OptionError

DATASETS = ("folder", "musdb", "aligned", "sourcefolder", "trackfolder_var", "trackfolder_fix")
MIXINGS = ("auto", "reference", "varied")
# These name their one target by a file or folder.
NAMED = ("aligned", "sourcefolder", "trackfolder_var", "trackfolder_fix")
_NEEDED = {
    "aligned": ("input_file", "output_file"),
    "sourcefolder": ("target_dir", "interferer_dirs"),
    "trackfolder_var": ("target_file",),
    "trackfolder_fix": ("target_file", "interferer_files"),
}
_HELP = {
    "dataset": "how the data lie: docs/training-data.md shows each layout",
    "is_wav": "musdb: MUSDB18-HQ, folders of WAV files instead of .stem.mp4 files",
    "input_file": "aligned: the mixture's file in each track folder; may hold * and ?",
    "output_file": "aligned: the target's file in each track folder; may hold * and ?",
    "interferer_dirs": "sourcefolder: the folders whose sounds are mixed with the target's",
    "target_dir": "sourcefolder: the folder of the target's sounds, and its name",
    "ext": "sourcefolder, trackfolder_var: how the files' names end",
    "nb_train_samples": "sourcefolder: items in an epoch",
    "nb_valid_samples": "sourcefolder: items in a validation",
    "target_file": "trackfolder_*: the target's file in each track folder",
    "interferer_files": "trackfolder_fix: the files that are mixed with it",
    "random_track_mix": "trackfolder_fix: take each file from a track drawn at random",
    "random_interferer_mix": "trackfolder_var: take the other files from a track drawn at random",
    "silence_missing": "trackfolder_var: a track without the target's file has a silent target",
    "mixing": "how items are put together: as the reference does, or varied as --dataset folder does",
    "remix_share": "share of items whose stems come from songs that fit in key and tempo, where these are known",
    "cache": "folder for decoded sound, for formats that cannot be read from the middle exactly (mp3, m4a, ...)",
    "cache_gb": "the most it may hold, in GB",
    "skip_bad": "leave out tracks that cannot be used, instead of stopping",
}
_CHOICES = {"dataset": DATASETS, "mixing": MIXINGS}
LAYOUT_FIELDS = (
    "dataset", "is_wav", "input_file", "output_file", "interferer_dirs", "target_dir", "ext", "nb_train_samples",
    "nb_valid_samples", "target_file", "interferer_files", "silence_missing", "cache", "cache_gb",
)  # fmt: skip
# Options of the folder layouts that decide what an evaluation scores, and the same where songs are mixed of sounds.
LAYOUT_SCORED = ("input_file", "output_file", "target_file", "interferer_files", "ext", "silence_missing")
MIXED = ("target_dir", "interferer_dirs", "ext", "nb_valid_samples")


@dataclass(frozen=True, kw_only=True)
class DataOptions:
    """The layout of a dataset and how items are made of it. `docs/training-data.md` shows the layouts."""

    dataset: str = "folder"
    is_wav: bool = False
    input_file: str = ""
    output_file: str = ""
    interferer_dirs: tuple[str, ...] = ()
    target_dir: str = ""
    ext: str = ".wav"
    nb_train_samples: int = 1000
    nb_valid_samples: int = 100
    target_file: str = ""
    interferer_files: tuple[str, ...] = ()
    random_track_mix: bool = False
    random_interferer_mix: bool = False
    silence_missing: bool = False
    mixing: str = "auto"
    remix_share: float = 0.0
    cache: str = ""
    cache_gb: float = 20.0
    skip_bad: bool = False

    def check_data(self) -> None:
        """Raises OptionError for options that are missing, unknown or do not go together."""
        for name, known in _CHOICES.items():
            if getattr(self, name) not in known:
                raise OptionError(_option(name), f"one of {', '.join(known)}")
        for name in _NEEDED.get(self.dataset, ()):
            if not getattr(self, name):
                raise OptionError(_option(name), f"the dataset {self.dataset} needs it")
        self._check_names()
        if self.mixing == "varied" and self.dataset in NAMED:
            raise OptionError("--mixing", f"the dataset {self.dataset} is mixed as the reference does")
        if not 0 <= self.remix_share <= 1:
            raise OptionError("--remix-share", "it must lie between 0 and 1")
        if self.nb_train_samples < 1 or self.nb_valid_samples < 1:
            raise OptionError("--nb-train-samples", "samples to train and to validate on: at least 1 each")
        if not self.cache_gb > 0:
            raise OptionError("--cache-gb", "it must be more than 0")
        if not self.ext:
            raise OptionError("--ext", "it is how the files' names end, such as .wav")

    def _check_names(self) -> None:
        for name in ("input_file", "output_file", "target_file", "target_dir", "interferer_files", "interferer_dirs"):
            value = getattr(self, name)
            for path in (value,) if isinstance(value, str) else value:
                if Path(path).is_absolute() or ".." in Path(path).parts:
                    raise OptionError(_option(name), "it is a name within the dataset's folders")

    @property
    def named_target(self) -> str | None:
        """The target that the layout names; None where targets are chosen."""
        if self.dataset == "sourcefolder":
            return self.target_dir
        file = self.output_file if self.dataset == "aligned" else self.target_file
        return Path(file).stem.strip("*?") or "target" if self.dataset in NAMED else None

    @property
    def as_reference(self) -> bool:
        """Whether items are put together as the reference does."""
        return self.mixing == "reference" or (self.mixing == "auto" and self.dataset != "folder")


DATA_FIELDS = tuple(field.name for field in fields(DataOptions))


def add_data_options(parser: argparse._ActionsContainer, names: Iterable[str] = DATA_FIELDS) -> None:
    """Declare the options; those that are not given are absent from what is parsed, where the parser says so."""
    defaults = {field.name: field.default for field in fields(DataOptions)}
    for name in names:
        default, note = defaults[name], _HELP[name]
        if isinstance(default, bool):
            parser.add_argument(_option(name), action="store_true", help=note)
            continue
        if default not in ("", ()):
            note = f"{note} (default {default})"
        several: dict[str, Any] = {"nargs": "+", "metavar": "NAME"} if isinstance(default, tuple) else {}
        kind: type = str if isinstance(default, tuple) else type(default)
        if parser.argument_default is None:
            several["default"] = default
        if not several and name not in _CHOICES:
            several["metavar"] = {int: "N", float: "X"}.get(kind, "NAME")
        parser.add_argument(_option(name), type=kind, choices=_CHOICES.get(name), help=note, **several)


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """Options as a run takes them: the target that the layout names, and no augmentations where none are usual.

    Raises OptionError where targets are named that the layout does not have.
    """
    out = {
        name: tuple(value) if name in DATA_FIELDS and isinstance(value, list) else value
        for name, value in given.items()
    }
    if out.get("dataset", "folder") not in NAMED:
        return out
    options = data_options(out)
    target = str(options.named_target)
    if tuple(out.setdefault("targets", (target,))) != (target,):
        raise OptionError("--targets", f"with these options the target is {target}, and there is no other")
    out.setdefault("source_augmentations", ())
    return out


def data_options(given: dict[str, Any]) -> DataOptions:
    """The data's part of parsed options, checked. Raises OptionError."""
    values: dict[str, Any] = {name: given[name] for name in DATA_FIELDS if name in given}
    values.update({name: tuple(value) for name, value in values.items() if isinstance(value, list)})
    options = DataOptions(**values)
    options.check_data()
    return options


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
