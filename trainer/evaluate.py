"""An evaluation, from a model and a dataset to its files, as a generator of what happens."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.evaluate_options import EvaluateOptions
from trainer.layout_songs import layout_songs
from trainer.mix_songs import mix_songs
from trainer.musdb_songs import musdb_songs
from trainer.reference_songs import ReferenceSong, folder_songs
from trainer.score_files import song_path, write_song
from trainer.score_pool import score_songs
from trainer.score_song import Scorer, SongScores
from trainer.score_summary import Summary, finished_songs, write_summary
from umx_gui.engine.work import CancelToken
from umx_gui.errors import OptionError, OutputNotWritableError
from umx_gui.messages import Message

_LEFTOVER_S = 3600


@dataclass(frozen=True)
class Started:
    """Before the first song: how many there are to do here, and how many of them are done already."""

    n_songs: int
    n_done: int


@dataclass(frozen=True)
class SongDone:
    """A song is scored, and its file written."""

    scores: SongScores


@dataclass(frozen=True)
class SongFailed:
    """A song that could not be scored, and why; the others go on."""

    name: str
    message: Message


@dataclass(frozen=True)
class Finished:
    """The end: all that is known of all songs in the output folder, those of other shards included."""

    summary: Summary
    failed: tuple[str, ...]


Event = Started | SongDone | SongFailed | Finished


def songs_of(options: EvaluateOptions) -> Sequence[ReferenceSong]:
    """All songs of the dataset, by name. Raises DatasetError and OptionError."""
    if options.dataset == "sourcefolder":
        return mix_songs(options.data, options.root, options.subset, options.seq_dur)
    if options.dataset == "musdb":
        return musdb_songs(options.root, options.subset, options.is_wav)
    if options.dataset != "folder":
        return layout_songs(options.data, options.root, options.subset)
    return folder_songs(options.root, options.subset)


def evaluate(options: EvaluateOptions, cancel: CancelToken | None = None) -> Iterator[Event]:
    """Score every song of this shard that has no scores yet, and write the tables.

    Raises DatasetError, what `Scorer` raises, OptionError where the output folder holds scores
    made with other settings, or any if `resume` is not set, OutputExistsError where it holds JSON files of others,
    OutputNotWritableError, DiskFullError, WorkerGoneError and Cancelled; what was scored until then stays.
    """
    cancel = cancel or CancelToken()
    settings, songs = options.settings(), songs_of(options)
    part, parts = options.shard
    own = songs[part - 1 :: parts]
    folder = song_path(options.output, options.subset, "x").parent
    done = finished_songs(folder, settings)
    if not options.resume and any(song.name in done for song in own):
        raise OptionError("--output", "it holds scores of these songs; go on with --resume, or choose another folder")
    scorer = Scorer(options)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise OutputNotWritableError(folder, e.strerror or "") from e
    _remove_leftovers(folder)
    left = [song for song in own if song.name not in done]
    yield Started(len(own), len(own) - len(left))
    failed = []
    for song, result in score_songs(left, options, scorer, cancel):
        if isinstance(result, Message):
            failed.append(song.name)
            yield SongFailed(song.name, result)
        else:
            write_song(song_path(options.output, options.subset, song.name), result, settings)
            yield SongDone(result)
    yield Finished(write_summary(options.output, folder, len(songs), settings), tuple(failed))


def _remove_leftovers(folder: Path) -> None:
    """Remove what a killed evaluation left of files that never got their names; other shards' are younger."""
    for path in folder.glob(".*.part"):
        if time.time() - path.stat().st_mtime > _LEFTOVER_S:
            path.unlink(missing_ok=True)
