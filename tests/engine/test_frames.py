"""Frames read at random equal those of the whole transform, and overlap-add undoes them, whatever the hop."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from umx_gui.engine.separation.inference.frames import FrameReader, OverlapAdd
from umx_gui.engine.stft import STFT

CPU = torch.device("cpu")
# The usual quarter, a half, and hops that do not divide the window.
TRANSFORMS = [(256, 64), (256, 128), (512, 64), (256, 96), (256, 100), (300, 77), (256, 1)]


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape).astype(np.float32))


def reader(wave: torch.Tensor, stft: STFT) -> FrameReader:
    """A reader of a wave that refuses to read beyond its ends."""

    def read(a: int, b: int) -> torch.Tensor:
        assert 0 <= a <= b <= wave.shape[1]
        return wave[:, a:b]

    return FrameReader(read, wave.shape[1], stft, CPU)


def whole(wave: torch.Tensor, stft: STFT) -> torch.Tensor:
    """All frames [C, N, F] by torch."""
    return stft.forward(wave).transpose(1, 2)


def joined(adder: OverlapAdd, spectrum: torch.Tensor, cuts: list[int]) -> tuple[int, torch.Tensor]:
    """The first sample and all samples that come out when frames [K, N, F] go in, cut at these places."""
    parts, first, at = [], 0, None
    for a, b in itertools.pairwise(cuts):
        begin, part = adder.add(adder.sums([spectrum[:, a:b]], b - a).numpy(), b - a)
        if part.shape[1]:
            first = begin if at is None else first
            assert at in (None, begin), "a gap or an overlap"
            at = begin + part.shape[1]
            parts.append(part)
    return first, torch.from_numpy(np.concatenate(parts, 1))


@pytest.mark.parametrize(("n_fft", "hop"), TRANSFORMS)
@pytest.mark.parametrize("n_samples", [257, 400, 3000])
def test_any_stretch_of_frames_equals_that_of_the_whole_transform(n_fft, hop, n_samples):
    stft, wave = STFT(n_fft, hop), noise(2, n_samples)
    frames, expected = reader(wave, stft), whole(wave, stft)
    assert frames.n_frames == expected.shape[1]
    rng = np.random.default_rng(1)
    starts = rng.integers(0, frames.n_frames, 20)
    spans = [(int(a), int(rng.integers(a + 1, frames.n_frames + 1))) for a in starts] + [(0, frames.n_frames)]
    for a, b in spans:
        torch.testing.assert_close(frames.spectrum(a, b), expected[:, a:b], rtol=0, atol=2e-5)
        magnitude = expected[:, a:b].abs().transpose(0, 1)
        torch.testing.assert_close(frames.magnitude(a, b), magnitude, rtol=0, atol=2e-5)


@pytest.mark.parametrize(("n_fft", "hop"), TRANSFORMS)
def test_overlap_add_of_stretches_equals_the_inverse_of_the_whole(n_fft, hop):
    stft, n_samples = STFT(n_fft, hop), 2000
    # Frames that belong to no wave: what counts is what the inverse makes of them.
    n_frames = 1 + n_samples // hop
    spectrum = torch.complex(noise(3, n_frames, stft.n_bins), noise(3, n_frames, stft.n_bins, seed=1))
    spectrum.imag[..., 0] = spectrum.imag[..., -1] = 0
    expected = stft.inverse(spectrum.transpose(1, 2), n_samples)
    rng = np.random.default_rng(2)
    for _ in range(3):
        cuts = sorted({0, n_frames, *map(int, rng.integers(1, n_frames, 4))}) if n_frames > 1 else [0, n_frames]
        first, wave = joined(OverlapAdd(stft, n_frames, n_samples), spectrum, cuts)
        assert first == 0
        # Where windows barely overlap, the division makes noise large: half windows at the ends, and long hops.
        torch.testing.assert_close(wave, expected, rtol=1e-3, atol=1e-3 * float(expected.abs().mean()))


@pytest.mark.parametrize(("n_fft", "hop"), TRANSFORMS)
@pytest.mark.parametrize("n_samples", [257, 1999, 2000])
def test_what_is_read_and_added_up_again_is_the_wave(n_fft, hop, n_samples):
    stft, wave = STFT(n_fft, hop), noise(2, n_samples)
    frames = reader(wave, stft)
    adder = OverlapAdd(stft, frames.n_frames, n_samples)
    cuts = [*range(0, frames.n_frames, 5), frames.n_frames]
    first, found = joined(adder, frames.spectrum(0, frames.n_frames), cuts)
    assert (first, found.shape[1]) == (0, n_samples)
    torch.testing.assert_close(found, wave, rtol=0, atol=1e-4)


@pytest.mark.parametrize(("n_fft", "hop"), TRANSFORMS[:-1])
@pytest.mark.parametrize("entered", [1, 2, 9, 15])
def test_entered_in_the_middle_the_samples_are_those_of_the_whole(n_fft, hop, entered):
    stft, wave = STFT(n_fft, hop), noise(2, 2000)
    frames = reader(wave, stft)
    adder = OverlapAdd(stft, frames.n_frames, 2000, first_frame=entered)
    spectrum = frames.spectrum(entered, frames.n_frames)
    n = spectrum.shape[1]
    first, found = joined(adder, spectrum, sorted({0, min(1, n), min(2, n), n}))
    assert first + found.shape[1] == 2000
    # No later than where the entered frame ends: all that it lacks is what earlier frames reach.
    assert entered * hop - n_fft // 2 < first <= entered * hop + n_fft // 2
    torch.testing.assert_close(found, wave[:, first:], rtol=0, atol=1e-4)


def test_samples_beyond_the_song_are_cut_off():
    stft, wave = STFT(256, 64), noise(1, 1000)
    frames = reader(wave, stft)
    adder = OverlapAdd(stft, frames.n_frames, 700)
    first, found = joined(adder, frames.spectrum(0, frames.n_frames), [0, 4, frames.n_frames])
    assert (first, found.shape[1]) == (0, 700)
    torch.testing.assert_close(found, wave[:, :700], rtol=0, atol=1e-5)


def test_sums_need_no_order():
    stft, wave = STFT(256, 64), noise(2, 3000)
    frames = reader(wave, stft)
    spans = [(a, min(a + 7, frames.n_frames)) for a in range(0, frames.n_frames, 7)]
    adder = OverlapAdd(stft, frames.n_frames, 3000)
    sums = {span: adder.sums([frames.spectrum(*span)], span[1] - span[0]) for span in reversed(spans)}
    parts = [adder.add(sums[span].numpy(), span[1] - span[0])[1] for span in spans]
    torch.testing.assert_close(torch.from_numpy(np.concatenate(parts, 1)), wave, rtol=0, atol=1e-5)
