"""The proof that a folder is a model: it is loaded. Apart from `staging`, on which what loads models stands."""

from __future__ import annotations

from pathlib import Path

from umx_gui.errors import ModelInvalidError


def prove(folder: Path, called: Path) -> None:
    """Load a model folder as a proof that it is one. Raises ModelInvalidError about `called`, what the user knows."""
    # PyTorch takes a second to load, and not everything that handles models needs it.
    from umx_gui.engine.models.model import load_model

    try:
        load_model(folder)
    except ModelInvalidError as e:
        inside = f"{e.path.name}: " if e.path.parent == folder else ""
        raise ModelInvalidError(called, inside + e.detail) from e
