"""`umx-gui doctor`: what is installed, what is missing, and how to get it."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable
from importlib import metadata, util
from pathlib import Path

import platformdirs

from umx_gui import __version__, syscheck
from umx_gui.commands.console import Console, path_text
from umx_gui.commands.doors import DONE, FAILED
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.storage.file_set import existing_parent, free_space
from umx_gui.engine.storage.scratch import scratch_folder
from umx_gui.errors import UmxError
from umx_gui.messages import describe

# Module, distribution, whether separating files needs it.
_PARTS = (
    ("numpy", "numpy", True),
    ("scipy", "scipy", True),
    ("torch", "torch", True),
    ("safetensors", "safetensors", True),
    ("soundfile", "soundfile", True),
    ("av", "av", True),
    ("soxr", "soxr", True),
    ("norbert", "norbert", False),
    ("sounddevice", "sounddevice", False),
    ("PySide6", "PySide6-Essentials", False),
    ("pyqtgraph", "pyqtgraph", False),
    ("torchaudio", "torchaudio", False),
    ("musdb", "musdb", False),
)


class _Report:
    """Lines with a mark each; `ready` is false once something is missing that separating files needs."""

    def __init__(self, console: Console) -> None:
        self._console, self.ready = console, True

    def good(self, what: str, text: str) -> None:
        """Something that is there."""
        self._line("ok", what, text)

    def lacking(self, what: str, text: str, remedy: str, needed: bool = False) -> None:
        """Something that is not, and how to get it."""
        self._line("MISSING" if needed else "absent", what, f"{text}. {remedy}" if remedy else text)
        self.ready = self.ready and not needed

    def _line(self, mark: str, what: str, text: str) -> None:
        self._console.say(f"{mark:8}{what:14}{text}")
        self._console.event("check", what=what, state=mark, text=text)


def examine(console: Console) -> int:
    """Look at everything; the exit code is 1 if files cannot be separated here."""
    report = _Report(console)
    report.good("umx-gui", f"{__version__}, Python {platform.python_version()}, {platform.platform()}")
    for module, distribution, needed in _PARTS:
        _part(report, module, distribution, needed)
    for look in (_torch, _decoders, _models, _window, _sound, _folders):
        look(report)
    console.say("Files can be separated here." if report.ready else "Files cannot be separated here yet.")
    return DONE if report.ready else FAILED


def _part(report: _Report, module: str, distribution: str, needed: bool) -> None:
    if util.find_spec(module) is None:
        purpose = "separating" if needed else "window, sound or training"
        report.lacking(module, f"not installed ({purpose})", f"Install it: pip install {distribution}", needed)
        return
    try:
        report.good(module, metadata.version(distribution))
    except metadata.PackageNotFoundError:
        report.good(module, "installed, of an unknown version")


def _torch(report: _Report) -> None:
    try:
        import torch

        from umx_gui.engine.separation.devices import available_devices
    except (ImportError, OSError) as e:
        report.lacking("torch", f"cannot be loaded ({_first_line(e)})", "Install it anew: pip install torch", True)
        return
    devices = ", ".join(available_devices())
    report.good("devices", f"{devices}; threads: {torch.get_num_threads()}, processors: {os.cpu_count()}")


def _decoders(report: _Report) -> None:
    """Really read a file: the decoder is a process of its own, and that may be what fails."""
    try:
        import numpy as np
        import soundfile

        from umx_gui.engine.decoding.decode import read_audio

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "test.flac"
            soundfile.write(path, np.zeros(800, np.float32), 8000)
            n_samples = read_audio(path).n_samples
    except (ImportError, OSError, UmxError) as e:
        report.lacking("decoding", f"does not work ({_first_line(e)})", "Install the program anew", True)
        return
    if n_samples != 800:
        report.lacking("decoding", f"of 800 samples, it gave {n_samples}", "Install the program anew", True)
        return
    report.good("decoding", f"works; libsndfile {soundfile.__libsndfile_version__}")


def _models(report: _Report) -> None:
    registry = ModelRegistry()
    for entry in registry.entries():
        report.good("model", f"{entry.name} ({entry.origin}): {' '.join(entry.targets)}")
    try:
        report.good("default model", registry.default_name())
    except UmxError:
        report.lacking("model", "none is installed", "Get one: umx-gui models download umxhq", True)


def _window(report: _Report) -> None:
    try:
        syscheck.require_window()
    except UmxError as e:
        message = describe(e)
        report.lacking("window", f"{message.title}: {message.reason}", message.action)
        return
    if util.find_spec("PySide6") is not None:
        report.good("window", "its libraries and a display are here")


def _sound(report: _Report) -> None:
    if lacking := syscheck.missing_for_sound():
        names = ", ".join(library.soname for library in lacking)
        line = syscheck.apt_line(library.package for library in lacking)
        report.lacking("sound", f"{names} is missing", f"Install it: {line}" if line else "")
        return
    try:
        from umx_gui.playback.devices import devices

        found = [device.name for device in devices()]
    except (ImportError, OSError, UmxError) as e:
        report.lacking("sound", _first_line(e), "Separation and export still work")
        return
    if found:
        report.good("sound", ", ".join(found))
    else:
        report.lacking("sound", "no output device was found", "Separation and export still work")


def _folders(report: _Report) -> None:
    places: tuple[tuple[str, Callable[[], Path]], ...] = (
        ("models", lambda: ModelRegistry().user_folder),
        ("settings", lambda: platformdirs.user_config_path("umx-gui")),
        ("log", lambda: platformdirs.user_log_path("umx-gui")),
        ("scratch files", scratch_folder),
    )
    for what, where in places:
        folder = where()
        if os.access(existing_parent(folder), os.W_OK | os.X_OK):
            report.good(what, f"{path_text(folder)} ({free_space(folder) / 1e9:.0f} GB free)")
        else:
            report.lacking(what, f"{path_text(folder)} cannot be written", "Change its permissions")
    report.good("program", path_text(Path(sys.executable)))


def _first_line(error: BaseException) -> str:
    return describe(error).title if isinstance(error, UmxError) else (str(error).splitlines() or ["unknown"])[0]
