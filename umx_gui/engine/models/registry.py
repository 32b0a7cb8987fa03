"""Which models there are: bundled, downloaded, trained or imported by the user, or any folder by its path."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from umx_gui.engine.models.digests import origin_in, record_digests
from umx_gui.engine.models.published import PUBLISHED
from umx_gui.engine.models.staging import importing
from umx_gui.engine.naming import TARGET_NAME, printable, safe_name
from umx_gui.engine.resource import resource
from umx_gui.engine.storage.file_set import typed_errors
from umx_gui.engine.storage.files import read_small, sync_file, sync_folder
from umx_gui.errors import ModelInvalidError, ModelNotFoundError, OptionError, OutputExistsError
from umx_gui.words import said

BUNDLED_DEFAULT = "umx-free"
MODEL_SUFFIXES = (".json", ".safetensors", ".pth", ".md")
_TARGET_ORDER = ("vocals", "drums", "bass", "other", "speech", "noise")
_WEIGHTS = re.compile(r"(?P<target>.+?)([-_][0-9a-f]{8})?\.pth|(?P<own>.+)\.safetensors")


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One installed model; `origin` is bundled, published, trained, imported or folder; `size_bytes` counts all files.

    `scores`: SDR in dB by target, where there are any; `scored_on`: of which songs, "" for MUSDB18's.
    """

    name: str
    path: Path
    targets: tuple[str, ...]
    sample_rate: int
    origin: str
    licence: str
    size_bytes: int
    card: Path | None
    scores: tuple[tuple[str, float], ...] = ()
    scored_on: str = ""


class ModelRegistry:
    """The bundled models and those in the user's folder (`UMX_MODELS_DIR` overrides where that is)."""

    def __init__(self, user_folder: Path | None = None) -> None:
        self.user_folder = user_folder or user_models_dir()

    def entries(self) -> list[ModelEntry]:
        """All installed models, the bundled ones first; a user's model of the same name hides a bundled one."""
        found: dict[str, ModelEntry] = {}
        for folder, origin in self._folders():
            entry = _read_entry(folder, origin)
            if entry is not None:
                found[entry.name] = entry
        return list(found.values())

    def names(self) -> tuple[str, ...]:
        """The names of all installed models."""
        return tuple(entry.name for entry in self.entries())

    def default_name(self) -> str:
        """The model used when none is named: `UMX_MODEL` if it is installed, else the bundled one, else any.

        Raises ModelNotFoundError where nothing is installed.
        """
        names = self.names()
        if (wanted := os.environ.get("UMX_MODEL")) in names and wanted is not None:
            return wanted
        if BUNDLED_DEFAULT in names:
            return BUNDLED_DEFAULT
        if not names:
            raise ModelNotFoundError(BUNDLED_DEFAULT)
        return names[0]

    def find(self, name_or_folder: str | Path) -> Path:
        """The folder of an installed model, or the folder itself. Raises ModelNotFoundError."""
        for entry in self.entries():
            if entry.name == str(name_or_folder):
                return entry.path
        if os.path.isdir(name_or_folder):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
            return Path(name_or_folder).resolve()
        raise ModelNotFoundError(str(name_or_folder), self.names(), str(name_or_folder) in PUBLISHED)

    def entry(self, name_or_folder: str | Path) -> ModelEntry:
        """The entry of an installed model or of a model folder. Raises ModelNotFoundError and ModelInvalidError."""
        for entry in self.entries():
            if entry.name == str(name_or_folder):
                return entry
        folder = self.find(name_or_folder)
        found = _read_entry(folder, "folder")
        if found is None:
            raise ModelInvalidError(folder, "it is not a model folder")
        return found

    def add(self, folder: Path, name: str | None = None, origin: str = "imported") -> ModelEntry:
        """Copy a model folder into the user's models. Raises OutputExistsError where the name is taken."""
        if _read_entry(folder, origin) is None:
            raise ModelInvalidError(folder, "it is not a model folder")
        name = self.free_name(name or folder.resolve().name)
        with importing(self.user_folder, name) as copy, typed_errors(self.user_folder):
            for item in sorted(folder.iterdir()):
                if item.is_file() and item.suffix in MODEL_SUFFIXES:
                    shutil.copyfile(item, copy / item.name)
            return self.install(copy, name, origin)

    def free_name(self, name: str) -> str:
        """The name itself, if a new model can have it. Raises OptionError and OutputExistsError."""
        if safe_name(name, otherwise="") != name:
            raise OptionError("name", "a model's name is a plain word, as a folder can be called on any system")
        if (target := self.user_folder / name).exists():
            raise OutputExistsError(target)
        return name

    def install(self, staged: Path, name: str, origin: str) -> ModelEntry:
        """Give a folder beside the user's models, which holds a model's files only, its name: whole or not at all.

        Records the digests of its files. Raises OutputExistsError, OutputNotWritableError and DiskFullError.
        """
        target = self.user_folder / self.free_name(name)
        with typed_errors(self.user_folder):
            (staged / ".origin").write_text(origin, encoding="utf-8")
            record_digests(staged)
            for item in staged.iterdir():
                sync_file(item)
            sync_folder(staged)
            staged.replace(target)
            sync_folder(self.user_folder)
        return self.entry(name)

    def remove(self, name: str) -> None:
        """Delete a model of the user's. Raises ModelNotFoundError, and OptionError for a bundled one."""
        entry = self.entry(name)
        if entry.path.parent != self.user_folder.resolve() and entry.path.parent != self.user_folder:
            raise OptionError(
                "remove", said("“{name}” comes with the application or lies outside its models folder", name=name)
            )
        # First out of sight: what is half removed is no model any more.
        with importing(self.user_folder, entry.path.name) as bin_, typed_errors(self.user_folder):
            entry.path.replace(bin_ / "removed")

    def _folders(self) -> Iterable[tuple[Path, str]]:
        try:
            bundled = resource("models")
        except FileNotFoundError:
            bundled = None
        for root, origin in ((bundled, "bundled"), (self.user_folder, "imported")):
            if root is None or not os.path.isdir(root):  # noqa: PTH112 - as above
                continue
            for folder in sorted(p for p in root.iterdir() if p.is_dir() and not p.name.startswith(".")):
                yield folder, origin


