"""The user's settings: a typed dataclass; the file holds only what differs from the defaults.

A file that cannot be read as settings is moved aside (never deleted) and the defaults are used; a single value that
cannot be used is replaced by its default after a copy of the file was kept. Nothing here keeps the window closed.
"""

from __future__ import annotations

import json
import logging
import math
import os
import shutil
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from umx_gui.engine.storage.files import write_whole
from umx_gui.errors import UmxError
from umx_gui.messages import Message
from umx_gui.words import tr

VERSION = 1
RENAMES: dict[str, str] = {}
"""Names of older versions and what they are called now."""

if TYPE_CHECKING:
    from umx_gui.engine.export.exporter import ExportOptions

MAX_RECENT = 10
_MAX_BYTES = 1 << 20
_log = logging.getLogger(__name__)


def _choice(*values: str) -> Any:
    return field(default=values[0], metadata={"values": values})


def _number(default: Any, lowest: float, highest: float) -> Any:
    return field(default=default, metadata={"range": (lowest, highest)})


@dataclass
class Settings:
    """Everything that is remembered from one start to the next."""

    model: str = ""  # "": the registry's default
    device: str = _choice("auto", "cpu", "cuda", "mps")
    auto_separate: bool = True
    niter: int = _number(1, 0, 10)
    residual: bool = False
    softmask: bool = False
    filter_window: int = _number(300, 0, 100_000)  # frames; 0: the whole song
    recent_files: list[str] = field(default_factory=list)
    open_folder: str = ""
    export_folder: str = ""
    export_format: str = _choice("wav", "flac", "ogg", "mp3", "m4a", "stem.mp4")
    export_bit_depth: str = _choice("24", "16", "32f")
    export_exact_sum: bool = True
    export_receipt: bool = True
    export_bitrate: int = _number(0, 0, 512)  # kbit/s of lossy formats; 0: the format's usual one
    export_template: str = "{target}"
    export_project: str = _choice("", "reaper", "audacity")
    export_groups: list[str] = field(default_factory=list)  # "name=stem,stem"
    queue_folder: str = ""
    theme: str = _choice("system", "dark", "light")
    language: str = _choice("system", "en", "de")
    lane_view: str = _choice("waveform", "spectrogram", "both")
    spectrum_axis: str = _choice("log", "mel", "linear")
    spectrum_window: str = _choice("2048", "256", "512", "1024", "4096", "8192")  # samples
    spectrum_overlap: str = _choice("2", "4", "8")  # windows that a sample lies in
    spectrum_low_db: float = _number(-96.0, -120.0, -30.0)
    spectrum_high_db: float = _number(0.0, -60.0, 0.0)
    spectrum_colors: str = _choice("lane", "fire", "sea", "grey")
    ruler: str = _choice("time", "bars")
    volume_db: float = _number(0.0, -60.0, 12.0)
    sound_device: str = ""  # "": the system's default
    match_loudness: bool = True
    window_geometry: str = ""  # base64
    window_state: str = ""  # base64
    demo_shown: bool = False
    training_runs: list[str] = field(default_factory=list)  # their folders, the latest first
    training_data: str = ""  # the dataset of the last run started here

    def remember_file(self, path: Path) -> None:
        """Put a file on top of the recent ones, and look for the next one where it is."""
        name, self.open_folder = str(path.absolute()), str(path.absolute().parent)
        self.recent_files = [name, *(f for f in self.recent_files if f != name)][:MAX_RECENT]

    def remember_export(self, folder: Path, options: ExportOptions) -> None:
        """Offer the same the next time."""
        self.export_folder, self.export_format = str(folder), options.format
        self.export_bit_depth, self.export_exact_sum = str(options.bit_depth), options.exact_sum
        self.export_template, self.export_project = options.template, options.project
        if not options.encoding.lossless:
            self.export_bitrate = options.bitrate_kbps or 0

    def save(self, folder: Path | None = None) -> None:
        """Write what differs from the defaults, whole or not at all. A folder that cannot be written is logged only."""
        folder = folder or config_dir()
        mine, defaults = asdict(self), asdict(Settings())
        changed = {name: value for name, value in mine.items() if value != defaults[name]}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / "settings.json", json.dumps({"version": VERSION, **changed}, indent=1).encode())
        except (OSError, UmxError) as e:
            _log.warning("settings not saved: %s", e)


def config_dir() -> Path:
    """Where the settings are kept (`UMX_CONFIG_DIR` overrides it)."""
    override = os.environ.get("UMX_CONFIG_DIR")
    return Path(override) if override else platformdirs.user_config_path("umx-gui")


def load_settings(folder: Path | None = None) -> tuple[Settings, Message | None]:
    """The saved settings, or as much of them as can be used, and what the user should know about it."""
    path = (folder or config_dir()) / "settings.json"
    settings = Settings()
    try:
        if not path.exists():
            return settings, None
        data = _read(path)
    except (OSError, ValueError, RecursionError) as e:
        _log.warning("settings cannot be read: %s", e)
        return settings, _told(_aside(path, keep=False))
    bad = _apply(settings, data)
    if not bad:
        return settings, None
    _log.warning("settings with values that cannot be used: %s", ", ".join(bad))
    return settings, _told(_aside(path, keep=True))


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file() or path.stat().st_size > _MAX_BYTES:
        raise ValueError("not a small file")
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise ValueError("not an object")
    return {RENAMES.get(str(name), str(name)): value for name, value in data.items()}


def _apply(settings: Settings, data: dict[str, Any]) -> list[str]:
    """Set the values that can be used; the names of the others. Unknown names are left alone."""
    bad: list[str] = []
    for f in fields(settings):
        if f.name not in data:
            continue
        value, default = data[f.name], getattr(settings, f.name)
        if isinstance(default, float) and type(value) is int and abs(value) < 1 << 53:
            value = float(value)
        if _fits(value, default, f.metadata):
            setattr(settings, f.name, value[:MAX_RECENT] if isinstance(value, list) else value)
        else:
            bad.append(f.name)
    return bad


def _fits(value: object, default: object, metadata: Any) -> bool:
    if type(value) is not type(default):
        return False
    if isinstance(value, list):
        return all(isinstance(v, str) and _is_text(v) for v in value)
    if isinstance(value, str):
        return _is_text(value) and value in metadata.get("values", (value,))
    if isinstance(value, (int, float)) and "range" in metadata:
        lowest, highest = metadata["range"]
        return math.isfinite(value) and lowest <= value <= highest
    return True


def _is_text(text: str) -> bool:
    """Whether it can be a file's name; JSON can hold strings that no system call takes."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def _aside(path: Path, keep: bool) -> Path | None:
    """Move a file that cannot be used to a free name beside it, or copy it there where it can be used in part."""
    for number in range(1, 1000):
        other = path.with_name(f"{path.name}.bad-{number}")
        if other.exists() or other.is_symlink():
            continue
        try:
            if keep:
                shutil.copyfile(path, other)
            else:
                path.rename(other)
        except OSError as e:
            _log.warning("settings cannot be moved aside: %s", e)
            return None
        return other
    return None


def _told(kept_as: Path | None) -> Message:
    kept = tr("the file is kept as “{name}”", name=kept_as.name) if kept_as is not None else tr("the file is damaged")
    return Message(tr("Some settings could not be read"), kept, tr("The defaults are used instead"))
