"""Invents the plan of a song: tempo, key, chords bar by bar, and which parts play in which section."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sounds import Random

ROMAN = {"I": 0, "II": 2, "III": 4, "IV": 5, "V": 7, "VI": 9, "VII": 11}
MAJOR = (
    "I V vi IV", "vi IV I V", "I vi IV V", "I IV V IV", "I IV vi V", "I iii IV iv", "ii7 V7 I7 vi7", "I bVII IV I",
    "IV I V vi", "I ii IV V", "I V ii IV", "I7 IV7 I7 V7", "I I IV V", "I III vi IV", "IV V iii vi", "I I I I",
)  # fmt: skip
MINOR = (
    "i bVI bIII bVII", "i iv V i", "i bVII bVI V", "i bVI iv V", "i i bVI bVII", "i bVII iv iv", "i v bVI bVII",
    "i7 iv7 i7 V7", "bVI bVII i i", "i bIII bVII iv", "i iv bVII bIII", "i i i i", "i bII i bVII", "iv bVI i bVII",
)  # fmt: skip
SCALES = {"maj": (0, 2, 4, 5, 7, 9, 11), "min": (0, 2, 3, 5, 7, 8, 10)}
OTHERS = ("other0", "other1", "other2", "other3")
# How likely drums, bass and each other instrument are silent in a section.
LEFT_OUT = {
    "intro": (0.35, 0.4, 0.5),
    "verse": (0.05, 0.07, 0.35),
    "bridge": (0.4, 0.3, 0.4),
    "outro": (0.3, 0.3, 0.4),
}


@dataclass(frozen=True)
class Note:
    """One note to play: onset and length in seconds, MIDI pitch and velocity."""

    start_s: float
    length_s: float
    pitch: int
    velocity: int


@dataclass(frozen=True)
class Bar:
    """One 4/4 bar: onset, chord root (semitones over the key) and chord tones, section, energy, parts that play."""

    start_s: float
    root: int
    tones: tuple[int, ...]
    section: str
    first: bool
    energy: float
    parts: frozenset[str]


@dataclass(frozen=True)
class Song:
    """A planned song. `key` is the tonic's pitch class; `seed` fixes what repeats with a section's name."""

    bpm: float
    key: int
    mode: str
    swing: float
    bars: tuple[Bar, ...]
    seed: int

    @property
    def bar_s(self) -> float:
        """Length of a bar in seconds."""
        return 240.0 / self.bpm

    @property
    def length_s(self) -> float:
        """Length of the song with a tail for what rings on."""
        return len(self.bars) * self.bar_s + 2.5

    def scale(self) -> tuple[int, ...]:
        """Pitch classes of the key."""
        return tuple((self.key + step) % 12 for step in SCALES[self.mode])

    def section_random(self, section: str, salt: str) -> Random:
        """The random numbers of one section's patterns: the same each time the section returns."""
        return np.random.default_rng([self.seed, *f"{section}/{salt}".encode()])


def chord(roman: str) -> tuple[int, tuple[int, ...]]:
    """Root (semitones over the tonic) and chord tones (over the root) of a roman numeral such as bVII or ii7."""
    seventh = roman.endswith("7")
    numeral = roman.rstrip("7")
    flat = numeral.startswith("b")
    numeral = numeral.lstrip("b")
    tones = [0, 4, 7] if numeral.isupper() else [0, 3, 7]
    if seventh:
        tones.append(11 if numeral in {"I", "IV"} else 10)
    return (ROMAN[numeral.upper()] - int(flat)) % 12, tuple(tones)


def _sections(random: Random, bars: int) -> list[tuple[str, int]]:
    """Names and lengths of the sections, about `bars` bars in all."""
    short = [("intro", 4), ("verse", 8), ("chorus", 8), ("bridge", 4), ("chorus", 8), ("outro", 4)]
    middle = [("intro", 4), ("verse", 8), ("chorus", 8), ("verse", 8), ("chorus", 8), ("bridge", 8), ("chorus", 8)]
    loop = [("verse", 8), ("verse", 8), ("bridge", 4), ("chorus", 8), ("chorus", 8), ("verse", 8)]
    plan = [short, middle, loop][int(random.integers(3))]
    while sum(length for _, length in plan) < bars - 6:
        plan = [*plan, [("verse", 8), ("chorus", 8), ("bridge", 8)][int(random.integers(3))]]
    kept, total = [], 0
    for name, length in plan:
        if total >= bars:
            break
        kept.append((name, length))
        total += length
    return kept


def _cast(random: Random, name: str, others: int) -> frozenset[str]:
    """Which parts play in a section: everything in a chorus, less elsewhere, now and then no drums or no bass."""
    band = {"drums", "bass", *OTHERS[:others]}
    drums, bass, other = LEFT_OUT.get(name, (0.0, 0.02, 0.05))
    if random.random() < drums:
        band.discard("drums")
    if random.random() < bass:
        band.discard("bass")
    for part in OTHERS[:others]:
        if random.random() < other:
            band.discard(part)
    return frozenset(band) if band else frozenset({OTHERS[0], "bass"})


def compose(random: Random, bpm: float, key: int, mode: str, seconds: float, others: int) -> Song:
    """Plans a song of about `seconds` with `others` accompanying instruments."""
    total = max(round(seconds * bpm / 240.0 / 4) * 4, 12)
    book = MAJOR if mode == "maj" else MINOR
    progressions: dict[str, list[str]] = {}
    casts: dict[str, frozenset[str]] = {}
    bars: list[Bar] = []
    slow = random.random() < 0.25
    for name, length in _sections(random, total):
        if name not in progressions:
            progressions[name] = book[int(random.integers(len(book)))].split()
            casts[name] = _cast(random, name, others)
        numerals = progressions[name]
        energy = {"chorus": 1.0, "verse": 0.8, "bridge": 0.75}.get(name, 0.65) + float(random.uniform(-0.08, 0.05))
        for index in range(length):
            root, tones = chord(numerals[(index // 2 if slow else index) % len(numerals)])
            start = len(bars) * 240.0 / bpm
            bars.append(Bar(start, root, tones, name, index == 0, energy, casts[name]))
    swing = float(random.uniform(0.1, 0.33)) if random.random() < 0.2 else 0.0
    return Song(bpm, key, mode, swing, tuple(bars), int(random.integers(2**31)))
