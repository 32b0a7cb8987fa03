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

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

SCALE_FACTOR = 10.0
EPS = 1e-10
# Far below anything audible: where no source has energy, what is to be shared is shared alike.
_FLOOR = 1e-20
_BINS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class WienerOptions:
    """EM iterations, the kind of initial estimate, and whether what is left becomes one more source, or is shared."""

    n_iter: int = 1
    softmask: bool = False
    residual: bool = False
    exact_sum: bool = False
    scale_factor: float = SCALE_FACTOR
    eps: float = EPS


def wiener(masks: Sequence[Tensor], x: Tensor, options: WienerOptions | None = None) -> Tensor:
    """Separate a mixture, given one mask per source.

    masks: J times [N, C, F] real, >= 0, each the share of the mixture's magnitude that is the source's; x: [C, N, F]
    complex. Returns y [J, C, N, F] complex, with one more source at the end if `residual`. With `exact_sum` the sources
    sum to the mixture: what the filter leaves over is shared by energy.
    """
    o = options or WienerOptions()
    gains = initial_gains(masks, x, o)
    if o.n_iter == 0:
        return torch.stack([g.permute(1, 0, 2) * x for g in gains])
    if x.shape[0] > 2:
        return _em_general(torch.stack([g.permute(1, 0, 2) * x for g in gains]), x, o)
    return _em_closed(gains, x, o)


def initial_gains(masks: Sequence[Tensor], x: Tensor, options: WienerOptions) -> list[Tensor]:
    """The real gains [N, C, F] of the initial estimates y_j = g_j x: the masks, their ratios if `softmask`.

    The residual's gain is what is missing from one; where no EM follows, `exact_sum` shares it by energy.
    """
    gains = list(masks)
    if options.softmask:
        # y_j = x m_j / (eps + sum_k m_k) with the magnitude estimates m_j = mask_j |x|
        magnitude = x.abs().permute(1, 0, 2)
        total = torch.stack([g * magnitude for g in gains]).sum(0).add_(options.eps)
        gains = [g * magnitude / total for g in gains]
    if options.residual:
        gains.append(1 - sum_of(gains))
    elif options.exact_sum and options.n_iter == 0:
        left = 1 - sum_of(gains)
        energy = sum_of([g.square() for g in gains])
        share = left / energy.add_(options.eps)
        gains = [torch.addcmul(g, g.square(), share) for g in gains]
        # Where all masks are zero nobody has energy: share alike.
        rest = (1 - sum_of(gains)) / len(gains)
        gains = [g.add_(rest) for g in gains]
    return gains


def sum_of(tensors: Sequence[Tensor]) -> Tensor:
    """The sum of equally shaped tensors, as a new one."""
    total = tensors[0].clone()
    for tensor in tensors[1:]:
        total += tensor
    return total


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
        _em_bins([g[..., f] for g in gains], xr[..., f], xi[..., f], power[..., f], scale, o, y[..., f])
    return y


def _em_bins(
    gains: Sequence[Tensor], xr: Tensor, xi: Tensor, power: Tensor, scale: float, o: WienerOptions, y: Tensor
) -> None:
    """All iterations for some bins, into y [J, C, N, F]."""
    solver = _Stereo(xr, xi) if xr.shape[0] == 2 else _Mono(xr, xi)
    moments = [solver.moments_of_gain(g, power) for g in gains]
    for iteration in range(o.n_iter):
        last = iteration == o.n_iter - 1
        solver.update(moments, scale, o.eps, y, share=last and o.exact_sum)
        if not last:
            moments = [solver.moments_of_estimate(y_j) for y_j in y]


class _Mono:
    """One channel: R_j is a number per bin and C_x a number per frame and bin."""

    def __init__(self, xr: Tensor, xi: Tensor) -> None:
        self._x = torch.complex(xr[0], xi[0])

    def moments_of_gain(self, gain: Tensor, power: Tensor) -> tuple[Tensor, ...]:
        """|y_j|^2 [N, F] for y_j = g x."""
        return (gain[:, 0].square() * power[0],)

    def moments_of_estimate(self, y: Tensor) -> tuple[Tensor, ...]:
        """|y_j|^2 [N, F] of a complex estimate [1, N, F]."""
        return (y[0].real.square() + y[0].imag.square(),)

    def update(self, moments: Sequence[tuple[Tensor, ...]], scale: float, eps: float, y: Tensor, share: bool) -> None:
        """One iteration: y_j = v_j R_j C_x^-1 x into y [J, 1, N, F]."""
        floor = _FLOOR if share else 0.0
        v = [m[0] * scale + floor for m in moments]
        r = [v_j.sum(0) / (eps + v_j.sum(0)) for v_j in v]
        cov = sum_of([v_j * r_j for v_j, r_j in zip(v, r, strict=True)]).add_(eps**0.5)
        u = self._x / cov
        left = (u * eps**0.5) / sum_of(v) if share else None
        for j, (v_j, r_j) in enumerate(zip(v, r, strict=True)):
            gain = v_j * r_j
            torch.mul(u, gain, out=y[j, 0])
            if left is not None:
                y[j, 0].addcmul_(left, v_j.to(left.dtype))


