"""Which songs go together: stems of one song over those of another, in key and in tempo, where both are known."""

from __future__ import annotations

import math
import re
from typing import Protocol

from trainer.play import Play

MOST_TEMPO = 1.15
MOST_SEMITONES = 3
_NOTES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_KEY = re.compile(r"\s*([a-g])\s*([#♯b♭]?)[\s-]*(.*?)\s*", re.IGNORECASE)


class Known(Protocol):
    """What is known of a song."""

    @property
    def bpm(self) -> float | None:
        """Beats per minute."""

    @property
    def key(self) -> str | None:
        """The key, such as A minor, F#m or Bb."""


def tonic_of(key: str | None) -> int | None:
    """The scale of a key as the semitones of its major tonic above C: A minor is C major's. None where it is no key."""
    if key is None or (match := _KEY.fullmatch(key)) is None:
        return None
    note, sign, mode = match[1].lower(), match[2], match[3]
    semitone = _NOTES[note] + {"#": 1, "♯": 1, "b": -1, "♭": -1}.get(sign, 0)
    if mode == "m" or mode.lower().startswith("min"):
        semitone += 3
    elif mode != "M" and mode and not mode.lower().startswith("maj"):
        return None
    return semitone % 12


def fit(song: Known, lead: Known, pitched: bool = True) -> Play | None:
    """How to play a stem of `song` with the song `lead`: in its tempo (or half, or twice) and key.

    None where the one is not known, or would be bent by more than 15 % or three semitones. Drums have no key: `pitched`
    says whether there is one to mind.
    """
    if song.bpm is None or lead.bpm is None:
        return None
    tempo = lead.bpm / song.bpm
    tempo *= 2.0 ** -round(math.log2(tempo))
    if not 1 / MOST_TEMPO <= tempo <= MOST_TEMPO:
        return None
    if not pitched:
        return Play(1.0, tempo)
    own, wanted = tonic_of(song.key), tonic_of(lead.key)
    if own is None or wanted is None:
        return None
    semitones = (wanted - own + 6) % 12 - 6
    if abs(semitones) > MOST_SEMITONES:
        return None
    return Play(2 ** (semitones / 12), tempo)
