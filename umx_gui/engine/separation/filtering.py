"""From masks to stems' spectra: the filter with its options, and which stems come out of it."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from umx_gui.engine.separation import compiling
from umx_gui.engine.separation.inference.passes import WINDOW
from umx_gui.engine.separation.options import SeparatorOptions
from umx_gui.engine.separation.wiener import WienerOptions, can_be_compiled, wiener_pieces, without
from umx_gui.engine.separation.wiener_compiled import Kernels
from umx_gui.errors import OptionError

TORCH, COMPILED, NORBERT = "torch", "compiled", "norbert"


class Filtering:
    """The filter for the targets of a model. Raises OptionError for options that these targets cannot have.

    `complete` says whether these are all targets of the model: without them nothing could sum to the mixture.
    `kind` says which arithmetic it is: `compiled`, `torch` or `norbert`; "" before it was first used. The last bits of
    `compiled` and `torch` differ, so one of them is chosen at the first use, and stays.
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
        self.kind = ""
        self._wanted = ""
        self._kernels: Kernels | None = None
        self._choosing = threading.Lock()
        self._gains = [10 ** (o.emphasis_db.get(target, 0.0) / 20) for target in targets]
        self.wiener_options = WienerOptions(o.n_iter, o.softmask, o.residual is not None, self.sums_exactly)

    def __call__(self, masks: Iterable[Tensor], x: Tensor, n_at_once: int) -> Iterator[Tensor]:
        """masks: J times [N, C, F]; x: [C, N, F] complex. Yields the stems' spectra [J', C, n, F], frames in order.

        n_at_once: how many frames at a time, where that saves memory. A `sum_taker` is not among the stems: it becomes
        what the others leave of the mixture.
        """
        masks, taker = self.emphasised(masks), self.sum_taker
        if self.options.filter == "norbert":
            from umx_gui.engine.separation.norbert_filter import norbert_filter

            w, self.kind = self.wiener_options, NORBERT
            yield without(norbert_filter(list(masks), x, w.n_iter, w.softmask, w.residual), taker)
        else:
            yield from wiener_pieces(
                masks,
                x,
                self.wiener_options,
                self.chosen(x.device, x.shape[0]),
                n_at_once,
                len(self.targets),
                taker,
            )

    def undecided(self, kind: str = "") -> Filtering:
        """The same for another separation, which makes its own choice; `kind`: the one it takes where it can."""
        other = copy.copy(self)
        other.kind, other._wanted, other._kernels, other._choosing = "", kind, None, threading.Lock()
        return other

    def chosen(self, device: torch.device, n_channels: int) -> Kernels | None:
        """The compiled loops, or None for whole arrays: for the filter, and for the networks before it."""
        if self.options.filter == "norbert":
            return None
        with self._choosing:
            if not self.kind:
                if self._wanted != TORCH and can_be_compiled(device, n_channels, self.wiener_options):
                    self._kernels = compiling.loops(patient=self._wanted == COMPILED)
                self.kind = TORCH if self._kernels is None else COMPILED
        return self._kernels

    def emphasised(self, masks: Iterable[Tensor]) -> Iterator[Tensor]:
        """The masks, each as much louder as was asked for."""
        return map(lambda mask, gain: mask if gain == 1 else mask * gain, masks, self._gains)

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
