"""`umx-gui models`: which models there are, and adding, removing and checking them."""

from __future__ import annotations

import json
from pathlib import Path

from umx_gui.commands.console import Console, path_text
from umx_gui.commands.doors import DONE, failed
from umx_gui.engine.digests import compare, digests_of, recorded_digests
from umx_gui.engine.naming import printable
from umx_gui.engine.registry import ModelEntry, ModelRegistry
from umx_gui.engine.work import CancelToken
from umx_gui.errors import ModelInvalidError, UmxError


def list_models(as_json: bool, console: Console) -> int:
    """Print the installed models, the default one marked."""
    registry = ModelRegistry()
    entries = registry.entries()
    if as_json:
        console.say(json.dumps([_as_json(entry) for entry in entries], indent=1))
        return DONE
    if not entries:
        console.say(f"No model is installed. Models are kept in {path_text(registry.user_folder)}")
        return DONE
    default = registry.default_name()
    rows = [("", "NAME", "ORIGIN", "TARGETS", "RATE", "SIZE", "LICENCE")]
    for e in entries:
        mark, size = "*" if e.name == default else "", f"{e.size_bytes / 1e6:.0f} MB"
        rows.append((mark, printable(e.name), e.origin, " ".join(e.targets), f"{e.sample_rate} Hz", size, e.licence))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        console.say("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    return DONE


def import_model(folder: Path, name: str | None, console: Console) -> int:
    """Copy a model folder to the user's models, once it has been loaded as a proof.

    Raises ModelNotFoundError, ModelInvalidError, OutputExistsError, OptionError.
    """
    from umx_gui.engine.model import load_model

    registry = ModelRegistry()
    if not folder.is_dir():
        raise ModelInvalidError(folder, "it is no folder")
    # The path, made absolute, cannot be taken for the name of an installed model.
    load_model(folder.absolute(), registry)
    entry = registry.add(folder.absolute(), name)
    console.say(f"{entry.name}: {' '.join(entry.targets)}, in {path_text(entry.path)}")
    return DONE


def remove_model(name: str, console: Console) -> int:
    """Delete a model of the user's. Raises ModelNotFoundError, and OptionError for one that is not the user's."""
    ModelRegistry().remove(name)
    console.say(f"{name}: removed")
    return DONE


def verify_models(names: list[str], console: Console, cancel: CancelToken) -> int:
    """Load each model (all of them if none is named) and compare its files with their digests; returns the exit code.

    Raises ModelNotFoundError and Cancelled.
    """
    from umx_gui.engine.model import load_model

    registry = ModelRegistry()
    entries = [registry.entry(name) for name in names] if names else registry.entries()
    code = DONE
    for entry in entries:
        cancel.check()
        try:
            digests = digests_of(entry.path)
            _compare(entry, digests)
            load_model(entry.path, registry)
        except UmxError as error:
            code = max(code, failed(error, console))
            continue
        console.say(f"{entry.name}: good")
        for file, digest in digests.items():
            console.detail(f"  {digest}  {file}")
    return code


def _compare(entry: ModelEntry, digests: dict[str, str]) -> None:
    if (recorded := recorded_digests(entry.path)) is not None:
        for name, digest in digests.items():
            compare(entry.path / name, digest, recorded)


def _as_json(entry: ModelEntry) -> dict[str, object]:
    return {
        "name": entry.name,
        "path": path_text(entry.path),
        "targets": entry.targets,
        "sample_rate": entry.sample_rate,
        "origin": entry.origin,
        "licence": entry.licence,
        "size_bytes": entry.size_bytes,
    }
