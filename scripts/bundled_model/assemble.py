"""Makes the training data of the bundled model out of freely licensed multitracks, voices, samples and soundfonts.

    python scripts/bundled_model/assemble.py --material DIR --root OUT [--part real|synthetic|club|midi|mma|sung|all]
        [--songs N] [--variants N] [--seed S] [--processes N]

`DIR` holds the folders songs, voices, bands, drums, bass, guitar and midi described in README.md beside this script,
which also names the public origin, commit and licence of each. `OUT/train` and `OUT/valid` receive one folder per
track with WAVs named after their targets and a `track.json`. A track that has its `track.json` is left as it is, so
an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import Pool
from pathlib import Path

from club import make_club
from midi_songs import make_midi_song, plan_midi
from mma_songs import make_mma_song, plan_mma
from real_parts import SONG_CREDIT, VALIDATION_SONG, write_band, write_song
from sung_speech import make_sung, plan_sung
from synthetic import make_synthetic, plan_synthetic
from voice_parts import make_voice, plan_voices

Job = tuple[str, Callable[[], Path]]


def plan_real(material: Path, root: Path, seed: int, variants: int) -> list[Job]:
    """Songs and bands first (quick), then the vocal tracks, plain ones before changed ones."""
    songs = sorted(path for path in (material / "songs").iterdir() if path.is_dir())
    bands = sorted(path for path in (material / "bands").iterdir() if path.is_dir())
    jobs: list[Job] = []
    for song in songs:
        name = song.name if song.name == VALIDATION_SONG else f"song_{song.name}"
        jobs.append((name, partial(write_song, song, root)))
    jobs += [(f"band_{band.name}", partial(write_band, band, root)) for band in bands]
    training = [song for song in songs if song.name != VALIDATION_SONG]
    for voice in plan_voices(material / "voices", training, seed, variants):
        jobs.append((voice.name, partial(make_voice, voice, root, SONG_CREDIT)))
    return jobs


def run_job(job: Job, root: Path) -> str:
    """Makes one track unless it is finished already; returns a line for the log."""
    name, make = job
    if any((root / part / name / "track.json").exists() for part in ("train", "valid")):
        return f"{name}: there already"
    start = time.monotonic()
    make()
    return f"{name}: {time.monotonic() - start:.1f} s"


def parse() -> argparse.Namespace:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--material", type=Path, required=True, help="folder of the source material")
    parser.add_argument("--root", type=Path, required=True, help="folder to make train/ and valid/ in")
    parser.add_argument("--part", choices=("real", "synthetic", "club", "midi", "mma", "sung", "all"), default="all")
    parser.add_argument("--songs", type=int, default=80, help="number of synthetic songs")
    parser.add_argument("--variants", type=int, default=4, help="rounds of changed singers over the voice packs")
    parser.add_argument("--singers", type=int, default=100, help="number of vocal tracks of speech made to sing")
    parser.add_argument("--styles", type=int, default=110, help="number of songs in MMA's styles")
    parser.add_argument("--rounds", type=int, default=1, help="how often each composed song is played, differently")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


def plan(options: argparse.Namespace) -> list[Job]:
    """Everything the options ask for."""
    jobs: list[Job] = []
    if options.part in ("real", "all"):
        jobs += plan_real(options.material, options.root, options.seed, options.variants)
    if options.part in ("synthetic", "all"):
        for track in plan_synthetic(options.material, options.seed, options.songs):
            jobs.append((track.name, partial(make_synthetic, track, options.root)))
    if options.part in ("club", "all"):
        for number in range(options.songs // 3):
            name = f"club_{number:03d}"
            jobs.append((name, partial(make_club, name, options.seed * 1000 + number, options.root)))
    if options.part in ("sung", "all"):
        for voice in plan_sung(options.material, options.seed, options.singers):
            jobs.append((voice.name, partial(make_sung, voice, options.root)))
    if options.part in ("midi", "all"):
        for song in plan_midi(options.material, options.seed, options.rounds):
            jobs.append((song.name, partial(make_midi_song, song, options.root)))
    if options.part in ("mma", "all"):
        for played in plan_mma(options.material, options.seed, options.styles):
            jobs.append((played.name, partial(make_mma_song, played, options.root)))
    return jobs


def main() -> None:
    """Plans all tracks and makes them in parallel, one log line each."""
    options = parse()
    jobs = plan(options)
    with Pool(options.processes, initializer=os.nice, initargs=(5,)) as pool:
        for line in pool.imap_unordered(partial(run_job, root=options.root), jobs):
            print(line, flush=True)


if __name__ == "__main__":
    main()
