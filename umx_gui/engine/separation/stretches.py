"""A stretch of a song separated by itself, with what lies around it, and joined to the stems of the rest.

The joint is a fade in which the shares of both sides add up to one: where both sides sum to the mixture, so does what
comes of it. Nothing here needs torch until `separate_stretch` is called.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from umx_gui.engine.audio import Audio, Block, FloatArray, Stems
from umx_gui.engine.work import CancelToken, Progress, SlowedDown

if TYPE_CHECKING:
    from umx_gui.engine.separation.separator import Separator

CONTEXT_S = 4.0
"""What the networks hear before and behind a stretch, besides it."""

FADE_S = 0.02

_RESIDUAL, _OTHER = "residual", "other"


def with_context(start: int, stop: int, n_samples: int, unit: float, context: int) -> tuple[int, int]:
    """The samples [a, b) that are separated for [start, stop): `context` samples more on either side, then on to whole
    multiples of `unit` samples, so that the filter's windows lie where those of the whole song lie.
    """
    a = round(math.floor(max(start - context, 0) / unit) * unit)
    b = round(math.ceil(min(stop + context, n_samples) / unit) * unit)
    return min(a, start), max(min(b, n_samples), stop)


def separate_stretch(
    separator: Separator, mixture: Audio, start: int, stop: int, cancel: CancelToken | None = None, kind: str = ""
) -> Iterator[Progress | Block | SlowedDown]:
    """The stems of [start, stop) alone, as final blocks in order; the work is that of the stretch, not of the song.
    kind: as in `Separator.finish`.

    Raises what `Separator.separate` raises.
    """
    spec, options = separator.model.spec, separator.options
    window = options.wiener_win_len if options.n_iter > 0 else 1
    unit = max(window, 1) * spec.hop * mixture.sample_rate / spec.sample_rate
    a, b = with_context(start, stop, mixture.n_samples, unit, round(CONTEXT_S * mixture.sample_rate))
    around = Audio(np.asarray(mixture.samples[:, a:b]), mixture.sample_rate)
    for item in separator.separate(around, cancel, kind):
        if not isinstance(item, Block):
            yield item
            continue
        first, last = max(item.start + a, start), min(item.stop + a, stop)
        if first < last:
            samples = item.samples[:, :, first - a - item.start : last - a - item.start]
            yield replace(item, start=first, stop=last, samples=samples)


def fade_length(n_samples: int, sample_rate: int) -> int:
    """How many samples a fade at either end of a stretch of n_samples has."""
    return min(round(FADE_S * sample_rate), n_samples // 2)


def share(at: int, stop: int, start_of: int, stop_of: int, n_song: int, sample_rate: int) -> FloatArray:
    """How much of the stretch [start_of, stop_of) counts in the samples [at, stop) of it, from 0 to 1; the rest of the
    stems counts by what is missing to 1. There is no fade at the ends of the song.
    """
    n = fade_length(stop_of - start_of, sample_rate)
    where = np.arange(at, stop, dtype=np.float64) + 0.5
    result = np.ones(stop - at)
    for distance, inside in ((where - start_of, start_of > 0), (stop_of - where, stop_of < n_song)):
        if inside and n:
            result *= 0.5 - 0.5 * np.cos(np.pi * np.clip(distance / n, 0.0, 1.0))
    return result.astype(np.float32)


def fitted(take: Stems, targets: tuple[str, ...], base: FloatArray | None, mixture: FloatArray) -> FloatArray:
    """The stems of `take` as those of `targets`, [J, C, t]: by name. `base`: the targets' own stems there, or None.

    What a target has no counterpart for stays as it is in `base`; one of these (the residual, `other`, or the last)
    takes what is then missing to the mixture [C, t].
    """
    if take.targets == targets:
        return take.samples
    result = np.zeros((len(targets), *mixture.shape), np.float32) if base is None else np.array(base, np.float32)
    for row, target in enumerate(targets):
        if target in take.targets:
            result[row] = take[target]
    if set(take.targets) != set(targets) and len(targets) > 1:
        left = [target for target in targets if target not in take.targets] or list(targets)
        taker = next((t for t in (_RESIDUAL, _OTHER) if t in left), left[-1])
        result[targets.index(taker)] += (mixture - result.sum(axis=0, dtype=np.float64)).astype(np.float32)
    return result


def part_of(stems: Stems, start: int, stop: int) -> Stems:
    """The samples [start, stop) of stems, without a copy."""
    return replace(stems, samples=stems.samples[:, :, start:stop])


def join(
    stems: Stems, mixture: FloatArray, take: Stems, start: int, at: int, stop: int, base: FloatArray | None
) -> None:
    """Write the samples [at, stop) of a song's stems, of which `take` begins at `start`; in place.

    `base` [J, C, stop - at] is what fades into it; None where nothing is known there: then nothing fades.
    """
    stop_of = start + take.samples.shape[-1]
    new = fitted(part_of(take, at - start, stop - start), stems.targets, base, mixture[:, at:stop])
    n_fade = fade_length(stop_of - start, stems.sample_rate) if base is not None else 0
    stems.samples[:, :, at:stop] = new
    for a, b in ((at, min(stop, start + n_fade)), (max(at, stop_of - n_fade), stop)):
        if base is not None and a < b:
            w = share(a, b, start, stop_of, mixture.shape[1], stems.sample_rate)
            here = slice(a - at, b - at)
            stems.samples[:, :, a:b] = new[:, :, here] * w + base[:, :, here] * (np.float32(1) - w)
