"""What openunmix does to training data, by our trainer's functions; and its reading of files, by our decoder."""

from __future__ import annotations

import numpy as np
import torch

from trainer import augment
from umx_gui.engine import AudioFile, read_audio
from umx_gui.engine.downmix import downmix
from umx_gui.engine.separation.inference.mixture import fit_channels


def load_info(path):
    """Rate, channels, length in samples and in seconds."""
    with AudioFile(path) as file:
        info = file.info
    n_samples = info.n_samples if info.n_samples is not None else read_audio(path).n_samples
    return {
        "samplerate": info.sample_rate,
        "samples": n_samples,
        "channels": info.n_channels,
        "duration": n_samples / info.sample_rate,
    }


def load_audio(path, start=0.0, dur=None, info=None):
    """Samples [C, T] and rate of a stretch, or of the whole file where no duration is given."""
    if dur is None:
        audio = read_audio(path)
    else:
        rate = (info or load_info(path))["samplerate"]
        # Whole samples, counted as the reference does: cut off, not rounded.
        audio = read_audio(path, int(start * rate) / rate, int(dur * rate) / rate)
    return torch.from_numpy(audio.samples), audio.sample_rate


def _augment_gain(audio, low=0.25, high=1.25):
    """A gain drawn evenly between two bounds. Our trainer draws between the default ones."""
    drawn = float(augment.gain(np.ones((1, 1)), _rng())[0, 0])
    share = (drawn - augment.GAIN[0]) / (augment.GAIN[1] - augment.GAIN[0])
    return audio * (low + share * (high - low))


def _augment_channelswap(audio):
    """Left and right exchanged in half of the cases."""
    return torch.from_numpy(augment.channelswap(audio.numpy(), _rng()).copy())


def _augment_force_stereo(audio):
    """Two channels of any number: mono twice, more than two down-mixed (the reference drops all but two)."""
    return torch.from_numpy(fit_channels(downmix(audio.numpy(), ""), 2))


def _rng():
    """A generator that follows torch's, so that `torch.manual_seed` decides."""
    return np.random.default_rng(int(torch.randint(2**31, ())))
