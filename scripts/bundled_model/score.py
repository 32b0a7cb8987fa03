"""Scores a model on whole songs that it was not trained on: SDR of each stem against that of the mixture in its place.

    python scripts/bundled_model/score.py MODEL --song DATA/valid/4_potassium [--falcon] [--niter 1] [--json FILE]

`--falcon` adds the clip that the `stempeg` package ships: The Easton Ellises, "Falcon 69", of another artist and mixed
by other people (6 s, for measuring only). The SDR is 10 log10(sum s^2 / sum (s - s_hat)^2) over all
samples and channels of a song, separated as the application does it, without the exact sum. Beside it stands the SDR of
BSSEval v4: the median over windows of 1 s. Last comes how far the vocals stem lies below a mixture that has no vocals:
that of the song's other stems.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from umx_gui.engine import Audio, Separator, SeparatorOptions, load_model
from umx_gui.engine.scoring.bsseval import bss_eval

TARGETS = ("vocals", "drums", "bass", "other")


@dataclass(frozen=True)
class Song:
    """Stems [C, T] by target, and their rate in Hz."""

    name: str
    stems: dict[str, NDArray[np.float32]]
    sample_rate: int

    @property
    def mixture(self) -> NDArray[np.float32]:
        """The plain sum of the stems [C, T]."""
        mixture: NDArray[np.float32] = np.sum(list(self.stems.values()), axis=0, dtype=np.float32)
        return mixture


def song_from_folder(folder: Path) -> Song:
    """A track folder of the training data."""
    stems, rate = {}, 0
    for target in TARGETS:
        if (path := folder / f"{target}.wav").exists():
            samples, rate = sf.read(path, dtype="float32", always_2d=True)
            stems[target] = np.ascontiguousarray(samples.T)
    return Song(folder.name, stems, rate)


def falcon_69() -> Song:
    """The clip of `stempeg`, as native instruments stems: the streams are mixture, drums, bass, other, vocals."""
    import stempeg

    streams, rate = stempeg.read_stems(stempeg.example_stem_path(), dtype=np.float32)
    order = ("mixture", "drums", "bass", "other", "vocals")
    named = dict(zip(order, np.asarray(streams, np.float32), strict=True))
    return Song("Falcon 69", {t: np.ascontiguousarray(named[t].T) for t in TARGETS}, int(rate))


def sdr_db(target: NDArray[np.float32], estimate: NDArray[np.float32]) -> float | None:
    """The SDR over all samples; None for a silent target."""
    signal = float(np.sum(np.square(target), dtype=np.float64))
    error = float(np.sum(np.square(target - estimate), dtype=np.float64))
    return 10 * float(np.log10(signal / max(error, 1e-12))) if signal > 1e-9 else None


def score(separator: Separator, song: Song) -> dict[str, dict[str, float]]:
    """SDR of stem and mixture, and the gain, by target."""
    mixture = song.mixture
    stems = separator.separate_all(Audio(mixture, song.sample_rate))
    estimates = {target: np.ascontiguousarray(stems[target]) for target in song.stems if target in stems.targets}
    frames = bss_eval(song.stems, estimates, song.sample_rate, song.sample_rate).frames
    table = {}
    for target, truth in song.stems.items():
        if target in stems.targets and (now := sdr_db(truth, stems[target])) is not None:
            before = sdr_db(truth, mixture) or 0.0
            table[target] = {
                "sdr_db": round(now, 2),
                "mixture_sdr_db": round(before, 2),
                "gain_db": round(now - before, 2),
                "bsseval_sdr_db": round(float(np.nanmedian(frames[target][0])), 2),
            }
    return table


def vocals_where_none_are_db(separator: Separator, song: Song) -> float:
    """The energy of the vocals stem over that of a mixture without vocals, in dB."""
    rest = Song(song.name, {t: stem for t, stem in song.stems.items() if t != "vocals"}, song.sample_rate)
    mixture = rest.mixture
    vocals = separator.separate_all(Audio(mixture, song.sample_rate))["vocals"]
    powers = [float(np.sum(np.square(samples), dtype=np.float64)) for samples in (vocals, mixture)]
    return round(10 * float(np.log10(max(powers[0], 1e-12) / powers[1])), 1)


def main() -> None:
    """Print a table per song; write all as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a model folder, or the name of an installed model")
    parser.add_argument("--song", type=Path, action="append", default=[], help="a track folder; may be repeated")
    parser.add_argument("--falcon", action="store_true", help="score the clip that stempeg ships, too")
    parser.add_argument("--niter", type=int, default=1, help="EM iterations of the Wiener filter")
    parser.add_argument("--json", type=Path, help="write the numbers here")
    options = parser.parse_args()
    separator = Separator(load_model(options.model), SeparatorOptions(n_iter=options.niter, exact_sum=False))
    songs = [song_from_folder(path) for path in options.song] + ([falcon_69()] if options.falcon else [])
    if not songs:
        parser.error("name a --song, or --falcon")
    results = {song.name: score(separator, song) for song in songs}
    for name, table in results.items():
        print(f"{name}\n  {'target':8} {'mixture':>8} {'stem':>8} {'gain':>8} {'BSSEval':>8}   dB")
        for target, row in table.items():
            cells = (
                f"{row['mixture_sdr_db']:8.2f} {row['sdr_db']:8.2f} {row['gain_db']:+8.2f} {row['bsseval_sdr_db']:8.2f}"
            )
            print(f"  {target:8} {cells}")
    if "vocals" in separator.model.targets:
        for song in songs:
            level_db = vocals_where_none_are_db(separator, song)
            results[song.name]["vocals"]["where_none_are_db"] = level_db
            print(f"vocals stem of {song.name} without its vocals: {level_db:.1f} dB of the mixture")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
