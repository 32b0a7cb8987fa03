"""The separator: a mixture in, its stems out, block by block, at the mixture's own rate, channels and length."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from umx_gui import errors
from umx_gui.engine.audio import Audio, Block, FloatArray, Stems
from umx_gui.engine.models.model import Model
from umx_gui.engine.separation import compiling
from umx_gui.engine.separation.analysis import Analysis
from umx_gui.engine.separation.devices import choose_device
from umx_gui.engine.separation.filtering import Filtering
from umx_gui.engine.separation.inference.stack import fold
from umx_gui.engine.separation.inference.workers import Workers, available_cores
from umx_gui.engine.separation.live import LiveSeparation
from umx_gui.engine.separation.options import SeparatorOptions, with_residual_where_needed
from umx_gui.engine.work import CancelToken, Progress, ProgressMeter, SlowedDown

__all__ = ["Separator", "SeparatorOptions", "with_residual_where_needed"]

_NETWORK_SHARE = 0.65
_CPU = torch.device("cpu")


class Separator:
    """A model made ready on a device. It may be used for many songs, one after another.

    Raises OptionError for options that the model cannot do, and DeviceUnavailableError.
    """

    def __init__(self, model: Model, options: SeparatorOptions | None = None) -> None:
        self.options = o = options or SeparatorOptions()
        wanted = o.only_targets or model.targets
        if missing := [t for t in wanted if t not in model.targets]:
            raise errors.OptionError("targets", f"the model has no {missing[0]}, but {', '.join(model.targets)}")
        self.model = model.only(tuple(t for t in model.targets if t in wanted))
        self._complete = len(self.model.targets) == len(model.targets)
        self._filtering = Filtering(self.model.targets, self._complete, o)
        self.device = choose_device(o.device)
        if self.device == _CPU:
            compiling.begin()
        self._networks = fold(self.model.groups, self.device, o.fast, loops=compiling.are_there())

    def retuned(self, options: SeparatorOptions) -> Separator:
        """The same networks with other options of the filter; model, device and the other options stay as they are.

        Raises OptionError for options that the model cannot do.
        """
        fixed = {name: getattr(self.options, name) for name in ("device", "threads", "fast", "only_targets", "context")}
        other = copy.copy(self)
        other.options = replace(options, **fixed)
        other._filtering = Filtering(self.model.targets, self._complete, other.options)
        return other

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the stems that come out, in order: the targets, then the residual if there is one."""
        return self._filtering.targets

    @property
    def sums_exactly(self) -> bool:
        """Whether the stems will sum to the mixture."""
        return self._filtering.sums_exactly

    def separate(
        self, mixture: Audio, cancel: CancelToken | None = None, kind: str = ""
    ) -> Iterator[Progress | Block | SlowedDown]:
        """The exact result of [C, T] samples, as final blocks in order.

        Raises Cancelled by the token, OutOfMemoryError, and ModelInvalidError for a model that computes no numbers.
        """
        yield from self.finish(self.analysis(mixture), cancel, kind)

    def stream(
        self, mixture: Audio, from_sample: int = 0, cancel: CancelToken | None = None
    ) -> Iterator[Progress | Block | SlowedDown]:
        """As `separate`, but drafts from `from_sample` on come first: enough to bridge the wait for the rest."""
        analysis = self.analysis(mixture)
        yield from self.drafts(analysis, from_sample, cancel)
        yield from self.finish(analysis, cancel)

    def separate_all(self, mixture: Audio, cancel: CancelToken | None = None) -> Stems:
        """The exact result as a whole, in memory: stems [J, C, T]."""
        stems = np.zeros((len(self.targets), *mixture.samples.shape), np.float32)
        for item in self.separate(mixture, cancel):
            if isinstance(item, Block):
                stems[:, :, item.start : item.stop] = item.samples
        return Stems(self.targets, stems, mixture.sample_rate)

    def analysis(self, mixture: Audio) -> Analysis:
        """A song for the steps below. It keeps what the networks find, 2 kB a frame for each umxhq target."""
        return Analysis(mixture, self.model.spec, self._networks, self.device)

    def drafts(
        self, analysis: Analysis, from_sample: int = 0, cancel: CancelToken | None = None
    ) -> Iterator[Progress | Block]:
        """Drafts from a sample on, as many as bridge the wait for the exact result; none where memory runs out."""
        if analysis.mixture.n_samples == 0:
            return
        with self._workers(cancel) as workers, suppress(torch.OutOfMemoryError, MemoryError):
            yield Progress(0.0, "draft")
            for block in analysis.drafts(self._filtering.undecided(), workers, from_sample, self.options.context):
                yield self._checked(block)

    def finish(
        self, analysis: Analysis, cancel: CancelToken | None = None, kind: str = ""
    ) -> Iterator[Progress | Block | SlowedDown]:
        """The exact result: the networks, unless they have run, then all blocks.

        Where memory runs out it goes on in smaller blocks, then on the CPU, and says so once for each. Raises
        OutOfMemoryError where nothing helps. kind: `torch` or `compiled`, where the last bits are to be those of stems
        made before; then the compiler is waited for. `analysis.filter_kind` says what it was.
        """
        done, filtering = 0, self._filtering.undecided(kind)
        while analysis.mixture.n_samples > done:
            try:
                for item in self._attempt(analysis, filtering, done, cancel):
                    analysis.filter_kind = filtering.kind
                    done = item.stop if isinstance(item, Block) else done
                    yield item
            except (torch.OutOfMemoryError, MemoryError) as e:
                yield self._slow_down(analysis, e)
        yield Progress(1.0, "done", 0.0)

    def _attempt(
        self, analysis: Analysis, filtering: Filtering, start: int, cancel: CancelToken | None
    ) -> Iterator[Progress | Block]:
        meter = ProgressMeter(1.0)
        share = 0.0 if analysis.ready else _NETWORK_SHARE
        with self._workers(cancel) as workers:
            if not analysis.ready:
                for fraction in analysis.run(workers, filtering):
                    yield meter.at(share * fraction, "networks")
            for fraction, block in analysis.render(filtering, workers, start):
                if block is not None:
                    yield self._checked(block)
                del block
                yield meter.at(share + (1 - share) * fraction, "filter")

    def _slow_down(self, analysis: Analysis, cause: BaseException) -> SlowedDown:
        # A filter's window cannot be cut: once the networks are done only another device helps.
        if analysis.ready or not analysis.take_smaller_blocks():
            if self.device == _CPU:
                raise errors.OutOfMemoryError from cause
            self.device = _CPU
            self._networks = fold(self.model.groups, self.device, self.options.fast)
            analysis.move(self._networks, self.device)
        return SlowedDown(str(self.device))

    def render(
        self,
        analysis: Analysis,
        options: SeparatorOptions,
        start: int = 0,
        stop: int | None = None,
        cancel: CancelToken | None = None,
    ) -> Iterator[Progress | Block]:
        """The samples [start, stop) with other filter options, without the networks, which must have run.

        Only the options that concern the filter count (see SeparatorOptions). The blocks may reach beyond `stop`.
        """
        filtering = Filtering(self.model.targets, self._complete, replace(options, only_targets=None))
        with self._workers(cancel) as workers:
            for fraction, block in analysis.render(filtering, workers, start, stop):
                if block is not None:
                    yield self._checked(block)
                yield Progress(fraction, "filter")

    def live(
        self, blocks: Iterable[FloatArray], sample_rate: int, cancel: CancelToken | None = None, memory: float = 300.0
    ) -> Iterator[Block]:
        """Stems of sound as it arrives: blocks [C, t] in, final blocks out, behind by `live_latency_s`.

        For unidirectional models; raises OptionError for others. memory: frames that the filter remembers.
        """
        live: LiveSeparation | None = None
        token = cancel or CancelToken()
        for block in blocks:
            token.check()
            if live is None:
                spec, f = self.model.spec, self._filtering
                live = LiveSeparation(spec, self._networks, f, sample_rate, block.shape[0], memory, self.device)
            yield from map(self._checked, live.feed(block))
        if live is not None:
            yield from map(self._checked, live.finish())

    @property
    def live_latency_s(self) -> float:
        """How far the stems of `live` lag behind the sound, besides waiting for a hop and resampling: one frame."""
        return self.model.spec.n_fft / self.model.spec.sample_rate

    def _checked(self, block: Block) -> Block:
        """The block itself. Raises ModelInvalidError for values that would harm ears and encoders alike."""
        # A sum is quick, and no number as soon as anything in it is none.
        if not np.isfinite(block.samples.sum()):
            raise errors.ModelInvalidError(Path(self.model.name), "its networks compute values that are not numbers")
        return block

    def _workers(self, cancel: CancelToken | None) -> Workers:
        n = self.options.threads or available_cores()
        return Workers(n if self.device.type == "cpu" else 1, cancel)
