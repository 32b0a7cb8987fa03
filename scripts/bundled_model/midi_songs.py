"""Whole songs out of composed MIDI files: those of Freedoom, played on soundfonts, recorded notes and synthesisers."""

from __future__ import annotations

import io
import struct
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np
from composer import Note
from drums import play_drums
from effects import chorus, compress, distort, equalise, pan, reverb
from instruments import SAMPLE_CREDITS, SOUNDFONT_CREDITS, load_samples, play_samples, play_soundfont
from sounds import RATE, Audio, Random, add_at, gain, normalise, write_wav
from synth import play_patch, random_patch
from tracks import TrackNote, write_note

FREEDOOM_CREDIT = (
    "Freedoom music, Copyright (c) 2001-2003 Contributors to the Freedoom project, BSD-3-Clause, "
    "Debian freedoom 0.12.1-2"
)
WADS = (Path("/usr/share/games/doom/freedoom1.wad"), Path("/usr/share/games/doom/freedoom2.wad"))
LONGEST_S = 125.0
SHORTEST_S = 40.0
DRUM_CHANNEL = 9
BASSES = range(32, 40)
# Choirs and voice pads would teach that a choir is an instrument; drums and noises outside channel 10 are neither.
LEFT_OUT = {52, 53, 54, 85, 91, 47, *range(112, 128)}
DISTORTED = {29, 30, 31}
# What may be played in another's place, so that one part is heard on several instruments.
FAMILIES = ((0, 1, 2, 4, 5), (16, 17, 18, 19), (24, 25, 26, 27, 28), (29, 30), (48, 49, 50, 51), (56, 57, 61, 62),
            (64, 65, 66, 67), (80, 81, 87, 84), (88, 89, 90, 92, 94, 95))  # fmt: skip
SAMPLED_BASSES = (
    ("growlybass", "sustain"), ("swagbass", "sustain"), ("meatbass", "pizz"), ("electric_bass_yr", "finger"),
    ("electric_bass_yr", "pick"), ("electric_bass_yr", "pick"),
)  # fmt: skip


Parts = dict[tuple[int, int], list[Note]]  # by channel, from 0, and General MIDI program


@dataclass(frozen=True)
class MidiJob:
    """One song to make: its name, the MIDI file's bytes, the folder of the recorded notes, and its random seed."""

    name: str
    midi: bytes
    material: Path
    seed: int


def read_wad(path: Path) -> dict[str, bytes]:
    """The MIDI files of a WAD by name: a header, then 16-byte entries of position, size and name (lumps D_*)."""
    data = path.read_bytes()
    count, table = struct.unpack_from("<ii", data, 4)
    found = {}
    for index in range(count):
        place, size, name = struct.unpack_from("<ii8s", data, table + 16 * index)
        lump = data[place : place + size]
        if name.startswith(b"D_") and lump.startswith(b"MThd"):
            found[name.rstrip(b"\0").decode().removeprefix("D_").lower()] = lump
    return found


def plan_midi(material: Path, seed: int, rounds: int) -> list[MidiJob]:
    """Every song of Freedoom that is long enough, `rounds` times in other keys, tempi and sounds."""
    songs: dict[bytes, str] = {}
    for path in WADS:
        for name, midi in read_wad(path).items():
            songs.setdefault(midi, f"{path.stem}_{name}")
    random = np.random.default_rng([seed, 11])
    jobs = []
    for turn in range(rounds):
        for midi, name in songs.items():
            start = int(random.integers(2**31))
            if mido.MidiFile(file=io.BytesIO(midi)).length >= SHORTEST_S:
                jobs.append(MidiJob(f"midi_{name}_{turn}", midi, material, start))
    return jobs


def read_parts(midi: bytes) -> Parts:
    """The notes of a MIDI file; a note ends with its note-off, or the next of its pitch."""
    programs: dict[int, int] = defaultdict(int)
    open_notes: dict[tuple[int, int], tuple[float, int, int]] = {}
    parts: dict[tuple[int, int], list[Note]] = defaultdict(list)
    now = 0.0
    for message in mido.MidiFile(file=io.BytesIO(midi)):
        now += message.time
        if message.type == "program_change":
            programs[message.channel] = message.program
        elif message.type in ("note_on", "note_off"):
            begun = open_notes.pop((message.channel, message.note), None)
            if begun is not None:
                start, velocity, program = begun
                parts[message.channel, program].append(Note(start, max(now - start, 0.03), message.note, velocity))
            if message.type == "note_on" and message.velocity > 0:
                program = 0 if message.channel == DRUM_CHANNEL else programs[message.channel]
                open_notes[message.channel, message.note] = (now, message.velocity, program)
    return parts


def make_midi_song(job: MidiJob, root: Path) -> Path:
    """Writes one song's drums, bass and other and returns its folder; a part that is not there makes no file."""
    random = np.random.default_rng(job.seed)
    return perform(root / "train" / job.name, read_parts(job.midi), job.material, FREEDOOM_CREDIT, random)


