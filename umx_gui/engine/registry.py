"""Which models there are: bundled with the application, trained or imported by the user, or any folder by its path."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from umx_gui.engine.resource import resource
from umx_gui.errors import ModelInvalidError, ModelNotFoundError, OptionError, OutputExistsError

BUNDLED_DEFAULT = "umx-free"
_TARGET_ORDER = ("vocals", "drums", "bass", "other", "speech", "noise")


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One installed model; `origin` is bundled, trained, imported or folder; `size_bytes` counts all of its files."""

    name: str
    path: Path
    targets: tuple[str, ...]
    sample_rate: int
    origin: str
    licence: str
    size_bytes: int
    card: Path | None


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
        """The model used when none is named: the bundled one. Raises ModelNotFoundError where nothing is installed."""
        names = self.names()
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
        if (folder := Path(name_or_folder)).is_dir():
            return folder.resolve()
        raise ModelNotFoundError(str(name_or_folder), self.names())

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
        name = name or folder.resolve().name
        if Path(name).name != name or name.startswith("."):
            raise OptionError("name", "a model's name is one plain word, without slashes")
        target = self.user_folder / name
        if target.exists():
            raise OutputExistsError(target)
        self.user_folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".adding-", dir=self.user_folder) as temp:
            copy = Path(temp) / name
            copy.mkdir()
            for item in sorted(folder.iterdir()):
                if item.is_file() and item.suffix in (".json", ".safetensors", ".pth", ".md"):
                    shutil.copyfile(item, copy / item.name)
            (copy / ".origin").write_text(origin, encoding="utf-8")
            copy.replace(target)
        return self.entry(name)

    def remove(self, name: str) -> None:
        """Delete a model of the user's. Raises ModelNotFoundError, and OptionError for a bundled one."""
        entry = self.entry(name)
        if entry.path.parent != self.user_folder.resolve() and entry.path.parent != self.user_folder:
            raise OptionError("remove", f"“{name}” comes with the application or lies outside its models folder")
        shutil.rmtree(entry.path)

    def _folders(self) -> Iterable[tuple[Path, str]]:
        try:
            bundled = resource("models")
        except FileNotFoundError:
            bundled = None
        for root, origin in ((bundled, "bundled"), (self.user_folder, "imported")):
            if root is None or not root.is_dir():
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


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _read_entry(folder: Path, origin: str) -> ModelEntry | None:
    try:
        spec = json.loads((folder / "separator.json").read_text(encoding="utf-8"))
        rate = int(spec["sample_rate"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    files = [p for p in folder.iterdir() if p.is_file()]
    weights = {p.stem for p in files if p.suffix == ".safetensors"} | {
        p.stem.split("-")[0] for p in files if p.suffix == ".pth"
    }
    targets = [p.stem for p in files if p.suffix == ".json" and p.stem in weights]
    marker, card = folder / ".origin", folder / "CARD.md"
    if origin != "bundled" and marker.is_file():
        origin = marker.read_text(encoding="utf-8").strip()[:20] or origin
    return ModelEntry(
        name=folder.name,
        path=folder,
        targets=tuple(order_targets(targets)),
        sample_rate=rate,
        origin=origin,
        licence=str(spec.get("licence", "not stated")),
        size_bytes=sum(p.stat().st_size for p in files),
        card=card if card.is_file() else None,
    )
