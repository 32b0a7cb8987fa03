"""Training items: excerpts of stems drawn at random, augmented, and summed to a mixture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from trainer import augment
from trainer.config import TARGETS, TrainConfig
from trainer.dataset import COMPOUND, Track
from trainer.items import Item, augment_stem, mix
from trainer.play import AS_IT_IS, Play, draw_play, play
from trainer.remix import fit
from trainer.sounds import SoundReader
from trainer.sums import VOCALS, known_targets, parts_of
from umx_gui.engine.audio import FloatArray

_LOUD = 10 ** (-50 / 20)
_TRIES = 6
_DROP_SHARE = 0.1
_COMPOUND_SHARE = 0.12
_WEIGHT_LIMIT_S = 120.0


class Drawer:
    """Draws items from tracks. It keeps no state: the same generator draws the same item."""

    def __init__(self, tracks: Sequence[Track], config: TrainConfig) -> None:
        self._config = config
        self._reader = SoundReader.of(config, config.nb_channels)
        names = {stem for track in tracks for stem in track.stems} - {COMPOUND}
        order = [*TARGETS, *sorted(names - set(TARGETS))]
        self.sources = tuple(stem for stem in order if stem in names)
        self._aligned = _Choice([t for t in tracks if t.aligned and t.complete], config)
        self._compound = _Choice([t for t in tracks if COMPOUND in t.stems], config)
        # Where there are vocals and accompaniments and nothing else, the other items would be of vocals alone.
        self._compound_share = _COMPOUND_SHARE if names - {VOCALS} else 1.0
        self._tracks = tuple(tracks)
        known = [t for t in tracks if t.bpm is not None and t.key is not None and set(t.stems) & set(self.sources)]
        self._leads = _Choice(known, config)
        self._fits: dict[tuple[str, str], list[tuple[Track, Play]]] = {}
        self._by_stem = {s: _Choice([t for t in tracks if s in t.stems], config, s) for s in self.sources}

    def item(self, rng: Generator, augmented: bool = True) -> Item:
        """An item of one of three kinds: one track's stems, stems across tracks, vocals over an accompaniment."""
        if self._leads and self._config.remix_share and rng.random() < self._config.remix_share:
            stems, tracks, known = self._draw_remix(rng, augmented)
            return self._finished(stems, tracks, known, rng, augmented)
        kind = rng.random()
        if self._aligned and kind < self._config.aligned_share:
            stems, tracks, known = self._draw_aligned(rng, augmented)
        elif self._compound and rng.random() < self._compound_share and known_targets((COMPOUND,), self._config):
            stems, tracks, known = self._draw_compound(rng, augmented)
        else:
            stems, tracks, known = self._draw_shuffled(rng, augmented)
        return self._finished(stems, tracks, known, rng, augmented)

    def nth(self, rng: Generator, epoch: int, index: int, augmented: bool = True) -> Item:
        """An item of an epoch; which one it is makes no difference here, all are drawn."""
        return self.item(rng, augmented)

    def _finished(
        self, stems: dict[str, FloatArray], tracks: list[Track], known: tuple[str, ...], rng: Generator, augmented: bool
    ) -> Item:
        if augmented:
            stems = {name: augment_stem(wave, rng, self._config) for name, wave in stems.items()}
        return mix(stems, tracks, known, self._config, rng if augmented else None)

    def _draw_aligned(
        self, rng: Generator, augmented: bool
    ) -> tuple[dict[str, FloatArray], list[Track], tuple[str, ...]]:
        track = self._aligned.draw(rng)
        how = self._play(rng, "drums", augmented)
        parts = parts_of(track.stems, self._config)
        lead = parts[int(rng.integers(len(parts)))]
        start, wave = self._excerpt(track, lead, rng, how)
        stems = {lead: wave}
        for stem in parts:
            if stem != lead:
                stems[stem] = self._read(track, stem, start, how)
        if len(stems) > 1 and rng.random() < self._config.no_vocals_share:
            stems.pop(VOCALS, None)
        return stems, [track], known_targets(parts, self._config)

    def _draw_compound(
        self, rng: Generator, augmented: bool
    ) -> tuple[dict[str, FloatArray], list[Track], tuple[str, ...]]:
        track = self._compound.draw(rng)
        how = self._play(rng, "other", augmented)
        start, backing = self._excerpt(track, COMPOUND, rng, how)
        for stem in track.stems:
            if stem not in (COMPOUND, VOCALS) and track.aligned and COMPOUND in parts_of(track.stems, self._config):
                backing = backing + self._read(track, stem, start, how)
        stems, tracks = {COMPOUND: backing}, [track]
        if VOCALS in self._by_stem and rng.random() >= self._config.no_vocals_share:
            singer = self._by_stem[VOCALS].draw(rng)
            stems[VOCALS] = self._excerpt(singer, VOCALS, rng, self._play(rng, VOCALS, augmented))[1]
            tracks.append(singer)
        return stems, tracks, known_targets(stems, self._config)

    def _draw_shuffled(
        self, rng: Generator, augmented: bool
    ) -> tuple[dict[str, FloatArray], list[Track], tuple[str, ...]]:
        shares = {VOCALS: self._config.no_vocals_share}
        drop = {s: rng.random() < shares.get(s, _DROP_SHARE) for s in self.sources}
        if VOCALS in drop and rng.random() < self._config.vocals_only_share:
            drop = {s: s != VOCALS for s in self.sources}
        if all(drop.values()):
            drop[self.sources[int(rng.integers(len(self.sources)))]] = False
        stems: dict[str, FloatArray] = {}
        tracks: list[Track] = []
        for stem in (s for s in self.sources if not drop[s]):
            track = self._by_stem[stem].draw(rng)
            stems[stem] = self._excerpt(track, stem, rng, self._play(rng, stem, augmented))[1]
            tracks.append(track)
        return stems, tracks, self._config.targets

    def _draw_remix(
        self, rng: Generator, augmented: bool
    ) -> tuple[dict[str, FloatArray], list[Track], tuple[str, ...]]:
        """One song leads; each other stem is of a song that fits it, where one is known to, else of the same song."""
        lead = self._leads.draw(rng)
        how = self._play(rng, "drums", augmented)
        stems: dict[str, FloatArray] = {}
        tracks: list[Track] = []
        for stem in self.sources:
            fitting = self._fitting(lead, stem)
            if not fitting:
                continue
            track, fitted = fitting[int(rng.integers(len(fitting)))]
            both = Play(how.pitch * fitted.pitch, how.tempo * fitted.tempo)
            stems[stem] = self._excerpt(track, stem, rng, both)[1]
            tracks.append(track)
        return stems, tracks, self._config.targets

    def _fitting(self, lead: Track, stem: str) -> list[tuple[Track, Play]]:
        """The tracks whose stem can be played with another song, and how; that song's own stem if there is no other."""
        if (lead.name, stem) not in self._fits:
            having = [track for track in self._tracks if stem in track.stems]
            pairs = [(track, fit(track, lead, pitched=stem != "drums")) for track in having if track != lead]
            found = [(track, how) for track, how in pairs if how is not None]
            own = [(lead, AS_IT_IS)] if lead in having else []
            self._fits[lead.name, stem] = found or own
        return self._fits[lead.name, stem]

    def _play(self, rng: Generator, stem: str, augmented: bool) -> Play:
        return draw_play(rng, stem, self._config.source_augmentations) if augmented else AS_IT_IS

    def _excerpt(self, track: Track, stem: str, rng: Generator, how: Play) -> tuple[int, FloatArray]:
        """A stretch that can be heard, if a few tries find one: stems are silent for much of a song."""
        last = max(track.length(stem) - int(self._config.n_samples * how.tempo), 0)
        for _ in range(_TRIES):
            start = int(rng.integers(last + 1))
            wave = self._read(track, stem, start, how)
            if augment.rms(wave) > _LOUD:
                break
        return start, wave

    def _read(self, track: Track, stem: str, start: int, how: Play) -> FloatArray:
        n = self._config.n_samples
        return play(track.read(self._reader, stem, start, how.needed(n)), how, n)


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
