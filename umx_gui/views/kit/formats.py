"""Numbers as people read them: times, levels, pans and sizes, with figures that keep their places; names of stems."""

from __future__ import annotations

import math
from collections.abc import Iterable

from umx_gui.app.target_names import target_name as target_name
from umx_gui.words import number, point

MINUS = "\u2212"
NARROW_SPACE = "\u202f"


def clock(seconds: float, decimals: int = 0) -> str:
    """Seconds as m:ss, with hours where there are any: 0:42, 3:58.04, 1:02:03."""
    scale = 10**decimals
    units = math.floor(max(seconds, 0.0) * scale + 1e-6)
    whole, part = divmod(units, scale)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
    return f"{head}{point()}{part:0{decimals}d}" if decimals else head


def decibels(db: float, decimals: int = 1) -> str:
    """A level in dB without its unit: +3.0, 0.0, a real minus sign, and minus infinity for silence."""
    if db == -math.inf:
        return f"{MINUS}\u221e"
    rounded = round(db, decimals) + 0.0
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    return f"{sign}{number(abs(rounded), f'.{decimals}f')}"


def pan_words(pan: float) -> str:
    """A pan position in -1..1: C in the centre, else L or R with per cent."""
    percent = round(abs(pan) * 100)
    if percent == 0:
        return "C"
    return f"{'L' if pan < 0 else 'R'}{percent}"


def rate(sample_rate: int) -> str:
    """A sample rate in kHz: 44.1 kHz."""
    return f"{number(sample_rate / 1000)}{NARROW_SPACE}kHz"


def target_names(targets: Iterable[str]) -> str:
    """Several of them: Vocals, Drums."""
    return ", ".join(target_name(target) for target in targets)


def amplitude_db(amplitude: float) -> float:
    """An amplitude in dB relative to full scale; silence is minus infinity."""
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf
