"""What a report of a fault holds: versions, device, settings, the end of the log; and no names of one's files.

Paths are taken out of whatever is in it: they tell who one is and what one listens to. Where a fault happened in our
own program stays readable.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

from umx_gui.app.settings import Settings

_TAIL_LINES = 60
_TAIL_BYTES = 1 << 16
# Settings that name files or folders, or are of no use to anybody.
_PRIVATE = ("recent_files", "open_folder", "export_folder", "window_geometry", "window_state")
# From a root (of a disk, of a home) to where a name can end at the earliest: too much is taken rather than too little.
_PATH = re.compile(r"""(?:(?<![\w.])[A-Za-z]:[\\/]|\\\\|(?<![\w.])~?/|file:)[^:"'“”<>|\r\n]*""")
_OURS = re.compile(r"(?:umx_gui|trainer|site-packages|lib/python[\d.]+)[\\/][\w./\\ -]+\.py$")


def fault_report(facts: tuple[str, ...], settings: Settings, log: Path) -> str:
    """The text of a report: `facts` are lines of versions and devices; `log` is the log file, if there is one."""
    defaults = asdict(Settings())
    changed = {k: v for k, v in asdict(settings).items() if v != defaults[k] and k not in _PRIVATE}
    told = ", ".join(f"{name}={value!r}" for name, value in changed.items()) or "as they came"
    text = without_paths("\n".join([*facts, f"settings: {told}", "", *_tail(log)]).rstrip())
    # Odd characters may have hidden the end of a path.
    for name in sorted((Path(file).name for file in settings.recent_files), key=len, reverse=True):
        text = text.replace(name, "<song>") if len(name) > 3 else text
    return text


def without_paths(text: str) -> str:
    """A text with every path made `<path>`, but for those of program files, which lose their beginning."""
    return _PATH.sub(_shortened, text)


def _shortened(found: re.Match[str]) -> str:
    ours = _OURS.search(found[0])
    return ours[0] if ours is not None else "<path>"


def _tail(log: Path) -> list[str]:
    """The last lines of the log, those that this start wrote, as far as they are of reasonable number."""
    try:
        with log.open("rb") as file:
            file.seek(max(file.seek(0, 2) - _TAIL_BYTES, 0))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    return lines[-_TAIL_LINES:]
