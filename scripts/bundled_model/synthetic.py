"""Synthetic tracks: whole songs with drums, bass and other (some with a singer in key), and drum performances alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from composer import OTHERS, Note, Song, compose
from drums import GROOVE_CREDIT, Groove, list_grooves, only_playing, play_drums, program_pattern, read_groove
from effects import chorus, compress, distort, echo, equalise, pan, reverb
from instruments import SAMPLE_CREDITS, SOUNDFONT_CREDITS, load_samples, play_samples, play_soundfont
from parts import arpeggio, bass_line, comp, melody, pad, power, strum
from sounds import RATE, Audio, Random, add_at, gain, normalise, read_audio, trim, write_wav
from synth import play_patch, random_patch
from tracks import TrackNote, write_note
from voice_parts import PACK_CREDIT, change_singer, colour, group_files

SONG_S = 125.0
Writer = Callable[[Song, str, Random, int], list[Note]]
Rendered = tuple[Audio, tuple[str, ...]]
# General MIDI programs by role. Choirs and voice pads (52 to 54, 85, 91) are left out: they would teach that a
# choir is an instrument.
SAMPLED_BASSES = (
    ("growlybass", "sustain"),
    ("swagbass", "sustain"),
    ("meatbass", "pizz"),
    ("electric_bass_yr", "finger"),
    ("electric_bass_yr", "pick"),
)
GM_BASSES = (32, 33, 33, 34, 34, 35, 36, 37, 38, 39)
ROLES: dict[str, tuple[Writer, int, tuple[int, ...]]] = {
    "pad": (pad, 62, (16, 18, 19, 48, 49, 50, 51, 88, 89, 90, 92, 94, 95)),
    "piano": (comp, 64, (0, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 26)),
    "comp": (comp, 66, (4, 5, 7, 16, 17, 21, 25, 26, 27, 28, 62, 81)),
    "arpeggio": (arpeggio, 69, (4, 5, 8, 9, 11, 12, 13, 24, 25, 26, 46, 80, 81, 98, 99, 108)),
    "strum": (strum, 60, (24, 25, 25, 26, 27)),
    "power": (power, 60, (29, 30, 30, 29)),
    "lead": (melody, 74, (22, 26, 27, 29, 30, 40, 41, 56, 57, 60, 64, 65, 66, 68, 71, 73, 75, 80, 81, 82, 84, 87)),
    "stabs": (comp, 66, (55, 56, 61, 61, 62, 63, 48, 45)),
    "riff": (melody, 55, (26, 27, 28, 29, 30, 38, 81, 84, 104, 7)),
}
BANDS: dict[str, tuple[str, ...]] = {
    "rock": ("power", "power", "lead", "strum", "piano"),
    "pop": ("piano", "strum", "pad", "arpeggio", "lead"),
    "electronic": ("synth_pad", "synth_pluck", "synth_lead", "arpeggio", "stabs"),
    "funk": ("comp", "stabs", "riff", "piano", "lead"),
    "acoustic": ("strum", "arpeggio", "pad", "lead"),
    "mixed": ("pad", "comp", "arpeggio", "lead", "riff", "synth_pad", "strum"),
}


@dataclass(frozen=True)
class SongJob:
    """A synthetic track to make: "song" or "drums", its name, the source material and its random seed."""

    name: str
    kind: str
    material: Path
    seed: int


def plan_synthetic(material: Path, seed: int, songs: int) -> list[SongJob]:
    """`songs` songs, and one drum performance for every second song."""
    random = np.random.default_rng([seed, 7])
    jobs = []
    for index in range(songs):
        jobs.append(SongJob(f"synth_{index:03d}", "song", material, int(random.integers(2**31))))
        if index % 2 == 0:
            jobs.append(SongJob(f"groove_{index // 2:03d}", "drums", material, int(random.integers(2**31))))
    return jobs


def make_synthetic(job: SongJob, root: Path) -> Path:
    """Writes one synthetic track and returns its folder."""
    random = np.random.default_rng(job.seed)
    track = root / "train" / job.name
    if job.kind == "drums":
        _make_groove(job, random, track)
    else:
        _make_song(job, random, track)
    return track


def _pick_groove(material: Path, random: Random) -> Groove:
    """A human performance, longer ones as likely as shorter ones."""
    grooves = list_grooves(material / "midi" / "groove_info.csv")
    return grooves[int(random.integers(len(grooves)))]


def _make_groove(job: SongJob, random: Random, track: Path) -> None:
    """A drums-only track: a performance at its own tempo on the recorded kit, now and then on a soundfont's."""
    groove = _pick_groove(job.material, random)
    bars = max(int(min(groove.seconds, 100.0) * groove.bpm / 240), 2)
    notes = read_groove(groove, groove.bpm, bars, random)
    kind = "kit" if random.random() < 0.7 else "font"
    seconds = bars * 240 / groove.bpm + 1.5
    sound, owed = play_drums(notes, kind, job.material / "drums" / "drums.csv", seconds, random)
    write_wav(track / "drums.wav", normalise(sound))
    owed = owed if kind == "kit" else SOUNDFONT_CREDITS
    write_note(track, TrackNote(False, "synthetic", False, None, (GROOVE_CREDIT, *owed)))


