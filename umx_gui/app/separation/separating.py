"""Separating a song as a job: load the model, reserve the stems, and hand out blocks as the engine makes them.

What the networks find is kept with the song. Other settings of the filter then need no network: the same job, without
its first half. torch is imported inside the job, in the worker's thread: the window's first picture does not wait for
it.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from umx_gui.app.open_song.song import Song
from umx_gui.app.separation.recipe import Recipe as Recipe
from umx_gui.app.separation.recipe import separator_options
from umx_gui.app.separation.shelf import ModelShelf as ModelShelf
from umx_gui.app.separation.shelf import warm_up as warm_up
from umx_gui.app.separation.torch_loading import load_torch
from umx_gui.engine.audio import Audio, Block, FloatArray, Stems
from umx_gui.engine.storage.scratch import Region, populate
from umx_gui.engine.work import CancelToken, Progress, SlowedDown
from umx_gui.words import mark, tr, trn

if TYPE_CHECKING:
    from umx_gui.engine.separation.analysis import Analysis
    from umx_gui.engine.separation.separator import Separator

AUDIBLE_S = 3.0  # of the song, from the playhead on, are rendered before all the rest
_PART_SAMPLES = 1 << 17
RENDERING = "filter: rendering"


@dataclass(slots=True)
class Order:
    """What a job is to do. The window may replace the fields while the job runs; the job looks at them between blocks.

    listening_at: the sample whose stretch is made first. seen: [start, stop) that is made next, if it is short.
    """

    recipe: Recipe
    listening_at: int = 0
    seen: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What the networks found in a song: enough to render it anew with other settings of the filter."""

    model: str
    device: str
    separator: Separator
    analysis: Analysis

    def serves(self, recipe: Recipe, device: str) -> bool:
        """Whether the networks need not run for this."""
        return self.analysis.ready and (self.model, self.device) == (recipe.model, device)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The stems are reserved for a recipe; `resumes` where those of the song are gone on with, `supersedes` where they
    are replaced in place."""

    recipe: Recipe
    stems: Stems
    region: Region
    resumes: bool
    supersedes: bool
    kept: Kept
    device: str  # in words: "CPU (2 threads)"
    devices: tuple[str, ...]  # what PyTorch finds here


@dataclass(frozen=True, slots=True)
class Separated:
    """A block, and (where it is final) what the sum check needs."""

    block: Block
    mixture_power: float
    residue_power: float


@dataclass(frozen=True, slots=True)
class Speed:
    """How many seconds of song a second of work makes, on the average so far; None: not known yet."""

    ratio: float | None


News = Progress | Prepared | Separated | Speed | SlowedDown


def separate_song(
    song: Song, order: Order, device: str, shelf: ModelShelf, cancel: CancelToken
) -> Generator[News, None, None]:
    """Separate a song; stems of the same recipe that are final stay. What is listened to comes first, as a draft.

    Where `order.recipe` changes meanwhile, the networks go on, and the filter begins anew. Raises ModelError,
    OptionError, DeviceUnavailableError, DiskFullError, OutOfMemoryError.
    """
    recipe, kept = order.recipe, song.kept
    if not isinstance(kept, Kept) or not kept.serves(recipe, device):
        yield Progress(0.0, mark("loading the model"))
        load_torch()
        kept = _new_kept(song, recipe, device, shelf)
    stems, region = song.stems, song.stems_region
    first = True
    while first or order.recipe != recipe:
        recipe = order.recipe
        cancel.check()
        separator = kept.separator.retuned(separator_options(recipe, kept.separator.model.targets, device))
        old = stems
        stems, region = _stems(song, separator.targets, stems, region, len(separator.model.targets) + 1)
        resumes = first and old is not None and song.recipe == recipe and old.targets == stems.targets
        in_place = old is not None and np.may_share_memory(old.samples, stems.samples)
        supersedes = in_place and kept.analysis.ready
        kept = Kept(recipe.model, device, separator, kept.analysis)
        yield Prepared(recipe, stems, region, resumes, supersedes, kept, *_device_facts(separator))
        for item in _made(song, order, kept, stems, song.n_final if resumes else 0, cancel):
            yield item
            if kept.analysis.ready and order.recipe != recipe:
                break
        first = False


def _new_kept(song: Song, recipe: Recipe, device: str, shelf: ModelShelf) -> Kept:
    model = shelf.get(recipe.model)
    separator = shelf.separator(recipe.model, separator_options(recipe, model.targets, device))
    return Kept(recipe.model, device, separator, separator.analysis(Audio(song.mixture, song.sample_rate)))


def _device_facts(separator: Separator) -> tuple[str, tuple[str, ...]]:
    from umx_gui.engine.separation.devices import available_devices

    return device_words(separator.device.type), ("auto", *available_devices())


def _made(song: Song, order: Order, kept: Kept, stems: Stems, n_kept: int, cancel: CancelToken) -> Iterator[News]:
    """Drafts of what is listened to, then everything behind `n_kept` samples."""
    separator, analysis = kept.separator, kept.analysis
    begun, rendering = time.monotonic(), analysis.ready
    if not rendering:
        drafts = separator.drafts(analysis, max(order.listening_at, n_kept), cancel)
    else:
        drafts = _first_heard(song, order, kept, cancel)
    kind = song.filter_kind if n_kept else ""
    for steps in (drafts, separator.finish(analysis, cancel, kind)):
        with closing(cast("Generator[Progress | Block | SlowedDown, None, None]", steps)) as values:
            for value in values:
                if isinstance(value, Block):
                    if (block := _after(value, n_kept)) is not None:
                        for part in _parts(block):
                            populate(stems.samples[:, :, part.start : part.stop])  # or the window would wait for it
                            yield Separated(part, *_powers(song.mixture, part))
                elif isinstance(value, Progress):
                    yield Progress(value.fraction, RENDERING, value.remaining_s) if rendering else value
                    if not rendering:
                        yield _speed(value.fraction * song.duration_s, time.monotonic() - begun)
                else:
                    yield value


def _parts(block: Block) -> Iterator[Block]:
    """A block in pieces that the window's thread takes in between two frames."""
    for start in range(block.start, block.stop, _PART_SAMPLES):
        stop = min(start + _PART_SAMPLES, block.stop)
        yield Block(start, stop, block.samples[..., start - block.start : stop - block.start], block.final)


