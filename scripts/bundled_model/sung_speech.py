"""Speech made to sing: syllables are put on the notes of an invented melody, by the WORLD vocoder.

Morise, Yokomori, Ozawa: "WORLD: a vocoder-based high-quality speech synthesis system for real-time applications", IEICE
Transactions 2016. A syllable's consonants keep their lengths, its vowel is held; pitch glides from note to note and
gets vibrato; formants move for another singer. Where a recording ends below 16 kHz, the envelope goes on above its end,
for else the networks would learn that singers have no treble.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from effects import echo, equalise, high_pass, low_pass, pan, reverb
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from sounds import RATE, Audio, Random, add_at, gain, normalise, write_wav
from speakers import Mono, Speaker, list_speakers
from syllables import SCALES
from tracks import TrackNote, write_note
from voice_parts import colour

FRAME_S = 0.005
TRACK_S = 50.0
HARMONIES = ((4,), (3,), (7,), (-5,), (12,), (-12,), (3, 7), (4, 7))
# Centres of the ranges that men and women sing in, as MIDI pitches.
CENTRES = {"m": (45, 62), "f": (55, 72), "": (48, 68)}
Frames = NDArray[np.float64]


@dataclass(frozen=True)
class Spoken:
    """An utterance as WORLD sees it, every 5 ms: pitch in Hz (0 without voice) [N], envelope and noise share [N, F]."""

    f0: Frames
    envelope: Frames
    noise: Frames


@dataclass(frozen=True)
class SungJob:
    """One vocal track to make: its name, the speaker, the way ("sing", "rap" or "speak") and its random seed."""

    name: str
    speaker: Speaker
    way: str
    seed: int


def plan_sung(material: Path, seed: int, tracks: int) -> list[SungJob]:
    """`tracks` vocal tracks: speakers drawn by weight, two thirds sung, a fifth rapped, the rest spoken."""
    random = np.random.default_rng([seed, 13])
    weighted = list_speakers(material, random)
    weights = np.array([weight for weight, _ in weighted])
    jobs = []
    for number in range(tracks):
        speaker = weighted[int(random.choice(len(weighted), p=weights / weights.sum()))][1]
        way = str(random.choice(["sing", "rap", "speak"], p=[0.68, 0.22, 0.1]))
        jobs.append(SungJob(f"sung_{number:03d}_{speaker.name}_{way}", speaker, way, int(random.integers(2**31))))
    return jobs


def make_sung(job: SungJob, root: Path) -> Path:
    """Writes one vocal track and returns its folder."""
    random = np.random.default_rng(job.seed)
    result = np.zeros((2, int(TRACK_S * RATE)), dtype=np.float32)
    formants = float(np.exp(random.normal(0, 0.08)))
    low, high = CENTRES[job.speaker.sex]
    centre = float(random.uniform(low, high)) + 12 * np.log2(formants)
    root_note, scale = int(random.integers(12)), SCALES[int(random.integers(len(SCALES)))]
    beat = 60.0 / float(random.uniform(70, 150))
    harmonies = HARMONIES[int(random.integers(len(HARMONIES)))] if random.random() < 0.35 else ()
    doubled = random.random() < 0.3
    time = 0.3
    while time < TRACK_S - 4:
        utterance = job.speaker.utterances[int(random.integers(len(job.speaker.utterances)))]()
        spoken = analyse(utterance[: int(7 * RATE)], job.speaker.ends_hz, random)
        spoken = move_formants(spoken, formants, random)
        if job.way == "speak":
            phrase = _to_audio(spoken.f0 * 2 ** (float(random.uniform(-3, 3)) / 12), spoken)
        else:
            phrase = _perform(spoken, job.way, beat, (root_note, scale, centre), harmonies, doubled, random)
        add_at(result, normalise(phrase, -20.0 + float(random.uniform(-3, 2))), int(time * RATE))
        pause = float(random.choice([0, 0, 0.5, 1, 1, 2, 4])) * beat
        time = np.ceil((time + phrase.shape[1] / RATE) / beat) * beat + pause
    result = equalise(colour(result, random), random)
    if random.random() < 0.25:
        delay = beat * float(random.choice([0.25, 0.5, 0.75]))
        result = echo(result, delay, float(random.uniform(0.2, 0.5)), float(random.uniform(-16, -8)))
    if random.random() < 0.2:
        result = reverb(result, random, float(random.uniform(1.2, 3.5)), float(random.uniform(-12, -5)))
    if random.random() < 0.05:
        result = low_pass(high_pass(result, 350.0), 3400.0)
    track = root / "train" / job.name
    write_wav(track / "vocals.wav", normalise(result))
    write_note(track, TrackNote(False, "synthetic", False, None, (job.speaker.credit,)))
    return track


def analyse(sound: Mono, ends_hz: float, random: Random) -> Spoken:
    """WORLD's analysis, and an envelope that goes on where the recording ends."""
    import pyworld  # only here and below: the other parts of the data do without it

    sound = np.ascontiguousarray(sound + 1e-6 * random.standard_normal(sound.shape[0]))
    f0, times = pyworld.dio(sound, RATE, f0_floor=60.0, f0_ceil=600.0, frame_period=1000 * FRAME_S)
    f0 = pyworld.stonemask(sound, f0, times, RATE)
    envelope = pyworld.cheaptrick(sound, f0, times, RATE)
    noise = pyworld.d4c(sound, f0, times, RATE)
    if ends_hz < 16_000:
        envelope, noise = _with_treble(envelope, noise, f0 > 0, ends_hz, random)
    return Spoken(f0, envelope, noise)


