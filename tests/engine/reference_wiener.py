"""The Wiener filter in plain loops over complex double precision: slow, and right by reading."""

from __future__ import annotations

import numpy as np


def reference_wiener(masks, x, n_iter, softmask=False, residual=False, scale_factor=10.0, eps=1e-10):
    """masks [J, C, N, F] real, x [C, N, F] complex; returns [J (+ 1), C, N, F] complex128."""
    masks, x = np.asarray(masks, np.float64), np.asarray(x, np.complex128)
    magnitude = masks * np.abs(x)
    y = x * magnitude / (eps + magnitude.sum(0)) if softmask else masks * x
    if residual:
        y = np.concatenate([y, (x - y.sum(0))[None]])
    if n_iter == 0:
        return y
    scale = max(1.0, np.abs(x).max() / scale_factor)
    x, y = x / scale, y / scale
    n_sources, n_channels, n_frames, n_bins = y.shape
    for _ in range(n_iter):
        v = (np.abs(y) ** 2).mean(1)
        r = np.zeros((n_sources, n_bins, n_channels, n_channels), np.complex128)
        for j in range(n_sources):
            for f in range(n_bins):
                for n in range(n_frames):
                    r[j, f] += np.outer(y[j, :, n, f], y[j, :, n, f].conj())
                r[j, f] /= eps + v[j, :, f].sum()
        new = np.zeros_like(y)
        for n in range(n_frames):
            for f in range(n_bins):
                c = sum(v[j, n, f] * r[j, f] for j in range(n_sources)) + np.sqrt(eps) * np.eye(n_channels)
                u = np.linalg.solve(c, x[:, n, f])
                for j in range(n_sources):
                    new[j, :, n, f] = v[j, n, f] * r[j, f] @ u
        y = new
    return y * scale
