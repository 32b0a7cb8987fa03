"""Drum parts: human performances and programmed patterns, played on a recorded kit, drum machines or soundfonts."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import mido
import numpy as np
from composer import Note, Song
from effects import compress, equalise, reverb
from instruments import play_soundfont
from sounds import RATE, Audio, Random, add_at, fade, gain, read_audio
from synth import electronic_kit

KIT_CREDIT = (
    '"MuldjordKit" drum samples by Lars Muldjord, SFZ edition by kinwie, CC BY 4.0 (mixed to stereo, trimmed, subset), '
    "github.com/sfzinstruments/DrumGizmo.MuldjordKit fc165714974aa843125ce88597f341b31376e1d5"
)
GROOVE_CREDIT = (
    '"Groove MIDI Dataset" by Google LLC / Magenta (Gillick, Roberts, Engel, Eck, Bamman 2019), CC BY 4.0 (subset), '
    "github.com/zharry29/drums-with-llm 476adbc938a600eaca26bbb02648e6127b5eca64"
)
# The electronic kit the performances were played on has zones General MIDI has not.
TO_GENERAL_MIDI = {22: 42, 26: 46, 40: 38, 43: 41, 58: 41, 47: 45, 50: 48, 55: 49, 44: 42}
PEDAL = 44
KITS = ((0, 0), (0, 8), (0, 16), (0, 24), (0, 25), (0, 32), (1, 0), (1, 8), (1, 16), (1, 24), (1, 25), (1, 32), (1, 40))
PATTERNS: tuple[dict[int, str], ...] = (
    {36: "x...x...x...x...", 39: "....x.......x...", 42: "..x...x...x...x."},
    {36: "x...x...x...x...", 38: "....x.......x...", 46: "..x...x...x...x.", 42: "x.o.x.o.x.o.x.o."},
    {36: "x......x..x.....", 38: "....x.......x...", 42: "x.x.x.x.x.x.x.x."},
    {36: "x.....x...x..x..", 38: "....x.......x..o", 42: "xoxoxoxoxoxoxoxo"},
    {36: "x.........x.....", 38: "........x.......", 42: "x.x.xxx.x.x.xoxx"},
    {36: "x..x..x...x.....", 39: "........x.......", 42: "xxx.xxx.xxx.xxxx", 37: "...o......o....."},
    {36: "x.x.......x.x...", 38: "....x..o.o..x...", 42: "x.x.x.x.x.x.x.x.", 46: "..............x."},
    {36: "x..x..x.x..x..x.", 37: "..x...x...x...x.", 70: "xoxoxoxoxoxoxoxo"},
    {36: "x.......x.......", 38: "....x.......x...", 51: "x.x.x.x.x.x.x.x."},
    {36: "xxxxxxxxxxxxxxxx", 38: "....x.......x...", 49: "x.......x......."},
)


@dataclass(frozen=True)
class Groove:
    """A human drum performance: file, tempo in bpm, length in seconds, style."""

    path: Path
    bpm: float
    seconds: float
    style: str


def list_grooves(table: Path) -> list[Groove]:
    """The performances of a table with columns file, bpm, duration and style."""
    with table.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    found = [Groove(table.parent / r["file"], float(r["bpm"]), float(r["duration"]), r["style"]) for r in rows]
    return [groove for groove in found if 68 <= groove.bpm <= 172 and groove.path.exists()]


def read_groove(groove: Groove, bpm: float, bars: int, random: Random) -> list[Note]:
    """`bars` bars of a performance from a random bar on, at another tempo if asked, from the start if it ends early."""
    messages, now = [], 0.0
    for message in mido.MidiFile(groove.path):
        now += message.time
        if message.type == "note_on" and message.velocity > 0:
            messages.append((now, message.note, message.velocity))
    bar_s = 240.0 / groove.bpm
    whole = max(int(messages[-1][0] / bar_s), 1)
    first = int(random.integers(0, max(whole - bars, 0) + 1))
    run = min(bars, whole - first)
    notes = []
    for turn in range(-(-bars // run)):
        for time, note, velocity in messages:
            place = time / bar_s - first
            if -0.03 <= place < run and place + turn * run < bars:
                loud = velocity // 3 if note == PEDAL else velocity
                start = max((place + turn * run) * 240.0 / bpm, 0.0)
                notes.append(Note(start, 0.1, TO_GENERAL_MIDI.get(note, note), max(loud, 1)))
    return notes


def program_pattern(song: Song, random: Random) -> list[Note]:
    """A machine-like part: a pattern per section, fills before changes, a cymbal on new sections."""
    notes = []
    favourite = int(np.random.default_rng(song.seed).integers(len(PATTERNS)))
    for index, bar in enumerate(song.bars):
        choose = song.section_random(bar.section, "drums")
        pattern = PATTERNS[favourite if choose.random() < 0.6 else int(choose.integers(len(PATTERNS)))]
        last = index + 1 == len(song.bars) or song.bars[index + 1].first
        for note, steps in pattern.items():
            for step, mark in enumerate(steps):
                if mark == "." or (last and step >= 12 and note != 36):
                    continue
                late = song.swing * song.bar_s / 8 if step % 2 else 0.0
                velocity = int((110 if mark == "x" else 62) * bar.energy + random.normal(0, 4))
                notes.append(
                    Note(bar.start_s + step * song.bar_s / 16 + late, 0.1, note, int(np.clip(velocity, 5, 127)))
                )
        if last and random.random() < 0.7:
            drum = int(random.choice([38, 38, 45, 48, 41]))
            notes += [Note(bar.start_s + s * song.bar_s / 16, 0.1, drum, 70 + 4 * (s - 11)) for s in range(12, 16)]
        if bar.first and random.random() < 0.8:
            notes.append(Note(bar.start_s, 1.0, 49, 100))
    return sorted(notes, key=lambda note: note.start_s)


def only_playing(notes: list[Note], song: Song) -> list[Note]:
    """Drops hits in bars without drums."""
    bars = song.bars
    return [n for n in notes if "drums" in bars[min(int(n.start_s / song.bar_s + 0.03), len(bars) - 1)].parts]


@lru_cache(maxsize=2)
def load_kit(table: Path) -> dict[int, list[tuple[int, int, Audio]]]:
    """The recorded kit: velocity range and sound of each take, by General MIDI note."""
    kit: dict[int, list[tuple[int, int, Audio]]] = {}
    with table.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            sound = fade(read_audio(table.parent / row["file"]), 0.0, 0.02)
            low, high = int(row["midi_velocity_low"]), int(row["midi_velocity_high"])
            kit.setdefault(int(row["gm_note"]), []).append((low, high, sound))
    kit.setdefault(39, kit[38])
    return kit


def play_kit(notes: list[Note], table: Path, seconds: float, random: Random) -> Audio:
    """Plays hits on the recorded kit: a random take of the velocity's layer, levels and tuning of its own; [2, T]."""
    kit = load_kit(table)
    levels = {note: gain(float(random.uniform(-3, 3))) for note in kit}
    kicks = 36 if random.random() < 0.6 else 35
    result = np.zeros((2, int(seconds * RATE)), dtype=np.float32)
    opened: list[tuple[int, Audio]] = []
    lean = float(random.uniform(0.85, 1.25))
    for note in notes:
        pitch = kicks if note.pitch in (35, 36) else note.pitch
        if pitch not in kit:
            continue
        velocity = int(np.clip(note.velocity * lean + random.normal(0, 3), 1, 127))
        takes = [take for take in kit[pitch] if take[0] <= velocity <= take[1]] or kit[pitch]
        sound = takes[int(random.integers(len(takes)))][2]
        start = int(note.start_s * RATE)
        if pitch in (42, 46) and opened:
            _choke(result, opened.pop(), start, levels[46])
        if pitch == 46:
            opened.append((start, sound))
        add_at(result, sound, start, levels[pitch] * gain(float(random.normal(0, 0.6))))
    return result


