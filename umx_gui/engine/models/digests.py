"""The SHA-256 digests of a model's files: recorded when it is installed, compared before every load."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from umx_gui.engine.storage.files import read_small
from umx_gui.errors import ModelInvalidError
from umx_gui.words import said

MAX_FILE_BYTES = 1 << 30
"""The largest file that a model may have."""
RECORD = ".sha256.json"
"""The file in a model's folder that holds {name: digest} of the other ones."""


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def digests_of(folder: Path) -> dict[str, str]:
    """The digests of all files of a model folder but hidden ones, by name."""
    files = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    return {path.name: sha256_of(path) for path in files}


def record_digests(folder: Path) -> dict[str, str]:
    """Write down the digests of a model folder's files as they are now; returns them. The caller syncs the folder."""
    digests = digests_of(folder)
    (folder / RECORD).write_text(json.dumps(digests, indent=1), encoding="utf-8")
    return digests


def recorded_digests(folder: Path) -> dict[str, str] | None:
    """What was recorded when the model was installed; None for a folder where nothing was.

    Raises ModelInvalidError where the record is damaged, and where a model from the network has lost its record.
    """
    try:
        recorded = json.loads(read_small(folder / RECORD))
    except FileNotFoundError:
        if origin_in(folder) == "published":
            raise ModelInvalidError(folder, "the record of its files is missing") from None
        return None
    except (OSError, ValueError, RecursionError) as e:
        raise ModelInvalidError(folder, "the record of its files cannot be read") from e
    if not isinstance(recorded, dict):
        raise ModelInvalidError(folder, "the record of its files cannot be read")
    return {str(name): str(digest) for name, digest in recorded.items()}


def read_recorded(path: Path, recorded: Mapping[str, str] | None) -> bytes:
    """The contents of a model's file, compared with its digest on the way. Raises OSError and ModelInvalidError."""
    data = path.read_bytes()
    if recorded is not None:
        compare(path, hashlib.sha256(data).hexdigest(), recorded)
    return data


def compare(path: Path, digest: str, recorded: Mapping[str, str]) -> None:
    """Raise ModelInvalidError where a file is not the one that was recorded."""
    if recorded.get(path.name) != digest:
        raise ModelInvalidError(
            path.parent,
            said("{name} is not the file that was downloaded", name=path.name)
            if origin_in(path.parent) == "published"
            else said("{name} is not the file that was imported", name=path.name),
        )


def origin_in(folder: Path) -> str:
    """Where a model of the user's came from: published, trained, or (also where nothing says it) imported."""
    try:
        origin = read_small(folder / ".origin").decode().strip()
    except (OSError, ValueError):
        return "imported"
    return origin if origin in ("published", "trained") else "imported"
