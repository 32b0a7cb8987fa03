"""Speakers for `sung_speech.py`: recorded speech, and speech synthesised from recorded speakers; with their credits."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from sounds import RATE, Random, read_audio
from voice_parts import PACK_CREDIT

Mono = NDArray[np.float64]
RUSSIAN = Path("/usr/share/festival/voices/russian/msu_ru_nsh_clunits/wav")
FLITE = {"rms": 110.0, "slt": 175.0, "awb": 140.0, "kal16": 105.0}
# Language or variant of espeak-ng, words it can speak: its own pronunciation makes other vowels of the same text.
ESPEAK = ("en-gb+f2", "en-us+m3", "it+f3", "es+m2", "de+f4", "fr+m4", "pt-br+f1", "fi+m1")
LINES = (
    "Carry me over the river tonight, carry me home to the city of light.",
    "I never wanted to run from the thunder, I only wanted a place to begin.",
    "Say it again, say it louder, nobody hears you when you are down.",
    "We were the fire and we were the rain, we were the whistle of every train.",
    "Turn off the radio, open the window, let all the morning in.",
    "You and I, we are falling apart, slowly, slowly, back to the start.",
    "Oh, hold on, hold on to me, the road is longer than it used to be.",
    "Money in the pocket and a hole in my shoe, I have got a hundred things that I would rather do.",
    "Black and white and shades of blue, every picture looks like you.",
    "Keep on moving, keep on losing, keep on dancing till the sun comes up.",
    "There is a voice in the back of the hall, it is calling my name, it is calling us all.",
    "Seven days and seven nights, I have been waiting under neon lights.",
    "Do you believe in the things that you said, or were they only the noise in my head?",
    "Jump into the water, swim to the other side, nothing to remember and nothing to hide.",
    "Higher and higher, the walls are on fire, we sing in the streets like a broken choir.",
    "Tell me why, why, why must the good ones always leave before goodbye?",
    "Quick with the pen and I spit what I think, thick on the rhythm I never let it sink.",
    "Summer is over, the leaves are all brown, we take the last bus to the edge of the town.",
    "Give me a reason, give me a sign, give me a minute and draw me a line.",
    "A thousand miles of empty road, a heavy heart, a heavy load.",
)
JAPANESE = (
    "夜の街を歩いて、君の声を探していた。",
    "青い空に雲が流れて、遠い夏を思い出す。",
    "手をつないで走り出そう、明日の光の中へ。",
    "雨が降っても風が吹いても、歌い続けていたい。",
    "小さな窓から見える海が、今日も静かに揺れている。",
    "さよならなんて言わないで、もう一度だけ笑って。",
)  # fmt: skip
RUSSIAN_CREDIT = (
    "msu_ru_nsh speech recordings, Copyright (c) 2005 Nickolay V. Shmyrev, MIT-like licence, "
    "Debian festvox-ru 0.5+dfsg-6"
)
FLITE_CREDIT = (
    "CMU voices of Flite (rms, slt, awb, kal), Carnegie Mellon University, MIT-like licence, Debian flite 2.2-5"
)
MEI_CREDIT = 'HTS voice "Mei", MMDAgent Project Team, Nagoya Institute of Technology, CC BY 3.0, PyPI pyopenjtalk-plus'
ESPEAK_CREDIT = "Speech by espeak-ng 1.51 (Debian), whose output its licence does not cover"


@dataclass(frozen=True)
class Speaker:
    """A speaker: a name, functions that give one utterance each [T] at 44.1 kHz, where the sound ends, what is owed."""

    name: str
    utterances: tuple[Callable[[], Mono], ...]
    ends_hz: float
    credit: str
    sex: str


def list_speakers(material: Path, random: Random) -> list[tuple[float, Speaker]]:
    """The speakers that are there, each with a weight: real recordings weigh more than synthesised ones."""
    found: list[tuple[float, Speaker]] = []
    if RUSSIAN.is_dir():
        files = sorted(RUSSIAN.glob("*.wav"))
        found.append((4.0, Speaker("russian", tuple(partial(_read, f) for f in files), 6000.0, RUSSIAN_CREDIT, "m")))
    for pack, weight in (("spoken", 3.0), ("shouts", 1.0)):
        for series, files in _series(material / "voices" / pack).items():
            speaker = Speaker(series, tuple(partial(_read, f) for f in files), 20_000.0, PACK_CREDIT, "")
            found.append((weight * min(len(files), 12) / 12, speaker))
    for voice in FLITE:
        lines = tuple(partial(_flite, voice, line) for line in LINES)
        found.append((0.8, Speaker(f"flite_{voice}", lines, 7400.0, FLITE_CREDIT, "f" if voice == "slt" else "m")))
    lines = tuple(partial(_mei, line) for line in JAPANESE)
    found.append((1.0, Speaker("mei", lines, 20_000.0, MEI_CREDIT, "f")))
    for voice in ESPEAK:
        lines = tuple(partial(_espeak, voice, line) for line in LINES)
        found.append((0.12, Speaker(f"espeak_{voice}", lines, 10_000.0, ESPEAK_CREDIT, voice[-2])))
    return found


def _series(folder: Path) -> dict[str, list[Path]]:
    """Files that belong together by the first word of their names, most likely of one speaker."""
    groups: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.ogg")):
        groups.setdefault(f"{folder.name}_{path.stem.split('_')[0]}", []).append(path)
    return groups


def _read(path: Path) -> Mono:
    return np.asarray(read_audio(path).mean(axis=0), dtype=np.float64)


def _spoken(command: list[str]) -> Mono:
    """What a program that takes a file name last writes, at 44.1 kHz."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        subprocess.run([*command, str(path)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return _read(path)


@lru_cache(maxsize=200)
def _flite(voice: str, line: str) -> Mono:
    return _spoken(["flite", "-voice", voice, "-t", line, "-o"])


@lru_cache(maxsize=200)
def _espeak(voice: str, line: str) -> Mono:
    return _spoken(["espeak-ng", "-v", voice, "-s", "150", line, "-w"])


@lru_cache(maxsize=20)
def _mei(line: str) -> Mono:
    """pyopenjtalk's own voice, in a process of its own: its dictionary takes 150 MB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.npy"
        code = "import sys, numpy, pyopenjtalk; numpy.save(sys.argv[2], pyopenjtalk.tts(sys.argv[1])[0])"
        subprocess.run([sys.executable, "-c", code, line, str(path)], check=True, stderr=subprocess.DEVNULL)
        sound = np.load(path)
    return np.asarray(soxr.resample(sound / 32768.0, 48_000, RATE), dtype=np.float64)


def write_utterance(path: Path, sound: Mono) -> None:
    """For listening to what a speaker says."""
    soundfile.write(path, sound, RATE)