def _choke(result: Audio, ringing: tuple[int, Audio], start: int, level: float) -> None:
    """Takes back what would still sound of an open hihat after it is closed (over 40 ms)."""
    begun, sound = ringing
    rest = sound[:, max(start - begun, 0) :].copy()
    ramp = min(int(0.04 * RATE), rest.shape[1])
    rest[:, :ramp] *= np.linspace(0, 1, ramp, dtype=np.float32)
    add_at(result, rest, start, -level)


def play_machine(notes: list[Note], seconds: float, random: Random) -> Audio:
    """Plays hits on a drum machine with settings of its own; [2, T]."""
    kit = electronic_kit(random)
    twins = {35: 36, 40: 38, 47: 45, 43: 41, 50: 48, 57: 49, 52: 49, 55: 49, 59: 51, 53: 51, 54: 70, 44: 42}
    result = np.zeros((2, int(seconds * RATE)), dtype=np.float32)
    sides = {note: float(random.uniform(-0.4, 0.4)) if note not in (36, 38) else 0.0 for note in kit}
    for note in notes:
        pitch = twins.get(note.pitch, note.pitch)
        if pitch in kit:
            weights = np.array([[1 - sides[pitch]], [1 + sides[pitch]]], dtype=np.float32)
            add_at(result, kit[pitch] * weights, int(note.start_s * RATE), (note.velocity / 127) ** 1.4 * 0.6)
    return result


def play_drums(
    notes: list[Note], kind: str, table: Path, seconds: float, random: Random
) -> tuple[Audio, tuple[str, ...]]:
    """Renders hits on "kit", "machine" or "font" with studio treatment; the sound and the credits it needs."""
    owed: tuple[str, ...] = ()
    if kind == "kit":
        sound, owed = play_kit(notes, table, seconds, random), (KIT_CREDIT,)
    elif kind == "machine":
        sound = play_machine(notes, seconds, random)
    else:
        font, program = KITS[int(random.integers(len(KITS)))]
        sound = play_soundfont(notes, font, program, seconds, drums=True)
    sound = equalise(sound, random, 4.0)
    if random.random() < 0.5:
        top = 20 * np.log10(float(np.abs(sound).max()) + 1e-9)
        sound = compress(sound, top - float(random.uniform(6, 16)), float(random.uniform(2, 6)), 0.08)
    if random.random() < 0.6:
        sound = reverb(sound, random, float(random.uniform(0.3, 1.4)), float(random.uniform(-20, -8)))
    return sound, owed
