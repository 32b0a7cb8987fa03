"""Training items put together as the reference does, for MUSDB18 and its four folder layouts.

musdb             each source from a track drawn at random, at a place of its own
aligned           mixture and target of one track, as they are
sourcefolder      a sound drawn from each folder, at a place of its own
trackfolder_var   one track; the interferers of a random track with --random-interferer-mix
trackfolder_fix   one track; each interferer of a random track with --random-track-mix

In the last two and in aligned, an epoch has the target of each track once, in random order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from trainer.config import TrainConfig
from trainer.dataset import Track, items_per_epoch
from trainer.draw import Drawer
from trainer.items import Draws, Item, augment_stem, mix
from trainer.layouts import MUSDB_STEMS
from trainer.play import draw_play, play
from trainer.sounds import SoundReader
from trainer.sums import known_targets, parts_of
from umx_gui.engine.audio import FloatArray

_SOURCES = ("vocals", *(stem for stem in MUSDB_STEMS if stem != "vocals"))


def drawer_of(tracks: Sequence[Track], config: TrainConfig) -> Draws:
    """What makes the items of a run."""
    return ReferenceDrawer(tracks, config) if config.as_reference else Drawer(tracks, config)


class ReferenceDrawer:
    """Draws items as the reference does."""

    def __init__(self, tracks: Sequence[Track], config: TrainConfig) -> None:
        self._tracks, self._config = tuple(tracks), config
        self._reader = SoundReader.of(config, config.nb_channels)
        found = dict.fromkeys(stem for track in tracks for stem in parts_of(track.stems, config))
        self._stems = _SOURCES if config.dataset == "musdb" else tuple(found)
        self._n = items_per_epoch(tracks, config)
        self._order: tuple[int, list[int]] = (-1, [])

    def item(self, rng: Generator, augmented: bool = True) -> Item:
        """An item of a random track."""
        return self._item(self._tracks[int(rng.integers(len(self._tracks)))], rng, augmented)

    def nth(self, rng: Generator, epoch: int, index: int, augmented: bool = True) -> Item:
        """An item of an epoch: all tracks have the same number of turns, in an order drawn for the epoch."""
        if self._order[0] != epoch:
            order = np.random.default_rng((self._config.seed, epoch)).permutation(self._n)
            self._order = (epoch, order.tolist())
        turn = self._order[1][index % self._n]
        return self._item(self._tracks[turn * len(self._tracks) // self._n], rng, augmented)

    def _item(self, track: Track, rng: Generator, augmented: bool) -> Item:
        draw = {
            "aligned": self._aligned, "sourcefolder": self._sources, "trackfolder_var": self._variable,
            "trackfolder_fix": self._fixed,
        }.get(self._config.dataset, self._musdb)  # fmt: skip
        places = draw(track, rng)
        stems: dict[str, FloatArray] = {}
        for stem, (name, own, start) in places.items():
            stems[stem] = self._read(own, name, start, rng, augmented)
        if track.mixture is not None and self._config.dataset == "aligned":
            return self._pair(track, stems)
        tracks = list({own.name: own for _, own, _ in places.values()}.values())
        known = known_targets(stems, self._config)
        return mix(stems, tracks, known, self._config, rng if augmented else None)

    def _pair(self, track: Track, stems: dict[str, FloatArray]) -> Item:
        """Mixture and target as they are: the one need not be a sum with the other in it."""
        target = self._config.targets[0]
        item = mix({target: stems[target]}, [track], (target,), self._config, None)
        item.waves[0] = stems[str(track.mixture)]
        return item

    def _start(self, n_samples: int, rng: Generator) -> int:
        return int(rng.uniform(0, max(n_samples - self._config.n_samples, 0)))

    def _read(self, track: Track, stem: str, start: int, rng: Generator, augmented: bool) -> FloatArray:
        n = self._config.n_samples
        if not augmented or self._config.dataset == "aligned":
            return track.read(self._reader, stem, start, n)
        how = draw_play(rng, stem, self._config.source_augmentations)
        wave = play(track.read(self._reader, stem, start, how.needed(n)), how, n)
        return augment_stem(wave, rng, self._config)

    def _random(self, rng: Generator) -> Track:
        return self._tracks[int(rng.integers(len(self._tracks)))]

    def _musdb(self, track: Track, rng: Generator) -> dict[str, tuple[str, Track, int]]:
        places = {}
        for stem in self._stems:
            own = self._random(rng)
            if stem in own.stems:
                places[stem] = (stem, own, self._start(own.length(stem), rng))
        return places

    def _aligned(self, track: Track, rng: Generator) -> dict[str, tuple[str, Track, int]]:
        start = self._start(track.shortest, rng)
        return {stem: (stem, track, start) for stem, _, _ in track.files}

    def _fixed(self, track: Track, rng: Generator) -> dict[str, tuple[str, Track, int]]:
        target = self._config.targets[0]
        start = self._start(track.shortest, rng)
        places = {target: (target, track, start)}
        own = track
        for stem in track.stems:
            if stem != target:
                if self._config.random_track_mix:
                    own = self._random(rng)
                    start = self._start(own.shortest, rng)
                places[stem] = (stem, own, start)
        return places

    def _variable(self, track: Track, rng: Generator) -> dict[str, tuple[str, Track, int]]:
        target = self._config.targets[0]
        start = self._start(track.shortest, rng)
        other, begin = track, start
        if self._config.random_interferer_mix:
            other = self._random(rng)
            begin = self._start(other.shortest, rng)
        places = {stem: (stem, other, begin) for stem in other.stems if stem != target}
        if target in track.stems:
            places[target] = (target, track, start)
        return places

    def _sources(self, track: Track, rng: Generator) -> dict[str, tuple[str, Track, int]]:
        return {stem: (stem, t, start) for stem, (t, start) in draw_sources(self._tracks, self._config, rng).items()}


def draw_sources(tracks: Sequence[Track], config: TrainConfig, rng: Generator) -> dict[str, tuple[Track, int]]:
    """A sound of each folder of a sourcefolder dataset, and where an excerpt of it begins."""
    drawn = {}
    for stem in (*config.interferer_dirs, config.target_dir):
        own = [track for track in tracks if stem in track.stems]
        track = own[int(rng.integers(len(own)))]
        drawn[stem] = (track, int(rng.uniform(0, max(track.length() - config.n_samples, 0))))
    return drawn
