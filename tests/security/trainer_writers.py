"""The trainer's writers of scores and of decoded sound, as `writers` wants them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from trainer.decoded_cache import DecodedCache
from trainer.score_files import read_song, song_path, write_song, write_tables
from trainer.score_song import SongScores, TargetScores

Step = Callable[[Path], object]
Parts = tuple[Step, Step, Callable[[Path], str], frozenset[str]]
_SETTINGS = {"window_s": 1.0, "hop_s": 1.0}


def scores_writer() -> Parts:
    """The scores of a song and the tables, over those of an earlier evaluation."""

    def write(folder: Path, value: float) -> None:
        scores = {t: TargetScores(np.full((4, 200), value), value, value, 0) for t in ("vocals", "drums")}
        write_song(
            song_path(folder, "test", "song"), SongScores("song", 44100, 100, scores, ("vocals",), ()), _SETTINGS
        )
        write_tables(folder, [read_song(song_path(folder, "test", "song"))])

    def check(folder: Path) -> str:
        # Each file is old or new by itself; the tables are made of the songs, which come first.
        song = song_path(folder, "test", "song")
        values = {frame["metrics"]["SDR"] for target in read_song(song)["targets"] for frame in target["frames"]}
        assert values in ({1.0}, {2.0})
        lines = {name: (folder / name).read_text().splitlines() for name in ("songs.csv", "windows.csv")}
        assert {name: len(found) for name, found in lines.items()} == {"songs.csv": 3, "windows.csv": 401}
        for name, column in (("songs.csv", 2), ("windows.csv", 3)):
            told = {line.split(",")[column] for line in lines[name][1:]}
            assert told in ({"1.00000"}, {"2.00000"})
            assert values == {2.0} or told == {"1.00000"}
        return "new" if values == {2.0} and lines["windows.csv"][1].split(",")[3] == "2.00000" else "old"

    names = frozenset({"test", "test/song.json", "songs.csv", "windows.csv"})
    return (lambda f: write(f, 1.0), lambda f: write(f, 2.0), check, names)


def decoded_writer(place: Path) -> Parts:
    """Decoded sound of a file beside that of another one. A disk that is full costs the cache, not the reading."""
    samples = 0.1 * np.random.default_rng(0).standard_normal((20_000, 2))
    place.mkdir(parents=True, exist_ok=True)
    paths = [place / f"{name}.flac" for name in "ab"]
    for path in paths:
        soundfile.write(path, samples, 44100)

    def read(folder: Path, path: Path) -> Any:
        return DecodedCache(folder, 1 << 30).part(path, 0, 5000, 10_000)

    def check(folder: Path) -> str:
        kept = [DecodedCache(folder, 1 << 30).length(path, 0) for path in paths]
        assert kept in ([20_000, None], [20_000, 20_000])
        for path, length in zip(paths, kept, strict=True):
            if length is not None:
                assert np.allclose(read(folder, path), samples.T[:, 5000:15_000], atol=1e-4)
        return "new" if kept[1] is not None else "old"

    cache = DecodedCache(place, 1 << 30)
    names = [cache._name(path, 0) for path in paths]
    locks = {f"lock-{int(name[:2], 16) % 16:x}" for name in names}
    return (
        lambda f: read(f, paths[0]), lambda f: read(f, paths[1]), check, frozenset({*names, *locks, "lock-room"})
    )  # fmt: skip
