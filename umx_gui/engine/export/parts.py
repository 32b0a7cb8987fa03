"""What an export writes of a song, where that is more, or other, than each of its stems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.export.outputs import Outputs, all_stems
from umx_gui.engine.export.projects import TrackStrip


@dataclass(frozen=True, slots=True)
class Parts:
    """What is written: by default, each of the stems.

    An output without any stem is the mixture, if it is called so, else the signal [C, T] of its name in `extras`.
    `strips` say how a project plays each file, and `start_s` where in the song it begins.
    """

    outputs: Outputs | None = None
    extras: Mapping[str, FloatArray] = field(default_factory=dict)
    strips: Mapping[str, TrackStrip] = field(default_factory=dict)
    start_s: float = 0.0

    def outputs_of(self, targets: Sequence[str]) -> Outputs:
        """The outputs, for stems of these names."""
        return self.outputs or all_stems(targets)
