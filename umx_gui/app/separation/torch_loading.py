"""Loading PyTorch beside a living window."""

from __future__ import annotations

import ctypes
import importlib.util
import logging
import os
import sys
from pathlib import Path

_log = logging.getLogger(__name__)


def load_torch() -> None:
    """Import torch in a worker's thread without stopping the others.

    `import` loads libraries with the interpreter locked: for torch's gigabytes the window stood still for 0.8 s on a
    busy machine. A foreign call to `dlopen` lets go of the lock, and what is loaded already is imported at once.
    """
    if "torch" not in sys.modules and os.name == "posix":
        spec = importlib.util.find_spec("torch")
        if spec is not None and spec.origin is not None:
            for library in sorted((Path(spec.origin).parent / "lib").glob("libtorch_python.*")):
                _load_library(library)
    import torch

    _log.info("torch %s", torch.__version__)


def _load_library(path: Path) -> None:
    """Load a library, or leave it to the import, which says what is wrong with it."""
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.restype, dlopen.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    if not dlopen(os.fsencode(path), os.RTLD_NOW):
        _log.info("%s is not loaded ahead", path.name)