def perform(track: Path, parts: Parts, material: Path, credit: str, random: Random) -> Path:
    """Plays a song's parts in another key and tempo on invented instruments, writes the stems, returns `track`."""
    tempo, semitones = float(random.uniform(0.87, 1.15)), int(random.integers(-4, 4))
    parts = {key: bent(notes, tempo, semitones if key[0] != DRUM_CHANNEL else 0) for key, notes in parts.items()}
    end = max(note.start_s + note.length_s for notes in parts.values() for note in notes)
    begin = float(random.uniform(0, max(end - LONGEST_S, 0)))
    seconds = min(end, LONGEST_S)
    parts = {key: cut(notes, begin, seconds) for key, notes in parts.items()}
    drums = [note for (channel, _), notes in parts.items() if channel == DRUM_CHANNEL for note in notes]
    bass = [n for (c, program), notes in parts.items() if c != DRUM_CHANNEL and program in BASSES for n in notes]
    stems: dict[str, Audio] = {}
    owed = {credit, *SOUNDFONT_CREDITS}
    if len(drums) > 20:
        kind = str(random.choice(["kit", "kit", "font", "font", "machine"]))
        sound, needed = play_drums(drums, kind, material / "drums" / "drums.csv", seconds, random)
        stems["drums"] = normalise(sound)
        owed.update(needed)
    if len(bass) > 20:
        sound, needed = _bass(material, sorted(bass, key=lambda note: note.start_s), seconds, random)
        stems["bass"] = normalise(sound)
        owed.update(needed)
    other = _other(parts, seconds, random)
    if float(np.abs(other).max()) > 1e-3:
        stems["other"] = normalise(other)
    write_mix(track, stems, random)
    write_note(track, TrackNote(True, "synthetic", True, None, tuple(sorted(owed))))
    return track


def write_mix(track: Path, stems: dict[str, Audio], random: Random) -> None:
    """Writes stems at the levels of an invented mix, whose sum and parts peak at -1 dBFS at most."""
    offsets = {"drums": (-3, 4), "bass": (-5, 2), "other": (-4, 3)}
    placed = {name: stem * np.float32(gain(float(random.uniform(*offsets[name])))) for name, stem in stems.items()}
    peak = max(float(np.abs(sound).max()) for sound in (*placed.values(), np.sum(list(placed.values()), axis=0)))
    for name, stem in placed.items():
        write_wav(track / f"{name}.wav", stem * np.float32(gain(-1.0) / peak))


def bent(notes: list[Note], tempo: float, semitones: int) -> list[Note]:
    """Notes played `tempo` times as fast and moved in pitch."""
    return [Note(n.start_s / tempo, n.length_s / tempo, n.pitch + semitones, n.velocity) for n in notes]


def cut(notes: list[Note], begin: float, seconds: float) -> list[Note]:
    """The notes that begin within `seconds` from `begin`, which becomes zero."""
    inside = [note for note in notes if begin <= note.start_s < begin + seconds]
    return [Note(n.start_s - begin, min(n.length_s, 12.0), n.pitch, n.velocity) for n in inside]


def _bass(material: Path, notes: list[Note], seconds: float, random: Random) -> tuple[Audio, tuple[str, ...]]:
    """A recorded bass, a soundfont's or a synthesiser's; half of them compressed, some driven."""
    owed: tuple[str, ...] = ()
    draw = random.random()
    if draw < 0.45:
        name, manner = SAMPLED_BASSES[int(random.integers(len(SAMPLED_BASSES)))]
        samples = load_samples(material / "bass" / "bass.csv", name, manner)
        sound, owed = play_samples(notes, samples, seconds, random), (SAMPLE_CREDITS[name],)
    elif draw < 0.8:
        sound = play_soundfont(
            notes, int(random.random() < 0.25), int(random.choice([33, 33, 34, 34, 36, 37, 38])), seconds
        )
    else:
        sound = play_patch(notes, random_patch(random, str(random.choice(["bass", "bass", "sub"]))), seconds, random)
    sound = equalise(normalise(sound), random, 4.0)
    if random.random() < 0.5:
        sound = compress(sound, -26.0, float(random.uniform(2, 6)))
    if random.random() < 0.35:
        sound = 0.6 * sound + 0.4 * normalise(distort(sound, float(random.uniform(6, 24)), 3500.0))
    return sound.astype(np.float32), owed


def _other(parts: Parts, seconds: float, random: Random) -> Audio:
    """Everything else, each program at a place and level of its own; some distorted guitars are clean ones, driven."""
    mix = np.zeros((2, int(seconds * RATE)), dtype=np.float32)
    by_program: dict[int, list[list[Note]]] = defaultdict(list)
    for (channel, program), notes in parts.items():
        if channel != DRUM_CHANNEL and program not in BASSES and program not in LEFT_OUT and notes:
            by_program[program].append(notes)
    for program, voices in by_program.items():
        family = next((f for f in FAMILIES if program in f), (program,))
        chosen = program if random.random() < 0.5 else int(random.choice(family))
        driven = program in DISTORTED and random.random() < 0.6
        if driven:
            chosen = int(random.choice([27, 28, 25]))
        wide = 0.9 if program in DISTORTED else 0.6
        # Guitars that play the same are two channels of a file: they go left and right, as in a record.
        sides = np.linspace(-wide, wide, len(voices)) if len(voices) > 1 else [float(random.uniform(-wide, wide))]
        level = gain(float(random.uniform(-7, 1)))
        for side, notes in zip(sides, voices[:4], strict=False):
            sound = normalise(play_soundfont(notes, int(random.random() < 0.25), chosen, seconds))
            if driven:
                sound = normalise(distort(sound, float(random.uniform(14, 34)), float(random.uniform(3500, 7000))))
            if random.random() < 0.15:
                sound = chorus(sound, random)
            add_at(mix, pan(equalise(sound, random, 4.0), float(side)), 0, level)
    if random.random() < 0.8:
        mix = reverb(mix, random, float(random.uniform(0.4, 2.5)), float(random.uniform(-22, -9)))
    return mix
