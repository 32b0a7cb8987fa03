"""What the networks know of one song, kept, so that other filter settings are heard without running them again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch

from umx_gui.engine.audio import Audio, Block, FloatArray
from umx_gui.engine.models.model import ModelSpec
from umx_gui.engine.separation.filtering import Filtering
from umx_gui.engine.separation.inference.drafts import Draft
from umx_gui.engine.separation.inference.frames import FrameReader, OverlapAdd
from umx_gui.engine.separation.inference.mixture import ModelMixture
from umx_gui.engine.separation.inference.output import StemOutput
from umx_gui.engine.separation.inference.passes import WINDOW, BlockSizes, Codes, MaskSource, decode
from umx_gui.engine.separation.inference.stack import NetworkGroups
from umx_gui.engine.separation.inference.workers import Workers
from umx_gui.engine.work import ProgressMeter

# A draft may run ahead of the exact result by this many times the time that the exact result is expected to take.
_DRAFT_MARGIN = 1.5
# What begins inside a song begins this much earlier, and drops it: a resampler needs some samples to settle.
_PREROLL_S = 0.05


class Analysis:
    """One song and one set of networks: run once, rendered as often as wanted, the whole song or any stretch of it."""

    def __init__(
        self,
        mixture: Audio,
        spec: ModelSpec,
        networks: NetworkGroups,
        device: torch.device,
        folder: Path | None = None,
        sizes: BlockSizes | None = None,
    ) -> None:
        self.mixture, self._spec, self._networks, self._device = mixture, spec, networks, device
        self._sizes = sizes or BlockSizes()
        self._folder = folder
        # Reflection at the ends needs more than half a frame.
        self._own = ModelMixture(mixture, spec.sample_rate, spec.n_channels, shortest=spec.n_fft)
        self._frames = FrameReader(self._own.read, self._own.n_samples, spec.stft, device)
        self._codes: Codes | None = None
        self.filter_kind = ""
        """With which arithmetic the exact stems were made last: see `Filtering.kind`."""

    def take_smaller_blocks(self) -> bool:
        """Halve what is done at once, where memory ran out; False where that is not possible any more."""
        smaller = self._sizes.halved()
        if smaller is not None:
            self._sizes = smaller
        return smaller is not None

    def move(self, networks: NetworkGroups, device: torch.device) -> None:
        """Go on with the same networks on another device, from the beginning."""
        self._networks, self._device, self._sizes, self._codes = networks, device, BlockSizes(), None
        self._frames = FrameReader(self._own.read, self._own.n_samples, self._spec.stft, device)

    @property
    def ready(self) -> bool:
        """Whether the networks have run, so that it can be rendered."""
        return self._codes is not None

    def run(self, workers: Workers, filtering: Filtering) -> Iterator[float]:
        """Run the networks, with the arithmetic of the filter that will follow; yields the fraction done."""
        kernels = filtering.chosen(self._device, self._spec.n_channels)
        codes = Codes(self._networks, self._frames, self._sizes, self._folder, kernels)
        yield from codes.compute(workers)
        self._codes = codes

    def render(
        self, filtering: Filtering, workers: Workers, start: int = 0, stop: int | None = None
    ) -> Iterator[tuple[float, Block | None]]:
        """Final blocks for the samples [start, stop), or a little more, of the mixture: (fraction done, block).

        Raises ValueError before the networks have run.
        """
        if self._codes is None:
            raise ValueError("the networks have not run yet")
        n_samples = self.mixture.n_samples
        stop = n_samples if stop is None else min(stop, n_samples)
        if start >= stop:
            return
        span = self._frame_span(start, stop, filtering.window(self._frames.n_frames))
        renderer = _Renderer(self, filtering, span[0], start, final=True)
        for done, block in renderer.blocks(self._codes.masks, workers, span):
            yield done / (span[1] - span[0]), block
            del block
        if span[1] == self._frames.n_frames and (block := renderer.finish()) is not None:
            yield 1.0, block

    def drafts(self, filtering: Filtering, workers: Workers, from_sample: int, context: int) -> Iterator[Block]:
        """Draft blocks from a sample on, until they last longer than the exact result is expected to take."""
        spec, n_frames = self._spec, self._frames.n_frames
        at = min(max(from_sample, 0), self.mixture.n_samples - 1)
        first, _ = self._frame_span(at, at + 1, min(filtering.window(n_frames), WINDOW))
        draft = Draft(self._networks, self._frames, first, context, filtering.chosen(self._device, spec.n_channels))
        renderer = _Renderer(self, filtering, first, at, final=False)
        meter, n_done = ProgressMeter(float(n_frames)), 0
        for span in draft.chunks(workers):
            for _, block in renderer.blocks(draft.masks, workers, span):
                if block is not None:
                    yield block
            n_done += span[1] - span[0]
            expected_s = meter.elapsed_s * n_frames / n_done
            if n_done * spec.hop / spec.sample_rate > _DRAFT_MARGIN * expected_s:
                return

    def overlap_add(self, first_frame: int) -> OverlapAdd:
        """What joins decoded frames, from a frame on."""
        return OverlapAdd(self._spec.stft, self._frames.n_frames, self._own.n_real, first_frame)

    def output(self, filtering: Filtering, start: int) -> StemOutput:
        """What brings stems back to the mixture's rate, from a sample of the model's on."""
        return StemOutput(self.mixture, self._spec.sample_rate, len(filtering.targets), start, filtering.sum_taker)

    def decoded(
        self, masks: MaskSource, filtering: Filtering, adder: OverlapAdd, span: tuple[int, int], workers: Workers
    ) -> Iterator[tuple[int, int, FloatArray]]:
        """(frames done, first sample, stems [J, C, t]) at the model's rate."""
        window = filtering.window(self._frames.n_frames)
        return decode(masks, self._frames, filtering, adder, window, span, workers)

    def _frame_span(self, start: int, stop: int, window: int) -> tuple[int, int]:
        """The frames, in whole windows, that are needed for the samples [start, stop) of the mixture."""
        per_frame = self._spec.hop * self.mixture.sample_rate / self._spec.sample_rate
        reach = self._spec.n_fft / self._spec.hop
        early = _PREROLL_S * self.mixture.sample_rate if start > 0 else 0
        first = max(int((start - early) / per_frame - reach), 0) // window * window
        last = -(-int((stop + early) / per_frame + reach + 1) // window) * window
        return first, min(last, self._frames.n_frames) if stop < self.mixture.n_samples else self._frames.n_frames


class _Renderer:
    """Masks to blocks of stems for consecutive spans of frames; what lies before `start` is dropped."""

    def __init__(self, analysis: Analysis, filtering: Filtering, first_frame: int, start: int, final: bool) -> None:
        self._analysis, self._filtering, self._start, self._final = analysis, filtering, start, final
        self._output: StemOutput | None = None
        self._adder = analysis.overlap_add(first_frame)

    def blocks(self, masks: MaskSource, workers: Workers, span: tuple[int, int]) -> Iterator[tuple[int, Block | None]]:
        """(frames done, block) for the next span."""
        a = self._analysis
        for done, first, stems in a.decoded(masks, self._filtering, self._adder, span, workers):
            if self._output is None:
                self._output = a.output(self._filtering, first)
            yield done, self._after_start(self._output.feed(stems, self._final))
            del stems

    def finish(self) -> Block | None:
        """The rest."""
        return self._after_start(self._output.finish(self._final)) if self._output is not None else None

    def _after_start(self, block: Block | None) -> Block | None:
        if block is None or block.stop <= self._start:
            return None
        skip = max(self._start - block.start, 0)
        return Block(block.start + skip, block.stop, block.samples[:, :, skip:], block.final)