def _make_song(job: SongJob, random: Random, track: Path) -> None:
    """A whole song; its stems are set to a mix that peaks at -1 dBFS at most."""
    singer = random.random() < 0.35
    key, mode, bpm, phrases = _singer(job.material, random) if singer else (int(random.integers(12)), "", 0.0, [])
    mode = mode or str(random.choice(["maj", "min"]))
    groove = None
    if not singer and random.random() < 0.65:
        groove = _pick_groove(job.material, random)
        bpm = groove.bpm
    bpm = bpm or float(random.uniform(72, 168))
    band = str(random.choice(list(BANDS)))
    others = int(random.integers(2, 5))
    song = compose(random, bpm, key, mode, SONG_S, others)
    drums, drum_credits = _drums(job, song, groove, band, random)
    bass, bass_credits = _bass(job, song, band, random)
    other, other_credits = _other(job, song, band, others, random)
    stems = {"drums": normalise(drums), "bass": normalise(bass), "other": normalise(other)}
    owed = {*drum_credits, *bass_credits, *other_credits}
    if groove is None and random.random() < 0.3:
        depth = float(random.uniform(0.3, 0.8))
        stems["bass"], stems["other"] = (duck(stems[name], song, depth) for name in ("bass", "other"))
    if phrases:
        stems["vocals"] = normalise(_sing(song, phrases, random))
        owed.add(PACK_CREDIT)
    offsets = {"drums": (-3, 3), "bass": (-5, 2), "other": (-4, 3), "vocals": (-2, 4)}
    for name, stem in stems.items():
        stems[name] = stem * np.float32(gain(float(random.uniform(*offsets[name]))))
    peak = float(np.abs(np.sum(list(stems.values()), axis=0)).max())
    peak = max(peak, *(float(np.abs(stem).max()) for stem in stems.values()))
    for name, stem in stems.items():
        write_wav(track / f"{name}.wav", stem * np.float32(gain(-1.0) / peak))
    write_note(track, TrackNote(True, "synthetic", True, None, tuple(sorted(owed))))


def _singer(material: Path, random: Random) -> tuple[int, str, float, list[Path]]:
    """Key, mode, tempo and phrases of a sung pack."""
    groups = {name: files for name, files in group_files(material / "voices").items() if name.endswith("bpm")}
    name = str(random.choice(sorted(groups)))
    found = re.search(r"_([a-g])([bs]?)(min|maj)_(\d+)bpm$", name)
    if found is None:
        raise ValueError(name)
    key = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}[found.group(1)]
    key += {"": 0, "s": 1, "b": -1}[found.group(2)]
    return key % 12, found.group(3), float(found.group(4)), groups[name]


def _sing(song: Song, phrases: list[Path], random: Random) -> Audio:
    """Phrases on the beats of a song, with pauses, by the pack's singer or a changed one."""
    result = np.zeros((2, int(song.length_s * RATE)), dtype=np.float32)
    beat = song.bar_s / 4
    place = int(random.integers(4, 20))
    order = [phrases[int(index)] for index in random.permutation(len(phrases))]
    for path in order * 4:
        phrase = normalise(trim(read_audio(path)), -20.0 + float(random.uniform(-3, 2)))
        if place * beat > song.length_s - 6:
            break
        add_at(result, phrase, int(place * beat * RATE))
        place += int(np.ceil(phrase.shape[1] / RATE / beat)) + int(random.choice([0, 0, 1, 1, 2, 4]))
    length = result.shape[1]
    changed = change_singer(result, random, in_key=True) if random.random() < 0.5 else colour(result, random)
    fitted = np.zeros((2, length), dtype=np.float32)
    add_at(fitted, changed, 0)
    return fitted


def _drums(job: SongJob, song: Song, groove: Groove | None, band: str, random: Random) -> Rendered:
    """The drum stem: a performance on a kit or a soundfont, or a programmed pattern, mostly on machines."""
    if groove is not None:
        notes = read_groove(groove, song.bpm, len(song.bars), random)
        kind = "kit" if random.random() < 0.6 else "font"
    else:
        notes = program_pattern(song, random)
        machine = 0.65 if band == "electronic" else 0.35
        kind = "machine" if random.random() < machine else str(random.choice(["font", "kit"]))
    table = job.material / "drums" / "drums.csv"
    sound, owed = play_drums(only_playing(notes, song), kind, table, song.length_s, random)
    owed = (*owed, *((GROOVE_CREDIT,) if groove else ()), *(SOUNDFONT_CREDITS if kind == "font" else ()))
    return sound, owed


