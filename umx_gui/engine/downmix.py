"""From many channels to two, by a stated matrix.

ITU-R BS.775-3, annex 4: the front pair as it is, the centre and the surrounds at -3 dB (0.7071) each to its side, a
back centre at -3 dB to both, no LFE. Both rows are then divided by the larger sum of their weights, so that the mix
never exceeds full scale. Channels without known places: the mean of the odd ones to the left, of the even ones to
the right.
"""

from __future__ import annotations

import numpy as np

from umx_gui.engine.audio import FloatArray

_HALF = 0.5**0.5

# FFmpeg's names of layouts, and the places of their channels in order.
LAYOUTS: dict[str, tuple[str, ...]] = {
    "2.1": ("FL", "FR", "LFE"),
    "3.0": ("FL", "FR", "FC"),
    "3.0(back)": ("FL", "FR", "BC"),
    "4.0": ("FL", "FR", "FC", "BC"),
    "quad": ("FL", "FR", "BL", "BR"),
    "quad(side)": ("FL", "FR", "SL", "SR"),
    "3.1": ("FL", "FR", "FC", "LFE"),
    "5.0": ("FL", "FR", "FC", "BL", "BR"),
    "5.0(side)": ("FL", "FR", "FC", "SL", "SR"),
    "4.1": ("FL", "FR", "FC", "LFE", "BC"),
    "5.1": ("FL", "FR", "FC", "LFE", "BL", "BR"),
    "5.1(side)": ("FL", "FR", "FC", "LFE", "SL", "SR"),
    "6.0": ("FL", "FR", "FC", "BC", "SL", "SR"),
    "6.0(front)": ("FL", "FR", "FLC", "FRC", "SL", "SR"),
    "hexagonal": ("FL", "FR", "FC", "BL", "BR", "BC"),
    "6.1": ("FL", "FR", "FC", "LFE", "BC", "SL", "SR"),
    "6.1(back)": ("FL", "FR", "FC", "LFE", "BL", "BR", "BC"),
    "6.1(front)": ("FL", "FR", "LFE", "FLC", "FRC", "SL", "SR"),
    "7.0": ("FL", "FR", "FC", "BL", "BR", "SL", "SR"),
    "7.0(front)": ("FL", "FR", "FC", "FLC", "FRC", "SL", "SR"),
    "7.1": ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
    "7.1(wide)": ("FL", "FR", "FC", "LFE", "BL", "BR", "FLC", "FRC"),
    "7.1(wide-side)": ("FL", "FR", "FC", "LFE", "FLC", "FRC", "SL", "SR"),
    "octagonal": ("FL", "FR", "FC", "BL", "BR", "BC", "SL", "SR"),
}

_WEIGHTS: dict[str, tuple[float, float]] = {
    "FL": (1.0, 0.0),
    "FR": (0.0, 1.0),
    "FC": (_HALF, _HALF),
    "LFE": (0.0, 0.0),
    "BL": (_HALF, 0.0),
    "BR": (0.0, _HALF),
    "SL": (_HALF, 0.0),
    "SR": (0.0, _HALF),
    "FLC": (_HALF, 0.0),
    "FRC": (0.0, _HALF),
    "BC": (0.5, 0.5),
}


def matrix(n_channels: int, layout: str) -> FloatArray:
    """The down-mix matrix [2, C] of a layout (a name as FFmpeg's, or places joined by "+")."""
    places = LAYOUTS.get(layout) or tuple(layout.split("+"))
    if len(places) != n_channels or not all(place in _WEIGHTS for place in places):
        side = np.arange(n_channels) % 2
        rows = np.stack([side == 0, side == 1]).astype(np.float64)
        return np.asarray(rows / np.maximum(rows.sum(axis=1, keepdims=True), 1), dtype=np.float32)
    rows = np.array([_WEIGHTS[place] for place in places]).T
    return np.asarray(rows / max(float(rows.sum(axis=1).max()), 1.0), dtype=np.float32)


def downmix(samples: FloatArray, layout: str) -> FloatArray:
    """Samples [C, t] as [min(C, 2), t]: mono and stereo as they are, more by `matrix(C, layout)`.

    `messages.downmixed` says to the user what was done.
    """
    if samples.shape[0] <= 2:
        return samples
    return np.asarray(matrix(samples.shape[0], layout) @ samples, dtype=np.float32)
