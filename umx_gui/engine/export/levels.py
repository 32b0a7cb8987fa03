"""How loud the files of an export will be: what would clip, and the one gain that would keep all from clipping."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from umx_gui.engine.audio import FloatArray, Stems
from umx_gui.engine.exact_sum import BLOCK_SAMPLES, finite
from umx_gui.engine.export.encoding import MIXTURE
from umx_gui.engine.export.parts import Parts
from umx_gui.engine.work import CancelToken, Progress, ProgressMeter


@dataclass(frozen=True, slots=True)
class Levels:
    """The highest sample of each output, full scale being 1, and how many are beyond full scale; by name.

    The mixture is among them where stems are to sum to it exactly.
    """

    peaks: dict[str, float]
    beyond: dict[str, int]

    @property
    def n_beyond(self) -> int:
        """How many samples would clip in all."""
        return sum(self.beyond.values())

    @property
    def common_gain_db(self) -> float:
        """The gain for all that keeps the loudest within full scale, in tenths of a decibel; 0 where nothing clips."""
        peak = max(self.peaks.values(), default=0.0)
        return 0.0 if peak <= 1.0 else -math.ceil(200 * math.log10(peak)) / 10


def measure_levels(
    stems: Stems,
    mixture: FloatArray | None,
    parts: Parts,
    with_mixture: bool,
    cancel: CancelToken,
    gain_db: float = 0.0,
) -> Iterator[Progress | Levels]:
    """Read what is to be written of stems [J, C, T] once; the last thing yielded are its `Levels`, with this gain.

    Raises Cancelled.
    """
    outputs = parts.outputs_of(stems.targets)
    peaks, beyond = dict.fromkeys(outputs.names, 0.0), dict.fromkeys(outputs.names, 0)
    if with_mixture and mixture is not None:
        peaks.setdefault(MIXTURE, 0.0)
        beyond.setdefault(MIXTURE, 0)
    n_samples, gain = stems.samples.shape[-1], np.float32(10 ** (gain_db / 20))
    rows_of = dict(zip(outputs.names, outputs.members, strict=True))
    meter = ProgressMeter(n_samples)
    for start in range(0, n_samples, BLOCK_SAMPLES):
        cancel.check()
        here = slice(start, start + BLOCK_SAMPLES)
        for name in peaks:
            if rows := rows_of.get(name, ()):
                samples = finite(stems.samples[list(rows), :, here])[0].sum(axis=0, dtype=np.float32)
            else:
                source = mixture if name == MIXTURE and mixture is not None else parts.extras[name]
                samples = finite(source[:, here])[0]
            loud = np.abs(samples) * gain
            peaks[name] = max(peaks[name], float(loud.max(initial=0.0)))
            beyond[name] += int(np.count_nonzero(loud > 1.0))
        yield meter.at(min(start + BLOCK_SAMPLES, n_samples), "measuring")
    yield Levels(peaks, beyond)
