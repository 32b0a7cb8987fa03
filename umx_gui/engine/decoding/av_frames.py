"""From libav's frames to arrays of one shape, whatever the frames' own format, channels and rate."""

from __future__ import annotations

from typing import Any

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.plane import AudioPlane
from numpy.typing import NDArray

from umx_gui.engine.audio import FloatArray
from umx_gui.engine.downmix import downmix

_DTYPES = {"u8": "u1", "s16": "i2", "s32": "i4", "s64": "i8", "flt": "f4", "dbl": "f8"}


def to_float(frame: AudioFrame) -> FloatArray:
    """The samples of a frame as [C, t] float32, full scale at 1."""
    # `frame.planes` and `to_ndarray` read past the end of the list of planes where there are eight of them, or more
    # (PyAV 18.1), and so crash on 7.1; planes asked for one by one do not.
    n_channels = frame.layout.nb_channels
    if frame.format.is_planar:
        raw = np.stack([_plane(frame, i, frame.samples) for i in range(n_channels)])
    else:
        raw = _plane(frame, 0, frame.samples * n_channels).reshape(-1, n_channels).T
    if raw.dtype.kind == "u":
        return np.ascontiguousarray((raw.astype(np.float32) - 128.0) / 128.0)
    if raw.dtype.kind == "i":
        return np.ascontiguousarray(raw * np.float32(0.5 ** (8 * raw.dtype.itemsize - 1)), dtype=np.float32)
    return np.ascontiguousarray(raw, dtype=np.float32)


def _plane(frame: AudioFrame, index: int, n_numbers: int) -> NDArray[Any]:
    plane: Any = AudioPlane(frame, index)
    return np.frombuffer(plane, np.dtype(_DTYPES[frame.format.name.removesuffix("p")]), n_numbers)


def with_channels(samples: FloatArray, n_channels: int, layout: str) -> FloatArray:
    """Samples [c, t] of a file that changes its number of channels on the way, as [n_channels, t].

    Mono goes to both front channels; missing channels are silent; too many are mixed down as far as two, else cut.
    """
    if samples.shape[0] == n_channels:
        return samples
    if samples.shape[0] > n_channels:
        fewer = downmix(samples, layout) if n_channels <= 2 else samples[:n_channels]
        return fewer if fewer.shape[0] == n_channels else np.asarray(fewer.mean(axis=0, keepdims=True))
    out = np.zeros((n_channels, samples.shape[1]), np.float32)
    out[: samples.shape[0]] = samples
    if samples.shape[0] == 1:
        out[1] = samples[0]
    return out
