"""Stretches of whole songs, as validation, the scaler and the check read them: the mixture, and its stems."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from trainer.config import TrainConfig
from trainer.dataset import Track, tracks_of
from trainer.draw_reference import draw_sources
from trainer.sounds import SoundReader, cache_of
from trainer.sums import is_known, parts_of
from umx_gui.engine.audio import FloatArray
from umx_gui.errors import DatasetError


@lru_cache(maxsize=8)
def _reader(config: TrainConfig) -> SoundReader:
    return SoundReader(config.nb_channels, cache_of(config))


def stretch(song: Track, start: int, n_samples: int, config: TrainConfig) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Mixture [C, n] and stems [C, n] of a song from a sample on. Raises DatasetError.

    The mixture is the song's own file where it has one, as in MUSDB18, else the sum of the stems.
    """
    parts = parts_of(song.stems, config)
    stems = {stem: song.read(_reader(config), stem, start, n_samples) for stem in parts}
    if song.mixture is not None:
        return mixture_of(song, start, n_samples, config), stems
    return np.sum(list(stems.values()), axis=0, dtype=np.float32), stems


def mixture_of(song: Track, start: int, n_samples: int, config: TrainConfig) -> FloatArray:
    """The mixture [C, n] alone; where it has a file of its own, no other is read. Raises DatasetError."""
    if song.mixture is None:
        return stretch(song, start, n_samples, config)[0]
    return song.read(_reader(config), song.mixture, start, n_samples)


def songs_to_validate(config: TrainConfig) -> tuple[Track, ...]:
    """The songs of the validation split; of a sourcefolder, mixtures drawn once for all. Raises DatasetError."""
    if config.dataset == "sourcefolder":
        return drawn_mixtures(config, "valid")
    tracks = tracks_of(config, "valid")
    songs = tuple(track for track in tracks if track.aligned and track.complete)
    if not songs:
        folder = Path(config.root) / "valid"
        raise DatasetError(folder, "none of its tracks is a whole song, with stems of equal length")
    # A song of vocals and an accompaniment says nothing of drums.
    for target in config.targets:
        told = tuple(song for song in songs if is_known(target, parts_of(song.stems, config), config))
        if not told:
            raise DatasetError(Path(config.root) / "valid", f"none of its songs has {target} apart from the rest")
        songs = told
    return songs


def drawn_mixtures(config: TrainConfig, split: str) -> tuple[Track, ...]:
    """Mixtures of a sourcefolder's sounds, always the same ones, as tracks. Raises DatasetError."""
    songs, tracks = [], tracks_of(config, split)
    folder = Path(config.root) / split
    for index in range(config.nb_valid_samples):
        # By its number alone, as in the reference: each epoch hears the same.
        drawn = draw_sources(tracks, config, np.random.default_rng(index))
        files = tuple(
            (stem, str(track.path(stem).relative_to(folder)), config.n_samples) for stem, (track, _) in drawn.items()
        )
        starts = tuple((stem, start) for stem, (_, start) in drawn.items())
        songs.append(Track(f"{index:04d}", str(folder), files, True, True, True, None, starts=starts))
    return tuple(songs)
