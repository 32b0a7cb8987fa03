"""Vocal-only tracks: phrases of the voice packs strung together, plain and as other singers in other rooms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from effects import chorus, compress, double, echo, equalise, high_pass, low_pass, pan, reverb
from sounds import RATE, Audio, Random, add_at, fade, frame_rms, gain, normalise, read_audio, revoice, trim, write_wav
from syllables import sing_syllables
from tracks import TrackNote, write_note

PACK_CREDIT = (
    "Producer Space vocal packs, CC0 1.0, "
    "github.com/neshanjo/strudel-producer-space-samples a117eab0fb5d52872a158ae28dbc23544d664f0f"
)
SYLLABLE_CREDIT = (
    '"ErithacusVB" voice samples by Erithacus Project, CC BY 4.0 (re-encoded, pitched and strung into melodies), '
    "github.com/ErithacusProject/ErithacusVB b2c9e370c162b80487ee271337c1d8ab6f662817"
)
TRACK_S = 110.0
HARMONIES = ((4, 7), (3, 7), (-5,), (-12,), (12,), (5, 9), (-3, 4), (-12, 7))


@dataclass(frozen=True)
class VoiceJob:
    """One vocal track to make: a name, its phrases (files) or none for sung syllables, and its random seed."""

    name: str
    files: tuple[Path, ...]
    plain: bool
    seed: int
    credit: str


def group_files(voices: Path) -> dict[str, list[Path]]:
    """Phrases by pack, and by key and tempo where the names tell."""
    groups: dict[str, list[Path]] = {}
    for pack in ("soulful_house", "euphoric_trance", "shouts", "spoken"):
        for path in sorted((voices / pack).glob("*.ogg")):
            found = re.search(r"_([a-g][bs]?(?:min|maj))_(\d+bpm)", path.name)
            key = f"{pack}_{found.group(1)}_{found.group(2)}" if found else pack
            groups.setdefault(key, []).append(path)
    return groups


def plan_voices(voices: Path, songs: list[Path], seed: int, variants: int) -> list[VoiceJob]:
    """Every vocal track: the packs as they are first, then `variants` rounds of changed singers and syllables."""
    random = np.random.default_rng(seed)
    jobs = []
    for turn in range(variants + 1):
        kind = "plain" if turn == 0 else f"v{turn:02d}"
        for group, files in group_files(voices).items():
            order = [files[int(i)] for i in random.permutation(len(files))]
            for part, chunk in enumerate(_chunks(order)):
                name = f"voice_{group}_{kind}_{part}"
                jobs.append(VoiceJob(name, tuple(chunk), turn == 0, int(random.integers(2**31)), PACK_CREDIT))
        for part in range(4 if turn == 0 else 3):
            name = f"voice_erithacus_{kind}_{part}"
            start = int(random.integers(2**31))
            jobs.append(VoiceJob(name, (voices / "erithacus",), turn == 0, start, SYLLABLE_CREDIT))
        if turn:
            for song in songs:
                name = f"voice_{song.name}_{kind}"
                jobs.append(VoiceJob(name, (song,), False, int(random.integers(2**31)), ""))
    return jobs


def _chunks(files: list[Path]) -> list[list[Path]]:
    """Splits a list of phrases into runs of about a minute and a half of singing (files of ~64 kbit/s)."""
    chunks: list[list[Path]] = [[]]
    spent = 0.0
    for path in files:
        spent += path.stat().st_size / 9_000
        chunks[-1].append(path)
        if spent > TRACK_S * 0.8:
            chunks.append([])
            spent = 0.0
    return [chunk for chunk in chunks if chunk]


def make_voice(job: VoiceJob, root: Path, song_credit: str) -> Path:
    """Writes one vocal track and returns its folder."""
    random = np.random.default_rng(job.seed)
    source = job.files[0]
    if source.name == "erithacus":
        sound = sing_syllables(source, random, TRACK_S)
    elif source.is_dir():
        sound = string_phrases(cut_phrases(read_audio(source / "vocals.ogg")), random)
    else:
        sound = string_phrases([trim(read_audio(path)) for path in job.files], random)
    sound = colour(sound, random) if job.plain else change_singer(sound, random)
    track = root / "train" / job.name
    write_wav(track / "vocals.wav", normalise(sound))
    limit = 12_000 if source.name in {"1_hydrogen", "5_rubidium"} else None
    write_note(track, TrackNote(False, "real", False, limit, (job.credit or song_credit,)))
    return track


def cut_phrases(sound: Audio) -> list[Audio]:
    """Cuts a stem at pauses of 0.6 s or more and leaves the pauses out."""
    loud = frame_rms(sound, 0.1) > gain(-48.0)
    heard = np.convolve(loud, np.ones(6), mode="same") > 0
    edges = np.flatnonzero(np.diff(np.concatenate(([0], heard.astype(np.int8), [0]))))
    step = int(0.1 * RATE)
    pieces = [sound[:, a * step : b * step] for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= 8]
    return [fade(piece, 0.02, 0.05) for piece in pieces]


def string_phrases(phrases: list[Audio], random: Random) -> Audio:
    """Puts phrases one after the other at like levels, with gaps so that about three quarters of the time is sung."""
    parts: list[Audio] = []
    for phrase in phrases:
        if phrase.shape[1] < int(0.15 * RATE):
            continue
        level = normalise(phrase, -20.0 + float(random.uniform(-4, 2)))
        pause = float(random.exponential(0.22)) * phrase.shape[1] / RATE + float(random.uniform(0.03, 0.25))
        parts += [level, np.zeros((2, int(min(pause, 3.0) * RATE)), dtype=np.float32)]
    return np.concatenate(parts, axis=1)


def colour(sound: Audio, random: Random) -> Audio:
    """Light treatment as a mixed lead vocal gets it: low cut, compression, often a room."""
    sound = high_pass(sound, float(random.uniform(60, 120)))
    if random.random() < 0.6:
        sound = compress(sound, float(random.uniform(-24, -14)), float(random.uniform(2, 5)))
    if random.random() < 0.5:
        sound = reverb(sound, random, float(random.uniform(0.4, 2.2)), float(random.uniform(-18, -9)))
    return sound


def change_singer(sound: Audio, random: Random, in_key: bool = False) -> Audio:
    """Another singer out of the same recording: formants moved, and pitch and tempo too unless it must stay in key.

    Then doubles, harmonies, a room and effects, each now and then.
    """
    semitones, tempo = 0.0, 1.0
    if not in_key:
        semitones = float(random.choice([-7, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4])) + float(random.uniform(-0.3, 0.3))
        tempo = float(random.uniform(0.85, 1.15))
    lead = revoice(sound, semitones, float(random.uniform(0.88, 1.12)) * 2 ** (semitones / 24), tempo)
    voices = lead
    if random.random() < 0.3:
        voices = voices.copy()
        for interval in HARMONIES[int(random.integers(len(HARMONIES)))]:
            other = revoice(lead, interval, 2 ** (interval / 36), 1.0)
            side = pan(other, float(random.uniform(-0.8, 0.8)))
            add_at(voices, side, int(random.uniform(0.0, 0.03) * RATE), gain(float(random.uniform(-10, -3))))
    if random.random() < 0.25:
        voices = double(voices, random)
    if random.random() < 0.15:
        voices = chorus(voices, random)
    voices = equalise(colour(voices, random), random)
    if random.random() < 0.3:
        delay = float(random.choice([0.09, 0.25, 0.33, 0.375, 0.5]))
        voices = echo(voices, delay, float(random.uniform(0.2, 0.5)), float(random.uniform(-16, -8)))
    if random.random() < 0.2:
        voices = reverb(voices, random, float(random.uniform(1.5, 3.5)), float(random.uniform(-10, -4)))
    if random.random() < 0.06:
        voices = low_pass(high_pass(voices, 350.0), 3400.0)
    return voices
