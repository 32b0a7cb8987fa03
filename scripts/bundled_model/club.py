"""Club tracks: sub-basses down to 27 Hz under drum machines, which soundfonts and recorded basses do not hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from composer import Note, compose
from drums import only_playing, play_machine, program_pattern
from effects import distort, low_pass
from parts import bass_line
from sounds import Audio, Random, gain, normalise, write_wav
from synth import play_patch, random_patch
from synthetic import SONG_S, duck
from tracks import TrackNote, write_note


def make_club(name: str, seed: int, root: Path) -> Path:
    """Writes one track of drums and bass that belong together and returns its folder."""
    random = np.random.default_rng(seed)
    song = compose(random, float(random.uniform(85, 150)), int(random.integers(12)), "min", SONG_S, 2)
    drums = normalise(play_machine(only_playing(program_pattern(song, random), song), song.length_s, random))
    notes = bass_line(song, random, int(random.choice([22, 24, 26, 28])))
    bass = normalise(_sub(notes, song.length_s, random))
    if notes and random.random() < 0.6:
        bass = duck(bass, song, float(random.uniform(0.3, 0.95)))
    # The bass is what such tracks are built on: it is often the loudest thing by far.
    stems = {"drums": drums, "bass": bass * np.float32(gain(float(random.uniform(-3, 9))))}
    peak = max(float(np.abs(drums + stems["bass"]).max()), *(float(np.abs(s).max()) for s in stems.values()))
    track = root / "train" / name
    for target, stem in stems.items():
        write_wav(track / f"{target}.wav", stem * np.float32(gain(-1.0) / peak))
    write_note(track, TrackNote(True, "synthetic", False, None, ()))
    return track


def _sub(notes: list[Note], seconds: float, random: Random) -> Audio:
    """A sine, a dark saw or both an octave apart, driven or not."""
    patch = random_patch(random, "sub" if random.random() < 0.6 else "bass")
    if patch.sub == 0:
        patch = replace(
            patch, wave=str(random.choice(["sine", "sine", "triangle"])), sustain=float(random.uniform(0.3, 1))
        )
    else:
        patch = replace(patch, sub=1.0, bright=float(random.uniform(3, 20)), dark=float(random.uniform(1.5, 5)))
    sound = play_patch(notes, patch, seconds, random)
    if random.random() < 0.4:
        sound = low_pass(sound, float(random.uniform(70, 400)))
    if random.random() < 0.35:
        sound = 0.7 * normalise(sound) + 0.3 * normalise(distort(sound, float(random.uniform(4, 16)), 2500.0))
    return sound.astype(np.float32)
