"""Songs for the tests of playback: arrays in a scratch file, every sample of them different."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.storage.scratch import Region, Scratch
from umx_gui.playback.control import Control
from umx_gui.playback.mix import FILL_GRAIN, Mix, Strip, gains, render
from umx_gui.playback.mixer import Mixer, Source

RATE_HZ = 44100
BLOCK = 1024
UNITY = Mix((Strip(), Strip(), Strip()))


class Loads(Protocol):
    """What can load a song."""

    def load(self, scratch: Scratch, mixture: Region, stems: Region | None, fill: Region, sample_rate: int) -> None: ...


@dataclass
class TestSong:
    """Three stems of noise, and a mixture that is not their sum, so that it is told from them when heard."""

    __test__ = False
    mixture: FloatArray
    stems: FloatArray
    fill: NDArray[np.uint8]
    mixture_region: Region
    stems_region: Region
    fill_region: Region
    scratch: Scratch = field(repr=False)
    sample_rate: int = RATE_HZ

    @property
    def n_samples(self) -> int:
        return int(self.mixture.shape[1])

    def load_into(self, player: Loads, with_stems: bool = True) -> None:
        stems = self.stems_region if with_stems else None
        player.load(self.scratch, self.mixture_region, stems, self.fill_region, self.sample_rate)

    def heard(self, mix: Mix, start: int = 0, stop: int | None = None) -> FloatArray:
        """The oracle: what is to be heard of these samples, [n, 2]."""
        where = slice(start, stop)
        return render(self.stems[..., where], mix, self.mixture[:, where], self.fill, start).T


def make_song(seconds: float, n_channels: int = 2, n_stems: int = 3, sample_rate: int = RATE_HZ) -> TestSong:
    scratch, n_samples = Scratch(), round(seconds * sample_rate)
    rng = np.random.default_rng(7)
    mixture_region, mixture = scratch.reserve((n_channels, n_samples))
    stems_region, stems = scratch.reserve((n_stems, n_channels, n_samples))
    fill_region, fill = scratch.reserve((-(-n_samples // FILL_GRAIN),), np.uint8)
    mixture[:] = rng.uniform(-0.2, 0.2, mixture.shape)
    stems[:] = rng.uniform(-0.2, 0.2, stems.shape)
    fill[:] = 2
    return TestSong(
        cast(FloatArray, mixture), cast(FloatArray, stems), cast("NDArray[np.uint8]", fill),
        mixture_region, stems_region, fill_region, scratch, sample_rate,
    )  # fmt: skip


class Deck:
    """The mixer of the sound process without process or device: its output, block after block."""

    def __init__(self, song: TestSong, mix: Mix = UNITY, block: int = BLOCK, with_stems: bool = True) -> None:
        self.song, self.block = song, block
        self.control, handle = Control.create()
        if isinstance(handle, int):
            os.close(handle)
        self.loop: tuple[int, int] | None = None
        self.set(mix)
        self.mixer = Mixer(self.control, self.source(with_stems), song.sample_rate, block)
        self.now_s = 0.0

    def source(self, with_stems: bool = True) -> Source:
        return Source(self.song.mixture, self.song.stems if with_stems else None, self.song.fill)

    def set(self, mix: Mix, loop: tuple[int, int] | None = None) -> None:
        self.mix, self.loop = mix, loop
        self.control.set_settings(gains(mix), loop)

    def hear(self, n: int) -> FloatArray:
        """The next `n` samples [n, 2]; a device asks for them in blocks, n a whole number of these."""
        out = np.full((n, 2), np.nan, np.float32)
        for start in range(0, n, self.block):
            self.mixer.fill(out[start : start + self.block], self.now_s)
            self.now_s += self.block / self.song.sample_rate
        return out
