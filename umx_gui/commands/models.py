"""`umx-gui models`: which models there are, and removing and checking them."""

from __future__ import annotations

import json

from umx_gui.commands.console import Console, path_text
from umx_gui.commands.doors import DONE, failed
from umx_gui.engine.models.catalogue import CatalogueItem, catalogue
from umx_gui.engine.models.published import PUBLISHED
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.models.staging import discard_download
from umx_gui.engine.models.verify import Verified, verify_model
from umx_gui.engine.naming import printable
from umx_gui.engine.work import CancelToken
from umx_gui.errors import ModelNotFoundError, UmxError


def list_models(as_json: bool, console: Console) -> int:
    """Print all models, those that can be downloaded last; the default one is marked."""
    registry = ModelRegistry()
    items = catalogue(registry)
    if as_json:
        console.say(json.dumps([_as_json(item) for item in items], indent=1))
        return DONE
    installed = registry.names()
    default = registry.default_name() if installed else ""
    rows: list[tuple[str, ...]] = [("", "NAME", "ORIGIN", "TARGETS", "RATE", "SIZE", "SDR", "STATE", "LICENCE")]
    rows += [_row(item, item.entry is not None and item.name == default) for item in items]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        console.say("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    console.say("SDR: the published mean over the targets in dB. To get a model: umx-gui models download NAME")
    if not installed:
        console.say(f"No model is installed. Models are kept in {path_text(registry.user_folder)}")
    return DONE


def remove_model(name: str, console: Console) -> int:
    """Delete a model of the user's, or what has come of a download that stopped.

    Raises ModelNotFoundError, ModelBusyError, and OptionError for one that is not the user's.
    """
    registry = ModelRegistry()
    try:
        registry.remove(name)
    except ModelNotFoundError:
        if name not in PUBLISHED or not discard_download(registry.user_folder, name):
            raise
    console.say(f"{name}: removed")
    return DONE


def verify_models(names: list[str], console: Console, cancel: CancelToken) -> int:
    """Load each model (all of them if none is named) and compare its files with their digests; returns the exit code.

    Raises ModelNotFoundError and Cancelled.
    """
    registry = ModelRegistry()
    entries = [registry.entry(name) for name in names] if names else registry.entries()
    code = DONE
    for entry in entries:
        try:
            for step in verify_model(entry, cancel):
                if isinstance(step, Verified):
                    note = "" if step.compared else " (it loads; there is no record of its files to compare with)"
                    console.say(f"{printable(entry.name)}: good{note}")
                    for file, digest in step.digests.items():
                        console.detail(f"  {digest}  {file}")
        except UmxError as error:
            code = max(code, failed(error, console))
    return code


def _row(item: CatalogueItem, default: bool) -> tuple[str, ...]:
    about, sdr_db = item.about, item.mean_sdr_db
    return (
        "*" if default else "",
        printable(item.name),
        item.origin,
        " ".join(about.targets),
        f"{about.sample_rate} Hz",
        f"{about.size_bytes / 1e6:.0f} MB",
        "-" if sdr_db is None else f"{sdr_db:.2f}",
        _state(item),
        about.licence,
    )


def _state(item: CatalogueItem) -> str:
    if item.entry is not None:
        return "installed"
    return f"{100 * item.share_there:.0f} % there" if item.bytes_there else "not installed"


def _as_json(item: CatalogueItem) -> dict[str, object]:
    about = item.about
    return {
        "name": item.name,
        "installed": item.entry is not None,
        "path": path_text(item.entry.path) if item.entry is not None else None,
        "targets": about.targets,
        "sample_rate": about.sample_rate,
        "origin": item.origin,
        "licence": about.licence,
        "size_bytes": about.size_bytes,
        "scores": dict(about.scores),
    }
