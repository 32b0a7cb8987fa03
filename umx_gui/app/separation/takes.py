"""Stretches of a song that are separated in another way than the rest, as values; and the job that makes one."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from umx_gui.app.open_song.song import Song
from umx_gui.app.separation.recipe import Recipe, separator_options
from umx_gui.app.separation.shelf import ModelShelf
from umx_gui.app.separation.torch_loading import load_torch
from umx_gui.engine.audio import Audio, Block, FloatArray, Stems
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.sessions.document import ModelRef, Stretch
from umx_gui.engine.storage.scratch import Scratch
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.words import tr, trn

OWN = -1
"""Chosen is what the song's own separation has there."""

CHOSEN = "chosen"


@dataclass(eq=False)
class Take:
    """One way in which a stretch is separated. `stems` [J, C, stop - start] are None until they are made."""

    recipe: Recipe
    model: ModelRef
    stems: Stems | None = None
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edit:
    """The stretch [start, stop) in samples, the ways in which it was separated, and which of them counts (or OWN)."""

    start: int
    stop: int
    takes: tuple[Take, ...]
    chosen: int = OWN

    @property
    def take(self) -> Take | None:
        """The one that counts; None: the song's own stems."""
        return self.takes[self.chosen] if 0 <= self.chosen < len(self.takes) else None

    def choosing(self, chosen: int) -> Edit:
        """The same with another one that counts."""
        return replace(self, chosen=chosen)


def settings_words(recipe: Recipe) -> str:
    """How a recipe differs from the usual, in few words; "" where it does not."""
    usual, found = Recipe(recipe.model), []
    if recipe.niter != usual.niter:
        found.append(trn("1 EM iteration", "{n} EM iterations", recipe.niter))
    if recipe.softmask:
        found.append(tr("soft mask"))
    if recipe.residual:
        found.append(tr("with a residual"))
    if recipe.window != usual.window:
        found.append(tr("window {n}", n=recipe.window) if recipe.window else tr("whole window"))
    if recipe.emphasis_db:
        found.append(tr("emphasis"))
    return ", ".join(found)


def take_words(recipe: Recipe) -> str:
    """Model and settings of a take in one line."""
    more = settings_words(recipe)
    return f"{recipe.model}: {more}" if more else recipe.model


def with_take(edits: tuple[Edit, ...], start: int, stop: int, take: Take) -> tuple[Edit, ...]:
    """The edits with one more take of a stretch, which counts; it lies over the others from now on."""
    old = next((edit for edit in edits if (edit.start, edit.stop) == (start, stop)), None)
    takes = (*old.takes, take) if old is not None else (take,)
    rest = tuple(edit for edit in edits if edit is not old)
    return (*rest, Edit(start, stop, takes, len(takes) - 1))


def to_document(edits: tuple[Edit, ...]) -> tuple[Stretch, ...]:
    """The edits as a session's file holds them: one stretch for each take."""
    return tuple(
        Stretch(
            edit.start,
            edit.stop,
            replace(take.recipe, model=""),
            take.model,
            {**take.more, CHOSEN: take is edit.take},
        )
        for edit in edits
        for take in edit.takes
    )


def from_document(stretches: tuple[Stretch, ...], n_samples: int) -> tuple[Edit, ...]:
    """The edits that a session's file holds, nothing of them made yet; what lies outside the song is left out."""
    edits: list[Edit] = []
    for stretch in stretches:
        if not 0 <= stretch.start < stretch.stop <= n_samples:
            continue
        recipe = replace(stretch.recipe, model=stretch.model.name)
        take = Take(recipe, stretch.model, None, {k: v for k, v in stretch.more.items() if k != CHOSEN})
        last = edits[-1] if edits else None
        if last is None or (last.start, last.stop) != (stretch.start, stretch.stop):
            last = Edit(stretch.start, stretch.stop, ())
        else:
            edits.pop()
        chosen = len(last.takes) if stretch.more.get(CHOSEN, True) is True else last.chosen
        edits.append(replace(last, takes=(*last.takes, take), chosen=chosen))
    return tuple(edits)


def make_take(
    song: Song,
    start: int,
    stop: int,
    take: Take,
    device: str,
    registry: ModelRegistry,
    shelf: ModelShelf,
    cancel: CancelToken,
) -> Generator[Progress | Stems | ModelRef, None, None]:
    """Separate a stretch: its stems, then which model that was. Raises what `separate_song` raises."""
    yield Progress(0.0, "loading the model")
    load_torch()
    from umx_gui.engine.separation.stretches import separate_stretch
    from umx_gui.engine.sessions.remake import find_model
    from umx_gui.engine.sessions.song_search import models_digest

    name = find_model(take.model, registry).name if take.model.sha256 else take.recipe.model
    model = shelf.get(name)
    separator = shelf.separator(name, separator_options(take.recipe, model.targets, device))
    shape = (len(separator.targets), song.n_channels, stop - start)
    samples = cast(FloatArray, Scratch(song.scratch.folder).reserve(shape, np.float32)[1])
    for item in separate_stretch(
        separator, Audio(song.mixture, song.sample_rate), start, stop, cancel, song.filter_kind
    ):
        if isinstance(item, Block):
            samples[:, :, item.start - start : item.stop - start] = item.samples
        elif isinstance(item, Progress):
            yield item
    yield Stems(separator.targets, samples, song.sample_rate)
    if not take.model.sha256:
        yield ModelRef(name, models_digest(registry.find(name)))