class _Stereo:
    """Two channels: R_j and C_x are Hermitian 2 x 2, kept as four real numbers (00, 11, real and imaginary 01)."""

    def __init__(self, xr: Tensor, xi: Tensor) -> None:
        self._xr, self._xi = xr, xi
        # Apple's graphics processors have no double precision.
        self._exact = torch.float64 if xr.device.type != "mps" else torch.float32
        # x_0 conj(x_1), of which every initial estimate's cross term is a real multiple
        self._cross_re = xr[0] * xr[1] + xi[0] * xi[1]
        self._cross_im = xi[0] * xr[1] - xr[0] * xi[1]

    def moments_of_gain(self, gain: Tensor, power: Tensor) -> tuple[Tensor, ...]:
        """For y = g x: |y_0|^2 + |y_1|^2 [N, F]; sums over frames [F] of |y_0|^2, |y_1|^2, y_0 conj(y_1)."""
        g0, g1 = gain[:, 0], gain[:, 1]
        a, b, both = g0.square().mul_(power[0]), g1.square().mul_(power[1]), g0 * g1
        sums = (a.sum(0), b.sum(0), (both * self._cross_re).sum(0), (both * self._cross_im).sum(0))
        return a.add_(b), *sums

    def moments_of_estimate(self, y: Tensor) -> tuple[Tensor, ...]:
        """The same of a complex estimate [2, N, F]."""
        (r0, r1), (i0, i1) = y.real, y.imag
        a, b = r0.square() + i0.square(), r1.square() + i1.square()
        sums = (a.sum(0), b.sum(0), (r0 * r1 + i0 * i1).sum(0), (i0 * r1 - r0 * i1).sum(0))
        return a.add_(b), *sums

    def update(self, moments: Sequence[tuple[Tensor, ...]], scale: float, eps: float, y: Tensor, share: bool) -> None:
        """One iteration: y_j = v_j R_j C_x^-1 x into y [J, 2, N, F]."""
        reg, floor = eps**0.5, _FLOOR if share else 0.0
        v, covariances = [], []
        c00 = c11 = cre = cim = torch.empty(0)
        for j, (energy, s00, s11, sre, sim) in enumerate(moments):
            # v_j = mean over channels of |y_j|^2;  R_j = sum_n y_j y_j^H / (eps + sum_n v_j)
            weight = scale / (eps + (s00 + s11) * (0.5 * scale))
            r00, r11, rre, rim = s00 * weight, s11 * weight, sre * weight, sim * weight
            v_j = energy.mul_(0.5 * scale).add_(floor)
            # C_x = sum_j v_j R_j + sqrt(eps) I
            if j == 0:
                c00, c11, cre, cim = v_j * r00 + reg, v_j * r11 + reg, v_j * rre, v_j * rim
            else:
                c00.addcmul_(v_j, r00)
                c11.addcmul_(v_j, r11)
                cre.addcmul_(v_j, rre)
                cim.addcmul_(v_j, rim)
            v.append(v_j)
            covariances.append((r00, r11, rre, rim))
        u = self._solve(c00, c11, cre, cim)
        # The filter loses sqrt(eps) C_x^-1 x, since C_x holds sqrt(eps) I besides the sources.
        left = reg / sum_of(v) if share else 0.0
        for j, (v_j, (r00, r11, rre, rim)) in enumerate(zip(v, covariances, strict=True)):
            self._apply(u, v_j * (r00 + left), v_j * (r11 + left), v_j * rre, v_j * rim, y[j])

    def _solve(self, c00: Tensor, c11: Tensor, cre: Tensor, cim: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """u = C_x^-1 x by the adjugate: the real and imaginary parts of both channels, each [N, F]."""
        # In double precision: for a song that is the same left and right the determinant is a difference of nearly
        # equal numbers, and single precision would leave noise.
        c00, c11, cre, cim = (c.to(self._exact) for c in (c00, c11, cre, cim))
        (x0r, x1r), (x0i, x1i) = self._xr, self._xi
        inverse_det = (c00 * c11).sub_(cre * cre).sub_(cim * cim).reciprocal_()
        u0r = (c11 * x0r).sub_(cre * x1r).add_(cim * x1i).mul_(inverse_det)
        u0i = (c11 * x0i).sub_(cre * x1i).sub_(cim * x1r).mul_(inverse_det)
        u1r = (c00 * x1r).sub_(cre * x0r).sub_(cim * x0i).mul_(inverse_det)
        u1i = (c00 * x1i).sub_(cre * x0i).add_(cim * x0r).mul_(inverse_det)
        kind = x0r.dtype
        return u0r.to(kind), u0i.to(kind), u1r.to(kind), u1i.to(kind)

    @staticmethod
    def _apply(
        u: tuple[Tensor, Tensor, Tensor, Tensor], w00: Tensor, w11: Tensor, wre: Tensor, wim: Tensor, y: Tensor
    ) -> None:
        """y = W u for Hermitian W, into y [2, N, F]. Spelt out: torch multiplies complex numbers slowly."""
        u0r, u0i, u1r, u1i = u
        y0r = (w00 * u0r).addcmul_(wre, u1r).addcmul_(wim, u1i, value=-1)
        y0i = (w00 * u0i).addcmul_(wre, u1i).addcmul_(wim, u1r)
        y1r = (w11 * u1r).addcmul_(wre, u0r).addcmul_(wim, u0i)
        y1i = (w11 * u1i).addcmul_(wre, u0i).addcmul_(wim, u0r, value=-1)
        torch.complex(y0r, y0i, out=y[0])
        torch.complex(y1r, y1i, out=y[1])


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
            v = v + _FLOOR
            y = y + (v / v.sum(0))[:, None] * (x - y.sum(0))
    return y * scale
