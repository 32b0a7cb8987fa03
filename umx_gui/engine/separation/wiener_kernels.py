"""The stereo filter's loops, bin by bin, in double precision: written to be compiled, and right without.

What `wiener_closed` does with whole arrays is done here for one frame and BLOCK bins at a time, so that all that is in
between stays in a core's nearest cache. Arrays: gain [N, 2, F], v [J, N, F] and x [2, N, F, 2] float32, the last axis
real and imaginary. Sums over frames and covariances are float64 in rows of BLOCK bins, flat [J, F / BLOCK, 4, BLOCK]:
the entries 00, 11, and real and imaginary part of 01 of a Hermitian matrix.

Each inner loop touches few arrays, and `c` at fixed distances: only then do compilers see that it can be vectorised.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
BLOCK = 128
# Divided by where no source has energy and nothing is to be shared.
_NOT_ZERO = 1e-300


def peak_power(x: Float32, peaks: Float64) -> None:
    """The largest |x|^2 of each bin over channels and frames, into peaks [F], which the caller sets to 0."""
    for channel in range(x.shape[0]):
        for n in range(x.shape[1]):
            for f in range(x.shape[2]):
                re, im = float(x[channel, n, f, 0]), float(x[channel, n, f, 1])
                power = re * re + im * im
                peaks[f] = power if power > peaks[f] else peaks[f]


def apply_gain(gain: Float32, x: Float32, first: int, y: Float32) -> None:
    """y = gain x of some frames, beginning with `first`: gain [N, C, F] and x [C, N, F, 2] into y [C, n, F, 2]."""
    for channel in range(y.shape[0]):
        for n in range(y.shape[1]):
            for f in range(y.shape[2]):
                y[channel, n, f, 0] = gain[first + n, channel, f] * x[channel, first + n, f, 0]
                y[channel, n, f, 1] = gain[first + n, channel, f] * x[channel, first + n, f, 1]


def soften(mask: Float32, total: Float32, x: Float32, eps: float, gain: Float32) -> None:
    """gain = mask |x| / (eps + total |x|), total being the sum of all masks; x: [C, N, F, 2], the others [N, C, F]."""
    for n in range(x.shape[1]):
        for channel in range(x.shape[0]):
            for f in range(x.shape[2]):
                re, im = x[channel, n, f, 0], x[channel, n, f, 1]
                magnitude = np.sqrt(re * re + im * im)
                ratio = mask[n, channel, f] * magnitude / (np.float32(eps) + total[n, channel, f] * magnitude)
                gain[n, channel, f] = ratio


def moments(gain: Float32, x: Float32, half_scale: float, v: Float32, sums: Float64) -> None:
    """For y = gain x: v [N, F] = half_scale (|y_0|^2 + |y_1|^2), and the sums over frames of y y^H added to `sums`."""
    n_frames, n_bins = v.shape
    n_blocks = (n_bins + BLOCK - 1) // BLOCK
    c = np.empty(4 * BLOCK, np.float64)
    for n in range(n_frames):
        for block in range(n_blocks):
            at = block * BLOCK
            m = min(BLOCK, n_bins - at)
            k = block * 4 * BLOCK
            for i in range(m):
                g0, g1 = float(gain[n, 0, at + i]), float(gain[n, 1, at + i])
                x0r, x0i = float(x[0, n, at + i, 0]), float(x[0, n, at + i, 1])
                x1r, x1i = float(x[1, n, at + i, 0]), float(x[1, n, at + i, 1])
                both = g0 * g1
                c[i] = g0 * g0 * (x0r * x0r + x0i * x0i)
                c[BLOCK + i] = g1 * g1 * (x1r * x1r + x1i * x1i)
                c[2 * BLOCK + i] = both * (x0r * x1r + x0i * x1i)
                c[3 * BLOCK + i] = both * (x0i * x1r - x0r * x1i)
            for i in range(m):
                v[n, at + i] = half_scale * (c[i] + c[BLOCK + i])
            for i in range(m):
                sums[k + i] += c[i]
                sums[k + BLOCK + i] += c[BLOCK + i]
                sums[k + 2 * BLOCK + i] += c[2 * BLOCK + i]
                sums[k + 3 * BLOCK + i] += c[3 * BLOCK + i]


def solve(v: Float32, r: Float64, x: Float32, at: tuple[int, int, int], reg: float, floor: float, c: Float64) -> None:
    """u = C_x^-1 x for `at`: frame, block, bins in it; into the rows 0..3 of c, and sum_j v_j into row 4.

    C_x = sum_j v_j R_j + reg I, solved by the adjugate. In double precision: where left and right are the same the
    determinant is a difference of nearly equal numbers.
    """
    n, block, m = at
    first = block * BLOCK
    for i in range(m):
        c[i] = c[BLOCK + i] = reg
        c[2 * BLOCK + i] = c[3 * BLOCK + i] = 0.0
        c[4 * BLOCK + i] = _NOT_ZERO
    n_sources, _, n_bins = v.shape
    n_blocks = (n_bins + BLOCK - 1) // BLOCK
    for j in range(n_sources):
        k = (j * n_blocks + block) * 4 * BLOCK
        for i in range(m):
            w = float(v[j, n, first + i]) + floor
            c[i] += w * r[k + i]
            c[BLOCK + i] += w * r[k + BLOCK + i]
            c[2 * BLOCK + i] += w * r[k + 2 * BLOCK + i]
            c[3 * BLOCK + i] += w * r[k + 3 * BLOCK + i]
            c[4 * BLOCK + i] += w
    for i in range(m):
        x0r, x0i = float(x[0, n, first + i, 0]), float(x[0, n, first + i, 1])
        x1r, x1i = float(x[1, n, first + i, 0]), float(x[1, n, first + i, 1])
        c00, c11, cre, cim = c[i], c[BLOCK + i], c[2 * BLOCK + i], c[3 * BLOCK + i]
        inverse = 1.0 / (c00 * c11 - cre * cre - cim * cim)
        c[i] = (c11 * x0r - cre * x1r + cim * x1i) * inverse
        c[BLOCK + i] = (c11 * x0i - cre * x1i - cim * x1r) * inverse
        c[2 * BLOCK + i] = (c00 * x1r - cre * x0r - cim * x0i) * inverse
        c[3 * BLOCK + i] = (c00 * x1i - cre * x0i + cim * x0r) * inverse


def estimate(
    v: Float32, r: Float64, x: Float32, reg: float, share: float, floor: float, first: int, skip: int, y: Float32
) -> None:
    """The last iteration, y_j = v_j (R_j + share / sum_k v_k) C_x^-1 x, of some frames: into y [J', 2, n, F, 2].

    Begins with the frame `first`: so a window's spectra need not all be there at one time. Source `skip` is left out of
    y, if there is one of this number.
    """
    n_sources, _, n_bins = v.shape
    last = first + y.shape[2]
    n_blocks = (n_bins + BLOCK - 1) // BLOCK
    c = np.empty(9 * BLOCK, np.float64)
    for n in range(first, last):
        for block in range(n_blocks):
            at = block * BLOCK
            m = min(BLOCK, n_bins - at)
            solve(v, r, x, (n, block, m), reg, floor, c)
            for i in range(m):
                c[4 * BLOCK + i] = share / c[4 * BLOCK + i]
            for j in range(n_sources):
                if j == skip:
                    continue
                row = j if j < skip else j - 1
                k = (j * n_blocks + block) * 4 * BLOCK
                for i in range(m):
                    u0r, u0i, u1r, u1i = c[i], c[BLOCK + i], c[2 * BLOCK + i], c[3 * BLOCK + i]
                    w, more = float(v[j, n, at + i]) + floor, c[4 * BLOCK + i]
                    w00, w11 = w * (r[k + i] + more), w * (r[k + BLOCK + i] + more)
                    wre, wim = w * r[k + 2 * BLOCK + i], w * r[k + 3 * BLOCK + i]
                    c[5 * BLOCK + i] = w00 * u0r + wre * u1r - wim * u1i
                    c[6 * BLOCK + i] = w00 * u0i + wre * u1i + wim * u1r
                    c[7 * BLOCK + i] = w11 * u1r + wre * u0r + wim * u0i
                    c[8 * BLOCK + i] = w11 * u1i + wre * u0i - wim * u0r
                for i in range(m):
                    y[row, 0, n - first, at + i, 0] = c[5 * BLOCK + i]
                    y[row, 0, n - first, at + i, 1] = c[6 * BLOCK + i]
                for i in range(m):
                    y[row, 1, n - first, at + i, 0] = c[7 * BLOCK + i]
                    y[row, 1, n - first, at + i, 1] = c[8 * BLOCK + i]


def refine(v: Float32, r: Float64, x: Float32, reg: float, half_scale: float, sums: Float64) -> None:
    """Another iteration: of the new y_j = v_j R_j C_x^-1 x only the moments, into v and added to `sums`."""
    n_sources, n_frames, n_bins = v.shape
    n_blocks = (n_bins + BLOCK - 1) // BLOCK
    c = np.empty(9 * BLOCK, np.float64)
    for n in range(n_frames):
        for block in range(n_blocks):
            at = block * BLOCK
            m = min(BLOCK, n_bins - at)
            solve(v, r, x, (n, block, m), reg, 0.0, c)
            for j in range(n_sources):
                k = (j * n_blocks + block) * 4 * BLOCK
                for i in range(m):
                    u0r, u0i, u1r, u1i = c[i], c[BLOCK + i], c[2 * BLOCK + i], c[3 * BLOCK + i]
                    w = float(v[j, n, at + i])
                    w00, w11 = w * r[k + i], w * r[k + BLOCK + i]
                    wre, wim = w * r[k + 2 * BLOCK + i], w * r[k + 3 * BLOCK + i]
                    y0r = w00 * u0r + wre * u1r - wim * u1i
                    y0i = w00 * u0i + wre * u1i + wim * u1r
                    y1r = w11 * u1r + wre * u0r + wim * u0i
                    y1i = w11 * u1i + wre * u0i - wim * u0r
                    c[5 * BLOCK + i] = y0r * y0r + y0i * y0i
                    c[6 * BLOCK + i] = y1r * y1r + y1i * y1i
                    c[7 * BLOCK + i] = y0r * y1r + y0i * y1i
                    c[8 * BLOCK + i] = y0i * y1r - y0r * y1i
                for i in range(m):
                    v[j, n, at + i] = half_scale * (c[5 * BLOCK + i] + c[6 * BLOCK + i])
                for i in range(m):
                    sums[k + i] += c[5 * BLOCK + i]
                    sums[k + BLOCK + i] += c[6 * BLOCK + i]
                    sums[k + 2 * BLOCK + i] += c[7 * BLOCK + i]
                    sums[k + 3 * BLOCK + i] += c[8 * BLOCK + i]


def compiled(numba: Any) -> dict[str, Any]:
    """All of these, by name, compiled for their types by numba; from its cache where they lie there."""
    f8, f4 = numba.float64, numba.float32
    gain, power, wave, flat = f4[:, :, ::1], f4[:, ::1], f4[:, :, :, ::1], f8[::1]
    waves = f4[:, :, :, :, ::1]
    types = {
        peak_power: (wave, flat),
        apply_gain: (gain, wave, numba.int64, wave),
        soften: (gain, gain, wave, f8, gain),
        moments: (gain, wave, f8, power, flat),
        estimate: (gain, flat, wave, f8, f8, f8, numba.int64, numba.int64, waves),
        refine: (gain, flat, wave, f8, f8, flat),
    }
    numba.extending.register_jitable(inline="always")(solve)
    # Fused multiply-add is all that may differ from what is written: sums keep their order, and NaN stays NaN.
    how = {"nogil": True, "fastmath": {"contract"}, "error_model": "numpy"}
    return {f.__name__: numba.njit([numba.void(*t)], cache=True, **how)(f) for f, t in types.items()}


def check(functions: dict[str, Any]) -> None:
    """Raise ArithmeticError unless two sources that fill a small mixture come out as they should."""
    x = np.ones((2, 3, BLOCK + 1, 2), np.float32)
    gain, v = np.full((3, 2, BLOCK + 1), 0.5, np.float32), np.empty((2, 3, BLOCK + 1), np.float32)
    sums, y, peaks = np.zeros((2, 8 * BLOCK)), np.empty((2, *x.shape), np.float32), np.zeros(BLOCK + 1)
    functions["peak_power"](x, peaks)
    functions["apply_gain"](gain, x, 0, y[0])
    functions["soften"](gain, 2 * gain, x, 1e-10, gain)
    for j in range(2):
        functions["moments"](gain, x, 0.5, v[j], sums[j])
    covariance = (sums / 3.0).reshape(-1)
    functions["refine"](v, covariance, x, 1e-5, 0.5, np.zeros_like(covariance))
    functions["estimate"](v, covariance, x, 1e-5, 1e-5, 1e-20, 0, 2, y)
    if not (np.all(peaks == 2.0) and np.allclose(y.sum(0), 1.0, atol=1e-4)):
        raise ArithmeticError
