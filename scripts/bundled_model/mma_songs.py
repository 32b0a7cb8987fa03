"""Songs played by a band that a program leads: invented chords in the styles of MMA, Musical MIDI Accompaniment.

Only the styles of MMA's own library (`stdlib`) are used; those it has converted from keyboards' are of unclear origin.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from composer import Bar, Note, Song, compose
from midi_songs import BASSES, DRUM_CHANNEL, perform, read_parts
from parts import melody
from sounds import Random

LIBRARY = Path("/usr/share/mma/lib/stdlib")
MMA_CREDIT = "Accompaniments played by MMA (Musical MIDI Accompaniment) by Bob van der Poel, Debian mma 21.09-1"
SONG_S = 95.0
MELODY_CHANNEL = 16  # none of MIDI's sixteen
LEADS = (0, 4, 11, 16, 19, 21, 24, 26, 27, 29, 30, 40, 56, 59, 61, 64, 65, 66, 68, 71, 73, 80, 81)
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
QUALITIES = {(0, 4, 7): "", (0, 3, 7): "m", (0, 4, 7, 10): "7", (0, 3, 7, 10): "m7", (0, 4, 7, 11): "M7"}
# Clicks only, or nothing.
NO_STYLES = {"metronome", "metronome3", "metronome6", "metronome68", "none"}
OFTEN = ("rock", "pop", "funk", "soul", "ska", "blues", "rb", "folk", "country", "trance", "disco", "twist", "ballad")


@dataclass(frozen=True)
class Style:
    """A file of MMA's library: its name, its grooves without those that begin and end a song, beats in a bar."""

    name: str
    grooves: tuple[str, ...]
    beats: int


@dataclass(frozen=True)
class MmaJob:
    """One song to make: its name and style, the folder of the recorded notes, and its random seed."""

    name: str
    style: Style
    material: Path
    seed: int


def read_style(path: Path) -> Style:
    """The grooves that a library file defines; no grooves where it has none that go on."""
    text = path.read_text(encoding="utf-8", errors="replace")
    beats = re.search(r"^\s*Time\s+(\d+)", text, re.MULTILINE | re.IGNORECASE)
    found = re.findall(r"^\s*DefGroove\s+(\S+)", text, re.MULTILINE | re.IGNORECASE)
    going_on = tuple(name for name in found if not re.search("intro|end|fill", name, re.IGNORECASE))
    return Style(path.stem, going_on, int(beats[1]) if beats else 4)


def plan_mma(material: Path, seed: int, songs: int) -> list[MmaJob]:
    """`songs` songs: every style about equally often, those of popular music first."""
    styles = [read_style(path) for path in sorted(LIBRARY.glob("*.mma")) if path.stem not in NO_STYLES]
    styles = [style for style in styles if style.grooves]
    random = np.random.default_rng([seed, 23])
    order = [styles[int(place)] for place in random.permutation(len(styles))]
    order.sort(key=lambda style: not any(word in style.name for word in OFTEN))
    jobs = []
    for number in range(songs):
        style = order[number % len(order)]
        jobs.append(MmaJob(f"mma_{number:03d}_{style.name}", style, material, int(random.integers(2**31))))
    return jobs


def make_mma_song(job: MmaJob, root: Path) -> Path:
    """Invents the chords, lets MMA play them, adds a melody, and writes the stems; returns the song's folder.

    Raises subprocess.CalledProcessError if MMA fails.
    """
    random = np.random.default_rng(job.seed)
    song = compose(random, float(random.uniform(80, 150)), int(random.integers(12)), _mode(random), SONG_S, 4)
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder) / "song.mma", Path(folder) / "song.mid"
        source.write_text(score(song, job.style, random), encoding="ascii")
        subprocess.run(["mma", "-f", result, source], check=True, capture_output=True, timeout=60)
        parts = read_parts(result.read_bytes())
    bar_s = song.bar_s * job.style.beats / 4
    parts = {key: _cast(key, notes, song, bar_s) for key, notes in parts.items()}
    if job.style.beats == 4 and random.random() < 0.7:
        lead = int(random.choice(LEADS))
        parts[MELODY_CHANNEL, lead] = melody(song, "other0", random, int(random.integers(60, 76)))
    return perform(root / "train" / job.name, parts, job.material, MMA_CREDIT, random)


def score(song: Song, style: Style, random: Random) -> str:
    """The song in MMA's language: a groove for each kind of section, one chord or two in each bar."""
    grooves = {name: str(random.choice(style.grooves)) for name in sorted({bar.section for bar in song.bars})}
    lines = [f"Tempo {song.bpm:.1f}"]
    for number, bar in enumerate(song.bars):
        if bar.first:
            lines.append(f"Groove {grooves[bar.section]}")
        lines.append(f"{number + 1} {_chord(song, bar)}")
    return "\n".join(lines) + "\n"


def _mode(random: Random) -> str:
    return str(random.choice(["maj", "min"]))


def _chord(song: Song, bar: Bar) -> str:
    return NAMES[(song.key + bar.root) % 12] + QUALITIES[bar.tones]


def _cast(key: tuple[int, int], notes: list[Note], song: Song, bar_s: float) -> list[Note]:
    """The notes of the bars in which drums, or the bass, play; all of the others."""
    channel, program = key
    part = "drums" if channel == DRUM_CHANNEL else "bass" if program in BASSES else ""
    if not part:
        return notes
    last = len(song.bars) - 1
    return [note for note in notes if part in song.bars[min(int(note.start_s / bar_s), last)].parts]
