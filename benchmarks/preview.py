"""Measures how near a draft comes to the exact result, by how far it looks ahead, for the model in use.

    python benchmarks/preview.py [--model NAME_OR_FOLDER] [--song FILE] [--contexts 0 32 64 128 300 600]

A draft's forward direction is exact; its backward direction begins `context` frames after the chunk's end. Printed are
each stem's SDR against the exact result over the drafted stretch, the worst of them, and how long the first
draft took. The song defaults to the demo song.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("GOMP_SPINCOUNT", "1000")

import numpy as np

from umx_gui.engine import Audio, Block, Separator, SeparatorOptions, load_model, read_audio
from umx_gui.engine.models.model import Model
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.resource import resource


def sdr_db(exact: np.ndarray, draft: np.ndarray) -> float:
    """SDR of a draft [C, t] against the exact stem."""
    error = float(np.sum((exact.astype(np.float64) - draft) ** 2))
    return 10 * float(np.log10(np.sum(exact.astype(np.float64) ** 2) / max(error, 1e-300)))


def draft(model: Model, song: Audio, context: int) -> tuple[float, np.ndarray]:
    """Seconds until the first draft, and the drafted stretch [J, C, t] from the song's beginning."""
    separator = Separator(model, SeparatorOptions(context=context))
    analysis = separator.analysis(song)
    start, first_s, blocks = time.perf_counter(), 0.0, []
    for item in separator.drafts(analysis):
        if isinstance(item, Block):
            first_s = first_s or time.perf_counter() - start
            blocks.append(item.samples)
    return first_s, np.concatenate(blocks, axis=2)


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="an installed model or a folder; default: the bundled one")
    parser.add_argument("--song", type=Path, default=resource("demo/demo.flac"))
    parser.add_argument("--contexts", type=int, nargs="+", default=[0, 32, 64, 128, 200, 300, 600])
    args = parser.parse_args()
    model, song = load_model(args.model or ModelRegistry().default_name()), read_audio(args.song)
    exact = Separator(model).separate_all(song).samples
    frame_s = model.spec.hop / model.spec.sample_rate
    print(f"model {model.name}, {args.song.name}\n")
    print(f"{'context':>16} {'first draft':>11} " + " ".join(f"{t:>9}" for t in model.targets) + f" {'worst':>9}")
    for context in args.contexts:
        first_s, stems = draft(model, song, context)
        values = [sdr_db(exact[j, :, : stems.shape[2]], stems[j]) for j in range(len(model.targets))]
        cells = " ".join(f"{v:6.1f} dB" for v in values)
        print(f"{context:4d} ({context * frame_s:4.1f} s) {first_s:10.2f}s {cells} {min(values):6.1f} dB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
