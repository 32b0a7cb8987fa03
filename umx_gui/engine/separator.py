"""The separator: a mixture in, its stems out, block by block, at the mixture's own rate, channels and length."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor

from umx_gui import errors
from umx_gui.engine.audio import Audio, Block, Stems
from umx_gui.engine.devices import choose_device
from umx_gui.engine.inference.drafts import Draft
from umx_gui.engine.inference.frames import FrameReader
from umx_gui.engine.inference.mixture import ModelMixture
from umx_gui.engine.inference.output import StemOutput
from umx_gui.engine.inference.passes import WINDOW, Codes, decode
from umx_gui.engine.inference.stack import fold
from umx_gui.engine.inference.workers import Workers, available_cores
from umx_gui.engine.model import TARGET_NAME, Model
from umx_gui.engine.wiener import WienerOptions, wiener
from umx_gui.engine.work import CancelToken, Progress, ProgressMeter

_NETWORK_SHARE = 0.65
# A draft may run ahead of the exact result by this many times the time that the exact result is expected to take.
_DRAFT_MARGIN = 1.5


@dataclass(frozen=True, slots=True)
class SeparatorOptions:
    """How to separate. The defaults are the reference's, but for `exact_sum`.

    n_iter: EM iterations. residual: the name of one more stem that takes what the targets leave, or None.
    wiener_win_len: frames per independent filter block, 0 for the whole song. filter: `em`, or `norbert` for that
    library's filter. device: `auto`, `cpu`, `cuda`, `mps`. threads: workers, all cores where None. fast: bfloat16
    products, about twice as fast and 45 dB exact. exact_sum: the stems sum to the mixture. only_targets: run just these
    networks (faster, and worse, since the filter then knows less). context: frames a draft looks ahead.
    """

    n_iter: int = 1
    softmask: bool = False
    residual: str | None = None
    wiener_win_len: int = 300
    filter: str = "em"
    device: str = "auto"
    threads: int | None = None
    fast: bool = False
    exact_sum: bool = True
    only_targets: tuple[str, ...] | None = None
    context: int = 300

    def __post_init__(self) -> None:
        if self.n_iter < 0:
            raise errors.OptionError("niter", "it must be 0 or more")
        if self.wiener_win_len < 0:
            raise errors.OptionError("wiener-win-len", "it must be 0 (the whole song) or more")
        if self.filter not in ("em", "norbert"):
            raise errors.OptionError("filter", "it must be em or norbert")
        if self.threads is not None and self.threads < 1:
            raise errors.OptionError("threads", "it must be 1 or more")
        if self.residual is not None and not TARGET_NAME.fullmatch(self.residual):
            raise errors.OptionError("residual-name", "use letters, digits, spaces, _ and -, 64 at most")


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
        if o.residual in self.model.targets:
            raise errors.OptionError("residual-name", f"the model has a target called {o.residual}")
        self.targets = self.model.targets + ((o.residual,) if o.residual else ())
        if len(self.targets) == 1 and o.n_iter > 0:
            raise errors.OptionError("niter", "EM needs a second source: ask for the residual, or for 0 iterations")
        self.device = choose_device(o.device)
        # Without all of the mixture's parts there is nothing that could sum to it.
        self.sums_exactly = o.exact_sum and (o.residual is not None or len(self.targets) == len(model.targets) > 1)
        self._networks = fold(list(self.model.networks.values()), self.device, o.fast)

    def separate(self, mixture: Audio, cancel: CancelToken | None = None) -> Iterator[Progress | Block]:
        """The exact result of [C, T] samples, as final blocks in order. Raises Cancelled by the token."""
        with self._workers(cancel) as workers:
            yield from self._exact(self._song(mixture), workers)

    def stream(
        self, mixture: Audio, from_sample: int = 0, cancel: CancelToken | None = None
    ) -> Iterator[Progress | Block]:
        """As `separate`, but drafts from `from_sample` on come first: enough to bridge the wait for the rest."""
        with self._workers(cancel) as workers:
            song = self._song(mixture)
            yield from self._drafts(song, from_sample, workers)
            yield from self._exact(song, workers)

    def separate_all(self, mixture: Audio, cancel: CancelToken | None = None) -> Stems:
        """The exact result as a whole, in memory: stems [J, C, T]."""
        stems = np.zeros((len(self.targets), *mixture.samples.shape), np.float32)
        for item in self.separate(mixture, cancel):
            if isinstance(item, Block):
                stems[:, :, item.start : item.stop] = item.samples
        return Stems(self.targets, stems, mixture.sample_rate)

    def _workers(self, cancel: CancelToken | None) -> Workers:
        n = self.options.threads or available_cores()
        return Workers(n if self.device.type == "cpu" else 1, cancel)

    def _song(self, mixture: Audio) -> _Song:
        spec = self.model.spec
        # Reflection at the ends needs more than half a frame.
        own = ModelMixture(mixture, spec.sample_rate, spec.n_channels, shortest=spec.n_fft)
        return _Song(mixture, own, FrameReader(own.read, own.n_samples, spec.stft, self.device))

    def _exact(self, song: _Song, workers: Workers) -> Iterator[Progress | Block]:
        if song.mixture.n_samples == 0:
            return
        meter = ProgressMeter(1.0)
        codes = Codes(self._networks, song.frames)
        for fraction in codes.compute(workers):
            yield meter.at(_NETWORK_SHARE * fraction, "networks")
        output = self._output(song, 0)
        n_frames = song.frames.n_frames
        for done, block in self._decoded(song, codes.masks, (0, n_frames), output, workers, final=True):
            if block is not None:
                yield block
            yield meter.at(_NETWORK_SHARE + (1 - _NETWORK_SHARE) * done / n_frames, "filter")
        if (block := output.finish(final=True)) is not None:
            yield block
        yield Progress(1.0, "done", 0.0)

    def _drafts(self, song: _Song, from_sample: int, workers: Workers) -> Iterator[Progress | Block]:
        spec, mixture = self.model.spec, song.mixture
        if mixture.n_samples == 0:
            return
        at = min(max(from_sample, 0), mixture.n_samples - 1) * spec.sample_rate / mixture.sample_rate / spec.hop
        window = self._window(song)
        first = int(at) // window * window if window <= WINDOW else int(at)
        draft = Draft(self._networks, song.frames, first, self.options.context)
        output: StemOutput | None = None
        meter, n_done = ProgressMeter(float(song.frames.n_frames)), 0
        for start, stop in draft.chunks(workers):
            for _, first_sample, stems in decode(
                draft.masks, song.frames, self._filter, spec.stft, window, (start, stop), song.own.n_real, workers
            ):
                output = output or self._output(song, first_sample)
                if (block := output.feed(stems, final=False)) is not None:
                    yield block
            n_done += stop - start
            expected_s = meter.at(n_done, "draft").remaining_s or 0.0
            yield Progress(0.0, "draft")
            if n_done * spec.hop / spec.sample_rate > _DRAFT_MARGIN * (expected_s + meter.elapsed_s):
                return

    def _decoded(
        self,
        song: _Song,
        masks: Callable[[int, int], Sequence[Tensor]],
        span: tuple[int, int],
        output: StemOutput,
        workers: Workers,
        final: bool,
    ) -> Iterator[tuple[int, Block | None]]:
        stft, window = self.model.spec.stft, self._window(song)
        for done, _, stems in decode(masks, song.frames, self._filter, stft, window, span, song.own.n_real, workers):
            yield done, output.feed(stems, final)

    def _output(self, song: _Song, start: int) -> StemOutput:
        taker = None
        if self.sums_exactly:
            names = list(self.targets)
            taker = names.index("other") if "other" in names and not self.options.residual else len(names) - 1
        return StemOutput(song.mixture, self.model.spec.sample_rate, len(self.targets), start, taker)

    def _window(self, song: _Song) -> int:
        if self.options.n_iter == 0:
            return WINDOW
        return self.options.wiener_win_len or song.frames.n_frames

    def _filter(self, masks: Sequence[Tensor], x: Tensor) -> Tensor:
        o = self.options
        if o.filter == "norbert":
            from umx_gui.engine.norbert_filter import norbert_filter

            return norbert_filter(masks, x, o.n_iter, o.softmask, o.residual is not None)
        settings = WienerOptions(o.n_iter, o.softmask, o.residual is not None, self.sums_exactly)
        return wiener(masks, x, settings)


@dataclass(frozen=True, slots=True)
class _Song:
    """A mixture, the same as the model hears it, and its frames."""

    mixture: Audio
    own: ModelMixture
    frames: FrameReader


def with_residual_where_needed(options: SeparatorOptions, n_targets: int, name: str = "residual") -> SeparatorOptions:
    """Options that work for a number of targets: one target alone gets a residual, unless no EM is asked for."""
    if n_targets == 1 and options.n_iter > 0 and options.residual is None:
        return replace(options, residual=name)
    return options
