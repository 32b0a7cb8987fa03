"""Turns a planned song into notes: bass lines, chords, arpeggios, strums, riffs and melodies."""

from __future__ import annotations

import numpy as np
from composer import Bar, Note, Song
from sounds import Random

Step = tuple[int, int]
# Sixteenths on which accompaniment chords start, and how long they last.
COMPS: tuple[tuple[Step, ...], ...] = (
    ((0, 8), (8, 8)),
    ((0, 4), (4, 4), (8, 4), (12, 4)),
    ((0, 3), (3, 3), (6, 2), (8, 3), (11, 3), (14, 2)),
    ((2, 2), (6, 2), (10, 2), (14, 2)),
    ((0, 6), (6, 4), (10, 6)),
    ((4, 2), (12, 2)),
    ((0, 2), (3, 2), (7, 2), (10, 2), (12, 2)),
    ((0, 12), (12, 2), (14, 2)),
    ((0, 2), (2, 2), (4, 2), (6, 2), (8, 2), (10, 2), (12, 2), (14, 2)),
)
BASS_STYLES = ("eighths", "pump", "octaves", "long", "halves", "walking", "riff", "riff", "dotted", "quarters")


def _time(song: Song, bar: Bar, step: float, random: Random, loose_s: float = 0.006) -> float:
    """Onset of a sixteenth of a bar, with swing on off-beats and a little human error."""
    sixteenth = song.bar_s / 16
    late = song.swing * sixteenth * 2 if step % 4 == 2 else 0.0
    return max(bar.start_s + step * sixteenth + late + float(random.normal(0.0, loose_s)), 0.0)


def _velocity(bar: Bar, step: int, random: Random) -> int:
    """Loudness by energy and metric weight."""
    accent = 8 if step % 8 == 0 else 0
    return int(np.clip(60 + 40 * bar.energy + accent + random.normal(0, 6), 25, 127))


def voicing(song: Song, bar: Bar, centre: int, count: int = 4) -> list[int]:
    """Chord pitches closest to `centre`, low to high."""
    classes = {(song.key + bar.root + tone) % 12 for tone in bar.tones}
    near = sorted((pitch for pitch in range(30, 97) if pitch % 12 in classes), key=lambda pitch: abs(pitch - centre))
    return sorted(near[:count])


