"""The transform on any stretch of frames, as if of the whole song; and overlap-add of stretches in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.stft import STFT

FRAMES_AT_ONCE = 5
_READ_AT_ONCE = 20


class FrameReader:
    """Frames of a wave that is read at random. `read(a, b)` gives [C, b - a] for 0 <= a <= b <= n_samples.

    The wave is reflected at both ends, as in the centred transform. n_samples must exceed n_fft / 2.
    """

    def __init__(self, read: Callable[[int, int], Tensor], n_samples: int, stft: STFT, device: torch.device) -> None:
        self._read, self._n_samples, self._stft, self._device = read, n_samples, stft, device
        self._window = stft.window(device)
        self.n_frames = 1 + n_samples // stft.hop

    def spectrum(self, start: int, stop: int) -> Tensor:
        """The complex spectrogram [C, stop - start, F] of the frames [start, stop)."""
        half, hop = self._stft.n_fft // 2, self._stft.hop
        wave = self._padded(start * hop - half, (stop - 1) * hop + half).to(self._device)
        frames = wave.unfold(-1, self._stft.n_fft, hop)
        n, at_once = stop - start, _READ_AT_ONCE if self._device.type == "cpu" else max(stop - start, 1)
        shape = (wave.shape[0], n, self._stft.n_fft // 2 + 1)
        spectrum = torch.empty(shape, dtype=wave.dtype.to_complex(), device=self._device)
        # A window of frames all at once would leave the processor's caches on the way, and take as much memory again.
        for at in range(0, n, at_once):
            spectrum[:, at : at + at_once] = torch.fft.rfft(frames[:, at : at + at_once] * self._window)
        return spectrum

    def magnitude(self, start: int, stop: int) -> Tensor:
        """The magnitude [stop - start, C, F] of the frames [start, stop), as networks take it."""
        x = self.spectrum(start, stop)
        # Not abs(), which guards against overflow at ten times the cost.
        return x.real.square().add_(x.imag.square()).sqrt_().permute(1, 0, 2)

    def _padded(self, a: int, b: int) -> Tensor:
        n = self._n_samples
        parts = [self._read(max(a, 0), min(b, n))]
        if a < 0:
            parts.insert(0, self._read(1, 1 - a).flip(-1)[..., : min(b, 0) - a])
        if b > n:
            parts.append(self._read(2 * n - 1 - b, n - 1).flip(-1)[..., max(a - n, 0) :])
        return torch.cat(parts, -1) if len(parts) > 1 else parts[0]


class OverlapAdd:
    """The inverse of `FrameReader` for K waves: stretches of frames go in in order, samples come out in order.

    Windowed frames are summed and divided by the sum of squared windows; the first half frame is cut off again.
    """

    def __init__(self, stft: STFT, n_frames: int, n_samples: int, first_frame: int = 0) -> None:
        self._stft, self._n_frames, self._n_samples = stft, n_frames, n_samples
        self._next = first_frame
        self._square = _hops(stft.window().square(), stft)
        self._carry: FloatArray | None = None
        # Entered in the middle: the first hops lack the frames before, and are not given out.
        self._lacking = (self._reach - 1) * stft.hop if first_frame > 0 else 0

    @property
    def _reach(self) -> int:
        # A frame reaches over this many hops; the last may be cut short.
        return self._square.shape[0]

    def sums(self, pieces: Iterable[Tensor], n: int) -> Tensor:
        """Windowed frames, n in all, in pieces [K, n', F], summed up: [K, (n + reach - 1) hop]. The part for workers.

        Needs no order. Already divided by the sum of squared windows, as it is where all frames overlap.
        """
        stft, out, start = self._stft, torch.empty(0), 0
        window = stft.window()
        weight = _hops(window.square(), stft).sum(0).clamp_(min=_LEAST)
        hops = _hops(window, stft) / weight
        reach = hops.shape[0]
        for spectrum in pieces:
            n_waves = spectrum.shape[0]
            if start == 0:
                hops = hops.to(spectrum.device)
                out = torch.zeros(n_waves, n + reach - 1, stft.hop, device=spectrum.device)
            for at in range(0, spectrum.shape[1], FRAMES_AT_ONCE):
                frames = torch.fft.irfft(spectrum[:, at : at + FRAMES_AT_ONCE], n=stft.n_fft)
                count = frames.shape[1]
                if short := reach * stft.hop - stft.n_fft:
                    frames = torch.nn.functional.pad(frames, (0, short))
                frames = frames.reshape(n_waves, count, reach, stft.hop)
                for part in range(reach):
                    out[:, start + part : start + part + count].addcmul_(frames[:, :, part], hops[part])
                start += count
        return out.flatten(1)

    def end(self, n_frames: int, n_samples: int) -> None:
        """Tell where the song ends, where that was not known before."""
        self._n_frames, self._n_samples = n_frames, n_samples

    def add(self, sums: FloatArray, n: int) -> tuple[int, FloatArray]:
        """Take the sums of the next n frames; returns the first sample's index and the complete samples [K, t].

        With numpy: who calls this is no worker, and torch would take all cores for it, whose other threads then spin.
        """
        hop, tail = self._stft.hop, (self._reach - 1) * self._stft.hop
        start, stop = self._next, self._next + n
        if self._carry is not None:
            sums[:, :tail] += self._carry
        n_hops = n + (self._reach - 1 if stop == self._n_frames else 0)
        self._carry = sums[:, n * hop : n * hop + tail].copy()
        self._next = stop
        wave = sums[:, : n_hops * hop]
        self._weigh_ends(wave, start, n_hops)
        first = start * hop - self._stft.n_fft // 2
        lacking = min(self._lacking, wave.shape[1])
        wave, first, self._lacking = wave[:, lacking:], first + lacking, self._lacking - lacking
        lo, hi = max(-first, 0), min(wave.shape[1], self._n_samples - first)
        return max(first, 0), wave[:, lo : max(hi, lo)]

    def _weigh_ends(self, wave: FloatArray, start: int, n_hops: int) -> None:
        """At the song's ends fewer frames overlap: undo the division for all, and divide by what there is."""
        hop, full = self._stft.hop, self._square.sum(0)
        for k in range(n_hops):
            at = start + k
            there = [i for i in range(self._reach) if 0 <= at - i < self._n_frames]
            if len(there) == self._reach:
                continue
            wave[:, k * hop : (k + 1) * hop] *= (full / self._square[there].sum(0).clamp_(min=_LEAST)).numpy()


_LEAST = 1e-11


def _hops(window: Tensor, stft: STFT) -> Tensor:
    """A window [n_fft] as hops [reach, hop], the last one filled up with zeros."""
    reach = -(-stft.n_fft // stft.hop)
    return torch.nn.functional.pad(window, (0, reach * stft.hop - stft.n_fft)).reshape(reach, stft.hop)
