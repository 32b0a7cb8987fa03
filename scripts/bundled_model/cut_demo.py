"""Cuts the demo song that comes with the program out of a CC0 multitrack: the plain sum of its stems.

    python scripts/bundled_model/cut_demo.py SONG_FOLDER resources/demo/demo.flac

`SONG_FOLDER` is songs/2_lithium of the material described in README.md beside this script.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import soundfile
from sounds import RATE, fade, gain, read_audio
from tracks import TARGETS

START_S, END_S = 105.0, 135.0


def main() -> None:
    """Sums, cuts, fades, sets the peak to -1 dBFS, writes 16-bit FLAC."""
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    first, last = int(START_S * RATE), int(END_S * RATE)
    stems = [read_audio(folder / f"{name}.ogg")[:, first:last] for name in TARGETS]
    mix = fade(np.sum(stems, axis=0), 0.05, 0.4)
    mix *= np.float32(gain(-1.0) / float(np.abs(mix).max()))
    target.parent.mkdir(parents=True, exist_ok=True)
    with soundfile.SoundFile(target, "w", RATE, 2, "PCM_16", format="FLAC") as file:
        file.title, file.artist, file.album = "Lithium (excerpt)", "Software-Entwicklungskit", "Everything is Free"
        file.comment = "CC0 1.0"
        file.write(mix.T)


if __name__ == "__main__":
    main()
