"""`umx-gui models download` and `import`: how models come to be installed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from umx_gui.commands.console import Console, path_text
from umx_gui.commands.doors import DONE
from umx_gui.engine.models.download import DownloadDone, download_model
from umx_gui.engine.models.importing import import_model
from umx_gui.engine.models.published import PUBLISHED, PublishedModel
from umx_gui.engine.models.registry import ModelEntry, ModelRegistry
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import DigestUnknownError


def download(name: str, accept_licence: bool, accept_digest: bool, console: Console, cancel: CancelToken) -> int:
    """Download a published model; what an earlier try left is gone on with. Raises what `download_model` raises.

    Files of which nobody knows the digests are shown, and taken if `accept_digest` or if the user at the terminal says
    so.
    """
    model, registry = PUBLISHED[name], ModelRegistry()
    console.detail(f"{name}: {model.licence}. {model.terms}".rstrip())
    try:
        _download(model, registry, accept_licence, None, console, cancel)
    except DigestUnknownError as error:
        if not accept_digest and not console.ask(_question(error)):
            raise
        _download(model, registry, accept_licence, error.digests, console, cancel)
    return DONE


def import_from(source: Path, name: str | None, accept_licence: bool, console: Console, cancel: CancelToken) -> int:
    """Copy a model folder, or a zip file of one, to the user's models. Raises what `import_model` raises."""
    # Made absolute, a path that begins with - or is a mere name is still that path.
    steps = import_model(source.absolute(), ModelRegistry(), name, accept_licence, cancel)
    with console.song(source.name):
        for step in steps:
            if isinstance(step, Progress):
                console.progress("copying", step)
            else:
                entry = step
    _tell(entry, console)
    return DONE


def _download(
    model: PublishedModel,
    registry: ModelRegistry,
    accept_licence: bool,
    accept_digests: Mapping[str, str] | None,
    console: Console,
    cancel: CancelToken,
) -> None:
    with console.song(model.name):
        for step in download_model(model, registry, accept_licence, accept_digests, cancel=cancel):
            if isinstance(step, Progress):
                console.progress("downloading", step)
            else:
                done: DownloadDone = step
    _tell(done.entry, console)
    for file, digest in done.digests.items():
        console.detail(f"  {digest}  {file}")


def _question(error: DigestUnknownError) -> str:
    lines = [f"Nobody published what the files of {error.name} must be. The SHA-256 of what came:"]
    lines += [f"  {digest}  {file}" for file, digest in error.digests.items()]
    return "\n".join([*lines, "From now on only these will be loaded. Take them?"])


def _tell(entry: ModelEntry, console: Console) -> None:
    console.say(f"{entry.name}: {' '.join(entry.targets)}, in {path_text(entry.path)}")
    console.say(f"{entry.name}: licence {entry.licence}")
    console.event("installed", name=entry.name, path=path_text(entry.path), targets=entry.targets)
