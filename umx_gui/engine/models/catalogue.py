"""All models there are for a user: those that are installed, and the published ones that could be."""

from __future__ import annotations

from dataclasses import dataclass

from umx_gui.engine.models.download import bytes_there
from umx_gui.engine.models.published import PUBLISHED, PublishedModel
from umx_gui.engine.models.registry import ModelEntry, ModelRegistry


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One model: `entry` where it is installed, `published` where it can be (or was) downloaded.

    `bytes_there`: what has come of a download that stopped.
    """

    name: str
    entry: ModelEntry | None
    published: PublishedModel | None
    bytes_there: int = 0

    @property
    def about(self) -> ModelEntry | PublishedModel:
        """What has targets, sample_rate, size_bytes, licence and scores."""
        about = self.entry or self.published
        assert about is not None
        return about

    @property
    def origin(self) -> str:
        """bundled, published, trained or imported."""
        return self.entry.origin if self.entry else "published"

    @property
    def mean_sdr_db(self) -> float | None:
        """The mean of the published scores over the targets, in dB; None where there are none."""
        scores = [sdr_db for _, sdr_db in self.about.scores]
        return sum(scores) / len(scores) if scores else None

    @property
    def share_there(self) -> float:
        """How much of a download that stopped is there, 0..1."""
        return min(self.bytes_there / self.published.size_bytes, 1.0) if self.published else 0.0


def catalogue(registry: ModelRegistry) -> list[CatalogueItem]:
    """The installed models in the registry's order, then the published ones that are not installed."""
    entries = {entry.name: entry for entry in registry.entries()}
    items = [
        CatalogueItem(name, entry, PUBLISHED.get(name) if entry.origin == "published" else None)
        for name, entry in entries.items()
    ]
    missing = [model for name, model in PUBLISHED.items() if name not in entries]
    return items + [CatalogueItem(model.name, None, model, bytes_there(model, registry)) for model in missing]
