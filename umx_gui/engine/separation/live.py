"""Stems of sound as it arrives, from networks that look only back (`unidirectional`).

Nothing waits for the future but the transform: a sample is final when the last frame that covers it is there, so the
algorithmic latency is one frame, n_fft samples (93 ms for 4096 at 44.1 kHz), and up to one hop more for frames to come
whole. Resampling, where rates differ, adds its filter's length. The masks equal those of the whole song; the filter's
statistics are of the past (see `wiener_causal`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from umx_gui.engine.audio import Block, FloatArray
from umx_gui.engine.models.model import ModelSpec
from umx_gui.engine.resample import Resampler
from umx_gui.engine.separation.filtering import Filtering
from umx_gui.engine.separation.inference.frames import FrameReader, OverlapAdd
from umx_gui.engine.separation.inference.mixture import fit_channels
from umx_gui.engine.separation.inference.stack import FoldedNetwork, NetworkGroups, group_masks
from umx_gui.engine.separation.wiener_causal import CausalWiener
from umx_gui.errors import OptionError

_ENDLESS = 1 << 62


class LiveSeparation:
    """Takes blocks [C, t] of a source in order and gives blocks of stems [J, C, t'], behind by the latency.

    Raises OptionError for networks that need the future.
    """

    def __init__(
        self,
        spec: ModelSpec,
        networks: NetworkGroups,
        filtering: Filtering,
        sample_rate: int,
        n_channels: int,
        memory: float,
        device: torch.device,
    ) -> None:
        self._flat = [network for group in networks for network in group]
        if any(not network.shape.unidirectional for network in self._flat):
            raise OptionError("model", "only unidirectional models can separate sound as it arrives")
        self._spec, self._groups, self._device, self._n_channels = spec, networks, device, n_channels
        self._filter = CausalWiener(filtering.wiener_options, memory)
        self._filtering = filtering
        self._states = [[cells[0].start() for cells in network.cells] for network in self._flat]
        self._in = Resampler(sample_rate, spec.sample_rate, n_channels)
        self._out = Resampler(spec.sample_rate, sample_rate, len(filtering.targets) * n_channels)
        self._wave = _Tail(spec.n_channels)
        self._frames = FrameReader(self._wave.read, _ENDLESS, spec.stft, device)
        self._adder = OverlapAdd(spec.stft, _ENDLESS, _ENDLESS)
        self._n_in = self._n_frames = self._n_out = 0

    @property
    def latency_samples(self) -> int:
        """How far the stems lag behind, at the model's rate, without a hop's wait: one frame."""
        return self._spec.n_fft

    def feed(self, block: FloatArray) -> Iterator[Block]:
        """Take a block [C, t] at the source's rate; gives what is complete."""
        self._n_in += block.shape[1]
        self._wave.append(fit_channels(self._in.feed(block), self._spec.n_channels))
        half, hop = self._spec.n_fft // 2, self._spec.hop
        # The first frame is reflected: it needs a sample more than half a frame.
        if self._wave.stop > half:
            yield from self._process((self._wave.stop - half) // hop + 1)

    def finish(self) -> Iterator[Block]:
        """The rest, up to the length of what was fed."""
        self._wave.append(fit_channels(self._in.finish(), self._spec.n_channels))
        n = self._wave.stop
        if n == 0:
            return
        if n < self._spec.n_fft:
            self._wave.append(np.zeros((self._spec.n_channels, self._spec.n_fft - n), np.float32))
        self._frames = FrameReader(self._wave.read, self._wave.stop, self._spec.stft, self._device)
        self._adder.end(self._frames.n_frames, n)
        yield from self._process(self._frames.n_frames)
        yield from self._given(self._out.finish())

    def _process(self, n_frames: int) -> Iterator[Block]:
        """All frames up to n_frames that have not been through yet."""
        start, self._n_frames = self._n_frames, max(n_frames, self._n_frames)
        if start == self._n_frames:
            return
        with torch.inference_mode():
            x = self._frames.spectrum(start, self._n_frames)
            magnitude = self._frames.magnitude(start, self._n_frames)
            codes = iter([self._code(network, j, magnitude) for j, network in enumerate(self._flat)])
            masks = list(self._filtering.emphasised(group_masks(self._groups, lambda _: next(codes))))
            y = self._filter(masks, x)
            sums = self._adder.sums([y.reshape(-1, *y.shape[2:])], y.shape[2]).cpu().numpy()
            _, waves = self._adder.add(sums, self._n_frames - start)
        stems = waves.reshape(len(y), y.shape[1], waves.shape[1])
        self._wave.forget(self._n_frames * self._spec.hop - self._spec.n_fft)
        fitted = np.concatenate([fit_channels(stem, self._n_channels) for stem in stems])
        yield from self._given(self._out.feed(np.ascontiguousarray(fitted)))

    def _code(self, network: FoldedNetwork, j: int, magnitude: Tensor) -> Tensor:
        x = encoded = network.encode(magnitude)
        for layer, cells in enumerate(network.cells):
            x, self._states[j][layer] = cells[0].run(x, self._states[j][layer])
        return network.join(encoded, x)

    def _given(self, flat: FloatArray) -> Iterator[Block]:
        flat = flat[:, : self._n_in - self._n_out]
        if flat.shape[1]:
            start, self._n_out = self._n_out, self._n_out + flat.shape[1]
            yield Block(start, self._n_out, flat.reshape(len(self._filtering.targets), self._n_channels, -1))


class _Tail:
    """The last stretch of an endless wave [C, ...], read by absolute sample numbers."""

    def __init__(self, n_channels: int) -> None:
        self._samples = np.zeros((n_channels, 0), np.float32)
        self._start = 0

    @property
    def stop(self) -> int:
        """How many samples have come."""
        return self._start + self._samples.shape[1]

    def append(self, samples: FloatArray) -> None:
        """Add samples [C, t] at the end."""
        self._samples = np.concatenate([self._samples, samples], axis=1)

    def read(self, start: int, stop: int) -> Tensor:
        """Samples [C, stop - start]."""
        part = self._samples[:, start - self._start : stop - self._start]
        return torch.from_numpy(np.ascontiguousarray(part))

    def forget(self, before: int) -> None:
        """Samples before this one will not be read again."""
        if before > self._start:
            self._samples = self._samples[:, before - self._start :].copy()
            self._start = before
