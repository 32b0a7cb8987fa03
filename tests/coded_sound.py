"""Sound whose every sample says where it stands in the song, so that a recording shows what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

_RADIX = 4000
_SCALE = 32768.0
_ROUNDING = 0.01  # of a step of 16 bit: a sample faded over to itself is no other sample


class Fault(Enum):
    """Who lost sound: silence for late samples, for a missed cycle of the server, or a hole that nobody could hear."""

    PLAYER = "player"
    SERVER = "server"
    RECORDER = "recorder"


@dataclass(frozen=True, slots=True)
class Break:
    """Where sample `at` of the song was not followed by the next: samples of silence in between, and samples lost."""

    at: int
    silence: int
    lost: int

    def fault(self, cycle: int) -> Fault:
        """Whose fault it most likely is, where the sound server works in cycles of so many samples.

        A recorder that is late loses what was heard, and writes no silence for it. A server whose cycle comes late
        throws away that cycle's samples of a player that had them ready, and is silent for as long. All else is the
        player's: silence without loss is sound that came late. (PipeWire, `parec` and `paplay` on a loaded machine.)
        """
        if self.silence == 0 and self.lost > 0:
            return Fault.RECORDER
        return Fault.SERVER if self.silence == self.lost and self.lost % cycle == 0 else Fault.PLAYER


def coded(n_samples: int) -> NDArray[np.int16]:
    """A song of so many samples, at most 130 million, [n, 2]: both sides together are the number of the sample."""
    number = np.arange(n_samples)
    return np.stack([1 + number // _RADIX, 1 + number % _RADIX], axis=1).astype(np.int16)


def breaks(heard: NDArray[np.float32], n_samples: int) -> list[Break]:
    """What went wrong with the song's first `n_samples` in a recording [n, 2]; the last break may be a missing end.

    Raises ValueError where anything was heard until then that is neither the song, but for rounding, nor silence.
    """
    sounds = np.flatnonzero(heard.any(1))
    exact = heard[sounds].astype(np.float64) * _SCALE
    left, right = np.rint(exact).T
    number = (left - 1) * _RADIX + right - 1
    over = np.flatnonzero(number >= n_samples)  # what follows may be faded out
    n = int(over[0]) if len(over) else len(number)
    wrong = (np.abs(exact - np.rint(exact)).max(1) > _ROUNDING) | (left < 1) | (right < 1) | (right > _RADIX)
    if wrong[:n].any():
        raise ValueError(f"something else than the song was heard at sample {sounds[wrong][0]} of the recording")
    place, when = number[:n].astype(np.int64), sounds[:n]
    if len(over):
        place, when = np.append(place, n_samples), np.append(when, sounds[n])
    lost, silence = np.diff(place) - 1, np.diff(when) - 1
    found = [Break(int(place[i]), int(silence[i]), int(lost[i])) for i in np.flatnonzero((lost != 0) | (silence != 0))]
    if not len(place):
        return [Break(-1, len(heard), n_samples)]
    first, last = int(place[0]), int(place[-1])
    if first > 0:
        found.insert(0, Break(-1, int(when[0]), first))
    if last < n_samples - 1:
        found.append(Break(last, len(heard) - 1 - int(when[-1]), n_samples - 1 - last))
    return found
