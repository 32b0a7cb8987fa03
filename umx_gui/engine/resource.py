"""Where bundled files are: inside the installed package, or beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource(name: str) -> Path:
    """The path of a bundled resource such as `demo` or `models`. Raises FileNotFoundError where it is not."""
    for root in (_PACKAGE / "_resources", _PACKAGE.parent / "resources"):
        if (path := root / name).exists():
            return path
    raise FileNotFoundError(name)