def _first_heard(song: Song, order: Order, kept: Kept, cancel: CancelToken) -> Iterator[Progress | Block]:
    """The stretch that is heard next, then the one that is seen, as drafts: the exact result comes in one piece, in
    which no resampler ever starts in the middle."""
    options = kept.separator.options
    if options.n_iter > 0 and options.wiener_win_len == 0:
        return  # the filter needs the whole song for any part of it
    n, at = round(AUDIBLE_S * song.sample_rate), order.listening_at
    stretches = [(at, at + n)]
    if order.seen is not None and order.seen[1] - order.seen[0] <= 4 * n:
        stretches.append(order.seen)
    for start, stop in stretches:
        for item in kept.separator.render(kept.analysis, options, max(start, 0), stop, cancel):
            yield Block(item.start, item.stop, item.samples, False) if isinstance(item, Block) else item


def _speed(song_s: float, elapsed_s: float) -> Speed:
    return Speed(song_s / elapsed_s if song_s > 0 and elapsed_s > 0 else None)


def device_words(device: str) -> str:
    """A type of device (cpu, cuda, mps) as the status bar names it; imports torch."""
    if device == "cuda":
        import torch

        return str(torch.cuda.get_device_name())
    if device == "mps":
        return tr("Apple GPU")
    from umx_gui.engine.separation.inference.workers import available_cores

    n_threads = available_cores()
    return trn("CPU ({n} thread)", "CPU ({n} threads)", n_threads)


def _after(block: Block, kept: int) -> Block | None:
    """The part of a block that lies behind the samples that are kept."""
    if block.start >= kept:
        return block
    if block.stop <= kept:
        return None
    return Block(kept, block.stop, block.samples[:, :, kept - block.start :], block.final)


def _stems(
    song: Song, targets: tuple[str, ...], old: Stems | None, old_region: Region | None, n_room: int
) -> tuple[Stems, Region]:
    """Room for the stems: the song's, if it is enough, else a new one for `n_room`, so that a residual can come later.

    The room begins where the old stems begin; it may be larger than they are.
    """
    shape = (len(targets), song.n_channels, song.n_samples)
    room = song.stems_room
    if old is None or old_region is None or room is None or room.shape[0] < shape[0] or room.shape[1:] != shape[1:]:
        old_region, array = song.scratch.reserve((max(n_room, shape[0]), *shape[1:]))
        song.stems_room = cast(FloatArray, array)
        room = song.stems_room
    return Stems(targets, room[: shape[0]], song.sample_rate), Region(old_region.offset, shape, old_region.dtype)


def _powers(mixture: FloatArray, block: Block) -> tuple[float, float]:
    """Of a final block: sums of squares of the mixture [C, T] there, and of what the stems' sum lacks of it."""
    if not block.final:
        return 0.0, 0.0
    part = mixture[:, block.start : block.stop].astype(np.float64)
    residue = part - block.samples.sum(axis=0, dtype=np.float64)
    return float(np.vdot(part, part)), float(np.vdot(residue, residue))
