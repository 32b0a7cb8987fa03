"""Tables of 256 colours for pictures of bytes: a lane's own colour, or one of a few maps that grow lighter evenly."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtGui import QColor

from umx_gui.engine.summaries import FLOOR_DB
from umx_gui.views.kit.theme import Theme

LANE, FIRE, SEA, GREY = "lane", "fire", "sea", "grey"
Table = tuple[int, ...]

# From quiet to loud, after the ground; on a light ground from pale to dark.
_MAPS = {
    (FIRE, "dark"): ("#3B1A5E", "#A12C68", "#EA6A3B", "#FBC04F", "#FFFBE0"),
    (FIRE, "light"): ("#FBE3B0", "#F3A35A", "#D9553F", "#8E1F5C", "#2B0B3F"),
    (SEA, "dark"): ("#27306B", "#1F6E93", "#22A58A", "#8ED65A", "#FDF0A0"),
    (SEA, "light"): ("#DDEFC0", "#7CC79A", "#2B8C96", "#2B5590", "#221447"),
    (GREY, "dark"): ("#3C4048", "#73777F", "#A9ADB4", "#D7D9DD", "#FFFFFF"),
    (GREY, "light"): ("#D5D7DC", "#A7AAB1", "#73777F", "#42454C", "#14161A"),
}


@lru_cache(maxsize=64)
def wave_table(ground: str, color: str, strength: float = 1.0) -> Table:
    """The colours of a waveform: from the ground to the lane's colour, or to a part of it where it is not heard."""
    return _table(ground, ((0.0, ground), (1.0, color)), strength)


@lru_cache(maxsize=256)
def spectrogram_table(
    ground: str, color: str, peak: str, strength: float = 1.0, low_db: float = -96.0, high_db: float = 0.0
) -> Table:
    """The colours of a spectrogram: the ground at `low_db`, the lane's colour, and `peak` near `high_db`."""
    stops = ((0.0, ground), (0.12, ground), (0.72, color), (0.96, peak))
    return _table(ground, _at_levels(stops, low_db, high_db), strength)


@lru_cache(maxsize=256)
def map_table(
    name: str, theme: str, ground: str, strength: float = 1.0, low_db: float = -96.0, high_db: float = 0.0
) -> Table:
    """The colours of one of the maps, for the theme of this name."""
    colors = _MAPS[name, theme]
    stops = ((0.0, ground), (0.06, ground), *((0.06 + 0.94 * (i + 1) / len(colors), c) for i, c in enumerate(colors)))
    return _table(ground, _at_levels(stops, low_db, high_db), strength)


def spectrum_table(theme: Theme, key: str, colors: str, strength: float, levels_db: tuple[float, float]) -> Table:
    """The colours that a lane's spectrogram has in a theme, with the chosen map."""
    if colors != LANE:
        return map_table(colors, theme.name, theme.ground, strength, *levels_db)
    peak = "#FFF6E6" if theme.name == "dark" else "#1A1408"
    return spectrogram_table(theme.ground, theme.target(key).name(), peak, strength, *levels_db)


def _at_levels(stops: tuple[tuple[float, str], ...], low_db: float, high_db: float) -> tuple[tuple[float, str], ...]:
    """Stops between two levels as stops of the whole range of bytes."""
    low, high = 1 - low_db / FLOOR_DB, 1 - high_db / FLOOR_DB
    inside = tuple((low + place * (high - low), color) for place, color in stops)
    return ((0.0, stops[0][1]), *inside, (1.0, stops[-1][1]))


def _table(ground: str, stops: tuple[tuple[float, str], ...], strength: float) -> Table:
    at = np.linspace(0, 1, 256)
    places = [place for place, _ in stops]
    channels = []
    for read in (QColor.red, QColor.green, QColor.blue):
        values = np.interp(at, places, [read(QColor(color)) for _, color in stops])
        under = read(QColor(ground))
        channels.append(np.round(under + (values - under) * strength).astype(int))
    return tuple(int(0xFF000000 | r << 16 | g << 8 | b) for r, g, b in zip(*channels, strict=True))