def user_models_dir() -> Path:
    """Where a user's models are kept."""
    override = os.environ.get("UMX_MODELS_DIR")
    return Path(override) if override else platformdirs.user_data_path("umx-gui") / "models"


def order_targets(names: Iterable[str]) -> list[str]:
    """Targets in the order in which they are shown: vocals, drums, bass, other, then the rest by name."""
    return sorted(names, key=lambda n: (_TARGET_ORDER.index(n) if n in _TARGET_ORDER else len(_TARGET_ORDER), n))


def _read_entry(folder: Path, origin: str) -> ModelEntry | None:
    try:
        spec = json.loads(read_small(folder / "separator.json"))
        rate = int(spec["sample_rate"])
        sizes = {p.name: p.stat().st_size for p in folder.iterdir() if p.is_file()}
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    with_weights = {_target_of(name) for name in sizes}
    targets = [name[: -len(".json")] for name in sizes if name.endswith(".json")]
    targets = order_targets(t for t in targets if t in with_weights and TARGET_NAME.fullmatch(t))
    return ModelEntry(
        name=folder.name,
        path=folder,
        targets=tuple(targets),
        sample_rate=rate,
        origin=origin_in(folder) if origin == "imported" else origin,
        licence=printable(str(spec.get("licence", "not stated")))[:200],
        size_bytes=sum(sizes.values()),
        card=folder / "CARD.md" if "CARD.md" in sizes else None,
        scores=_scores(spec.get("scores"), targets),
        scored_on=printable(str(spec.get("scored_on", "")))[:200],
    )


def _target_of(file: str) -> str:
    """The target whose weights a file holds by its name; "" for any other file."""
    found = _WEIGHTS.fullmatch(file)
    return (found["target"] or found["own"]) if found else ""


def _scores(found: object, targets: list[str]) -> tuple[tuple[str, float], ...]:
    if not isinstance(found, dict):
        return ()
    scores = {t: found.get(t) for t in targets}
    return tuple((t, float(v)) for t, v in scores.items() if isinstance(v, int | float) and abs(v) < 100)