def _with_treble(
    envelope: Frames, noise: Frames, voiced: NDArray[np.bool_], ends_hz: float, random: Random
) -> tuple[Frames, Frames]:
    """Goes on from the half octave below the end: steeply in vowels, nearly flat in consonants, ever more noise."""
    n_bins = envelope.shape[1]
    hz = np.arange(n_bins) * RATE / 2 / (n_bins - 1)
    below, above = (hz > ends_hz * 0.7) & (hz < ends_hz * 0.95), hz > ends_hz * 0.95
    level = np.log(envelope[:, below].mean(axis=1) + 1e-20)
    octaves = np.log2(hz[above] / (ends_hz * 0.83))
    slope_db = np.where(voiced, random.uniform(12, 20), random.uniform(2, 9))
    extended = envelope.copy()
    extended[:, above] = np.exp(level[:, None] - slope_db[:, None] * octaves * np.log(10) / 10)
    louder = noise.copy()
    louder[:, above] = np.maximum(noise[:, below].mean(axis=1)[:, None], np.minimum(0.35 + 0.5 * octaves, 1.0))
    return extended, louder


def move_formants(spoken: Spoken, ratio: float, random: Random) -> Spoken:
    """Formants moved by `ratio`, and louder near 3 kHz (Sundberg: "The Science of the Singing Voice", 1987)."""
    n_bins = spoken.envelope.shape[1]
    bins = np.arange(n_bins)
    source = np.minimum(bins / ratio, n_bins - 1)
    low = source.astype(int)
    part = source - low
    log = np.log(spoken.envelope + 1e-20)
    moved = log[:, low] * (1 - part) + log[:, np.minimum(low + 1, n_bins - 1)] * part
    hz = bins * RATE / 2 / (n_bins - 1)
    ring_db = random.uniform(0, 9) * np.exp(-(np.log2(np.maximum(hz, 1) / random.uniform(2400, 3400)) ** 2) / 0.08)
    tilt_db = random.uniform(-1.5, 2.5) * np.log2(np.maximum(hz, 200) / 1000)
    return Spoken(spoken.f0, np.exp(moved + (ring_db + tilt_db) * np.log(10) / 10), spoken.noise)


def find_syllables(spoken: Spoken) -> list[tuple[int, int, int]]:
    """Begin, nucleus and end of syllables in frames: peaks of the voiced level 65 ms apart or more, cut at dips."""
    n_bins = spoken.envelope.shape[1]
    vowel = slice(int(250 * n_bins / (RATE / 2)), int(3000 * n_bins / (RATE / 2)))
    level = np.log10(spoken.envelope[:, vowel].mean(axis=1) + 1e-12)
    level = gaussian_filter1d(np.where(spoken.f0 > 0, level, level - 2), 4)
    floor = level.max() - 2.8
    peaks: list[int] = []
    for i in range(2, len(level) - 2):
        if level[i] > floor and level[i] == level[max(i - 13, 0) : i + 14].max() and spoken.f0[i] > 0:
            peaks.append(i)
    edges = [max(peaks[0] - 40, 0)] if peaks else []
    edges += [a + int(np.argmin(level[a:b])) for a, b in pairwise(peaks)]
    edges += [min(peaks[-1] + 50, len(level))] if peaks else []
    return [(a, p, b) for a, p, b in zip(edges[:-1], peaks, edges[1:], strict=True) if b > p > a]


def _perform(
    spoken: Spoken, way: str, beat: float, tune: tuple[int, tuple[int, ...], float],
    harmonies: tuple[int, ...], doubled: bool, random: Random,
) -> Audio:  # fmt: skip
    """One phrase with its harmonies and doubles, [2, T]."""
    syllables = find_syllables(spoken)
    if len(syllables) < 2:
        return _to_audio(spoken.f0, spoken)
    places, pitches = _melody(syllables, spoken, way, beat, tune, random)
    lead = _voice(spoken, places, pitches, 0.0, random)
    voices = [(lead, 0.0, 0.0)]
    for interval in harmonies:
        side = float(random.uniform(-0.8, 0.8))
        voices.append((_voice(spoken, places, pitches, float(interval), random), side, float(random.uniform(-10, -3))))
    for side in (-0.7, 0.7) if doubled else ():
        voices.append((_voice(spoken, places, pitches, 0.0, random), side, -6.0))
    result = np.zeros((2, max(voice.shape[1] for voice, _, _ in voices) + 2000), dtype=np.float32)
    for voice, side, level_db in voices:
        late = 0 if side == 0 else int(random.uniform(0, 0.02) * RATE)
        add_at(result, pan(voice, side) if side else voice, late, gain(level_db))
    return result


