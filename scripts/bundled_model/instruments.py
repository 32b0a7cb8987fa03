"""Plays notes: through General MIDI soundfonts (fluidsynth) and on recorded single notes of basses and guitars."""

from __future__ import annotations

import csv
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import mido
import numpy as np
from composer import Note
from sounds import RATE, Audio, Random, add_at, fade, gain, read_audio, varispeed

SOUNDFONTS = (
    Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"),
    Path("/usr/share/sounds/sf3/MuseScore_General_Full.sf3"),
)
SOUNDFONT_CREDITS = (
    "FluidR3_GM soundfont, Frank Wen, MIT, Debian fluid-soundfont-gm",
    "MuseScore General soundfont, S. Christian Collins and others, MIT, Debian musescore-general-soundfont",
)
SAMPLE_CREDITS = {
    "growlybass": "Growlybass, Karoryfer Lecolds, CC0 1.0",
    "meatbass": "Meatbass, Karoryfer Lecolds, CC0 1.0",
    "swagbass": "Swagbass, Karoryfer Lecolds, CC0 1.0",
    "electric_bass_yr": "Finger and Picked Bass YR, Andrea Biasior, FreePats, CC0 1.0",
    "emilyguitar": "Emilyguitar, Karoryfer Lecolds, CC0 1.0",
    "spanish_classical_guitar": "Spanish classical guitar, roberto@zenvoid.org, FreePats, CC0 1.0",
}
# A note longer than its recording fades before the end; so does one that is let go.
RELEASE_S = 0.12


def play_soundfont(notes: list[Note], font: int, program: int, seconds: float, drums: bool = False) -> Audio:
    """Renders notes with a General MIDI program (or drum kit) of soundfont number `font` to [2, T], dry."""
    with tempfile.TemporaryDirectory() as folder:
        midi, wave = Path(folder) / "part.mid", Path(folder) / "part.wav"
        _write_midi(midi, notes, program, 9 if drums else 0)
        command = ["fluidsynth", "-ni", "-q", "-g", "0.5", "-R", "0", "-C", "0", "-r", str(RATE)]
        command += ["-o", "synth.dynamic-sample-loading=1", "-F", str(wave), str(SOUNDFONTS[font]), str(midi)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        sound = read_audio(wave)
    result = np.zeros((2, int(seconds * RATE)), dtype=np.float32)
    add_at(result, sound, 0)
    return result


def _write_midi(path: Path, notes: list[Note], program: int, channel: int) -> None:
    """One track at 120 bpm and 1000 ticks a beat, so that a tick is half a millisecond."""
    events: list[tuple[int, int, int, int]] = []
    for note in notes:
        start = int(note.start_s * 2000)
        velocity = int(np.clip(note.velocity, 1, 127))
        events.append((start, 1, note.pitch, velocity))
        events.append((start + max(int(note.length_s * 2000), 20), 0, note.pitch, 0))
    track = mido.MidiTrack([mido.Message("program_change", channel=channel, program=program)])
    now = 0
    for tick, on, pitch, velocity in sorted(events):
        kind = "note_on" if on else "note_off"
        track.append(mido.Message(kind, channel=channel, note=pitch, velocity=velocity, time=tick - now))
        now = tick
    mido.MidiFile(ticks_per_beat=1000, tracks=[track]).save(path)


@dataclass(frozen=True)
class Sample:
    """One recorded note."""

    path: Path
    pitch: int
    velocity: int
    articulation: str


@lru_cache(maxsize=32)
def load_samples(table: Path, instrument: str, articulation: str) -> tuple[Sample, ...]:
    """The recorded notes of an instrument in one articulation ("" for all), from its table."""
    with table.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["instrument"] == instrument]
    return tuple(
        Sample(table.parent / row["file"], int(row["midi_pitch"]), int(row["velocity"]), row["articulation"])
        for row in rows
        if articulation in ("", row["articulation"])
    )


@lru_cache(maxsize=400)
def _pitched(path: Path, semitones: int) -> Audio:
    """A recorded note moved by whole semitones (varispeed), faded at its end."""
    return fade(varispeed(read_audio(path), 2 ** (semitones / 12)), 0.001, 0.3)


def play_samples(notes: list[Note], samples: tuple[Sample, ...], seconds: float, random: Random) -> Audio:
    """Plays every note on the nearest recorded pitch and velocity, takes in random order; [2, T].

    A bass is monophonic, a guitar is not: notes are let go at their written length and fade over `RELEASE_S`.
    """
    result = np.zeros((2, int(seconds * RATE)), dtype=np.float32)
    for note in notes:
        distance = min(abs(sample.pitch - note.pitch) for sample in samples)
        near = [sample for sample in samples if abs(sample.pitch - note.pitch) == distance]
        layer = min(abs(sample.velocity - note.velocity) for sample in near)
        near = [sample for sample in near if abs(sample.velocity - note.velocity) == layer]
        chosen = near[int(random.integers(len(near)))]
        sound = _pitched(chosen.path, note.pitch - chosen.pitch)
        length = int((note.length_s + RELEASE_S) * RATE)
        sound = fade(sound[:, :length], 0.0, RELEASE_S)
        level = gain((note.velocity - chosen.velocity) / 6) * gain(float(random.normal(0, 0.7)))
        add_at(result, sound, int(note.start_s * RATE), level)
    return result
