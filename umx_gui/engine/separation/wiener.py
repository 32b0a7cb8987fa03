"""The multichannel Wiener filter, refined by expectation maximisation (EM), under the local Gaussian model.

Duong, Vincent, Gribonval: "Under-determined reverberant audio source separation using a full-rank spatial covariance
model", IEEE TASLP 2010; Nugraha, Liutkus, Vincent: "Multichannel audio source separation with deep neural networks",
IEEE/ACM TASLP 2016; Uhlich et al.: "Improving music source separation based on deep neural networks", ICASSP 2017.

Notation of the papers: x mixture, y_j estimate of source j, v_j its power spectral density, R_j its spatial covariance,
C_x the mixture's covariance. Spectrograms have frames before bins, [C, N, F], as they come from the transform.

The initial estimate is always a real gain times the mixture: its phase is the mixture's. So no angle is taken, and
bins that are exactly zero stay zero. Mono and stereo have a closed form in real arithmetic; more channels do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor

from umx_gui.engine.separation.wiener_closed import FLOOR, WienerOptions, em_bins, sum_of, sum_over_song
from umx_gui.engine.separation.wiener_compiled import Kernels, em_stereo, gained, softened

__all__ = ["WienerOptions", "initial_gains", "wiener", "wiener_pieces", "without"]

_BINS_AT_ONCE = 256


def wiener(
    masks: Sequence[Tensor], x: Tensor, options: WienerOptions | None = None, kernels: Kernels | None = None
) -> Tensor:
    """Separate a mixture, given one mask per source.

    masks: J times [N, C, F] real, >= 0, each the share of the mixture's magnitude that is the source's; x: [C, N, F]
    complex. Returns y [J, C, N, F] complex, with one more source at the end if `residual`. With `exact_sum` the sources
    sum to the mixture: what the filter leaves over is shared by energy. kernels: compiled loops, which are used where
    they can be; without them whole arrays are.
    """
    o = options or WienerOptions()
    n_sources = len(masks) + (1 if o.residual else 0)
    return next(wiener_pieces(masks, x, o, kernels, max(x.shape[1], 1), n_sources))


def wiener_pieces(
    masks: Iterable[Tensor],
    x: Tensor,
    o: WienerOptions,
    kernels: Kernels | None,
    n_at_once: int,
    n_sources: int,
    unwanted: int | None = None,
) -> Iterator[Tensor]:
    """As `wiener`, by pieces [J, C, n, F] of frames in order: `n_at_once` where that saves memory, else all at once.

    Masks are asked for one after another. n_sources: J, with the residual. unwanted: a source that is left out of what
    comes back.
    """
    if kernels is not None and can_be_compiled(x.device, x.shape[0], o):
        compiled = gained if o.n_iter == 0 else em_stereo
        yield from compiled(kernels, initial_gains(masks, x, o, kernels), x, o, n_at_once, n_sources, unwanted)
        return
    gains = list(initial_gains(masks, x, o))
    if o.n_iter == 0:
        yield without(torch.stack([g.permute(1, 0, 2) * x for g in gains]), unwanted)
    elif x.shape[0] > 2:
        yield without(_em_general(torch.stack([g.permute(1, 0, 2) * x for g in gains]), x, o), unwanted)
    else:
        yield without(_em_closed(gains, x, o), unwanted)


def without(sources: Tensor, unwanted: int | None) -> Tensor:
    """Sources [J, ...] but for one of them; a view where it is the last."""
    if unwanted is None:
        return sources
    if unwanted == len(sources) - 1:
        return sources[:unwanted]
    return torch.cat([sources[:unwanted], sources[unwanted + 1 :]])


def can_be_compiled(device: torch.device, n_channels: int, options: WienerOptions) -> bool:
    """Whether compiled loops do for a mixture: on the CPU, and EM for two channels only."""
    return device.type == "cpu" and (options.n_iter == 0 or n_channels == 2)


def initial_gains(
    masks: Iterable[Tensor], x: Tensor, options: WienerOptions, kernels: Kernels | None = None
) -> Iterator[Tensor]:
    """The real gains [N, C, F] of the initial estimates y_j = g_j x: the masks, their ratios if `softmask`.

    The residual's gain is what is missing from one; where no EM follows, `exact_sum` shares it by energy. They come one
    after another, as the masks do, where no gain depends on later masks.
    """
    gains = _ratios(list(masks), x, options.eps, kernels) if options.softmask else masks
    if options.residual:
        yield from _with_residual(gains)
    elif options.exact_sum and options.n_iter == 0:
        yield from _sharing(list(gains), options.eps)
    else:
        yield from gains


def _ratios(masks: Sequence[Tensor], x: Tensor, eps: float, kernels: Kernels | None) -> Iterator[Tensor]:
    if kernels is not None:
        return softened(kernels, masks, x, eps)
    # y_j = x m_j / (eps + sum_k m_k) with the magnitude estimates m_j = mask_j |x|
    magnitude = x.abs().permute(1, 0, 2)
    total = torch.stack([g * magnitude for g in masks]).sum(0).add_(eps)
    return (g * magnitude / total for g in masks)


def _with_residual(gains: Iterable[Tensor]) -> Iterator[Tensor]:
    total = torch.zeros(())
    for j, gain in enumerate(gains):
        total = gain.clone() if j == 0 else total.add_(gain)
        yield gain
    yield 1 - total


def _sharing(gains: Sequence[Tensor], eps: float) -> Iterator[Tensor]:
    left = 1 - sum_of(gains)
    energy = sum_of([g.square() for g in gains])
    share = left / energy.add_(eps)
    gains = [torch.addcmul(g, g.square(), share) for g in gains]
    # Where all masks are zero nobody has energy: share alike.
    rest = (1 - sum_of(gains)) / len(gains)
    return (g.add_(rest) for g in gains)


def _em_closed(gains: Sequence[Tensor], x: Tensor, o: WienerOptions) -> Tensor:
    """EM for one or two channels. gains: J times [N, C, F]; x: [C, N, F]. Returns [J, C, N, F]."""
    xr, xi = x.real.contiguous(), x.imag.contiguous()
    power = xr.square() + xi.square()
    # All of the filter is done on x / s with s = max(1, max|x| / scale_factor); only v and R ever see it, squared.
    scale = 1.0 / max(1.0, float(power.max()) / o.scale_factor**2)
    y = torch.empty(len(gains), *x.shape, dtype=x.dtype, device=x.device)
    # No bin knows of another: taken some at a time, what they need stays in a core's cache.
    for at in range(0, x.shape[2], _BINS_AT_ONCE):
        f = slice(at, at + _BINS_AT_ONCE)
        em_bins([g[..., f] for g in gains], xr[..., f], xi[..., f], power[..., f], scale, o, y[..., f], sum_over_song)
    return y


def _em_general(y: Tensor, x: Tensor, o: WienerOptions) -> Tensor:
    """EM for any number of channels, as the formulas stand. y: [J, C, N, F]; x: [C, N, F]. Returns [J, C, N, F]."""
    n_channels = x.shape[0]
    scale = max(1.0, float(x.abs().max()) / o.scale_factor)
    y, x = y / scale, x / scale
    identity = torch.eye(n_channels, dtype=x.dtype, device=x.device)
    for iteration in range(o.n_iter):
        v = y.abs().square().mean(1)
        r = torch.einsum("jcnf,jdnf->jfcd", y, y.conj()) / (o.eps + v.sum(1))[..., None, None]
        c = torch.einsum("jnf,jfcd->nfcd", v.to(x.dtype), r) + o.eps**0.5 * identity
        u = torch.linalg.solve(c, x.permute(1, 2, 0)[..., None])[..., 0]
        y = torch.einsum("jnf,jfcd,nfd->jcnf", v.to(x.dtype), r, u)
        if o.exact_sum and iteration == o.n_iter - 1:
            v = v + FLOOR
            y = y + (v / v.sum(0))[:, None] * (x - y.sum(0))
    return y * scale
