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
from umx_gui.engine.audio import Audio, Block, FloatArray, Stems
from umx_gui.engine.registry import ModelRegistry
from umx_gui.engine.scratch import Region
from umx_gui.engine.work import CancelToken, Progress

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
    """A block, how much of song time a second of work made so far, and (of final blocks) what the sum check needs."""

    block: Block
    speed: float | None
    mixture_power: float
    residue_power: float


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


def separate_song(
    song: Song, recipe: Recipe, device: str, shelf: ModelShelf, cancel: CancelToken
) -> Generator[Progress | Prepared | Separated, None, None]:
    """Separate what is not final yet. Raises ModelError, DeviceUnavailableError, DiskFullError, OutOfMemoryError."""
    yield Progress(0.0, "loading the model")
    from umx_gui.engine.separator import Separator, SeparatorOptions

    model = shelf.get(recipe.model)
    cancel.check()
    options = SeparatorOptions(niter=recipe.niter, residual="residual" if recipe.residual else None, device=device)
    separator = Separator(model, options)
    resumes = song.stems is not None and song.recipe == recipe and song.targets == tuple(separator.targets)
    start = song.n_final if resumes else 0
    stems, region = _stems(song, tuple(separator.targets))
    yield Prepared(stems, region, resumes, device_words(str(separator.device)), known_devices())
    begun, done = time.monotonic(), start
    for item in separator.stream(Audio(song.mixture, song.sample_rate), start, cancel):
        if isinstance(item, Progress):
            yield item
            continue
        powers = (0.0, 0.0)
        if item.final:
            done += item.stop - item.start
            powers = _powers(song.mixture[:, item.start : item.stop], item.samples)
        elapsed = time.monotonic() - begun
        speed = (done - start) / song.sample_rate / elapsed if done > start and elapsed > 0.05 else None
        yield Separated(item, speed, *powers)


def known_devices() -> tuple[str, ...]:
    """The devices PyTorch finds; imports torch."""
    import torch

    found = ["auto", "cpu"]
    if torch.cuda.is_available():
        found.append("cuda")
    if torch.backends.mps.is_available():
        found.append("mps")
    return tuple(found)


def device_words(device: str) -> str:
    """A device as the status bar names it; imports torch."""
    import torch

    if device.startswith("cuda"):
        return str(torch.cuda.get_device_name(device))
    if device.startswith("mps"):
        return "Apple GPU"
    n_threads = torch.get_num_threads()
    return f"CPU ({n_threads} thread{'s' if n_threads > 1 else ''})"


def _stems(song: Song, targets: tuple[str, ...]) -> tuple[Stems, Region]:
    """Room for the stems: what the song has already, if it is enough, else a new reservation."""
    shape = (len(targets), song.n_channels, song.n_samples)
    if song.stems is not None and song.stems_region is not None and song.stems.samples.shape == shape:
        samples, region = song.stems.samples, song.stems_region
    else:
        region, array = song.scratch.reserve(shape)
        samples = cast(FloatArray, array)
    return Stems(targets, samples, song.sample_rate), region


def _powers(mixture: FloatArray, stems: FloatArray) -> tuple[float, float]:
    """Sums of squares of the mixture [C, t], and of what the sum of stems [J, C, t] lacks of it."""
    residue = mixture - stems.sum(axis=0, dtype=np.float64)
    return float(np.sum(np.square(mixture, dtype=np.float64))), float(np.sum(np.square(residue)))
