"""Separating a song as a job: load the model, reserve the stems, and hand out blocks as the engine makes them.

torch is imported inside the job, in the worker's thread: the window's first picture does not wait for it.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from umx_gui.app.song import Song
from umx_gui.app.torch_loading import load_torch
from umx_gui.engine.audio import Audio, Block, FloatArray, Stems
from umx_gui.engine.registry import ModelRegistry
from umx_gui.engine.scratch import Region
from umx_gui.engine.work import CancelToken, Progress, SlowedDown

if TYPE_CHECKING:
    from umx_gui.engine.model import Model


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the stems of a song depend on; the device and the number of threads are not part of it."""

    model: str
    niter: int = 1
    residual: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """The model is loaded and the stems are reserved; `resumes` where those of the song are gone on with."""

    stems: Stems
    region: Region
    resumes: bool
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


class ModelShelf:
    """Keeps the model that was used last, so that the next song starts at once. Used in the worker's thread only."""

    def __init__(self, registry: ModelRegistry) -> None:
        self._registry = registry
        self._key: tuple[str, float] | None = None
        self._model: Model | None = None

    def get(self, name: str) -> Model:
        """The model of this name, loaded anew where its files changed. Raises ModelError."""
        from umx_gui.engine.model import load_model

        folder = self._registry.find(name)
        key = (str(folder), max((p.stat().st_mtime for p in folder.iterdir()), default=0.0))
        if self._model is None or key != self._key:
            self._model = None  # let the old one go before the new one comes
            self._model = load_model(folder, self._registry)
            self._key = key
        return self._model


def warm_up(name: str, shelf: ModelShelf, cancel: CancelToken) -> Generator[None, None, None]:
    """Load torch and a model before they are needed, so that the first song's stems come as soon as the next one's."""
    load_torch()
    yield None
    import umx_gui.engine.separator  # noqa: F401 - loaded for later

    yield None
    shelf.get(name)


def separate_song(
    song: Song, recipe: Recipe, device: str, listening_at: int, shelf: ModelShelf, cancel: CancelToken
) -> Generator[Progress | Prepared | Separated | Speed | SlowedDown, None, None]:
    """Separate a song; stems of the same recipe that are final stay. Drafts come first from where one listens.

    Raises ModelError, OptionError, DeviceUnavailableError, DiskFullError, OutOfMemoryError.
    """
    yield Progress(0.0, "loading the model")
    load_torch()
    from umx_gui.engine.devices import available_devices
    from umx_gui.engine.separator import Separator, SeparatorOptions, with_residual_where_needed

    model = shelf.get(recipe.model)
    cancel.check()
    options = SeparatorOptions(n_iter=recipe.niter, residual="residual" if recipe.residual else None, device=device)
    separator = Separator(model, with_residual_where_needed(options, len(model.targets)))
    resumes = song.stems is not None and song.recipe == recipe and song.targets == separator.targets
    kept = song.n_final if resumes else 0
    stems, region = _stems(song, separator.targets)
    yield Prepared(stems, region, resumes, device_words(separator.device.type), ("auto", *available_devices()))
    begun = time.monotonic()
    mixture = Audio(song.mixture, song.sample_rate)
    for item in separator.stream(mixture, max(listening_at, kept), cancel):
        if isinstance(item, Progress):
            song_s = item.fraction * mixture.duration_s
            elapsed_s = time.monotonic() - begun
            yield item
            yield Speed(song_s / elapsed_s if song_s > 0 and elapsed_s > 0 else None)
        elif isinstance(item, SlowedDown):
            yield item
        elif (block := _after(item, kept)) is not None:
            yield Separated(block, *_powers(song.mixture, block))


def device_words(device: str) -> str:
    """A type of device (cpu, cuda, mps) as the status bar names it; imports torch."""
    if device == "cuda":
        import torch

        return str(torch.cuda.get_device_name())
    if device == "mps":
        return "Apple GPU"
    from umx_gui.engine.inference.workers import available_cores

    n_threads = available_cores()
    return f"CPU ({n_threads} thread{'s' if n_threads > 1 else ''})"


def _after(block: Block, kept: int) -> Block | None:
    """The part of a block that lies behind the samples that are kept."""
    if block.start >= kept:
        return block
    if block.stop <= kept:
        return None
    return Block(kept, block.stop, block.samples[:, :, kept - block.start :], block.final)


def _stems(song: Song, targets: tuple[str, ...]) -> tuple[Stems, Region]:
    """Room for the stems: what the song has already, if it is enough, else a new reservation."""
    shape = (len(targets), song.n_channels, song.n_samples)
    if song.stems is not None and song.stems_region is not None and song.stems.samples.shape == shape:
        samples, region = song.stems.samples, song.stems_region
    else:
        region, array = song.scratch.reserve(shape)
        samples = cast(FloatArray, array)
    return Stems(targets, samples, song.sample_rate), region


def _powers(mixture: FloatArray, block: Block) -> tuple[float, float]:
    """Of a final block: sums of squares of the mixture [C, T] there, and of what the stems' sum lacks of it."""
    if not block.final:
        return 0.0, 0.0
    part = mixture[:, block.start : block.stop].astype(np.float64)
    residue = part - block.samples.sum(axis=0, dtype=np.float64)
    return float(np.vdot(part, part)), float(np.vdot(residue, residue))
