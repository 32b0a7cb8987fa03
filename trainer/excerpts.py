"""After each validation, a few seconds of every stem, to be heard: how a network sounds is not in its loss."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soundfile as sf
import torch

from trainer.config import TrainConfig
from trainer.dataset import Track
from trainer.segments import stretch
from trainer.sums import parts_of
from umx_gui.engine.audio import FloatArray
from umx_gui.engine.models.network import OpenUnmix
from umx_gui.engine.runs.run_folder import EXCERPTS
from umx_gui.engine.stft import STFT

_STEPS = 40  # places that are looked at for where there is something to hear


@torch.inference_mode()
def write_excerpts(
    run: Path, epoch: int, networks: Mapping[str, OpenUnmix], song: Track, config: TrainConfig
) -> Path | None:
    """Write excerpts/epoch-NNN/<target>.flac, and the mixture's beside them; the oldest epochs give way.

    The phase is the mixture's, there is no filter. All epochs play the same stretch. Returns the folder, None where
    none is wanted. A disk that is full or gone costs the excerpts, not the training.
    """
    n = min(int(config.excerpt_s * config.sample_rate), song.length())
    if not config.excerpts or n <= config.nfft // 2:
        return None
    mixture = stretch(song, _loud_place(song, n, config), n, config)[0]
    stft = STFT(config.nfft, config.nhop, center=True)
    device = next(iter(networks.values())).input_mean.device
    spec = stft.forward(torch.from_numpy(mixture).to(device))
    waves = {"mixture": mixture}
    for target, network in networks.items():
        waves[target] = stft.inverse(network.mask(spec.abs()[None])[0] * spec, n).cpu().numpy()
    folder = run / EXCERPTS / f"epoch-{epoch:03d}"
    with contextlib.suppress(OSError, sf.SoundFileError):
        part = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for name, wave in waves.items():
            sf.write(part / f"{name}.flac", np.clip(wave.T, -1, 1), config.sample_rate, subtype="PCM_16")
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
        _thin(folder.parent, config.excerpts, keep=folder)
    return folder


def _loud_place(song: Track, n: int, config: TrainConfig) -> int:
    """Where n samples begin in which the quietest of the trained stems is loudest."""
    parts = parts_of(song.stems, config)
    trained = [stem for stem in parts if stem in config.targets] or parts
    last = song.length() - n
    places = sorted({last * step // _STEPS for step in range(_STEPS + 1)})
    # Half a second in the middle of each place tells enough.
    look = min(n, config.sample_rate // 2)
    at = [place + (n - look) // 2 for place in places]
    heard = [min(_power(stretch(song, start, look, config)[1][s]) for s in trained) for start in at]
    return places[int(np.argmax(heard))]


def _power(wave: FloatArray) -> float:
    return float(np.mean(np.square(wave)))


def _thin(folder: Path, n: int, keep: Path) -> None:
    """Leave the n latest; what a resumed run has dropped of its history is later than `keep`, and goes as well."""
    found = sorted((p for p in folder.glob("epoch-*") if p.is_dir()), key=_number)
    later = [path for path in found if _number(path) > _number(keep)]
    for path in [*later, *found[: len(found) - len(later)][:-n]]:
        shutil.rmtree(path, ignore_errors=True)


def _number(path: Path) -> int:
    text = path.name.removeprefix("epoch-")
    return int(text) if text.isdecimal() else 0