def _melody(
    syllables: list[tuple[int, int, int]], spoken: Spoken, way: str, beat: float,
    tune: tuple[int, tuple[int, ...], float], random: Random,
) -> tuple[list[tuple[int, int, int, int]], list[float]]:  # fmt: skip
    """For each syllable its begin, nucleus and end in the speech and its length as sung (frames), and its note."""
    root, scale, centre = tune
    ladder = [n for n in range(30, 92) if (n - root) % 12 in scale and abs(n - centre) <= 7]
    step = len(ladder) // 2
    median = float(np.median(spoken.f0[spoken.f0 > 0]))
    places, pitches = [], []
    for number, (begin, nucleus, end) in enumerate(syllables):
        last = number + 1 == len(syllables)
        if way == "rap":
            beats = float(random.choice([0.25, 0.25, 0.25, 0.5])) * (2 if last else 1)
            # Near the speaker's own tune, at the singer's pitch.
            own = 12 * np.log2(max(spoken.f0[nucleus], 50.0) / median)
            pitches.append(centre - 3 + 1.3 * own)
        else:
            beats = float(random.choice([0.5, 0.5, 0.5, 1, 1, 1.5, 2])) * (2 if last else 1)
            step = int(np.clip(step + random.choice([-2, -1, -1, 0, 0, 1, 1, 2, 4]), 0, len(ladder) - 1))
            pitches.append(float(ladder[step]))
        length = int(max(beats * beat, 0.11) / FRAME_S)
        places.append((begin, nucleus, end, min(length, int(3.0 / FRAME_S))))
    return places, pitches


def _voice(
    spoken: Spoken, places: list[tuple[int, int, int, int]], pitches: list[float], interval: float, random: Random
) -> Audio:
    """One voice singing the notes, [2, T]."""
    sources, notes, since = [], [], []
    for (begin, nucleus, end, length), pitch in zip(places, pitches, strict=True):
        onset = min(nucleus - begin, length // 3)
        coda = min(end - nucleus, length // 4, 16)
        held = length - onset - coda
        # The vowel goes to and fro around its nucleus, so that long notes do not freeze.
        sway = 3.0 * np.sin(np.linspace(0, held * FRAME_S * 4.0, max(held, 1)))
        sources += [*np.linspace(nucleus - onset, nucleus, onset, endpoint=False), *(nucleus + sway)[:held]]
        sources += list(np.linspace(nucleus, end, coda, endpoint=False))
        notes += [pitch + interval] * length
        since += list(range(length))
    where = np.clip(np.array(sources), 0, len(spoken.f0) - 1.001)
    n = len(where)
    glide = gaussian_filter1d(np.array(notes[:n]), random.uniform(3, 10))
    age = np.array(since[:n]) * FRAME_S
    rate, depth = random.uniform(4.6, 6.4), random.uniform(0.0, 0.6)
    vibrato = (
        depth
        * np.clip((age - 0.22) / 0.3, 0, 1)
        * np.sin(2 * np.pi * rate * np.arange(n) * FRAME_S + random.uniform(0, 6))
    )
    drift = gaussian_filter1d(random.standard_normal(n), 12) * random.uniform(0.3, 1.2)
    f0 = 440.0 * 2 ** ((glide + vibrato + drift + random.uniform(-0.1, 0.1) - 69) / 12)
    low = where.astype(int)
    part = (where - low)[:, None]
    envelope = np.exp(
        np.log(spoken.envelope[low] + 1e-20) * (1 - part) + np.log(spoken.envelope[low + 1] + 1e-20) * part
    )
    noise = spoken.noise[low] * (1 - part) + spoken.noise[low + 1] * part
    return _to_audio(np.where(spoken.f0[low] > 0, f0, 0.0), Spoken(f0, envelope, noise))


def _to_audio(f0: Frames, spoken: Spoken) -> Audio:
    """WORLD's synthesis, [2, T]."""
    import pyworld

    arrays = (np.ascontiguousarray(a) for a in (f0, spoken.envelope, np.clip(spoken.noise, 1e-3, 1 - 1e-3)))
    mono = pyworld.synthesize(*arrays, RATE, 1000 * FRAME_S)
    return np.repeat(mono[None].astype(np.float32), 2, axis=0)
