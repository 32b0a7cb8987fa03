"""How a dataset lies on the disk, in the trainer's words, and what can be told of that at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from umx_gui.errors import OptionError
from umx_gui.words import tr

FIELDS: dict[str, tuple[str, ...]] = {
    "folder": (),
    "musdb": ("is_wav",),
    "aligned": ("input_file", "output_file"),
    "sourcefolder": ("target_dir", "interferer_dirs", "ext", "nb_train_samples", "nb_valid_samples"),
    "trackfolder_var": ("target_file", "ext", "random_interferer_mix", "silence_missing"),
    "trackfolder_fix": ("target_file", "interferer_files", "random_track_mix"),
}
"""What each of the trainer's `--dataset` is told besides its folder."""
CHOOSES_TARGETS = ("folder", "musdb")
"""The others name their one target by a file or folder."""
_MIXING = ("nb_train_samples", "random_interferer_mix", "random_track_mix")  # of no matter to a check
_IN_TRACKS = ("input_file", "output_file", "target_file", "interferer_files")
_IN_SPLITS = ("target_dir", "interferer_dirs")


@dataclass(frozen=True, slots=True)
class Layout:
    """`kind` is one of FIELDS, which says what of the rest counts."""

    kind: str = "folder"
    is_wav: bool = False
    input_file: str = ""
    output_file: str = ""
    target_dir: str = ""
    interferer_dirs: tuple[str, ...] = ()
    target_file: str = ""
    interferer_files: tuple[str, ...] = ()
    ext: str = ".wav"
    nb_train_samples: int = 1000
    nb_valid_samples: int = 100
    random_interferer_mix: bool = False
    random_track_mix: bool = False
    silence_missing: bool = False

    @property
    def chooses_targets(self) -> bool:
        """Whether a run is told its targets."""
        return self.kind in CHOOSES_TARGETS

    def options(self, mixing: bool = True) -> list[str]:
        """The trainer's options; without `mixing`, only those that say where files are."""
        out = [] if self.kind == "folder" else ["--dataset", self.kind]
        for name in FIELDS[self.kind]:
            value = getattr(self, name)
            if value is False or (name in _MIXING and not mixing):
                continue
            out.append(f"--{name.replace('_', '-')}")
            if value is not True:
                out += value if isinstance(value, tuple) else [str(value)]
        return out

    def check(self, root: Path) -> None:
        """Look for what the trainer would refuse, as far as that is quick. Raises OptionError."""
        splits = ("train",) if self.kind == "musdb" else ("train", "valid")
        if not root.is_absolute() or not all((root / name).is_dir() for name in splits):
            said = (
                tr("it needs the folder train") if self.kind == "musdb" else tr("it needs the folders train and valid")
            )
            raise OptionError(tr("Dataset folder"), said)
        for name in FIELDS[self.kind]:
            value = getattr(self, name)
            if isinstance(value, bool | int):
                continue
            for part in value if isinstance(value, tuple) else (value,):
                _check_name(part)
            if not value:
                raise OptionError(tr("Dataset folder"), tr("the names within it are not all given"))
        self._look(root / "train")

    def _look(self, train: Path) -> None:
        """Whether the files and folders of these names are there at all."""
        for name in FIELDS[self.kind]:
            value = getattr(self, name)
            for part in value if isinstance(value, tuple) else (value,):
                if name in _IN_SPLITS and not (train / part).is_dir():
                    raise OptionError(tr("Dataset folder"), tr("train has no folder “{name}”", name=part))
                if name in _IN_TRACKS and not next(train.glob(f"*/{part}"), None):
                    raise OptionError(tr("Dataset folder"), tr("no folder in train holds “{name}”", name=part))


def names_in(text: str) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(name for part in text.split(",") if (name := part.strip()))


def _check_name(name: str) -> None:
    if name.startswith("-") or Path(name).is_absolute() or ".." in Path(name).parts or "\0" in name:
        raise OptionError(tr("Dataset folder"), tr("“{name}” is no name within it", name=name))
