"""`umx-gui integrate`: a place in the desktop's menu, an icon, and "Open with" for songs and sessions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from umx_gui.commands.console import Console, path_text
from umx_gui.commands.doors import DONE
from umx_gui.engine.resource import resource
from umx_gui.engine.storage.file_set import typed_errors
from umx_gui.engine.storage.files import write_whole
from umx_gui.errors import NoDesktopFilesError

_FILES = {
    "applications/umx-gui.desktop": "desktop/umx-gui.desktop",
    "metainfo/umx-gui.metainfo.xml": "desktop/umx-gui.metainfo.xml",
    "mime/packages/umx-gui.xml": "desktop/umx-gui-mime.xml",
    "icons/hicolor/scalable/apps/umx-gui.svg": "icons/umx-gui.svg",
    "icons/hicolor/256x256/apps/umx-gui.png": "icons/umx-gui.png",
}
"""Where each file goes below the user's data folder, and where it comes from."""

_TOLD = (
    ("update-desktop-database", "applications"),
    ("update-mime-database", "mime"),
    ("gtk-update-icon-cache", "--ignore-theme-index", "--quiet", "icons/hicolor"),
)
"""Programs that tell desktops of it, where they are installed; without them it shows at the next login."""


def integrate(remove: bool, console: Console) -> int:
    """Install the desktop's files for this user, or take them away.

    Raises NoDesktopFilesError, OutputNotWritableError and DiskFullError.
    """
    if sys.platform in ("win32", "darwin"):
        raise NoDesktopFilesError(sys.platform)
    folder = data_home()
    for name, source in _FILES.items():
        path = folder / name
        if remove:
            with typed_errors(folder):
                path.unlink(missing_ok=True)
            continue
        content = resource(source).read_bytes()
        if path.suffix == ".desktop":
            content = content.replace(b"Exec=umx-gui-window ", b"Exec=" + exec_line().encode() + b" ")
        with typed_errors(folder):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
        console.say(path_text(path))
    _tell_desktops(folder)
    return DONE


def data_home() -> Path:
    """The user's data folder, as desktops look it up."""
    given = os.environ.get("XDG_DATA_HOME", "")
    return Path(given) if Path(given).is_absolute() else Path.home() / ".local" / "share"


def exec_line(program: Path | None = None) -> str:
    """How a desktop starts this very installation: the program's whole path, quoted as the standard wants it."""
    found = program or Path(sys.executable).with_name("umx-gui-window")
    if program is None and not found.exists():
        return f"{_quoted(sys.executable)} -m umx_gui"
    return _quoted(str(found))


def _quoted(text: str) -> str:
    """An argument of an Exec line: in quotes, with escapes in those, and escapes of the file format around them."""
    for character in '\\"`$':
        text = text.replace(character, f"\\{character}")
    return '"' + text.replace("\\", "\\\\").replace("%", "%%") + '"'


def _tell_desktops(folder: Path) -> None:
    for program, *arguments in _TOLD:
        place = folder / arguments[-1]
        if (found := shutil.which(program)) and place.is_dir():
            with suppress(OSError, subprocess.SubprocessError):
                subprocess.run([found, *arguments[:-1], str(place)], capture_output=True, timeout=30, check=False)
