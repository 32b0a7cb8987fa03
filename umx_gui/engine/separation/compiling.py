"""Compiles the loops of filter and LSTM once on each machine, out of everybody's way; until then all does without them.

numba takes some seconds for it and holds Python's lock meanwhile, so a process of its own does it, at low priority, and
leaves the result in a folder of the user's cache. Whoever finds it there loads it in a thread, in half a second. Where
numba is missing, refuses its work or is too new, that process fails, and all goes on with whole arrays and the LSTM of
torch.

UMX_COMPILED=off does without; UMX_COMPILED=wait waits for the loops, so that results are equal to the last bit from the
first song on.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import platformdirs

from umx_gui.engine.separation import wiener_kernels
from umx_gui.engine.separation.inference import lstm_half, lstm_kernels

_MODULES = (wiener_kernels, lstm_kernels, lstm_half)
_ROOT = Path(__file__).resolve().parents[3]
# At low priority, on a machine at work, the few seconds may take minutes.
_LIMIT_S = 600.0
_lock = threading.Lock()
_thread: threading.Thread | None = None
_loops: dict[str, Any] | None = None
_loading = False


def loops(patient: bool = False) -> dict[str, Any] | None:
    """The compiled functions of the modules that are to be compiled, by name, or None as long as there are none.

    What is compiled already is waited for; a compiler only by the patient.
    """
    if _thread is not None and (patient or _loading):
        _thread.join()
    return _loops


def are_there() -> bool:
    """Whether there are compiled loops at this moment."""
    return _loops is not None


def begin() -> None:
    """See to it that there will be compiled loops, once in a process, without waiting (but see UMX_COMPILED)."""
    global _thread
    mode = os.environ.get("UMX_COMPILED", "")
    if mode == "off":
        return
    with _lock:
        if _thread is None:
            _thread = threading.Thread(target=_prepare, name="umx-compile", daemon=True)
            _thread.start()
    if mode == "wait":
        _thread.join()


def folder() -> Path:
    """Where what was compiled is kept: numba's own folder, where the user chose one."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    return Path(chosen) if chosen else platformdirs.user_cache_path("umx-gui") / "compiled"


def _prepare() -> None:
    global _loops, _loading
    mark = _mark()
    if mark is not None and _is_ours() and (mark.exists() or _compile_elsewhere()):
        _loading = True
        _loops = _load()


def _is_ours() -> bool:
    """Whether nobody else can write into the folder, which is made if need be: what numba finds there is run."""
    try:
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder().stat()
    except OSError:
        return False
    return sys.platform == "win32" or (found.st_uid == os.getuid() and not found.st_mode & 0o002)


def _mark() -> Path | None:
    """The file that says that these very loops were compiled by these very versions; None without numba."""
    parts = [Path(str(module.__file__)).read_bytes() for module in _MODULES]
    parts.append(sys.version.encode())
    try:
        parts += [metadata.version(name).encode() for name in ("numba", "llvmlite", "numpy")]
    except metadata.PackageNotFoundError:
        return None
    return folder() / f"umx-gui-{hashlib.sha256(b'|'.join(parts)).hexdigest()[:16]}.ok"


def _compile_elsewhere() -> bool:
    """Let another process compile and try the loops; True if it could."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_LIMIT_S,
            check=False,
            # Nothing is imported from where the user's files are.
            cwd=_ROOT,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _load() -> dict[str, Any]:
    import numba
    import numba.extending

    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder())
    try:
        return {name: function for module in _MODULES for name, function in module.compiled(numba).items()}
    finally:
        numba.config.CACHE_DIR = before


def main() -> None:
    """What the other process does: compile, try, and leave a mark. Anything that goes wrong ends it."""
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(10)
    mark = _mark()
    if mark is None or not _is_ours():
        sys.exit(1)
    functions = _load()
    for module in _MODULES:
        module.check(functions)
    mark.touch()


if __name__ == "__main__":
    main()
