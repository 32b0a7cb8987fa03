"""Where the sound of a recording ends: the frequency above which a codec, or a lower sample rate, left nothing.

Music fades towards the highest frequencies by some dB per kHz. A low pass cuts it within a few hundred Hz. So the edge
is the highest band from which the mean power spectrum falls by 20 dB within half a 44th of the band, and stays as low.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray

_WINDOW = 4096
_BANDS = 88  # 250 Hz each at 44.1 kHz
_DROP_DB, _FLANK_DB = 20.0, 6.0
_QUIET = 1e-20
LIMITED = 0.93
"""A recording whose sound ends below this share of the band is called band-limited: 20.5 kHz at 44.1 kHz."""


class Spectrum:
    """The mean power spectrum of a recording that comes in blocks."""

    def __init__(self) -> None:
        self._window = np.hanning(_WINDOW).astype(np.float32)
        self._power: NDArray[np.float64] = np.zeros(_WINDOW // 2 + 1)
        self._n = 0

    def add(self, block: FloatArray) -> None:
        """Take samples [C, T]; what is left over beyond whole windows is not looked at."""
        n = block.shape[1] // _WINDOW
        if not n:
            return
        frames = block[:, : n * _WINDOW].reshape(block.shape[0], n, _WINDOW)
        self._power += np.sum(np.abs(np.fft.rfft(frames * self._window)) ** 2, axis=(0, 1))
        self._n += n

    def edge_hz(self, sample_rate: int) -> float | None:
        """Where the sound ends in Hz, half the rate if nowhere before; None where there is none to speak of."""
        if not self._n or self._power.sum() <= _QUIET * self._n:
            return None
        bands = np.array([part.mean() for part in np.array_split(self._power[1:] / self._n, _BANDS)])
        # A window's own leakage, and rounding to 16 bits, are no sound: 110 dB below the loudest band.
        level_db = 10 * np.log10(bands + bands.max() * 1e-11)
        for k in range(_BANDS - 2, -1, -1):
            above = level_db[k + 2 :].max() if k + 2 < _BANDS else level_db[k + 1]
            if level_db[k] - above >= _DROP_DB:
                # Bands that hold only the flank of the filter lie beyond the edge.
                while k and level_db[k - 1] - level_db[k] >= _FLANK_DB:
                    k -= 1
                return (k + 1) * sample_rate / 2 / _BANDS
        return sample_rate / 2


def is_limited(edge_hz: float | None, sample_rate: int) -> bool:
    """Whether a recording's sound ends noticeably below half its rate."""
    return edge_hz is not None and edge_hz < LIMITED * sample_rate / 2
