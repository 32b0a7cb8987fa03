"""The Wiener filter's closed form for one and two channels, in real arithmetic; see `wiener` for the model and papers.

R_j rests on sums over the frames. They are taken over the whole window, or, where nothing of the future is known, up to
each frame: the same formulas then hold with one R_j per frame.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

SCALE_FACTOR = 10.0
EPS = 1e-10
# Far below anything audible: where no source has energy, what is to be shared is shared alike.
FLOOR = 1e-20


@dataclass(frozen=True, slots=True)
class WienerOptions:
    """EM iterations, the kind of initial estimate, and whether what is left becomes one more source, or is shared."""

    n_iter: int = 1
    softmask: bool = False
    residual: bool = False
    exact_sum: bool = False
    scale_factor: float = SCALE_FACTOR
    eps: float = EPS


# Sums [N, F] over the frames: to [F], or to [N, F] where each frame has its own.
OverTime = Callable[[Tensor], Tensor]


def sum_over_song(x: Tensor) -> Tensor:
    """The sum over all frames, [N, F] to [F]."""
    return x.sum(0)


def sum_of(tensors: Sequence[Tensor]) -> Tensor:
    """The sum of equally shaped tensors, as a new one."""
    total = tensors[0].clone()
    for tensor in tensors[1:]:
        total += tensor
    return total


def em_bins(
    gains: Sequence[Tensor],
    xr: Tensor,
    xi: Tensor,
    power: Tensor,
    scale: float,
    o: WienerOptions,
    y: Tensor,
    over_time: OverTime,
) -> None:
    """All EM iterations for some bins. gains: J times [N, C, F]; xr, xi, power: [C, N, F]; into y [J, C, N, F]."""
    solver = Stereo(xr, xi, over_time) if xr.shape[0] == 2 else Mono(xr, xi, over_time)
    moments = [solver.moments_of_gain(g, power) for g in gains]
    for iteration in range(o.n_iter):
        last = iteration == o.n_iter - 1
        solver.update(moments, scale, o.eps, y, share=last and o.exact_sum)
        if not last:
            moments = [solver.moments_of_estimate(y_j) for y_j in y]


class Mono:
    """One channel: R_j is a number per bin and C_x a number per frame and bin."""

    def __init__(self, xr: Tensor, xi: Tensor, over_time: OverTime) -> None:
        self._over_time = over_time
        self._x = torch.complex(xr[0], xi[0])

    def moments_of_gain(self, gain: Tensor, power: Tensor) -> tuple[Tensor, ...]:
        """|y_j|^2 [N, F] for y_j = g x, and its sum over the frames."""
        return self._moments(gain[:, 0].square() * power[0])

    def moments_of_estimate(self, y: Tensor) -> tuple[Tensor, ...]:
        """The same of a complex estimate [1, N, F]."""
        return self._moments(y[0].real.square() + y[0].imag.square())

    def _moments(self, energy: Tensor) -> tuple[Tensor, ...]:
        return energy, self._over_time(energy)

    def update(self, moments: Sequence[tuple[Tensor, ...]], scale: float, eps: float, y: Tensor, share: bool) -> None:
        """One iteration: y_j = v_j R_j C_x^-1 x into y [J, 1, N, F]."""
        floor = FLOOR if share else 0.0
        v = [energy * scale + floor for energy, _ in moments]
        r = [total * scale / (eps + total * scale) for _, total in moments]
        cov = sum_of([v_j * r_j for v_j, r_j in zip(v, r, strict=True)]).add_(eps**0.5)
        u = self._x / cov
        left = (u * eps**0.5) / sum_of(v) if share else None
        for j, (v_j, r_j) in enumerate(zip(v, r, strict=True)):
            gain = v_j * r_j
            torch.mul(u, gain, out=y[j, 0])
            if left is not None:
                y[j, 0].addcmul_(left, v_j.to(left.dtype))


class Stereo:
    """Two channels: R_j and C_x are Hermitian 2 x 2, kept as four real numbers (00, 11, real and imaginary 01)."""

    def __init__(self, xr: Tensor, xi: Tensor, over_time: OverTime) -> None:
        self._over_time = over_time
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
        return self._moments(a, b, both * self._cross_re, both * self._cross_im)

    def moments_of_estimate(self, y: Tensor) -> tuple[Tensor, ...]:
        """The same of a complex estimate [2, N, F]."""
        (r0, r1), (i0, i1) = y.real, y.imag
        a, b = r0.square() + i0.square(), r1.square() + i1.square()
        return self._moments(a, b, r0 * r1 + i0 * i1, i0 * r1 - r0 * i1)

    def _moments(self, a: Tensor, b: Tensor, cross_re: Tensor, cross_im: Tensor) -> tuple[Tensor, ...]:
        sums = [self._over_time(t) for t in (a, b, cross_re, cross_im)]
        return a.add_(b), *sums

    def update(self, moments: Sequence[tuple[Tensor, ...]], scale: float, eps: float, y: Tensor, share: bool) -> None:
        """One iteration: y_j = v_j R_j C_x^-1 x into y [J, 2, N, F]."""
        reg, floor = eps**0.5, FLOOR if share else 0.0
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