def _bass_steps(style: str, random: Random) -> list[tuple[int, int, int]]:
    """Sixteenth, length and interval over the chord root of one bar's bass notes."""
    if style == "eighths":
        return [(step, 2, 0) for step in range(0, 16, 2)]
    if style == "quarters":
        return [(step, 4, 0) for step in range(0, 16, 4)]
    if style == "pump":
        return [(step, 2, 0) for step in range(2, 16, 4)]
    if style == "octaves":
        return [(step, 2, 12 * (step // 2 % 2)) for step in range(0, 16, 2)]
    if style == "long":
        return [(0, 16, 0)]
    if style == "halves":
        return [(0, 8, 0), (8, 8, int(random.choice([0, 7, -5])))]
    if style == "dotted":
        return [(0, 3, 0), (3, 3, 0), (6, 2, 0), (8, 3, 0), (11, 3, 0), (14, 2, 7)]
    if style == "walking":
        second, last = int(random.choice([2, 3, 5])), int(random.choice([5, 9, 10, -1]))
        return [(0, 4, 0), (4, 4, second), (8, 4, 7), (12, 4, last)]
    onsets = [0] + [step for step in range(1, 16) if random.random() < (0.5 if step % 2 == 0 else 0.18)]
    intervals = [0, 0, 0, 7, 12, 10, 5, -5]
    ends = [*onsets[1:], 16]
    return [
        (on, max(min(end - on, int(random.choice([1, 2, 4, 8]))), 1), 0 if on == 0 else int(random.choice(intervals)))
        for on, end in zip(onsets, ends, strict=True)
    ]


def bass_line(song: Song, random: Random, lowest: int = 28) -> list[Note]:
    """The bass part: a style per section, roots within the octave above `lowest`."""
    notes: list[Note] = []
    for index, bar in enumerate(song.bars):
        if "bass" not in bar.parts:
            continue
        pattern = song.section_random(bar.section, "bass")
        steps = _bass_steps(BASS_STYLES[int(pattern.integers(len(BASS_STYLES)))], pattern)
        root = lowest + (song.key + bar.root - lowest) % 12
        for step, length, interval in steps:
            pitch = root + interval
            if index % 8 == 7 and step >= 12 and random.random() < 0.4:
                pitch = root + int(random.choice([-2, 2, 5, 7, 12]))
            start = _time(song, bar, step, random, 0.004)
            hold = length * song.bar_s / 16 * float(random.uniform(0.75, 1.0))
            notes.append(Note(start, hold, max(pitch, lowest - 2), _velocity(bar, step, random)))
    return notes


def pad(song: Song, part: str, random: Random, centre: int) -> list[Note]:
    """Chords held for the whole bar."""
    return [
        Note(_time(song, bar, 0, random), song.bar_s * 1.02, pitch, int(_velocity(bar, 4, random) * 0.8))
        for bar in song.bars
        if part in bar.parts
        for pitch in voicing(song, bar, centre, 4)
    ]


def comp(song: Song, part: str, random: Random, centre: int) -> list[Note]:
    """Rhythmic chords; about every third section also with a low root as a pianist's left hand."""
    notes: list[Note] = []
    for bar in song.bars:
        if part not in bar.parts:
            continue
        pattern = song.section_random(bar.section, part)
        rhythm = COMPS[int(pattern.integers(len(COMPS)))]
        left, detached = pattern.random() < 0.35, float(pattern.uniform(0.4, 1.0))
        for step, length in rhythm:
            start = _time(song, bar, step, random)
            hold = length * song.bar_s / 16 * detached
            loud = _velocity(bar, step, random)
            notes += [Note(start, hold, pitch, loud) for pitch in voicing(song, bar, centre, 3 + int(bar.energy > 0.9))]
        if left:
            low = 40 + (song.key + bar.root - 40) % 12
            notes += [Note(_time(song, bar, step, random), song.bar_s / 2, low, 80) for step in (0, 8)]
    return notes


def arpeggio(song: Song, part: str, random: Random, centre: int) -> list[Note]:
    """Broken chords in eighths or sixteenths, in an order that stays for the section."""
    notes: list[Note] = []
    for bar in song.bars:
        if part not in bar.parts:
            continue
        pattern = song.section_random(bar.section, part)
        stride = int(pattern.choice([1, 2, 2]))
        order = pattern.permutation(5) if pattern.random() < 0.4 else np.array([0, 1, 2, 3, 4, 3, 2, 1])
        length = float(pattern.choice([0.6, 1.0, 2.5]))
        tones = voicing(song, bar, centre, 5)
        for count, step in enumerate(range(0, 16, stride)):
            pitch = tones[int(order[count % len(order)])]
            hold = stride * song.bar_s / 16 * length
            notes.append(Note(_time(song, bar, step, random, 0.003), hold, pitch, _velocity(bar, step, random)))
    return notes


def strum(song: Song, part: str, random: Random, centre: int) -> list[Note]:
    """Guitar chords struck down and up, string after string."""
    notes: list[Note] = []
    for bar in song.bars:
        if part not in bar.parts:
            continue
        pattern = song.section_random(bar.section, part)
        onsets = [0] + [step for step in range(2, 16, 2) if pattern.random() < 0.6]
        tones = voicing(song, bar, centre, 5)
        for step, end in zip(onsets, [*onsets, 16][1:], strict=True):
            strings = tones if step % 4 == 0 else tones[::-1][:4]
            start, spread = _time(song, bar, step, random), float(random.uniform(0.006, 0.02))
            for place, pitch in enumerate(strings):
                hold = (end - step) * song.bar_s / 16
                notes.append(Note(start + place * spread, hold, pitch, _velocity(bar, step, random) - 4 * place))
    return notes


def power(song: Song, part: str, random: Random, centre: int) -> list[Note]:
    """Root and fifth (and octave) of rock guitars: chugged eighths with open accents, or held."""
    notes: list[Note] = []
    for bar in song.bars:
        if part not in bar.parts:
            continue
        pattern = song.section_random(bar.section, part)
        root = centre - 20 + (song.key + bar.root - centre + 20) % 12
        chord = (root, root + 7, root + 12)
        if pattern.random() < 0.35:
            notes += [Note(_time(song, bar, 0, random), song.bar_s, pitch, 105) for pitch in chord]
            continue
        accents = {0} | {step for step in range(0, 16, 2) if pattern.random() < 0.35}
        for step in range(0, 16, 2):
            opened = step in accents
            hold = song.bar_s / 8 * (0.95 if opened else 0.4)
            start = _time(song, bar, step, random)
            notes += [Note(start, hold, pitch, 110 if opened else 82) for pitch in chord[: 3 if opened else 2]]
    return notes


def melody(song: Song, part: str, random: Random, centre: int) -> list[Note]:
    """A single line: two-bar motifs on the scale that return with the section, chord tones on strong beats."""
    notes: list[Note] = []
    scale = song.scale()
    ladder = [pitch for pitch in range(centre - 12, centre + 13) if pitch % 12 in scale]
    for index, bar in enumerate(song.bars):
        if part not in bar.parts:
            continue
        pattern = song.section_random(bar.section, f"{part}/{index % 2}")
        density = float(pattern.uniform(0.15, 0.55))
        onsets = [step for step in range(16) if pattern.random() < density * (1.5 if step % 2 == 0 else 0.4)]
        place = len(ladder) // 2 + int(pattern.integers(-3, 4))
        for step, end in zip(onsets, [*onsets, 16][1:], strict=True):
            place = int(np.clip(place + pattern.choice([-2, -1, -1, 0, 1, 1, 2, 3]), 0, len(ladder) - 1))
            pitch = ladder[place]
            if step % 8 == 0:
                pitch = min(voicing(song, bar, pitch, 3), key=lambda tone: abs(tone - ladder[place]))
            hold = min(end - step, int(pattern.choice([2, 4, 6, 8]))) * song.bar_s / 16 * 0.95
            notes.append(Note(_time(song, bar, step, random), hold, pitch, _velocity(bar, step, random)))
    return notes
