"""From masks to stems' spectra: the filter with its options, and which stems come out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import Tensor

from umx_gui.engine.separation import compiling
from umx_gui.engine.separation.inference.passes import WINDOW
from umx_gui.engine.separation.options import SeparatorOptions
from umx_gui.engine.separation.wiener import WienerOptions, wiener_pieces
from umx_gui.errors import OptionError


class Filtering:
    """The filter for the targets of a model. Raises OptionError for options that these targets cannot have.

    `complete` says whether these are all targets of the model: without them nothing could sum to the mixture.
    """

    def __init__(self, targets: tuple[str, ...], complete: bool, options: SeparatorOptions) -> None:
        self.options = o = options
        if o.residual in targets:
            raise OptionError("residual-name", f"the model has a target called {o.residual}")
        if unknown := [name for name in o.emphasis_db if name not in targets]:
            raise OptionError("emphasis", f"the model has no {unknown[0]}, but {', '.join(targets)}")
        self.targets = targets + ((o.residual,) if o.residual else ())
        if len(self.targets) == 1 and o.n_iter > 0:
            raise OptionError("niter", "EM needs a second source: ask for the residual, or for 0 iterations")
        self.sums_exactly = o.exact_sum and (o.residual is not None or (complete and len(targets) > 1))
        self._gains = [10 ** (o.emphasis_db.get(target, 0.0) / 20) for target in targets]
        self.wiener_options = WienerOptions(o.n_iter, o.softmask, o.residual is not None, self.sums_exactly)

    def __call__(self, masks: Sequence[Tensor], x: Tensor, n_at_once: int) -> Iterator[Tensor]:
        """masks: J times [N, C, F]; x: [C, N, F] complex. Yields the stems' spectra [J', C, n, F], frames in order.

        n_at_once: how many frames at a time, where that saves memory.
        """
        masks = self.emphasised(masks)
        if self.options.filter == "norbert":
            from umx_gui.engine.separation.norbert_filter import norbert_filter

            w = self.wiener_options
            yield norbert_filter(masks, x, w.n_iter, w.softmask, w.residual)
        else:
            yield from wiener_pieces(masks, x, self.wiener_options, compiling.loops(), n_at_once)

    def emphasised(self, masks: Sequence[Tensor]) -> list[Tensor]:
        """The masks, each as much louder as was asked for."""
        return [m if gain == 1 else m * gain for m, gain in zip(masks, self._gains, strict=True)]

    @property
    def sum_taker(self) -> int | None:
        """The stem that takes what is missing in the sum: the residual, else `other`, else the last; or None."""
        if not self.sums_exactly:
            return None
        if self.options.residual is None and "other" in self.targets:
            return self.targets.index("other")
        return len(self.targets) - 1

    def window(self, n_frames: int) -> int:
        """How many frames are filtered together, in a song of n_frames."""
        if self.options.n_iter == 0:
            return WINDOW
        return self.options.wiener_win_len or n_frames
