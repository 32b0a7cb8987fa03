"""Where the training data end in frequency, measured when a run begins: told in the log, and in the published card."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from trainer.band_edge import Spectrum
from trainer.config import TrainConfig
from trainer.dataset import Track
from trainer.segments import mixture_of
from umx_gui.engine.storage.files import read_small, write_whole

DATA = "data.json"
_N_TRACKS, _N_PLACES, _LOOK_S = 12, 3, 3.0
_MARGIN_HZ = 500.0
_log = logging.getLogger("trainer.data")


def measure_edge(tracks: Sequence[Track], config: TrainConfig) -> float | None:
    """Up to where half of up to twelve tracks have sound, in Hz, by a few seconds of each; None where all are silent.

    Raises DatasetError.
    """
    picked = [tracks[k] for k in sorted({round(k) for k in np.linspace(0, len(tracks) - 1, _N_TRACKS)})]
    edges = []
    for track in picked:
        spectrum, n = Spectrum(), min(int(_LOOK_S * config.sample_rate), track.shortest)
        for place in range(_N_PLACES):
            start = (track.shortest - n) * (place + 1) // (_N_PLACES + 1)
            spectrum.add(mixture_of(track, start, n, config))
        if (edge := spectrum.edge_hz(config.sample_rate)) is not None:
            edges.append(edge)
    return sorted(edges)[len(edges) // 2] if edges else None


def note_edge(run: Path, tracks: Sequence[Track], config: TrainConfig) -> None:
    """Measure where the data end, write it into the run's folder, and say so if the model would see more.

    Raises DatasetError, OutputNotWritableError and DiskFullError.
    """
    edge_hz = measure_edge(tracks, config)
    write_whole(run / DATA, json.dumps({"tracks": len(tracks), "edge_hz": edge_hz}).encode())
    bandwidth = min(config.bandwidth, config.sample_rate / 2)
    if edge_hz is not None and bandwidth > edge_hz + _MARGIN_HZ:
        told = "The data end at %.1f kHz, the model sees up to %.1f kHz: what lies between is trained on silence."
        _log.warning(told, edge_hz / 1000, bandwidth / 1000)


def edge_of(run: Path) -> float | None:
    """Where the data of a run end in Hz, as it was measured; None where it was not."""
    try:
        edge = json.loads(read_small(run / DATA))["edge_hz"]
        return None if edge is None else float(edge)
    except (OSError, ValueError, KeyError, TypeError):
        return None
