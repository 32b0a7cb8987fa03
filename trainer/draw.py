"""Training items: excerpts of stems drawn at random, augmented, and summed to a mixture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from trainer import augment, effects
from trainer.config import TARGETS, TrainConfig
from trainer.dataset import COMPOUND, Track, read
from umx_gui.engine.audio import FloatArray

_LOUD = 10 ** (-50 / 20)
_TRIES = 6
_DROP_SHARE = 0.1
_COMPOUND_SHARE = 0.12
_WEIGHT_LIMIT_S = 120.0
_EFFECTS = (("compress", effects.compress), ("eq", effects.equalise), ("reverb", effects.reverberate))


@dataclass(frozen=True)
class Item:
    """One example: waves [1 + J, C, T] of the mixture and each target, gains [F] on magnitudes.

    known: for which targets the truth is known. weight: of its squared error. tracks: where it comes from.
    """

    waves: FloatArray
    gains: NDArray[np.float32]
    known: tuple[bool, ...]
    weight: float
    tracks: tuple[str, ...]


class Drawer:
    """Draws items from tracks. It keeps no state: the same generator draws the same item."""

    def __init__(self, tracks: Sequence[Track], config: TrainConfig) -> None:
        self._config = config
        names = {stem for track in tracks for stem in track.stems} - {COMPOUND}
        order = [*TARGETS, *sorted(names - set(TARGETS))]
        self.sources = tuple(stem for stem in order if stem in names)
        self._aligned = _Choice([t for t in tracks if t.aligned and t.complete], config)
        self._compound = _Choice([t for t in tracks if COMPOUND in t.stems], config)
        self._by_stem = {s: _Choice([t for t in tracks if s in t.stems], config, s) for s in self.sources}

    def item(self, rng: Generator, augmented: bool = True) -> Item:
        """An item of one of three kinds: one track's stems, stems across tracks, vocals over an accompaniment."""
        kind = rng.random()
        if self._aligned and kind < self._config.aligned_share:
            stems, tracks, known = self._draw_aligned(rng, augmented)
        elif self._compound and rng.random() < _COMPOUND_SHARE and "vocals" in self._config.targets:
            stems, tracks, known = self._draw_compound(rng, augmented)
        else:
            stems, tracks, known = self._draw_shuffled(rng, augmented)
        if augmented:
            stems = {name: self._augment(name, wave, rng) for name, wave in stems.items()}
        return self._mix(stems, tracks, known, rng, augmented)

    def _draw_aligned(
        self, rng: Generator, augmented: bool
    ) -> tuple[dict[str, FloatArray], list[Track], tuple[str, ...]]:
        track = self._aligned.draw(rng)
        speed = self._speed(rng, "drums", augmented)
        lead = track.stems[int(rng.integers(len(track.stems)))]
        start, wave = self._excerpt(track, lead, rng, speed)
        stems = {lead: wave}
        for stem in track.stems:
            if stem != lead and stem != COMPOUND:
                stems[stem] = self._read(track, stem, start, speed)
        if len(stems) > 1 and rng.random() < self._config.no_vocals_share:
            stems.pop("vocals", None)
        return stems, [track], self._config.targets

    def _draw_compound(
        self, rng: Generator, augmented: bool
    ) -> tuple[dict[str, FloatArray], list[Track], tuple[str, ...]]:
        track = self._compound.draw(rng)
        speed = self._speed(rng, "other", augmented)
        start, backing = self._excerpt(track, COMPOUND, rng, speed)
        for stem in track.stems:
            if stem not in (COMPOUND, "vocals") and track.aligned:
                backing = backing + self._read(track, stem, start, speed)
        stems, tracks = {COMPOUND: backing}, [track]
        if "vocals" in self._by_stem and rng.random() >= self._config.no_vocals_share:
            singer = self._by_stem["vocals"].draw(rng)
            stems["vocals"] = self._excerpt(singer, "vocals", rng, self._speed(rng, "vocals", augmented))[1]
            tracks.append(singer)
        return stems, tracks, ("vocals",)

    def _draw_shuffled(
        self, rng: Generator, augmented: bool
    ) -> tuple[dict[str, FloatArray], list[Track], tuple[str, ...]]:
        shares = {"vocals": self._config.no_vocals_share}
        drop = {s: rng.random() < shares.get(s, _DROP_SHARE) for s in self.sources}
        if "vocals" in drop and rng.random() < self._config.vocals_only_share:
            drop = {s: s != "vocals" for s in self.sources}
        if all(drop.values()):
            drop[self.sources[int(rng.integers(len(self.sources)))]] = False
        stems: dict[str, FloatArray] = {}
        tracks: list[Track] = []
        for stem in (s for s in self.sources if not drop[s]):
            track = self._by_stem[stem].draw(rng)
            stems[stem] = self._excerpt(track, stem, rng, self._speed(rng, stem, augmented))[1]
            tracks.append(track)
        return stems, tracks, self._config.targets

    def _speed(self, rng: Generator, stem: str, augmented: bool) -> float:
        return augment.draw_speed(rng, stem) if augmented and "pitch" in self._config.source_augmentations else 1.0

    def _excerpt(self, track: Track, stem: str, rng: Generator, speed: float) -> tuple[int, FloatArray]:
        """A stretch that can be heard, if a few tries find one: stems are silent for much of a song."""
        last = max(track.length(stem) - int(self._config.n_samples * speed), 0)
        for _ in range(_TRIES):
            start = int(rng.integers(last + 1))
            wave = self._read(track, stem, start, speed)
            if augment.rms(wave) > _LOUD:
                break
        return start, wave

    def _read(self, track: Track, stem: str, start: int, speed: float) -> FloatArray:
        n = self._config.n_samples
        length = n if speed == 1.0 else int(n * speed) + 64
        return augment.change_speed(read(track.path(stem), start, length, self._config.nb_channels), speed, n)

    def _augment(self, stem: str, wave: FloatArray, rng: Generator) -> FloatArray:
        names = self._config.source_augmentations
        if "gain" in names:
            wave = augment.gain(wave, rng, self._config.gain_db)
        if "channelswap" in names:
            wave = augment.channelswap(wave, rng)
        if "polarity" in names:
            wave = augment.polarity(wave, rng)
        if "tilt" in names and rng.random() < 0.5:
            wave = augment.tilt(wave, rng, self._config.sample_rate)
        for name, effect in _EFFECTS:
            if name in names:
                wave = effect(wave, rng, self._config.sample_rate)
        return wave

    def _mix(
        self,
        stems: dict[str, FloatArray],
        tracks: Sequence[Track],
        known: tuple[str, ...],
        rng: Generator,
        augmented: bool,
    ) -> Item:
        config = self._config
        waves = np.zeros((1 + len(config.targets), config.nb_channels, config.n_samples), np.float32)
        for name, wave in stems.items():
            waves[0] += wave
            if name in config.targets:
                waves[1 + config.targets.index(name)] = wave
        limits = [t.max_hz for t in tracks if t.max_hz]
        cutoff_hz, level, weight = None, 1.0, 1.0
        if augmented and "bandlimit" in config.source_augmentations:
            cutoff_hz = augment.draw_cutoff_hz(rng, min(limits) if limits else None)
        if augmented and "level" in config.source_augmentations:
            level = augment.draw_level(waves[0], rng)
            # An item counts the same at whatever level it is played: its error is squared, and so is its level.
            weight = augment.REFERENCE_LEVEL**2 / max(level * augment.rms(waves[0]), 1e-3) ** 2
        gains = augment.bandlimit(cutoff_hz, config.n_bins, config.sample_rate) * np.float32(level)
        return Item(waves, gains, tuple(t in known for t in config.targets), weight, tuple(t.name for t in tracks))


class _Choice:
    """Draws a track: first real or synthetic, then by length, where a long track counts no more than two minutes."""

    def __init__(self, tracks: Sequence[Track], config: TrainConfig, stem: str | None = None) -> None:
        self._groups = [[t for t in tracks if t.real], [t for t in tracks if not t.real]]
        limit = _WEIGHT_LIMIT_S * config.sample_rate
        weights = [np.array([min(t.length(stem), limit) for t in group], float) for group in self._groups]
        self._cumulated = [np.cumsum(w / w.sum()) if w.size else w for w in weights]
        self._real_share = config.real_share

    def __bool__(self) -> bool:
        return any(self._groups)

    def draw(self, rng: Generator) -> Track:
        """A track; there must be one."""
        synthetic = rng.random() >= self._real_share
        which = int(synthetic) if self._groups[int(synthetic)] else 1 - int(synthetic)
        at = int(np.searchsorted(self._cumulated[which], rng.random(), side="right"))
        return self._groups[which][min(at, len(self._groups[which]) - 1)]