def _bass(job: SongJob, song: Song, band: str, random: Random) -> Rendered:
    """The bass stem: a recorded bass, a synthesiser or a soundfont program."""
    notes = bass_line(song, random, int(random.choice([28, 28, 30, 33])))
    draw = random.random() + (0.3 if band == "electronic" else 0.0)
    owed: tuple[str, ...] = ()
    if draw < 0.5:
        name, manner = SAMPLED_BASSES[int(random.integers(len(SAMPLED_BASSES)))]
        samples = load_samples(job.material / "bass" / "bass.csv", name, manner)
        sound = play_samples(notes, samples, song.length_s, random)
        owed = (SAMPLE_CREDITS[name],)
    elif draw < 0.75:
        program = int(random.choice(GM_BASSES))
        sound = play_soundfont(notes, int(random.integers(2)), program, song.length_s)
        owed = SOUNDFONT_CREDITS
    else:
        patch = random_patch(random, str(random.choice(["bass", "bass", "sub"])))
        sound = play_patch(notes, patch, song.length_s, random)
    sound = equalise(normalise(sound), random, 4.0)
    if random.random() < 0.5:
        sound = compress(sound, -26.0, float(random.uniform(2, 6)))
    if random.random() < 0.2:
        sound = 0.6 * sound + 0.4 * normalise(distort(sound, float(random.uniform(6, 20)), 3500.0))
    return sound.astype(np.float32), owed


def _other(job: SongJob, song: Song, band: str, others: int, random: Random) -> Rendered:
    """The rest of the band, 2 to 4 instruments with places, rooms and effects of their own."""
    mix = np.zeros((2, int(song.length_s * RATE)), dtype=np.float32)
    owed: set[str] = set()
    roles = random.permutation(np.array(BANDS[band]))[:others]
    for part, role in zip(OTHERS, roles, strict=False):
        sound, needed = _instrument(job, song, part, str(role), random)
        owed.update(needed)
        quiet = float(random.uniform(-9, 0)) - (3.0 if "pad" in role else 0.0)
        sound = pan(equalise(normalise(sound), random, 4.0), float(random.uniform(-0.7, 0.7)))
        add_at(mix, sound, 0, gain(quiet))
    if random.random() < 0.8:
        mix = reverb(mix, random, float(random.uniform(0.5, 3.0)), float(random.uniform(-20, -8)))
    return mix, tuple(owed)


def _instrument(job: SongJob, song: Song, part: str, role: str, random: Random) -> Rendered:
    """One accompanying instrument: a synthesiser, a recorded guitar or a soundfont program."""
    if role.startswith("synth_"):
        sort = role.removeprefix("synth_")
        writer = {"pad": pad, "pluck": arpeggio, "lead": melody}[sort]
        notes = writer(song, part, random, {"pad": 62, "pluck": 69, "lead": 72}[sort])
        sound = play_patch(notes, random_patch(random, sort), song.length_s, random)
        if random.random() < 0.4:
            sound = echo(sound, song.bar_s * 3 / 16, 0.4, -8.0)
        return sound, ()
    write, centre, programs = ROLES[role]
    notes = write(song, part, random, centre + int(random.integers(-4, 5)))
    if role in ("strum", "power", "arpeggio", "riff") and random.random() < 0.45:
        electric = role in ("power", "riff") or random.random() < 0.4
        name = "emilyguitar" if electric else "spanish_classical_guitar"
        samples = load_samples(job.material / "guitar" / "guitar.csv", name, "")
        sound = play_samples(notes, samples, song.length_s, random)
        owed: tuple[str, ...] = (SAMPLE_CREDITS[name],)
        if role in ("power", "riff"):
            sound = distort(normalise(sound), float(random.uniform(12, 34)), float(random.uniform(3500, 6500)))
    else:
        sound = play_soundfont(notes, int(random.integers(2)), int(random.choice(programs)), song.length_s)
        owed = SOUNDFONT_CREDITS
    if random.random() < 0.25:
        sound = chorus(sound, random)
    return sound, owed


def duck(sound: Audio, song: Song, depth: float) -> Audio:
    """Side-chain pumping: down on every beat, back within it."""
    time = np.arange(sound.shape[1]) / RATE
    phase = (time / (song.bar_s / 4)) % 1.0
    return (sound * (1 - depth * np.exp(-phase * 5.0))).astype(np.float32)
