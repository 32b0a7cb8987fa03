"""Verifying an installed model: its files are those that were installed, and they can be loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from umx_gui.engine.models.digests import compare, digests_of, recorded_digests
from umx_gui.engine.models.proof import prove
from umx_gui.engine.models.registry import ModelEntry
from umx_gui.engine.work import CancelToken, Progress


@dataclass(frozen=True, slots=True)
class Verified:
    """A model that is good; `compared`: there was a record of its files, and they agree with it."""

    entry: ModelEntry
    digests: Mapping[str, str]
    compared: bool


def verify_model(entry: ModelEntry, cancel: CancelToken | None = None) -> Iterator[Progress | Verified]:
    """Compare the files of a model with the digests of its installation, and load it. Raises ModelInvalidError."""
    cancel = cancel or CancelToken()
    yield Progress(0.0, "checking")
    recorded = recorded_digests(entry.path)
    digests = digests_of(entry.path)
    for name, digest in digests.items():
        if recorded is not None:
            compare(entry.path / name, digest, recorded)
    cancel.check()
    yield Progress(0.5, "loading")
    prove(entry.path, entry.path)
    yield Verified(entry, digests, recorded is not None)
