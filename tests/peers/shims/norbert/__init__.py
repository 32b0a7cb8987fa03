"""The functions of norbert on our filter, so that norbert's own tests can be run against it. For tests only.

Arrays are numpy's, with axes [frames, bins, channels, sources], complex where the original's are.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from umx_axes import estimates_of, masks_of

from umx_gui.engine.separation import wiener as ours
from umx_gui.engine.separation.wiener import WienerOptions

__all__ = ["expectation_maximization", "residual_model", "softmask", "wiener"]

_SLOPE = 15.0


def wiener(v, x, iterations=1, use_softmask=True, eps=None):
    """Magnitudes v [N, F, 1 or C, J] and mixture x [N, F, C] to estimates [N, F, C, J]: our `wiener`."""
    options = WienerOptions(iterations, use_softmask, eps=_eps_of(x) if eps is None else eps)
    masks, mixture = masks_of(*_same_precision(v, x))
    return estimates_of(ours.wiener(masks, mixture, options)).numpy()


def softmask(v, x, logit=None, eps=None):
    """The mixture shared in proportion to v: our initial estimate. `logit`: the share that is made neither way clearer.

    Shares above it move towards 1, those below towards 0, along a logistic curve.
    """
    options = WienerOptions(0, softmask=True, eps=_eps_of(x) if eps is None else eps)
    masks, mixture = masks_of(*_same_precision(v, x))
    shares = ours.initial_gains(masks, mixture, options)
    if logit is not None:
        shares = [torch.sigmoid(_SLOPE * (share - logit)) for share in shares]
    return estimates_of(torch.stack([share.permute(1, 0, 2) * mixture for share in shares])).numpy()


def residual_model(v, x, alpha=1):
    """Sources v [N, F, 1 or C, J] scaled bin by bin to fit |x|^alpha best, and what they leave of it as one more.

    As in norbert 0.2.1, what they leave is taken before the scaling.
    """
    eps = np.finfo(v.dtype).eps
    whole = np.maximum(np.abs(x) ** alpha, eps)
    total = v.sum(-1)
    # The gain g that makes sum_n (whole - g total)^2 smallest: <whole, total> / <total, total>
    gain = (whole * total).sum(0) / (eps + np.square(total).sum(0))
    left = np.maximum(whole - total, 0)
    return np.concatenate([v * gain[None, ..., None], left[..., None]], axis=-1)


def expectation_maximization(y, x, iterations=2, verbose=0, eps=None):
    """Estimates y [N, F, C, J] refined; also v [N, F, J] and R [F, C, C, J] of the last iteration.

    The power v and the covariance R are those of the estimates that went into it.
    """
    eps = _eps_of(x) if eps is None else eps
    estimates, mixture = _same_precision(y, x)
    estimates, mixture = estimates.permute(3, 2, 0, 1), mixture.permute(2, 0, 1)
    # norbert's `wiener` scales the mixture before it comes here; this function does not.
    options = WienerOptions(max(iterations - 1, 0), scale_factor=math.inf, eps=eps)
    estimates = ours._em_general(estimates, mixture, options)
    v = estimates.abs().square().mean(1)
    covariance = torch.einsum("jcnf,jdnf->fcdj", estimates, estimates.conj()) / (eps + v.sum(1).T)[:, None, None]
    if iterations > 0:
        estimates = ours._em_general(estimates, mixture, WienerOptions(1, scale_factor=math.inf, eps=eps))
    return estimates_of(estimates).numpy(), v.permute(1, 2, 0).numpy(), covariance.numpy()


def _eps_of(x):
    return float(np.finfo(x.dtype).eps)


def _same_precision(v, x):
    """Both as tensors of the higher of their precisions; copies, so that the caller's arrays are safe."""
    mixture = torch.from_numpy(x.astype(np.result_type(v, x)))
    kind = mixture.dtype if np.iscomplexobj(v) else mixture.real.dtype
    return torch.from_numpy(np.array(v)).to(kind), mixture
