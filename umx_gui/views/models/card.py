"""A model in words."""

from __future__ import annotations

from umx_gui.engine.models.registry import ModelEntry
from umx_gui.engine.naming import printable
from umx_gui.views.kit.formats import target_names
from umx_gui.views.models.table import ORIGINS
from umx_gui.words import tr

_LONGEST_CARD = 100_000


def card_text(entry: ModelEntry) -> str:
    """A model in a few facts, and its card, of which no more than a reasonable length is read."""
    size = f"{entry.size_bytes / 1e6:.0f} MB"
    facts = (
        tr("Separates: {stems}", stems=target_names(entry.targets)),
        tr("Licence: {licence}", licence=entry.licence),
        tr("Kind: {origin}, {size}", origin=tr(ORIGINS.get(entry.origin, entry.origin)), size=size),
    )
    card = ""
    if entry.card is not None:
        try:
            with entry.card.open(encoding="utf-8", errors="replace") as file:
                card = file.read(_LONGEST_CARD)
        except OSError:
            card = tr("The card of this model cannot be read.")
    return "\n".join(printable(line) for line in (*facts, "", *card.splitlines()))
